"""The limits of what may be typed are ours: the form states them, and the sandbox has none."""

import gc
import tracemalloc
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.campaign.compliance.audience import read_audience
from app.campaign.contract.fields import CAMPAIGNS_PATH, FIELDS, ValueKind
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import read_answers
from app.campaign.contract.typed_length import (
    LONGEST,
    LONGEST_ADDRESS,
    LONGEST_IN_ALL,
    LONGEST_TEXT,
)
from app.campaign.contract.validation import find_problems
from app.campaign.contract.wording import describe_problem
from app.forms.campaign import CampaignForm
from tests.factories import outbound, typed
from tests.pages import Visitor
from tests.sandbox.caller import WITH_TOKEN

pytestmark = pytest.mark.slow

LINES = [line.name for line in FIELDS if line.kind is ValueKind.TEXT]
REMARKS = ["audience", "own_dates"]


def problems(answers: dict[str, Any]) -> list[Problem]:
    return find_problems(read_answers(answers))


@pytest.mark.parametrize("name", [*LINES, "webhook_url", *REMARKS])
def test_an_answer_may_be_as_long_as_its_limit_and_no_longer(name: str) -> None:
    campaign = typed(outbound()) | ({"dialer_type": "POOL"} if "pool" in name else {})
    start = "https://example.com/" if name == "webhook_url" else ""
    longest = start + "a" * (LONGEST[name] - len(start))
    assert problems(campaign | {name: longest}) == []
    assert problems(campaign | {name: longest + "a"}) == [Problem(name, Code.TOO_LONG)]


def test_the_limit_is_told_as_ours() -> None:
    assert describe_problem(Problem("name", Code.TOO_LONG)) == (
        "Shorten the campaign name: Campaign Builder takes 1,000 characters of it."
    )
    assert (LONGEST_TEXT, LONGEST_ADDRESS) == (1000, 2000)
    assert "20,000 characters in all" in describe_problem(Problem("audience", Code.TOO_MUCH))


def test_all_answers_together_have_a_limit_too() -> None:
    days = {"days_of_week": ["MONDAY"] * 140}
    many = dict.fromkeys(LONGEST, "a" * 1000)
    assert LONGEST_IN_ALL == 20_000
    assert Problem("webhook_url", Code.TOO_MUCH) in problems(
        many | {"type": "OUTBOUND", "webhook_url": "a" * 2000} | days
    )


def test_what_is_too_long_about_the_leads_is_not_read_and_blocks() -> None:
    campaign = typed(outbound()) | {"audience": "France, " * 300}
    assert read_audience(campaign, "America/New_York").is_assumed
    assert problems(campaign) == [Problem("audience", Code.TOO_LONG)]
    assert problems(campaign | {"type": "INBOUND"}) == []


@pytest.mark.parametrize("name", ["name", "audience"])
def test_the_form_says_it_beside_the_field_and_keeps_what_was_typed(
    visitor: Visitor, name: str
) -> None:
    long = "Lead " * 500
    page = visitor.press(
        visitor.open("/drafts/new"), answers=typed(outbound()) | {name: long}, then="review"
    )
    assert page.status == 422
    assert page.error(name) == describe_problem(Problem(name, Code.TOO_LONG))
    assert page.typed(name) == long
    assert visitor.open(page.path).typed(name) == long


def test_form_and_reading_agree_on_what_is_too_long() -> None:
    for name in (*LINES, *REMARKS, "webhook_url"):
        answers = typed(outbound()) | {name: "a" * 2001}
        form = CampaignForm.from_answers(answers)
        form.validate()
        messages = {field: errors[0] for field, errors in form.errors.items() if field}
        assert messages == {
            problem.field: describe_problem(problem) for problem in problems(answers)
        }, name


def test_the_sandbox_knows_no_such_limit(client: FlaskClient) -> None:
    long = typed(outbound(name="a" * 5000))
    document = {"name": long["name"], "type": "INBOUND", "assistant_id": "a" * 3000}
    document |= {"tenant_voice_provider_id": "a", "dialer_type": "SINGLE"}
    answer = client.post(f"/sandbox{CAMPAIGNS_PATH}", json=document, headers=WITH_TOKEN)
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["name", "timezone", "audience", "own_dates", "webhook_url"])
def test_what_people_type_does_not_stay_in_memory(client: FlaskClient, name: str) -> None:
    """Preview campaigns with ever other texts of 200 kB; a page of one is about as large."""

    def preview(number: int) -> None:
        answers = typed(outbound()) | {name: f"{number}," * (200_000 // len(f"{number},"))}
        assert client.post("/preview", data=answers).status_code == 200

    for number in range(3):
        preview(number)
    tracemalloc.start()
    for number in range(10, 30):
        preview(number)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 200_000
