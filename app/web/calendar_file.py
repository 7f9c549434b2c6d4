"""A draft's calling windows as a calendar file (iCalendar), for other calendars to show."""

from datetime import datetime
from itertools import groupby, islice
from typing import Any

from app.campaign.contract.reading import read_answers
from app.campaign.formatting import format_short_day, replace_invisible
from app.campaign.schedule.windows import Window, iterate_windows, read_schedule
from app.store.base import State
from app.store.models import Draft
from app.version import VERSION
from app.web.names import name_campaign
from app.web.state_words import STATE_WORDS

MOST_WINDOWS = 1000
"""Windows in a file, almost three years of every day: an open-ended campaign has no last one."""


def write_calendar(draft: Draft) -> bytes | None:
    """Write the windows as events in UTC, which no other copy of the zone data can move.

    `None` without a window: a calendar has at least one event in it (RFC 5545, 3.6).
    """
    from icalendar import Calendar, vText  # No start waits for what only this file needs.

    calendar = Calendar()
    # A text of iCalendar may hold no control characters (RFC 5545, 3.3.11).
    name = name_campaign(" ".join(replace_invisible(draft.name).split()))
    calendar.add("prodid", f"-//Campaign Builder//{VERSION}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(name))
    planned = read_schedule(read_answers(draft.answers).values)
    windows = list(islice(iterate_windows(planned), MOST_WINDOWS + 1)) if planned else []
    written = windows[:MOST_WINDOWS]
    if planned is None or not written:
        return None
    if planned.is_open_ended or len(windows) > len(written):
        last = planned.last if len(windows) == len(written) else written[-1].date
        bound = f"Windows until {format_short_day(last)}; the campaign goes on after that."
        for word in ("description", "x-wr-caldesc"):  # RFC 7986, and what was read before it.
            calendar.add(word, vText(bound))
    at = _find_last_change(draft)
    for day, of_day in groupby(written, key=lambda window: window.date):
        for number, window in enumerate(of_day, 1):  # Two, where a clock change is between.
            event = _make_event(draft, name, window, planned.zone)
            # In a newer file it takes the place of what was there (RFC 5545, 3.8.7.4).
            part = f"-{number}" if number > 1 else ""
            event.add("uid", f"{draft.id}-{day:%Y%m%d}{part}@campaign-builder")
            event.add("sequence", draft.version)
            event.add("dtstamp", at)
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _make_event(draft: Draft, name: str, window: Window, zone: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("dtstart", window.start_utc)
    event.add("dtend", window.end_utc)
    event.add("summary", f"Calls: {name}")
    event.add("description", _describe(draft, window, zone))
    is_planned = draft.state is State.CREATED and not _is_rehearsal(draft)
    event.add("status", "CONFIRMED" if is_planned else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def _is_rehearsal(draft: Draft) -> bool:
    """Tell whether a draft was sent to a sandbox, the last time."""
    return bool(draft.submissions) and draft.submissions[0].is_sandbox


def _find_last_change(draft: Draft) -> datetime:
    """Find when what the file says of a draft has changed last, its state included."""
    sent = [at for each in draft.submissions for at in (each.pressed_at, each.settled_at) if at]
    return max([draft.changed_at, *sent])


def _describe(draft: Draft, window: Window, zone: str) -> str:
    """Say the hours by the campaign's own clock, and how far the campaign is."""
    start, end = (f"{at:%H:%M}" for at in (window.start, window.end))
    state = STATE_WORDS[draft.state]
    return (
        f"{start} to {end} by the clock in {zone}. "
        f"Version {draft.version}: {state[:1].lower()}{state[1:]}"
        f"{' in a sandbox, where nobody is called' if _is_rehearsal(draft) else ''}."
    )
