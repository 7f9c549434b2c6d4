"""An explanation as JSON: the same parts whatever the campaign, and nothing that JSON has not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.campaign.explanation import explain
from app.campaign.explanation_document import write_document
from tests.factories import inbound, outbound, typed

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def write(values: dict[str, Any], **beside: str) -> dict[str, Any]:
    document = write_document(explain({**typed(values), **beside}, NOW))
    read: dict[str, Any] = json.loads(json.dumps(document))
    assert read == document
    return read


@pytest.mark.parametrize("values", [{}, inbound(), outbound(), outbound(start_date=None)])
def test_each_campaign_has_all_parts(values: dict[str, Any]) -> None:
    parts = ["problems", "advice", "calendar", "attempts", "findings", "not_known", "plain"]
    assert list(write(values)) == parts


def test_what_has_no_schedule_has_no_calendar_and_no_attempts() -> None:
    document = write(inbound())
    assert (document["calendar"], document["attempts"]) == (None, None)


def test_problems_are_told_in_the_words_of_the_screen() -> None:
    assert write(outbound(name=None))["problems"] == [
        {"field": "name", "code": "missing", "message": "Enter the campaign name."}
    ]


def test_a_place_that_is_not_known_is_a_problem() -> None:
    (problem,) = write(outbound(), audience="Atlantis")["problems"]
    assert (problem["field"], problem["code"]) == ("audience", "unknown_place")


def test_what_is_not_sent_is_said() -> None:
    advice = write(inbound(), timezone="Europe/Paris")["advice"]
    assert {
        "field": "timezone",
        "code": "not_sent",
        "message": "The time zone is kept here, but not sent.",
    } in advice
