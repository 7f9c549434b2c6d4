"""The calling windows as a calendar file that other calendars can read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from app.store import drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.models import Draft, Submission
from app.web.calendar_file import MOST_WINDOWS
from tests.campaign.schedules import EVERY_DAY
from tests.factories import inbound, outbound, typed
from tests.pages import Visitor


def events(client: FlaskClient, draft_id: str) -> list[tuple[Any, Any]]:
    answer = client.get(f"/drafts/{draft_id}/windows.ics")
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    assert isinstance(calendar, Calendar)
    return [(event.start, event.end) for event in calendar.events]


def test_each_window_is_an_event_in_utc(client: FlaskClient, saved: Callable[..., str]) -> None:
    windows = events(client, saved())
    assert len(windows) == 63
    assert windows[0] == (
        datetime(2027, 1, 4, 14, tzinfo=UTC),
        datetime(2027, 1, 4, 22, tzinfo=UTC),
    )
    assert windows[-1][0] == datetime(2027, 3, 31, 13, tzinfo=UTC)


def test_a_window_with_a_clock_change_in_it_is_as_long_as_it_really_is(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    day = {"start_date": date(2027, 3, 14), "end_date": date(2027, 3, 14)}
    night = {"daily_start_time": time(1), "daily_end_time": time(4), "days_of_week": EVERY_DAY}
    (only,) = events(client, saved(outbound(**day, **night)))
    assert only[1] - only[0] == timedelta(hours=2)


def test_events_have_ids_of_their_own_that_stay(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    files = [client.get(f"/drafts/{draft_id}/windows.ics").data for _ in range(2)]
    ids = [str(event["uid"]) for event in Calendar.from_ical(files[0]).walk("VEVENT")]
    assert len(set(ids)) == len(ids) == 63
    assert files[0] == files[1]


def test_a_newer_file_takes_the_place_of_the_one_before(
    client: FlaskClient, store: Store, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    before = Calendar.from_ical(client.get(f"/drafts/{draft_id}/windows.ics").data)
    with store.writing() as session:
        later = typed(outbound(daily_start_time=time(11)))
        drafts.save(session, draft_id, judge(later), expected_version=1)
    after = Calendar.from_ical(client.get(f"/drafts/{draft_id}/windows.ics").data)
    old, new = before.walk("VEVENT")[0], after.walk("VEVENT")[0]
    assert (old["uid"], old["sequence"], new["sequence"]) == (new["uid"], 1, 2)


def test_two_windows_of_a_date_are_two_events(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    day = {"start_date": date(2027, 10, 31), "end_date": date(2027, 10, 31)}
    night = {"daily_start_time": time(2), "daily_end_time": time(2, 30), "days_of_week": EVERY_DAY}
    twice = saved(outbound(**day, **night, timezone="Europe/Berlin"))
    answer = client.get(f"/drafts/{twice}/windows.ics")
    ids = [str(event["uid"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]
    assert len(set(ids)) == len(ids) == 2


def test_an_event_says_the_hours_there_and_whether_it_is_decided(
    client: FlaskClient, store: Store, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    for state, status in ((None, "TENTATIVE"), (State.CREATED, "CONFIRMED")):
        with store.writing() as session:
            session.get_one(Draft, draft_id).state = state
        answer = client.get(f"/drafts/{draft_id}/windows.ics")
        event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
        assert str(event["status"]) == status
        assert "09:00 to 17:00 by the clock in America/New_York." in str(event["description"])


def test_an_event_of_what_went_to_a_sandbox_says_that_nobody_is_called(
    client: FlaskClient, visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send")
    answer = client.get(f"/drafts/{draft_id}/windows.ics")
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert str(event["status"]) == "TENTATIVE"
    assert "created in a sandbox, where nobody is called." in str(event["description"])


def test_a_name_with_line_breaks_and_signs_stays_one_name(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    answer = client.get(f"/drafts/{saved(outbound(name='A;B, C: été'))}/windows.ics")
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert str(event["summary"]) == "Calls: A;B, C: été"


@pytest.mark.parametrize(
    "values",
    [
        inbound(),
        outbound(start_date=None),
        outbound(end_date=date(2027, 1, 4), days_of_week=EVERY_DAY[6:]),
    ],
    ids=["inbound", "not finished", "never"],
)
def test_there_is_no_calendar_of_a_campaign_that_never_calls(
    client: FlaskClient, saved: Callable[..., str], values: dict[str, Any]
) -> None:
    """One without an event is no valid file (RFC 5545, 3.6)."""
    assert client.get(f"/drafts/{saved(values)}/windows.ics").status_code == 404


@pytest.mark.parametrize("name", ["Spring\nrecall", "Spring\r\nX-EVIL:1", "a\x85b\u2028c\x0bd\re"])
def test_a_line_break_in_a_name_ends_no_line_of_the_file(
    client: FlaskClient, saved: Callable[..., str], name: str
) -> None:
    draft_id = saved(outbound(name=name))
    assert len(events(client, draft_id)) == 63
    written = client.get(f"/drafts/{draft_id}/windows.ics").data
    assert b"\r\nX-EVIL" not in written
    assert all(line[:1].isupper() or line[:1] == b" " for line in written.split(b"\r\n") if line)


@pytest.mark.slow
def test_a_campaign_of_centuries_ends_at_a_bound(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    last = date(9999, 12, 31)
    windows = events(client, saved(outbound(days_of_week=EVERY_DAY, end_date=last)))
    assert len(windows) == MOST_WINDOWS == 1000


def described(client: FlaskClient, draft_id: str) -> set[str]:
    calendar = Calendar.from_ical(client.get(f"/drafts/{draft_id}/windows.ics").data)
    return {
        str(calendar[word]).replace("\\;", ";")
        for word in ("description", "x-wr-caldesc")
        if word in calendar
    }


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        # 4 January 2027 and 396 days.
        ({"end_date": None}, "Mon 31 Jan 2028"),
        # A Sunday: Friday has the last of these windows.
        ({"start_date": date(2027, 4, 5), "end_date": None}, "Sun 30 Apr 2028"),
        # The thousandth day from 4 January 2027 on.
        ({"days_of_week": EVERY_DAY, "end_date": date(2031, 1, 1)}, "Sat 29 Sep 2029"),
    ],
)
def test_a_calendar_that_ends_before_the_campaign_says_where(
    client: FlaskClient, saved: Callable[..., str], changes: dict[str, Any], last: str
) -> None:
    assert date(2027, 1, 4) + timedelta(days=999) == date(2029, 9, 29)
    assert described(client, saved(outbound(**changes))) == {
        f"Windows until {last}; the campaign goes on after that."
    }


def test_a_calendar_that_has_all_windows_says_nothing_of_a_bound(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    thousand = {"days_of_week": EVERY_DAY, "end_date": date(2029, 9, 29)}
    assert described(client, saved()) == set()
    assert described(client, saved(outbound(**thousand))) == set()


def test_what_a_calendar_is_called_is_written_as_text_too(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    answer = client.get(f"/drafts/{saved(outbound(name='A;B, C'))}/windows.ics")
    assert b"X-WR-CALNAME:A\\;B\\, C\r\n" in answer.data


def test_what_became_of_a_campaign_makes_its_file_a_newer_one(
    client: FlaskClient, store: Store, sent: Callable[[State], int]
) -> None:
    number = sent(State.CREATED)
    with store.writing() as session:
        submission = session.get_one(Submission, number)
        submission.settled_at = settled = datetime(2030, 1, 2, tzinfo=UTC)
        draft_id = submission.draft_id
    answer = client.get(f"/drafts/{draft_id}/windows.ics")
    assert f"DTSTAMP:{settled:%Y%m%dT%H%M%SZ}".encode() in answer.data


def test_what_joins_letters_stays_in_a_name(client: FlaskClient, saved: Callable[..., str]) -> None:
    family = "Family \U0001f468\u200d\U0001f469\u200d\U0001f467"
    answer = client.get(f"/drafts/{saved(outbound(name=family))}/windows.ics")
    assert Calendar.from_ical(answer.data).walk("VEVENT")[0]["summary"] == f"Calls: {family}"
