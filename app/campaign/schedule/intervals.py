"""Hours of the day on several clocks: intersected, subtracted, and converted to another clock.

`DayHours` are stretches of one day in seconds after midnight: half open, in order, not touching.
`WeekHours` are seven of them from Monday. The wall clock is taken to run evenly: on the day of a
clock change, `windows` has the exact instants.
"""

from collections.abc import Iterable
from datetime import time
from functools import lru_cache, reduce
from typing import TypeAlias

Stretch: TypeAlias = tuple[int, int]
DayHours: TypeAlias = tuple[Stretch, ...]
WeekHours: TypeAlias = tuple[DayHours, ...]

WHOLE_DAY = 24 * 60 * 60
ALWAYS: WeekHours = (((0, WHOLE_DAY),),) * 7


def count_seconds(time_of_day: time) -> int:
    """Count the seconds from midnight to a time of day."""
    return (time_of_day.hour * 60 + time_of_day.minute) * 60 + time_of_day.second


def intersect(hours: DayHours, other: DayHours) -> DayHours:
    """Find the stretches that two days share."""
    return tuple(
        (max(start, begin), min(end, finish))
        for start, end in hours
        for begin, finish in other
        if max(start, begin) < min(end, finish)
    )


def subtract(hours: DayHours, other: DayHours) -> DayHours:
    """Find the stretches of *hours* that lie outside *other*."""
    ends = [0, *(second for stretch in other for second in stretch), WHOLE_DAY]
    return intersect(hours, tuple(zip(ends[::2], ends[1::2], strict=True)))


def intersect_weeks(weeks: Iterable[WeekHours]) -> WeekHours:
    """Intersect the hours of several weeks; without any week the result is `ALWAYS`."""
    return reduce(_intersect_two_weeks, weeks, ALWAYS)


@lru_cache(maxsize=8192)
def shift_week(week: WeekHours, ahead: int) -> WeekHours:
    """Convert a week to another clock, of which its own clock is ahead by *ahead* seconds.

    Monday 08:00 in New York is Monday 14:00 in Paris. New York is 21,600 seconds behind Paris, so
    *ahead* is -21,600. Clocks may be up to two days apart.
    """
    return tuple(
        join(
            (
                max(0, start - ahead + days * WHOLE_DAY),
                min(WHOLE_DAY, end - ahead + days * WHOLE_DAY),
            )
            for days in (-2, -1, 0, 1, 2)
            for start, end in week[(number + days) % 7]
            if end - ahead + days * WHOLE_DAY > 0 and start - ahead + days * WHOLE_DAY < WHOLE_DAY
        )
        for number in range(7)
    )


@lru_cache(maxsize=8192)
def _intersect_two_weeks(week: WeekHours, other: WeekHours) -> WeekHours:
    return tuple(intersect(*days) for days in zip(week, other, strict=True))


def join(stretches: Iterable[Stretch]) -> DayHours:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
