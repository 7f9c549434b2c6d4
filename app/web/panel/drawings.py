"""The larger parts of the panel, drawn: the rules, the calendar, and a lead's attempts.

Each is kept while what it shows stays the same: somebody who types a name asks for all of them
with every letter, and drawing takes four times as long as everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.campaign.compliance.acceptance import Accepted, Statement
from app.campaign.compliance.audience import Audience
from app.campaign.compliance.audience_words import (
    describe_audience,
    describe_gaps,
    describe_none_found,
)
from app.campaign.compliance.hours_chart import chart_hours
from app.campaign.contract.wording import WORDS
from app.campaign.explanation import Explanation, Lead
from app.campaign.formatting import format_clock, format_short_day
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.months import Day, is_cut, is_long, lay_out_months
from app.campaign.schedule.windows import (
    Overview,
    Schedule,
    Window,
    is_inside_a_window,
    is_on_a_calling_day,
)
from app.campaign.timezones.zones import (
    ZONE_DATA_LOCKED,
    ZONE_DATA_VERSION,
    ClockChange,
    find_offset,
    format_offset,
    load_zone,
    name_city,
)
from app.web.panel import macros
from app.web.panel.findings_view import find_allowed_change, group_findings, list_duties


class Trouble(NamedTuple):
    """Reasons that were typed but not kept, by rule; *message* says why *rule*'s was refused."""

    rule: str
    message: str
    typed: Mapping[str, str]

    def find_typed(self, rule: str) -> str:
        return self.typed.get(rule, "")


_TIMES = 8
_CHANGES = 6
_CHECKED = 12


@dataclass(frozen=True)
class _Subject:
    """What rules look at of a campaign: explanations that agree in this are drawn alike."""

    schedule: Schedule | None
    limits: Limits | None
    audience: Audience
    explanation: Explanation = field(compare=False)


def draw_rules(
    explanation: Explanation,
    statements: Accepted,
    today: date,
    *,
    can_change: bool,
    trouble: Trouble | None = None,
) -> Markup | None:
    """Draw what rules say about a campaign with a schedule."""
    schedule = explanation.overview.schedule if explanation.overview else None
    subject = _Subject(schedule, explanation.limits, explanation.audience, explanation)
    # What was typed just now feeds no cache: it can be long, and is never asked for again.
    draw = _draw_rules.__wrapped__ if trouble else _draw_rules
    return draw(subject, tuple(statements.items()), today, can_change, trouble)


@lru_cache(maxsize=64)
def _draw_rules(
    subject: _Subject,
    items: tuple[tuple[str, Statement], ...],
    today: date,
    can_change: bool,
    trouble: Trouble | None,
) -> Markup | None:
    if subject.schedule is None:
        return None
    schedule, audience, statements = subject.schedule, subject.audience, dict(items)
    return macros.draw_macro(
        "rules",
        "rules",
        group_findings(subject.explanation, statements, today),
        describe_audience(audience),
        describe_gaps(audience),
        describe_none_found(audience),
        list_duties(subject.explanation, statements, today),
        chart_hours(schedule, audience),
        (count_seconds(schedule.opens), count_seconds(schedule.closes)),
        name_city(schedule.zone),
        find_allowed_change(subject.explanation),
        can_change,
        trouble,
    )


@lru_cache(maxsize=256)
def draw_calendar(
    overview: Overview, closed: tuple[tuple[date, str], ...], clock_zone: str
) -> Markup:
    """Draw the calendar."""
    days_off = dict(closed)
    laid_out = lay_out_months(overview, days_off)
    return macros.draw_macro(
        "calendar",
        "calendar",
        overview,
        laid_out,
        is_long(overview.schedule),
        partial(_describe_day, zone=load_zone(clock_zone)),
        _write_window(overview.first, clock_zone),
        _write_window(overview.last, clock_zone),
        is_cut(overview.schedule),
        [(day, name) for day, name in days_off.items() if overview.schedule.calls_on(day)],
        not all(map(overview.schedule.calls_on, days_off)),
        [_describe_change(change, overview, clock_zone) for change in overview.changes[:_CHANGES]],
        (ZONE_DATA_VERSION, ZONE_DATA_LOCKED),
        _list_checked_instants(overview),
    )


@lru_cache(maxsize=256)
def draw_lead(lead: Lead, clock_zone: str) -> Markup:
    """Draw what one lead gets who never answers."""
    schedule = lead.overview.schedule
    own, chosen = load_zone(schedule.zone), load_zone(clock_zone)
    by_day = groupby(lead.attempts.timeline, key=lambda at: at.astimezone(own).date())
    rows = [(day, list(attempts)) for day, attempts in by_day]
    days = [
        (
            format_short_day(day),
            [_count_minutes(at.astimezone(own).time()) for at in attempts],
            [_write_time(at, chosen, day) for at in attempts],
        )
        for day, attempts in rows
    ]
    window = _count_minutes(schedule.opens), _count_minutes(schedule.closes)
    counted = len(lead.attempts.timeline)
    last = lead.attempts.last
    return macros.draw_macro(
        "lead",
        "lead",
        lead,
        [_write_short_moment(at.astimezone(chosen)) for at in lead.worst["24h"][:_TIMES]],
        days,
        window,
        counted,
        format_short_day(last.astimezone(own).date()) if last else "",
        WORDS[lead.attempts.bound_by].label,
        _name_clock(clock_zone),
    )


def _describe_day(day: Day, zone: ZoneInfo) -> str:
    """Say when a day calls, by this clock, and of what it is a day off."""
    hours = " and ".join(
        f"{_write_time(window.start, zone, day.date)} to {_write_time(window.end, zone, day.date)}"
        for window in day.windows
    )
    calls = hours or "no calls"
    return f"{calls} (day off: {day.name})" if day.name else calls


def _write_time(at: datetime, zone: ZoneInfo, day: date) -> str:
    """Write the time of an attempt, with its day if that is another on this clock."""
    there = at.astimezone(zone)
    time_there = format_clock(there.time())
    return (
        time_there if there.date() == day else f"{time_there} on {format_short_day(there.date())}"
    )


def _write_short_moment(at: datetime) -> str:
    return f"{at:%a %H:%M}"


def _name_clock(zone: str) -> str:
    return zone if zone == "UTC" else name_city(zone)


def _count_minutes(at: time) -> int:
    return count_seconds(at) // 60


def _describe_change(
    change: ClockChange, overview: Overview, clock_zone: str
) -> tuple[str, str, str]:
    """Say when the clocks change, how, and what that does to the calling."""
    schedule = overview.schedule
    if is_inside_a_window(schedule, change):
        effect = "inside the calling hours: that day is shorter or longer"
    elif is_on_a_calling_day(schedule, change):
        effect = "a calling day, outside its hours"
    else:
        effect = "not a calling day"
    offsets = f"UTC{format_offset(change.before)} to UTC{format_offset(change.after)}"
    return _write_moment(change.at.astimezone(load_zone(clock_zone))), offsets, effect


def _write_moment(at: datetime) -> str:
    """Write an instant with its offset: Mon 4 Jan 2027, 09:00 (UTC-05:00)."""
    offset = format_offset(at.utcoffset() or timedelta())
    return f"{format_short_day(at.date())}, {format_clock(at.time())} (UTC{offset})"


def _write_window(window: Window | None, clock_zone: str) -> str:
    """Write a window with its offsets: Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)."""
    if window is None:
        return ""
    start, end = (at.astimezone(load_zone(clock_zone)) for at in (window.start, window.end))
    offsets = dict.fromkeys(
        f"UTC{format_offset(at.utcoffset() or timedelta())}" for at in (start, end)
    )
    until = format_clock(end.time())
    if end.date() != start.date():
        until = f"{until} on {format_short_day(end.date())}"
    since = f"{format_short_day(start.date())}, {format_clock(start.time())}"
    return f"{since} to {until} ({' to '.join(offsets)})"


def _list_checked_instants(overview: Overview) -> list[tuple[str, int]]:
    """Give instants at which another copy of the zone data can be compared: offset in minutes."""
    edges = [window.start_utc for window in (overview.first, overview.last) if window]
    changes = [at for change in overview.changes[:_CHECKED] for at in (change.at,)]
    return [
        (at.isoformat(), find_offset(overview.schedule.zone, at) // timedelta(minutes=1))
        for at in sorted({*edges, *changes})
    ]
