"""The form: it keeps what was typed, reads it as the contract does, and judges what is in use."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.campaign.contract.fields import FIELDS
from app.campaign.contract.reading import read_answers
from app.campaign.contract.typed_length import ABOUT_LEADS
from app.campaign.contract.validation import find_problems
from app.campaign.contract.wording import describe_problem
from app.forms.campaign import CampaignForm, read_typed_answers
from tests.factories import inbound, outbound, typed

BROKEN = [
    typed(outbound(name=None)),
    typed(outbound()) | {"end_date": "2026-01-01", "max_call_attempts": "0"},
    typed(outbound()) | {"daily_start_time": "nine", "timezone": "Mars"},
    typed(inbound()) | {"webhook_url": "no address"},
    {},
]


def test_it_asks_each_question_once_those_of_the_contract_and_those_about_the_leads() -> None:
    assert sorted(field.short_name for field in CampaignForm()) == sorted(
        [*(line.name for line in FIELDS), *ABOUT_LEADS]
    )


@pytest.mark.parametrize("campaign", [inbound(), outbound()])
def test_what_was_typed_becomes_the_same_values(campaign: dict[str, Any]) -> None:
    form = CampaignForm.from_answers(typed(campaign))
    assert form.validate()
    assert form.values == campaign


@pytest.mark.parametrize("answers", BROKEN)
def test_it_says_what_the_rules_say(answers: dict[str, Any]) -> None:
    form = CampaignForm.from_answers(answers)
    form.validate()
    messages = {
        problem.field: [describe_problem(problem)]
        for problem in find_problems(read_answers(answers))
    }
    assert form.errors == messages


def test_each_word_that_names_no_place_or_no_day_is_an_error_of_its_field() -> None:
    leads = {"audience": "Narnia, France, Georgia", "own_dates": "next friday"}
    form = CampaignForm.from_answers({"type": "OUTBOUND"} | leads)
    form.validate()
    assert [message.split("”")[0] for message in form.errors["audience"]] == [
        "Change “Narnia",
        "Say which place is meant, by its code: Georgia (GE) or Georgia (US-GA).",
    ]
    assert form.errors["own_dates"] == [
        (
            "Write “next friday” as a date from 1900 to 2199 and a name, "
            "such as 2027-03-05 Company day."
        )
    ]


def test_what_is_said_of_leads_who_are_not_called_is_not_judged() -> None:
    form = CampaignForm.from_answers(
        typed(inbound()) | {"audience": "Narnia", "own_dates": "next friday"}
    )
    assert form.validate()


def test_what_was_typed_wrong_is_kept_to_the_letter() -> None:
    form = CampaignForm.from_answers({"start_date": " 4.1.27 ", "days_of_week": ["MONDAY", "x"]})
    assert form.start_date.typed == " 4.1.27 "
    assert form.days_of_week.typed == ("MONDAY", "x")


def test_a_posted_form_gives_the_answers_and_nothing_else() -> None:
    posted = MultiDict([("name", "A"), ("days_of_week", "MONDAY"), ("days_of_week", "FRIDAY")])
    posted.add("csrf_token", "secret")
    assert read_typed_answers(posted) == {"name": "A", "days_of_week": ["MONDAY", "FRIDAY"]}
