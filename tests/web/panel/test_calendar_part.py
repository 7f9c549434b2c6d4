"""The calendar of the panel: its days, and what a browser is to compare with its zone data."""

import json
import re
from datetime import date, time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.campaign.contract.fields import Weekday
from tests.factories import outbound, typed
from tests.pages import PARSER, text


def preview(client: FlaskClient, leads: dict[str, str], **changes: Any) -> BeautifulSoup:
    headers = {"Sec-Fetch-Site": "same-origin"}
    data = typed(outbound(**changes)) | leads
    return BeautifulSoup(client.post("/preview", data=data, headers=headers).text, PARSER)


def list_instants(client: FlaskClient, first: date, last: date) -> list[tuple[str, int]]:
    note = preview(client, {}, start_date=first, end_date=last).select_one("[data-instants]")
    assert note
    assert note["data-zone"] == "America/New_York"
    return [(at, minutes) for at, minutes in json.loads(str(note["data-instants"]))]


def test_a_browser_compares_the_first_and_last_window_and_each_clock_change(
    client: FlaskClient,
) -> None:
    # The clocks of New York change on 14 March 2027, 02:00, which is 07:00 UTC.
    assert list_instants(client, date(2027, 3, 12), date(2027, 3, 16)) == [
        ("2027-03-12T14:00:00+00:00", -300),
        ("2027-03-14T07:00:00+00:00", -240),
        ("2027-03-16T13:00:00+00:00", -240),
    ]


def test_of_many_clock_changes_the_first_twelve_are_compared(client: FlaskClient) -> None:
    assert len(list_instants(client, date(2027, 1, 4), date(2037, 1, 4))) == 2 + 12


SUNDAY = {"days_of_week": (Weekday.SUNDAY,)}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"start_date": date(2027, 1, 4), "end_date": date(2027, 1, 6)},
            "the dates and the days of the week never meet",
        ),
        # The clocks of New York go from 02:00 to 03:00 on the 14th.
        (
            {"start_date": date(2027, 3, 13), "end_date": date(2027, 3, 14)}
            | {"daily_start_time": time(2), "daily_end_time": time(3)},
            "the clocks skip its hours on each of its days",
        ),
    ],
)
def test_without_a_calling_day_it_is_said_why_and_that_no_attempt_can_happen(
    client: FlaskClient, changes: dict[str, Any], why: str
) -> None:
    words = text(preview(client, {}, **SUNDAY, **changes))
    assert f"No calling day: {why}." in words
    assert "No attempt can happen: there is no calling day." in words
    assert "held there by" not in words


@pytest.mark.parametrize(("parts", "is_told"), [(12, False), (13, True)])
def test_days_off_of_single_states_are_left_out_of_many_and_that_is_told(
    client: FlaskClient, parts: int, *, is_told: bool
) -> None:
    states = ["TX", "FL", "AL", "OH", "IA", "UT", "ME", "NV", "OR", "ID", "KS", "MT", "VT"][:parts]
    words = text(preview(client, {"audience": ", ".join(f"US-{state}" for state in states)}))
    assert ("Days off of single states and other parts are not marked" in words) is is_told


def test_of_many_attempts_at_worst_those_that_are_not_listed_are_counted(
    client: FlaskClient,
) -> None:
    limits = {"max_call_attempts": 40, "max_daily_attempts": 20, "min_gap_between_attempts": 20}
    words = text(preview(client, {}, **limits))
    count, listed, more = re.search(
        r"(\d+) in 24 hours, .*In 24 hours, at (.*?) and (\d+) more", words
    ).groups()  # type: ignore[union-attr]
    assert int(count) == len(listed.split(",")) + int(more)
