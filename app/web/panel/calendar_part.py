"""The part of the panel that shows the calling days, drawn.

It is cached while what it shows stays the same: the preview is asked for with every letter that
somebody types, and drawing is its slowest step.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.campaign.compliance.holidays import MOST_PARTS
from app.campaign.formatting import format_clock, format_short_day
from app.campaign.schedule.months import Day, is_cut, is_long, lay_out_months
from app.campaign.schedule.windows import (
    Overview,
    Schedule,
    Window,
    find_weekdays_between,
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
)
from app.web.panel import macros
from app.web.panel.clock_times import write_time

_CHANGES = 6
_CHECKED = 12


@lru_cache(maxsize=256)
def draw_calendar(
    overview: Overview,
    closed: tuple[tuple[date, str], ...],
    clock_zone: str,
    *,
    has_too_many_parts: bool = False,
) -> Markup:
    """Draw the calendar; *closed* are its days off.

    With *has_too_many_parts* the days off of parts of countries are not among them.
    """
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
        _find_why_idle(overview.schedule),
        MOST_PARTS if has_too_many_parts else 0,
    )


def _find_why_idle(schedule: Schedule) -> str:
    """Say why a schedule has no calling day; asked only of one that has none."""
    if schedule.days & find_weekdays_between(schedule.first, schedule.last):
        return "the clocks skip its hours on each of its days"
    return "the dates and the days of the week never meet"


def _describe_day(day: Day, zone: ZoneInfo) -> str:
    """Say when a day calls, by this clock, and of what it is a day off."""
    hours = " and ".join(
        f"{write_time(window.start, zone, day.date)} to {write_time(window.end, zone, day.date)}"
        for window in day.windows
    )
    calls = hours or "no calls"
    return f"{calls} (day off: {day.name})" if day.name else calls


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
    """List instants at which another copy of the zone data is compared with this one.

    Each is written in ISO 8601, UTC, with the offset of the zone then, in minutes east of UTC.
    """
    edges = [window.start_utc for window in (overview.first, overview.last) if window]
    changes = [change.at for change in overview.changes[:_CHECKED]]
    return [
        (at.isoformat(), find_offset(overview.schedule.zone, at) // timedelta(minutes=1))
        for at in sorted({*edges, *changes})
    ]
