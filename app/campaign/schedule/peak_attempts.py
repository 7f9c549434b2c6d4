"""The maximum number of attempts in any stretch of so many hours, dates or calendar months.

A stretch of hours is half open, measured in elapsed time, and may begin at any second. A stretch
of dates runs from midnight to midnight on the lead's clock. From a fixed beginning, making each
attempt as early as possible gives the maximum.

It is enough to consider stretches of hours that begin with an attempt. The later that attempt is,
the further the stretch reaches, so it should be as late as the following attempts allow: each
follows one gap after the one before, and the last falls on the last second of its window. A
beginning one whole gap earlier is as good, because it adds an attempt and loses one at most. So
for each window that a chain of gaps can reach, only the earliest such beginning has to be tried;
see `_find_beginnings`.

A stretch may begin on any day of the schedule; `day_rows` has one row of each kind.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.day_rows import Row, iterate_day_rows, iterate_month_rows
from app.campaign.schedule.open_windows import Open
from app.campaign.schedule.windows import DAY, Schedule

PERIODS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "14d": timedelta(days=14),
    "30d": timedelta(days=30),
}
"""The stretches that rules of calling speak of, by a short name."""

_SECOND = timedelta(seconds=1)

_Clocks: TypeAlias = tuple[tuple[str, ...], ...]
"""Groups of zones that have the same offsets."""


class _Run(NamedTuple):
    """Attempts that are one gap apart: the first, in POSIX seconds, and how many."""

    start: int
    length: int


def find_peaks(schedule: Schedule, limits: Limits) -> dict[str, tuple[datetime, ...]]:
    """Find the most attempts in each of the `PERIODS`: ``{name: instants in UTC}``."""
    return {name: find_most_within(schedule, limits, long) for name, long in PERIODS.items()}


@lru_cache(maxsize=1024)
def find_most_within(schedule: Schedule, limits: Limits, period: timedelta) -> tuple[datetime, ...]:
    """Find the most attempts that one lead can get in any *period*: their instants in UTC."""
    enough = min(limits.total, -(-period // limits.gap))
    return _select_most(_iterate_within(schedule, limits, period), limits, enough)


@lru_cache(maxsize=1024)
def find_most_in_dates(
    schedule: Schedule, limits: Limits, dates: int, clocks: _Clocks
) -> tuple[datetime, ...]:
    """Find the most attempts to one lead on so many consecutive dates: their instants in UTC.

    Dates are those of the lead's own clock, which is one of *clocks*.
    """
    return _select_most(
        _iterate_between(limits, clocks, lambda zone: iterate_day_rows(schedule, zone, dates)),
        limits,
        limits.total,
    )


@lru_cache(maxsize=1024)
def find_most_in_months(
    schedule: Schedule, limits: Limits, clocks: _Clocks
) -> tuple[datetime, ...]:
    """Find the most attempts to one lead in a calendar month: their instants in UTC.

    Months are those of the lead's own clock, which is one of *clocks*.
    """
    return _select_most(
        _iterate_between(limits, clocks, lambda zone: iterate_month_rows(schedule, zone)),
        limits,
        limits.total,
    )


def _select_most(
    candidates: Iterator[list[_Run]], limits: Limits, enough: int
) -> tuple[datetime, ...]:
    """Select the first candidate with the most attempts; *enough* is the highest possible."""
    best: list[_Run] = []
    most = 0
    for runs in candidates:
        count = sum(run.length for run in runs)
        if count > most:
            best, most = runs, count
        if most == enough:
            break
    gap = limits.gap // _SECOND
    return tuple(
        datetime.fromtimestamp(run.start + number * gap, UTC)
        for run in best
        for number in range(run.length)
    )


def _iterate_within(schedule: Schedule, limits: Limits, period: timedelta) -> Iterator[list[_Run]]:
    length = period // _SECOND
    for row in iterate_day_rows(schedule, schedule.zone, -(-period // DAY) + 1):
        for position, window in enumerate(row.windows):
            if window.day == row.first:
                ahead = row.windows[position:]
                for start in _find_beginnings(ahead, limits):
                    yield _make_attempts(ahead, start, start + length, limits)


def _iterate_between(
    limits: Limits, clocks: _Clocks, iterate_rows: Callable[[str], Iterable[Row]]
) -> Iterator[list[_Run]]:
    for zone, *_ in clocks:
        for row in iterate_rows(zone):
            ahead = [window for window in row.windows if window.end > row.start]
            yield _make_attempts(ahead, row.start, row.end, limits)


def _find_beginnings(ahead: Sequence[Open], limits: Limits) -> set[int]:
    """Find the beginnings to try in the first of these windows, in POSIX seconds.

    From each of them a chain of gaps leads to the last second of a window, over pauses shorter
    than a gap, with no more attempts in the first window than a day allows. The earliest
    is the best, unless the day has a second window that shares the day's maximum.
    """
    own, gap = ahead[0], limits.gap // _SECOND
    earliest = max(own.start, own.end - limits.daily * gap)
    is_split = len(ahead) > 1 and ahead[1].day == own.day
    beginnings: set[int] = set()
    reached = own.end
    for window in ahead:
        if window.start - reached >= gap:
            break
        reached = window.end
        chain = range(earliest + (window.end - 1 - earliest) % gap, own.end, gap)
        beginnings.update(chain if is_split else chain[:1])
    return beginnings


def _make_attempts(windows: Sequence[Open], start: int, until: int, limits: Limits) -> list[_Run]:
    """Make each attempt as early as possible, from *start* and before *until* (POSIX seconds)."""
    gap, left = limits.gap // _SECOND, limits.total
    runs: list[_Run] = []
    free, day, left_today = start, None, 0
    for window in windows:
        if window.start >= until or not left:
            break
        if window.day != day:
            day, left_today = window.day, limits.daily
        start_of_run, end = max(free, window.start), min(window.end, until)
        count = min(left, left_today, -((start_of_run - end) // gap))
        if count > 0:
            runs.append(_Run(start_of_run, count))
            free = start_of_run + count * gap
            left, left_today = left - count, left_today - count
    return runs
