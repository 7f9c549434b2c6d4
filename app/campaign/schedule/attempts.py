"""How many attempts the retries allow: the calls to one lead who never answers.

Windows are half open; there is a minimum gap between two attempts, a maximum for each calendar
day in the campaign's zone, and a maximum in total. Instants are UTC; lengths are elapsed time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.campaign.contract.fields import Values
from app.campaign.schedule.day_rows import iterate_day_rows
from app.campaign.schedule.offset_periods import extend_to_foreseeable
from app.campaign.schedule.windows import Schedule, Window, find_windows_on, iterate_windows

LISTED = 100
"""The number of attempts that are listed for one lead; further ones are only counted."""

_LIMITS = ("min_gap_between_attempts", "max_daily_attempts", "max_call_attempts")


class Binding(StrEnum):
    """The limit that keeps a day from holding more attempts, by the name of its field."""

    WINDOW = "daily_end_time"
    GAP = "min_gap_between_attempts"
    DAILY = "max_daily_attempts"
    TOTAL = "max_call_attempts"


@dataclass(frozen=True)
class Limits:
    """The retries' settings: the minimum gap, the maximum in one day and in total."""

    gap: timedelta
    daily: int
    total: int


@dataclass(frozen=True)
class Attempts:
    """What one lead gets who never answers.

    `per_day` is the most on any day of the campaign, held there by `bound_by`. Of the
    `wanted_per_day`, `ordinary_day` fit into a day without a clock change; all would fit with
    a gap of `fitting_gap` minutes or less. `timeline` is the earliest instants, `LISTED` of
    them at most. `possible` of the wanted attempts can happen before the schedule ends, `never`
    cannot; without a last day they come `later` than what is looked at. `last` is the instant
    of the last possible one, `None` if there is none.
    """

    per_day: int
    ordinary_day: int
    wanted_per_day: int
    fitting_gap: int
    bound_by: Binding
    timeline: tuple[datetime, ...]
    possible: int
    never: int
    later: int
    last: datetime | None


def read_limits(values: Values) -> Limits | None:
    """Take the retries' settings from typed values; `None` unless all three are positive."""
    gap, daily, total = (values.get(name) for name in _LIMITS)
    if not (gap and daily and total) or min(gap, daily, total) < 1:
        return None
    return Limits(timedelta(minutes=min(gap, _LONGEST_GAP)), daily, total)


_LONGEST_GAP = 60 * 24 * 366 * 300  # Minutes; longer than any schedule that is examined.
_SECOND = timedelta(seconds=1)


def count_per_day(window: timedelta, limits: Limits) -> int:
    """Count the attempts that fit into one window of this length, within the limits.

    The first is at its start and each other one gap later; none is at its end.
    """
    return min(limits.daily, limits.total, _count_fitting(window, limits.gap))


def find_fitting_gap(window: timedelta, count: int) -> int:
    """Find the longest gap, in whole minutes, with which *count* attempts fit into a window."""
    if count == 1:
        return _LONGEST_GAP
    return -(-(window // _SECOND) // ((count - 1) * 60)) - 1


def follow_attempts(schedule: Schedule, limits: Limits) -> Attempts:
    """Follow one lead through the schedule, with each attempt as early as possible.

    No other choice of instants gives a lead more attempts: a later attempt never leaves more
    room for the ones after it.
    """
    timeline: list[datetime] = []
    possible, last = 0, None
    for first, count in _iterate_runs(iterate_windows(schedule), limits):
        room = min(count, LISTED - len(timeline))
        timeline += [first + number * limits.gap for number in range(room)]
        possible += count
        last = first + (count - 1) * limits.gap
    window, most = _measure_ordinary_day(schedule), _find_most_on_a_day(schedule, limits)
    left = limits.total - possible
    return Attempts(
        per_day=most,
        ordinary_day=count_per_day(window, limits),
        wanted_per_day=min(limits.daily, limits.total),
        fitting_gap=find_fitting_gap(window, min(limits.daily, limits.total)),
        bound_by=_find_binding(most, limits),
        timeline=tuple(timeline),
        possible=possible,
        never=0 if schedule.is_open_ended else left,
        later=left if schedule.is_open_ended else 0,
        last=last,
    )


def _iterate_runs(windows: Iterable[Window], limits: Limits) -> Iterator[tuple[datetime, int]]:
    """Yield runs of attempts that are one gap apart: the first instant and their number."""
    left, free_from = limits.total, None
    today: Counter[date] = Counter()
    for window in windows:
        start = window.start_utc if free_from is None else max(window.start_utc, free_from)
        room = _count_fitting(window.end_utc - start, limits.gap)
        count = min(left, limits.daily - today[window.date], room)
        if count > 0:
            yield start, count
            free_from = start + count * limits.gap
            left -= count
            today[window.date] += count
        if not left:
            return


def _count_fitting(room: timedelta, gap: timedelta) -> int:
    return max(0, -(-room // gap))


def _measure_ordinary_day(schedule: Schedule) -> timedelta:
    opens, closes = (
        timedelta(hours=time_of_day.hour, minutes=time_of_day.minute, seconds=time_of_day.second)
        for time_of_day in (schedule.opens, schedule.closes)
    )
    return closes - opens


def _find_most_on_a_day(schedule: Schedule, limits: Limits) -> int:
    whole = extend_to_foreseeable(schedule)
    days = (
        row.first
        for row in iterate_day_rows(schedule, schedule.zone, 1)
        if whole.calls_on(row.first)
    )
    return max(
        (
            sum(count for _, count in _iterate_runs(find_windows_on(whole, day), limits))
            for day in days
        ),
        default=0,
    )


def _find_binding(most: int, limits: Limits) -> Binding:
    if most == limits.total:
        return Binding.TOTAL
    if most == limits.daily:
        return Binding.DAILY
    return Binding.WINDOW if most <= 1 else Binding.GAP
