"""How tightly the settings let attempts crowd: the most in any stretch of so many hours or days.

A stretch is half open, as long as its real time, and may begin at any instant. Whoever
wants the most attempts in it begins with one of them, as late in its window as the
further ones there allow, and makes every later one as early as it may be. So it is
enough to try the beginnings from which some attempt is the last that a window has room
for. Weeks are alike but for clock changes, so those that are tried are the days of the
first week and of the week before each of the first changes.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.campaign.attempts import Limits
from app.campaign.calendar import DAY, Schedule, overview, windows_on
from app.campaign.zones import changes_between, zone_info

PERIODS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "14d": timedelta(days=14),
    "30d": timedelta(days=30),
}
"""The stretches that rules of calling speak of, by a short name."""

_WEEK = 7
_CHANGES = 4
_MONTHS = 15
_BEGINNINGS = 100
_SECOND = timedelta(seconds=1)


class _Open(NamedTuple):
    """One window: the day that it counts for, and when it is open, in POSIX seconds."""

    day: date
    start: int
    end: int


def worst(schedule: Schedule, wanted: Limits) -> dict[str, tuple[datetime, ...]]:
    """Find the most attempts in each of the `PERIODS`: their instants."""
    return {name: most_within(schedule, wanted, long) for name, long in PERIODS.items()}


@lru_cache(maxsize=1024)
def most_within(schedule: Schedule, wanted: Limits, period: timedelta) -> tuple[datetime, ...]:
    """Find the most attempts that one lead can get in a stretch of this length: their instants."""
    best: list[int] = []
    for first in _weeks(schedule):
        opens = _opens(schedule, first, first + _WEEK * DAY + period)
        for position, window in enumerate(opens):
            if window.day >= first + _WEEK * DAY:
                break
            for start in _beginnings(window, wanted):
                found = _earliest(opens[position:], start, wanted, start + period // _SECOND)
                best = max(best, found, key=len)
    return tuple(datetime.fromtimestamp(at, UTC) for at in best)


@lru_cache(maxsize=1024)
def most_in_calendar(
    schedule: Schedule, wanted: Limits, unit: str, clocks: tuple[tuple[str, ...], ...]
) -> tuple[datetime, ...]:
    """Find the most attempts that one lead can get in a calendar day or month of their own clock.

    *unit* is "day" or "month"; *clocks* are zones, together if their clocks go alike.
    """
    best: list[int] = []
    for zone in (group[0] for group in clocks):
        for first in _weeks(schedule, zone) if unit == "day" else [schedule.first]:
            days = _first_days(unit, first, schedule.last)
            opens = _opens(schedule, first - 2 * DAY, days[-1] + DAY)
            for start, end in pairwise(_midnight(day, zone) for day in days):
                ahead = [window for window in opens if window.end > start]
                best = max(best, _earliest(ahead, start, wanted, end), key=len)
    return tuple(datetime.fromtimestamp(at, UTC) for at in best)


def _first_days(unit: str, first: date, last: date) -> list[date]:
    """Give the days on which a calendar's units begin, the end of the last one too.

    On another clock the first day can be the day before, and the last one the day after; the
    second week is that after a change, when the two clocks are as far apart as from then on.
    """
    if unit == "day":
        return [first + n * DAY for n in range(-2, 2 * _WEEK + 3)]
    found = [(first - 2 * DAY).replace(day=1)]
    while len(found) <= _MONTHS and found[-1] <= last + 2 * DAY:
        found.append((found[-1] + 31 * DAY).replace(day=1))
    return found


def _midnight(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), zone_info(zone)).timestamp())


def _weeks(schedule: Schedule, zone: str = "") -> list[date]:
    """Give the first days of the weeks to try; *zone* is a lead's, whose clock may change too."""
    changes = list(overview(schedule).changes[:_CHANGES])
    if zone:
        changes += changes_between(zone, schedule.first, schedule.last)[:_CHANGES]
    return [schedule.first, *(change.day - (_WEEK - 1) * DAY for change in changes)]


def _opens(schedule: Schedule, first: date, last: date) -> list[_Open]:
    count = (last - first).days + 1
    days = (first + number * DAY for number in range(count))
    return [window for day in days if schedule.calls_on(day) for window in _open_on(schedule, day)]


@lru_cache(maxsize=4096)
def _open_on(schedule: Schedule, day: date) -> tuple[_Open, ...]:
    return tuple(
        _Open(day, int(window.start_utc.timestamp()), int(window.end_utc.timestamp()))
        for window in windows_on(schedule, day)
    )


def _beginnings(window: _Open, wanted: Limits) -> list[int]:
    """Give the latest starts from which one, two, … attempts still fit into a window."""
    gap = wanted.gap // _SECOND
    most = min(wanted.daily, wanted.total, _BEGINNINGS)
    late = [window.end - 1 - number * gap for number in range(most)]
    return [window.start, *(start for start in late if start > window.start)]


def _earliest(opens: list[_Open], start: int, wanted: Limits, until: int) -> list[int]:
    """Make attempts as early as they may be, from *start* and before *until*."""
    gap = wanted.gap // _SECOND
    found: list[int] = []
    free, day, today = start, None, 0
    for window in opens:
        if window.start >= until or len(found) == wanted.total:
            break
        if window.day != day:
            day, today = window.day, 0
        at, end = max(free, window.start), min(window.end, until)
        room = min(wanted.daily - today, wanted.total - len(found), -((at - end) // gap))
        if room > 0:
            found += range(at, at + room * gap, gap)
            free, today = at + room * gap, today + room
    return found
