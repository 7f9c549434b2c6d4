"""Consecutive days on a lead's clock, with their windows: one row of each kind.

Few days of a year differ: the windows of a row depend on its weekday, on the clock changes near
it and on the distance to the ends of the schedule. The maximum over all rows of a schedule is the
maximum over one row of each kind, so there is no need to go through all of its days.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.campaign.schedule.offset_periods import extend_to_foreseeable
from app.campaign.schedule.windows import DAY, Schedule, find_windows_on
from app.campaign.timezones.zones import ClockChange, find_clock_changes, find_offset, load_zone

_WEEK = 7
_AROUND = 3
"""Days before and after a row that decide on its windows: clocks are up to a day apart."""
_NONE = timedelta(0)


class Open(NamedTuple):
    """One window: the campaign's day that it belongs to, its start and its end in POSIX seconds."""

    day: date
    start: int
    end: int


class Row(NamedTuple):
    """Consecutive days: first date, start and end in POSIX seconds, windows in and near them."""

    first: date
    start: int
    end: int
    windows: tuple[Open, ...]


@lru_cache(maxsize=128)
def lay_out_day_rows(schedule: Schedule, zone: str, days: int) -> tuple[Row, ...]:
    """Lay out runs of so many consecutive days on a zone's clock, one of each kind."""
    whole = extend_to_foreseeable(schedule)
    changes = (change for name in (whole.zone, zone) for change in _find_changes(whole, name))
    edges = {whole.first, whole.last, *(change.at.date() for change in changes)}
    # Further away from all of these, a row is like the one a week earlier.
    around = range(-days - _AROUND, _AROUND + _WEEK + 1)
    firsts = sorted({edge + number * DAY for edge in edges for number in around})
    start, end = _find_reach(whole)
    return _keep_one_of_each(whole, zone, [(day, days) for day in firsts if start <= day <= end])


@lru_cache(maxsize=128)
def lay_out_month_rows(schedule: Schedule, zone: str) -> tuple[Row, ...]:
    """Lay out the calendar months on a zone's clock, one of each kind."""
    whole = extend_to_foreseeable(schedule)
    months: list[tuple[date, int]] = []
    start, end = _find_reach(whole)
    first = start.replace(day=1)
    while first <= end:
        following = (first + 31 * DAY).replace(day=1)
        months.append((first, (following - first).days))
        first = following
    return _keep_one_of_each(whole, zone, months)


def _find_reach(schedule: Schedule) -> tuple[date, date]:
    """Find the first and the last date that a schedule can fall on, on any clock."""
    return schedule.first - 2 * DAY, schedule.last + 2 * DAY


def _find_changes(schedule: Schedule, zone: str) -> list[ClockChange]:
    start, end = _find_reach(schedule)
    return find_clock_changes(zone, start - _AROUND * DAY, end + _AROUND * DAY)


def _keep_one_of_each(
    schedule: Schedule, zone: str, runs: list[tuple[date, int]]
) -> tuple[Row, ...]:
    kinds: dict[object, tuple[date, int]] = {}
    for first, days in runs:
        kinds.setdefault(_classify(schedule, zone, first, days), (first, days))
    return tuple(_build_row(schedule, zone, first, days) for first, days in kinds.values())


def _classify(schedule: Schedule, zone: str, first: date, days: int) -> object:
    """Build the key on which a row's windows depend, relative to its first midnight."""
    start, end = first - _AROUND * DAY, first + (days + _AROUND) * DAY
    own, other = (
        find_offset(name, datetime.combine(start, time(), UTC)) for name in (schedule.zone, zone)
    )
    midnight = datetime.combine(first, time(), UTC) - own
    changes = (
        tuple(
            (change.at - midnight, change.after - change.before)
            for change in find_clock_changes(name, start, end)
        )
        for name in (schedule.zone, zone)
    )
    beyond = max(schedule.first - start, _NONE), max(end - schedule.last, _NONE)
    return first.weekday(), days, beyond, other - own, *changes


def _build_row(schedule: Schedule, zone: str, first: date, days: int) -> Row:
    near = (first + number * DAY for number in range(1 - _AROUND, days + _AROUND))
    return Row(
        first,
        _find_midnight(first, zone),
        _find_midnight(first + days * DAY, zone),
        tuple(
            window
            for day in near
            if schedule.calls_on(day)
            for window in _find_open_windows(schedule, day)
        ),
    )


def _find_midnight(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), load_zone(zone)).timestamp())


@lru_cache(maxsize=4096)
def _find_open_windows(schedule: Schedule, day: date) -> tuple[Open, ...]:
    return tuple(
        Open(day, int(window.start_utc.timestamp()), int(window.end_utc.timestamp()))
        for window in find_windows_on(schedule, day)
    )
