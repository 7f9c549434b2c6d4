"""The parts of a campaign's windows outside the hours that a rule allows, on each lead's clock.

A lead's day can contain the end of one window and the start of the next, and clocks change on
different days in different places. So the pieces of each day there are joined first, and then
the days with the same offset are grouped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import NamedTuple, TypeAlias

from app.campaign.compliance.evidence import OutsideHours, sum_lengths
from app.campaign.schedule.intervals import (
    WHOLE_DAY,
    DayHours,
    Stretch,
    WeekHours,
    count_seconds,
    subtract,
)
from app.campaign.schedule.offset_periods import (
    OffsetPeriod,
    OffsetPeriods,
    find_offset_periods,
    find_same_offsets,
)
from app.campaign.schedule.windows import (
    DAY,
    Schedule,
    count_calling_days_between,
    find_windows_on,
    iterate_calling_days,
)
from app.campaign.timezones.zones import iterate_even_stretches

_WEEKS = 14 * DAY
_ENDS = 5 * DAY
"""More days than can share one with another period: a date there is two days off at the most."""

_Clocks: TypeAlias = tuple["int | date", ...]
"""How far the clock there is ahead, or the day on which a clock changes, of each of the parts."""


@lru_cache(maxsize=2048)
def find_outside_hours(
    hours: WeekHours, schedule: Schedule, zones: tuple[str, ...]
) -> tuple[OutsideHours, ...]:
    """Compare every window with the allowed *hours* in every zone.

    Returns one `OutsideHours` for all zones together; empty if all windows are inside.
    """
    groups = find_same_offsets(schedule, zones)
    times = find_offset_periods(schedule, tuple(group[0] for group in groups))
    measured = {
        zone: outside
        for number, zone in enumerate(times.zones)
        if (outside := _measure_zone(hours, schedule, times, number))
    }
    if not measured:
        return ()
    members = [name for group in groups if group[0] in measured for name in group]
    return (_report_worst(hours, measured, members),)


class _Outside(NamedTuple):
    """What is outside the hours in one zone: the parts, and ``{first day of a kind: count}``.

    `most` is in seconds, on one day there, and `total` over all days: how bad it is, in this order.
    """

    most: int
    total: int
    parts: "list[_Part]"
    days: dict[date, int]


def _measure_zone(
    hours: WeekHours, schedule: Schedule, times: OffsetPeriods, number: int
) -> _Outside | None:
    """Measure what is outside the hours in one of the zones of *times*; `None` if nothing is."""
    parts = sorted(_iterate_parts(hours, schedule, times, number))
    if not parts:
        return None
    odd = [part for part in parts if part.day in times.transition_days]
    days = {part.day: 1 for part in odd}
    total = sum(sum_lengths(part.outside) for part in odd)
    for seconds, counts in _iterate_even_days(hours, schedule, times, number):
        days |= counts
        total += seconds * sum(counts.values())
    lengths: Counter[date] = Counter()
    for part in parts:
        lengths[part.there] += sum_lengths(part.outside)
    return _Outside(max(lengths.values()), total, parts, days)


def _report_worst(
    hours: WeekHours, measured: Mapping[str, _Outside], members: Sequence[str]
) -> OutsideHours:
    """Report the worst zone in full, and of all *members* how many days have something outside."""
    zone = max(measured, key=lambda name: measured[name][:2])
    patterns = _group_patterns(measured[zone].parts)
    first, later = patterns[0], _find_worst_other(patterns)
    worst = first.outside + (later.outside if later else ())
    broken = {day: count for each in measured.values() for day, count in each.days.items()}
    return OutsideHours(
        zone=zone,
        outside=first.outside,
        since=first.since,
        later=later.outside if later else (),
        later_since=later.since if later else None,
        closed=frozenset(day for day, _ in worst if not hours[day]),
        others=tuple(name for name in members if name != zone),
        days=sum(broken.values()),
        first=min(broken),
        seconds=measured[zone].most,
    )


class _Part(NamedTuple):
    """The stretches of one campaign day that are outside the hours on one day *there*.

    `clocks` are the seconds that the clock there is ahead, or the day itself if it is odd.
    """

    day: date
    there: date
    clocks: int | date
    outside: DayHours


@dataclass(frozen=True)
class _Pattern:
    """The most that days there have outside the hours, by weekday, with one offset.

    `since` is the first of the campaign's days with this pattern; on an odd day a clock changes.
    """

    since: date
    outside: tuple[tuple[int, DayHours], ...]
    is_odd: bool

    @property
    def seconds(self) -> int:
        return max(sum_lengths(day) for _, day in self.outside)


def _group_patterns(parts: Iterable[_Part]) -> list[_Pattern]:
    """Group the days there with the same offset, the first ones first.

    Two of the campaign's days can share one day there, and do not touch there: no window
    reaches midnight. Days of a weekday with other stretches
    outside than those before are a pattern of their own.
    """
    days: dict[date, DayHours] = {}
    clocks: dict[date, _Clocks] = {}
    since: dict[date, date] = {}
    for part in parts:
        days[part.there] = (*days.get(part.there, ()), *part.outside)
        clocks[part.there] = tuple(dict.fromkeys((*clocks.get(part.there, ()), part.clocks)))
        since.setdefault(part.there, part.day)
    worst: dict[tuple[_Clocks, int], dict[int, DayHours]] = {}
    starts: dict[tuple[_Clocks, int], date] = {}
    for there, day in days.items():
        for number in count():
            pattern = worst.setdefault((clocks[there], number), {})
            before = pattern.get(there.weekday(), ())
            # One contains the other; most weeks are like the one before.
            if day == before or not (subtract(before, day) and subtract(day, before)):
                pattern[there.weekday()] = max(before, day, key=sum_lengths)
                starts.setdefault((clocks[there], number), since[there])
                break
    return [
        _Pattern(starts[key], tuple(sorted(pattern.items())), _is_odd(key[0]))
        for key, pattern in worst.items()
    ]


def _is_odd(clocks: _Clocks) -> bool:
    """Tell whether a clock changes on a day there, or between the two windows that it has."""
    return len(clocks) > 1 or isinstance(clocks[0], date)


def _find_worst_other(patterns: list[_Pattern]) -> _Pattern | None:
    """Find the worst of the patterns that the first one does not contain; `None` without any.

    What happens on one odd day only is told where nothing else is.
    """
    first = patterns[0]
    others = [pattern for pattern in patterns if not set(pattern.outside) <= set(first.outside)]
    return max(others, key=lambda pattern: (not pattern.is_odd, pattern.seconds), default=None)


def _iterate_even_days(
    hours: WeekHours, schedule: Schedule, times: OffsetPeriods, number: int
) -> Iterator[tuple[int, dict[date, int]]]:
    """Yield each kind of days, odd ones apart, with seconds outside, and ``{first day: count}``."""
    window = count_seconds(schedule.opens), count_seconds(schedule.closes)
    for period in times.periods:
        outside = _find_outside_by_weekday(hours, schedule.days, window, period.ahead[number])
        for weekday, pieces in outside.items():
            seconds = sum(sum_lengths(piece) for _, piece in pieces)
            odd = times.transition_days
            yield (
                seconds,
                count_calling_days_between(weekday, period.first, period.last, odd),
            )


@lru_cache(maxsize=8192)
def _find_outside_by_weekday(
    hours: WeekHours, days: frozenset[int], window: Stretch, ahead: int
) -> dict[int, tuple[tuple[int, DayHours], ...]]:
    outside = {day: _find_outside(hours, ahead, day, (window,)) for day in days}
    return {day: pieces for day, pieces in outside.items() if pieces}


def _iterate_parts(
    hours: WeekHours, schedule: Schedule, times: OffsetPeriods, number: int
) -> Iterator[_Part]:
    """Yield the parts of the calling days in one zone; weeks within a long period are alike.

    So are those of all periods with the same offset: of a later one, only its ends can differ.
    """
    window = count_seconds(schedule.opens), count_seconds(schedule.closes)
    known: set[int] = set()
    for period in times.periods:
        ahead = period.ahead[number]
        beginning = _ENDS if ahead in known else _WEEKS
        if period.last - period.first > 2 * _WEEKS:
            known.add(ahead)
        for weekday, pieces in _find_outside_by_weekday(
            hours, schedule.days, window, ahead
        ).items():
            for day in _iterate_outer_days(weekday, period, beginning):
                if day not in times.transition_days:
                    for days, piece in pieces:
                        yield _Part(day, day + days * DAY, ahead, piece)
    for day in times.transition_days:
        for there, stretch in _iterate_local_stretches(schedule, day, times.zones[number]):
            if piece := subtract((stretch,), hours[there.weekday()]):
                yield _Part(day, there, day, piece)


def _iterate_outer_days(weekday: int, period: OffsetPeriod, beginning: timedelta) -> Iterator[date]:
    """Yield the dates of one weekday at the *beginning* of a period, and at its end."""
    first, last = period.first, period.last
    if last - first <= beginning + _ENDS:
        yield from iterate_calling_days(weekday, first, last)
    else:
        yield from iterate_calling_days(weekday, first, first + beginning)
        yield from iterate_calling_days(weekday, last - _ENDS, last)


def _find_outside(
    hours: WeekHours, ahead: int, weekday: int, window: DayHours
) -> tuple[tuple[int, DayHours], ...]:
    """Find the parts of a window outside the hours, on a clock that is *ahead* seconds ahead.

    Each is the number of days that the date there is later, with seconds after midnight there.
    """
    outside = []
    for start, end in window:
        for days in (-2, -1, 0, 1, 2):
            shift = ahead - days * WHOLE_DAY
            there = max(0, start + shift), min(WHOLE_DAY, end + shift)
            if there[0] < there[1] and (piece := subtract((there,), hours[(weekday + days) % 7])):
                outside.append((days, piece))
    return tuple(outside)


def _iterate_local_stretches(
    schedule: Schedule, day: date, zone: str
) -> Iterator[tuple[date, Stretch]]:
    """Yield one day's windows on a zone's clock, split at midnight and at clock changes."""
    for window in find_windows_on(schedule, day):
        for begins, ends, offset in iterate_even_stretches(zone, day - DAY, day + DAY):
            start = max(window.start_utc, begins) + offset
            end = min(window.end_utc, ends) + offset
            while start < end:
                midnight = datetime.combine(start.date() + DAY, datetime.min.time(), start.tzinfo)
                stop = min(end, midnight)
                length = (stop - start) // timedelta(seconds=1)
                yield (
                    start.date(),
                    (count_seconds(start.time()), count_seconds(start.time()) + length),
                )
                start = stop
