"""A copy of a draft; its dates may move by whole weeks, so that weekdays stay."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from app.rights import Role
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from tests.factories import inbound, outbound
from tests.pages import Page, Visitor, text
from tests.web.teams import make_team

pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize(
    ("weeks", "message"),
    [
        ("many", "Enter the weeks as a whole number"),
        ("", "Enter the weeks as a whole number"),
        ("1.5", "Enter the weeks as a whole number"),
        ("١", "Enter the weeks as a whole number"),
        ("9" * 5000, "Enter fewer weeks"),
        ("500000", "Enter fewer weeks"),
        ("-999999999", "Enter fewer weeks"),
    ],
)
def test_weeks_that_cannot_be_meant_are_told_beside_the_field_and_kept(
    visitor: Visitor, copying: Page, weeks: str, message: str
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "move", "weeks": weeks})
    assert (page.status, page.heading) == (422, "Copy Q4 Outreach")
    assert message in text(page.soup.find(id="weeks-error"))
    assert "weeks-error" in str(page.soup.find(id="weeks")["aria-describedby"])  # type: ignore[index]
    assert (page.typed("weeks"), page.typed("dates")) == (weeks, "move")
    assert len(visitor.open("/").soup.select("tbody tr")) == 1

    copy = visitor.press(page, "duplicate", {"weeks": "1"})
    assert copy.typed("start_date") == "2027-01-11"


@pytest.mark.parametrize(
    ("choice", "message"),
    [("keep", "with the dates of the original"), ("move", "with its dates moved")],
)
def test_the_copy_tells_what_became_of_its_dates(
    visitor: Visitor, copying: Page, choice: str, message: str
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": choice, "weeks": "2"})
    assert page.flash() == f"This is the copy, {message}. The original is unchanged."


def test_dates_that_somebody_chose_to_keep_stay_whatever_number_stands_there(
    visitor: Visitor, copying: Page
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "keep", "weeks": "2"})
    assert page.typed("start_date") == "2027-01-04"


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


def test_without_any_choice_of_its_own_the_page_keeps_the_dates_visibly(copying: Page) -> None:
    assert copying.typed("dates") == "keep"
    assert "Leave it empty" not in copying.text


def test_the_weeks_that_are_offered_for_a_past_campaign_are_told_as_an_example(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    with time_machine.travel(datetime(2027, 2, 3, 12, tzinfo=UTC), tick=False):
        page = visitor.open(f"/drafts/{draft_id}/duplicate")
    assert (page.typed("dates"), page.typed("weeks")) == ("move", "5")
    assert "With 5, the first day is Mon 8 Feb 2027." in page.text


@pytest.mark.parametrize("weeks", ["0", "-0", "+00"])
def test_to_move_the_dates_by_no_week_is_a_mistake(
    visitor: Visitor, copying: Page, weeks: str
) -> None:
    page = visitor.press(copying, "duplicate", {"dates": "move", "weeks": weeks})
    assert page.status == 422
    assert "Enter the weeks as a whole number" in text(page.soup.find(id="weeks-error"))


def test_without_dates_that_count_there_is_nothing_to_move(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound())
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"start_date": "2027-01-04"})
    page = visitor.open(f"/drafts/{draft_id}/duplicate")
    assert page.soup.find(id="weeks") is None
    assert visitor.press(page, "duplicate").heading == "Front desk (copy)"


def test_weeks_for_dates_that_somebody_took_away_meanwhile_are_not_asked_about(
    visitor: Visitor, copying: Page
) -> None:
    draft = copying.path.removesuffix("/duplicate")
    visitor.press(visitor.open(draft), answers={"type": "INBOUND"})
    page = visitor.press(copying, "duplicate", {"dates": "move", "weeks": "many"})
    assert page.heading == "Q4 Outreach (copy)"


def test_the_copy_is_kept_only_once_it_was_asked_for(visitor: Visitor, copying: Page) -> None:
    assert len(visitor.open("/").soup.select("tbody tr")) == 1


def test_dates_at_the_end_of_the_calendar_are_not_moved_off_it(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(outbound(end_date=date(9999, 12, 31)))}/duplicate")
    refused = visitor.press(page, "duplicate", {"dates": "move", "weeks": "1"})
    assert "the calendar ends before" in refused.text
    assert visitor.press(refused, "duplicate", {"dates": "keep"}).typed("end_date") == "9999-12-31"


def test_a_copy_of_a_copy_is_numbered(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved(inbound(name='Front desk'))}/duplicate")
    copied = []
    for _ in range(3):
        copy = visitor.press(page, "duplicate")
        copied.append(copy.heading)
        page = visitor.open(f"{copy.path}/duplicate")
    assert copied == ["Front desk (copy)", "Front desk (copy 2)", "Front desk (copy 3)"]


def test_copies_of_one_campaign_are_numbered(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved(inbound(name='Front desk'))}/duplicate")
    copied = [visitor.press(page, "duplicate").heading for _ in range(3)]
    assert copied == ["Front desk (copy)", "Front desk (copy 2)", "Front desk (copy 3)"]


def test_a_copy_tells_nothing_of_names_where_somebody_may_not_look(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    team, key = make_team(app), add_connection()
    for who, at in (("edda", "sandbox"), ("otto", key)):
        person = Visitor(team.add(who, Role.EDITOR, at=at))
        draft_id = team.write(who, connection=at)
        page = person.open(f"/drafts/{draft_id}/duplicate")
        assert person.press(page, "duplicate", {"dates": "keep"}).heading == "Q4 Outreach (copy)"
        ticked = {"draft": draft_id, "weeks": "0"}
        person.press(person.open("/"), "copy-ticked", ticked)
        assert "Q4 Outreach (copy 2)" in person.open("/").text
        assert "Q4 Outreach (copy 3)" not in person.open("/").text


def test_a_copy_of_what_may_exist_already_says_so(
    visitor: Visitor, store: Store, sent: Callable[[State], int]
) -> None:
    submission_id = sent(State.UNKNOWN)
    with store.reading() as session:
        submission = session.get_one(Submission, submission_id)
    page = visitor.open(f"/drafts/{submission.draft_id}/duplicate")
    assert "It is not known whether Q4 Outreach was created" in page.text
    [look] = page.soup.select("main .verdict a")
    assert visitor.open(str(look["href"])).path == f"/submissions/{submission.id}"


def test_a_copy_of_what_has_no_name_has_none_either(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(name=None))
    page = visitor.press(visitor.open(f"/drafts/{draft_id}/duplicate"), answers={"dates": "keep"})
    assert (page.heading, page.typed("name")) == ("Unnamed campaign", "")


def test_a_copy_of_what_has_the_longest_name_has_one_that_can_be_sent(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(name="x" * 1000))
    page = visitor.press(visitor.open(f"/drafts/{draft_id}/duplicate"), answers={"dates": "keep"})
    assert page.typed("name") == f"{'x' * 992}… (copy)"
    assert "Shorten the campaign name" not in page.text
