"""The words: each field has some, and each problem says what to do in a sentence."""

import re

import pytest

from app.campaign.contract.fields import FIELD, FIELDS, CallingEntity, Field, ValueKind
from app.campaign.contract.problems import Advice, AdviceCode, Code, Problem
from app.campaign.contract.typed_length import ABOUT_LEADS
from app.campaign.contract.wording import (
    CHOICES,
    FINAL,
    NOT_CHOSEN,
    WORDS,
    describe_advice,
    describe_first_problem,
    describe_problem,
)

EACH = pytest.mark.parametrize("line", FIELDS, ids=lambda line: line.name)
REPROACH = re.compile("invalid|error|illegal|wrong|forbidden|failed|please", re.IGNORECASE)


def can_happen(line: Field, code: Code) -> bool:
    only: dict[Code, object] = {
        Code.NOT_A_CHOICE: line.kind is ValueKind.CHOICE,
        Code.TOO_SMALL: line.minimum,
        Code.NOT_AFTER: line.after,
        Code.UNKNOWN_PLACE: False,
        Code.AMBIGUOUS_PLACE: False,
        Code.UNKNOWN_DATE: False,
        Code.SEVERAL_DATES: False,
    }
    return bool(only.get(code, True))


ALL = [(line.name, code) for line in FIELDS for code in Code if can_happen(line, code)]


def test_every_field_has_its_words_and_no_other() -> None:
    assert sorted(WORDS) == sorted([*(line.name for line in FIELDS), *ABOUT_LEADS, "connection"])
    assert len({words.label for words in WORDS.values()}) == len(WORDS)


@EACH
def test_every_choice_has_its_words_and_no_two_the_same(line: Field) -> None:
    words = CHOICES.get(line.name, {})
    flags = {"true", "false"} if line.kind is ValueKind.FLAG else set()

    assert set(words) == set(line.choices or flags)
    assert len(set(words.values())) == len(words)


@EACH
def test_what_may_be_left_open_has_words_for_that(line: Field) -> None:
    may_be_open = line.kind in {ValueKind.CHOICE, ValueKind.FLAG} and not line.required

    assert (line.name in NOT_CHOSEN) == may_be_open


@EACH
def test_a_thing_fits_into_a_sentence_and_a_hint_is_one(line: Field) -> None:
    words = WORDS[line.name]

    assert re.fullmatch(r"[a-z].*[^.?!]", words.thing)
    assert re.fullmatch(r"([A-Z].*\.)?", words.hint)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        # Calls are made on these days all the same.
        ("own_dates", "Days of your own to be warned of"),
        # Numbers are called from, or rung; an assistant answers, or calls.
        ("dialer_type", "Phone numbers"),
        ("vapi_calling_entity", "What speaks on the call?"),
        # Each is a limit, and is read by itself in the history and on a button, too.
        ("max_call_attempts", "Attempts for each lead, at most"),
        ("max_daily_attempts", "Attempts for each lead in one day, at most"),
        ("min_gap_between_attempts", "Minutes between attempts, at least"),
    ],
)
def test_a_label_says_what_will_happen_whoever_calls_and_wherever_it_is_read(
    name: str, label: str
) -> None:
    assert WORDS[name].label == label


def test_days_of_ones_own_are_said_to_be_called_on_all_the_same() -> None:
    assert "Calls are made on them all the same." in WORDS["own_dates"].hint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vapi_calling_entity", "Left out of what is sent"),
        ("consider_voicemail_as_answered", "Left out: VoiceAIWrapper decides"),
        ("purpose", "Left open: the rules for all of these count"),
    ],
)
def test_leaving_a_choice_open_says_what_that_does(name: str, words: str) -> None:
    assert NOT_CHOSEN[name] == words


def test_the_assistant_id_is_called_after_what_answers_the_call() -> None:
    labels = WORDS["assistant_id"].variants

    assert set(labels) == set(CallingEntity)
    assert all(entity.lower() in label.lower() for entity, label in labels.items())


def test_what_is_final_is_said_in_a_sentence() -> None:
    assert FINAL == "Cannot be changed later."


def test_every_problem_is_a_sentence_without_a_gap_or_a_reproach(subtests: pytest.Subtests) -> None:
    for name, code in ALL:
        with subtests.test(f"{name}: {code}"):
            sentence = describe_problem(Problem(name, code))
            assert re.fullmatch(r"[A-Z].*\.", sentence)
            assert not re.search(r"[{}]|  |None|\s[,.:]|, \.", sentence)
            assert not REPROACH.search(sentence)


@pytest.mark.parametrize(
    "problem",
    [
        Problem("audience", Code.UNKNOWN_PLACE, "Narnia"),
        Problem("audience", Code.AMBIGUOUS_PLACE, "Georgia (GE) or Georgia (US-GA)"),
        Problem("own_dates", Code.UNKNOWN_DATE, "next friday"),
        Problem("own_dates", Code.SEVERAL_DATES, "2027-03-01 to 2027-03-08 Fair"),
    ],
    ids=lambda problem: problem.code,
)
def test_a_word_about_the_leads_that_is_not_understood_is_repeated(problem: Problem) -> None:
    sentence = describe_problem(problem)
    assert re.fullmatch(r"[A-Z].*\.", sentence)
    assert problem.detail in sentence
    assert not REPROACH.search(sentence)


@pytest.mark.parametrize(
    "line", [line for line in FIELDS if line.minimum], ids=lambda line: line.name
)
@pytest.mark.parametrize("code", [Code.MISSING, Code.TOO_SMALL, Code.NOT_A_WHOLE_NUMBER])
def test_a_message_about_a_count_says_the_least_it_may_be(line: Field, code: Code) -> None:
    assert describe_problem(Problem(line.name, code)).endswith(f", {line.minimum} or more.")


@pytest.mark.parametrize(
    "line", [line for line in FIELDS if line.after], ids=lambda line: line.name
)
def test_a_message_about_an_order_names_both(line: Field) -> None:
    sentence = describe_problem(Problem(line.name, Code.NOT_AFTER)).lower()

    assert WORDS[line.name].thing in sentence
    assert WORDS[FIELD[line.after or ""].name].thing in sentence


def test_a_name_that_no_field_has_is_repeated_as_it_came() -> None:
    sentence = describe_problem(Problem("{colour}", Code.UNKNOWN_FIELD))

    assert sentence == "Remove “{colour}”: a campaign has no such field."


def test_every_advice_is_a_sentence(subtests: pytest.Subtests) -> None:
    for code in AdviceCode:
        with subtests.test(code.value):
            sentence = describe_advice(Advice("name", code, "7"))

            assert re.fullmatch(r"[A-Z“].*[.?]", sentence)
            assert not re.search("[{}]", sentence)


@pytest.mark.parametrize(
    "line", [line for line in FIELDS if line.global_id], ids=lambda line: line.name
)
def test_an_id_in_the_wrong_field_is_called_by_what_it_is_the_id_of(line: Field) -> None:
    sentence = describe_advice(Advice("name", AdviceCode.OTHER_GLOBAL_ID, line.global_id or ""))

    assert re.fullmatch(
        r"This looks like the id of a [a-z ]+\. Is it in the right field\?", sentence
    )


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
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
    name: str, code: Code, sentence: str
) -> None:
    assert describe_problem(Problem(name, code)) == sentence


def test_the_first_of_several_problems_says_how_many_more_answers_have_one() -> None:
    first = Problem("name", Code.MISSING)
    others = [Problem(name, Code.MISSING) for name in ("assistant_id", "start_date", "start_date")]
    descriptions = [describe_first_problem([first, *others[:count]]) for count in range(4)]
    assert descriptions[0] == describe_problem(first)
    assert descriptions[1] == f"{descriptions[0]} One more answer has to be given or changed."
    assert (
        descriptions[2]
        == descriptions[3]
        == f"{descriptions[0]} 2 more answers have to be given or changed."
    )
