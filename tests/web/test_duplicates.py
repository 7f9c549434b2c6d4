"""A copy of a draft; its dates may move by whole weeks, so that weekdays stay."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.factories import inbound, outbound
from tests.pages import Page, Visitor


@pytest.fixture
def copying(visitor: Visitor, saved: Callable[..., str]) -> Page:
    return visitor.open(f"/drafts/{saved()}/duplicate")


def test_a_copy_is_a_draft_of_its_own(visitor: Visitor, copying: Page) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "keep"})
    assert page.heading == "Q4 Outreach (copy)"
    assert page.typed("start_date") == "2027-01-04"
    assert page.path.split("/")[2] not in copying.path


@pytest.mark.parametrize(
    ("weeks", "first", "last"),
    [("2", "2027-01-18", "2027-04-14"), ("-1", "2026-12-28", "2027-03-24")],
)
def test_both_dates_move_by_whole_weeks(
    visitor: Visitor, copying: Page, weeks: str, first: str, last: str
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "move", "weeks": weeks})
    assert (page.typed("start_date"), page.typed("end_date")) == (first, last)
    assert date.fromisoformat(first).weekday() == date(2027, 1, 4).weekday()


@pytest.mark.parametrize("weeks", ["many", "", "999999999999"])
def test_weeks_that_cannot_be_meant_lose_nothing(
    visitor: Visitor, copying: Page, weeks: str
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "move", "weeks": weeks})
    assert page.heading == "Q4 Outreach (copy)"


@pytest.mark.parametrize(
    ("today", "first"), [(date(2027, 1, 4), "2027-01-04"), (date(2027, 2, 3), "2027-02-08")]
)
def test_a_past_campaign_is_offered_at_its_next_possible_week(
    visitor: Visitor, saved: Callable[..., str], today: date, first: str
) -> None:
    draft_id = saved()
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        page = visitor.open(f"/drafts/{draft_id}/duplicate")
        copy = visitor.press(page, "duplicate")
    assert copy.typed("start_date") == first


def test_without_dates_there_is_nothing_to_move(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}/duplicate")
    assert page.soup.find(id="weeks") is None
    assert visitor.press(page, "duplicate").heading == "Front desk (copy)"


def test_the_copy_is_kept_only_once_it_was_asked_for(visitor: Visitor, copying: Page) -> None:
    assert len(visitor.open("/").soup.select("tbody tr")) == 1


def test_dates_at_the_end_of_the_calendar_stay_where_they_are(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(outbound(end_date=date(9999, 12, 31)))}/duplicate")
    copy = visitor.press(page, "duplicate", {"dates": "move", "weeks": "1"})
    assert copy.typed("end_date") == "9999-12-31"
    assert "The dates are as they were" in copy.flash()
