"""The words: each field has some, and each problem says what to do in a sentence."""

import re

import pytest

from app.campaign.advice import Advice, AdviceCode
from app.campaign.contract import FIELDS, Kind
from app.campaign.problems import Code, Problem
from app.campaign.wording import CHOICES, WORDS, advice_sentence, sentence

ALL = [(line.name, code) for line in FIELDS for code in Code]


def test_every_field_has_its_words_and_no_other() -> None:
    assert sorted(WORDS) == sorted(line.name for line in FIELDS)
    assert len({words.label for words in WORDS.values()}) == len(FIELDS)


def test_every_choice_has_its_words() -> None:
    for line in FIELDS:
        if line.choices:
            assert set(CHOICES[line.name]) == set(line.choices.__members__)


@pytest.mark.parametrize(("name", "code"), ALL)
def test_every_problem_is_a_sentence_without_a_gap_or_a_reproach(name: str, code: Code) -> None:
    said = sentence(Problem(name, code))
    assert re.fullmatch(r"[A-Z].*\.", said)
    assert "{" not in said
    assert not re.search("invalid|error|illegal|wrong", said, re.IGNORECASE)


@pytest.mark.parametrize("code", list(AdviceCode))
def test_every_advice_is_a_sentence(code: AdviceCode) -> None:
    assert re.fullmatch(r"[A-Z].*[.?]", advice_sentence(Advice("name", code, "7")))


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            "min_gap_between_attempts",
            Code.TOO_SMALL,
            "Enter the minutes between attempts, 3 or more.",
        ),
        ("end_date", Code.NOT_AFTER, "The last day must be later than the first day."),
        ("timezone", Code.MISSING, "Choose the time zone."),
        ("name", Code.MISSING, "Enter the campaign name."),
    ],
)
def test_a_message_says_what_to_do_in_the_words_of_the_screen(
    name: str, code: Code, said: str
) -> None:
    assert sentence(Problem(name, code)) == said


def test_flags_can_be_answered_either_way() -> None:
    for line in FIELDS:
        if line.kind is Kind.FLAG:
            assert set(CHOICES[line.name]) == {"true", "false"}
