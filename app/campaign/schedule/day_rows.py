"""Consecutive days on a lead's clock, with their windows: one row of each kind.

Few days of a year differ: the windows of a row depend on its weekday, on the clock changes near
it and on the distance to the ends of the schedule. The maximum over all rows of a schedule is the
maximum over one row of each kind, so there is no need to go through all of its days.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from app.campaign.schedule.offset_periods import extend_to_foreseeable
from app.campaign.schedule.open_windows import Open, open_calendar
from app.campaign.schedule.windows import DAY, Schedule
from app.campaign.timezones.clock import DAY_SECONDS, Clock, count_seconds_to, read_clock
from app.campaign.timezones.zones import find_clock_changes

_WEEK = 7
_AROUND = 3
"""Days before and after a row that decide on its windows: clocks are up to 26 hours apart."""

_Run: TypeAlias = tuple[date, int]
"""Consecutive days: the first, and how many."""


class Row(NamedTuple):
    """Consecutive days: first date, start and end in POSIX seconds, windows in and near them."""

    first: date
    start: int
    end: int
    windows: tuple[Open, ...]


class _Span(NamedTuple):
    """The days of a schedule, both included, and the two zones whose clocks shape its rows."""

    first: date
    last: date
    own: str
    other: str

    @property
    def reach(self) -> tuple[date, date]:
        """The first and the last date that a schedule can fall on, on any clock."""
        return self.first - 2 * DAY, self.last + 2 * DAY


def iterate_day_rows(schedule: Schedule, zone: str, days: int) -> Iterator[Row]:
    """Yield runs of so many consecutive days on a zone's clock, one of each kind."""
    whole = extend_to_foreseeable(schedule)
    runs = _select_days(_Span(whole.first, whole.last, whole.zone, zone), days)
    return map(_build_rows(whole, zone), runs)


def iterate_month_rows(schedule: Schedule, zone: str) -> Iterator[Row]:
    """Yield the calendar months on a zone's clock, one of each kind."""
    whole = extend_to_foreseeable(schedule)
    runs = _select_months(_Span(whole.first, whole.last, whole.zone, zone))
    return map(_build_rows(whole, zone), runs)


@lru_cache(maxsize=1024)
def _select_days(span: _Span, days: int) -> tuple[_Run, ...]:
    """Select runs of so many days, one of each kind, whatever the hours and the weekdays.

    Further away from the ends of the schedule and from all clock changes than a row reaches, it
    is like the one a week earlier; and the rows near two changes are alike if all is alike there.
    """
    start, end = span.reach
    changes = (
        change.at.date()
        for zone in (span.own, span.other)
        for change in find_clock_changes(zone, start - _AROUND * DAY, end + _AROUND * DAY)
    )
    before, after = days + _AROUND, _AROUND + _WEEK
    edges = [edge - before * DAY for edge in sorted({span.first, span.last, *changes})]
    firsts = {
        first + number * DAY
        for first, whole in _keep_one_of_each(
            span, ((edge, before + after + days) for edge in edges)
        )
        for number in range(whole - days + 1)
    }
    return _keep_one_of_each(span, ((day, days) for day in sorted(firsts) if start <= day <= end))


@lru_cache(maxsize=256)
def _select_months(span: _Span) -> tuple[_Run, ...]:
    """Select the calendar months, one of each kind, whatever the hours and the weekdays."""
    months: list[_Run] = []
    start, end = span.reach
    first = start.replace(day=1)
    while first <= end:
        following = (first + 31 * DAY).replace(day=1)
        months.append((first, (following - first).days))
        first = following
    return _keep_one_of_each(span, months)


def _keep_one_of_each(span: _Span, runs: Iterable[_Run]) -> tuple[_Run, ...]:
    kinds: dict[object, _Run] = {}
    own, other = (
        read_clock(zone, span.first.year, span.last.year) for zone in (span.own, span.other)
    )
    ends = count_seconds_to(span.first), count_seconds_to(span.last)
    for first, days in runs:
        kinds.setdefault(
            (first.weekday(), days, *_classify(ends, (own, other), first, days)), (first, days)
        )
    return tuple(kinds.values())


def _classify(
    ends: tuple[int, int], clocks: tuple[Clock, Clock], first: date, days: int
) -> tuple[object, ...]:
    """Build the key on which a row's windows depend, relative to its first midnight."""
    midnight = count_seconds_to(first)
    start = midnight - _AROUND * DAY_SECONDS
    end = midnight + (days + _AROUND) * DAY_SECONDS
    own, other = (clock.find_offset(start) for clock in clocks)
    changes = (
        tuple(
            (clock.changes[n] - midnight + own, clock.offsets[n + 1] - clock.offsets[n])
            for n in clock.slice_changes(start, end + DAY_SECONDS)
        )
        for clock in clocks
    )
    return max(ends[0] - start, 0), max(end - ends[1], 0), other - own, *changes


@lru_cache(maxsize=256)
def _build_rows(schedule: Schedule, zone: str) -> Callable[[_Run], Row]:
    """Give what builds the row of a run, and builds each once."""
    find_windows = open_calendar(schedule)
    clock = read_clock(zone, schedule.first.year, schedule.last.year)

    @cache
    def build_row(run: _Run) -> Row:
        first, days = run
        near = range(first.toordinal() + 1 - _AROUND, first.toordinal() + days + _AROUND)
        return Row(
            first,
            clock.find_instant(count_seconds_to(first)),
            clock.find_instant(count_seconds_to(first + days * DAY)),
            tuple(chain.from_iterable(map(find_windows, near))),
        )

    return build_row
