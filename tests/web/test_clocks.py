"""The clock by which times are shown, switched in one place."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories import outbound, typed
from tests.pages import Visitor

FIRST = {
    "campaign": "Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)",
    "UTC": "Mon 4 Jan 2027, 14:00 to 22:00 (UTC+00:00)",
    "Asia/Tokyo": "Mon 4 Jan 2027, 23:00 to 07:00 on Tue 5 Jan 2027 (UTC+09:00)",
}


@pytest.mark.parametrize("clock", FIRST)
def test_times_are_shown_by_the_clock_that_was_chosen(client: FlaskClient, clock: str) -> None:
    client.set_cookie("clock", clock)
    assert FIRST[clock] in client.post("/preview", data=typed(outbound())).text


@pytest.mark.parametrize("clock", ["", "Mars/Base", "../etc"])
def test_a_clock_that_is_none_is_the_campaigns(client: FlaskClient, clock: str) -> None:
    client.set_cookie("clock", clock)
    assert FIRST["campaign"] in client.post("/preview", data=typed(outbound())).text


def test_choosing_a_clock_in_the_form_saves_what_was_typed(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved()}")
    page = visitor.press(page, answers={"name": "Renamed"}, clock="UTC")
    assert page.heading == "Renamed"
    assert FIRST["UTC"] in page.text
    assert page.soup.select_one("button[value=UTC][aria-pressed=true]") is not None


def test_the_review_has_the_same_switch(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved()}/review")
    page = visitor.press(page, "review", clock="UTC")
    assert page.heading == "Review Q4 Outreach"
    assert FIRST["UTC"] in page.text


def test_what_is_sent_does_not_depend_on_the_clock(client: FlaskClient) -> None:
    plain = client.post("/preview", data=typed(outbound())).text
    client.set_cookie("clock", "Asia/Tokyo")
    other = client.post("/preview", data=typed(outbound())).text
    assert '"09:00"' in plain.split('id="json"')[1].replace("&#34;", '"')
    assert plain.split('id="json"')[1] == other.split('id="json"')[1]
