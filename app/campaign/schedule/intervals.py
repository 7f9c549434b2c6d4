"""Hours of the day on the clocks of several places: cut, joined, and seen from one another.

A `Day` is stretches of one day in seconds after midnight, half open, in order and apart.
A `Week` is seven of them from Monday. The wall clock is taken to run evenly: on the day of
a clock change, `calendar` has the exact instants.
"""

from collections.abc import Iterable
from datetime import time
from functools import lru_cache, reduce
from typing import TypeAlias

Stretch: TypeAlias = tuple[int, int]
Day: TypeAlias = tuple[Stretch, ...]
Week: TypeAlias = tuple[Day, ...]

WHOLE_DAY = 24 * 60 * 60
ALWAYS: Week = (((0, WHOLE_DAY),),) * 7


def seconds(at: time) -> int:
    """Count the seconds from midnight to a time of day."""
    return (at.hour * 60 + at.minute) * 60 + at.second


def common(one: Day, other: Day) -> Day:
    """Find what two days share."""
    return tuple(
        (max(start, begin), min(end, finish))
        for start, end in one
        for begin, finish in other
        if max(start, begin) < min(end, finish)
    )


def beyond(one: Day, other: Day) -> Day:
    """Find what of one day lies outside another."""
    ends = [0, *(at for stretch in other for at in stretch), WHOLE_DAY]
    return common(one, tuple(zip(ends[::2], ends[1::2], strict=True)))


def common_week(weeks: Iterable[Week]) -> Week:
    """Find the hours that several weeks share; of none, all hours."""
    return reduce(_common_week, weeks, ALWAYS)


@lru_cache(maxsize=8192)
def seen_from(week: Week, ahead: int) -> Week:
    """See a week on another clock, over which its own is `ahead` seconds, at most a day or so.

    Monday 08:00 in New York is Monday 14:00 in Paris, where the own clock is 21,600 behind:
    `ahead` is -21,600.
    """
    return tuple(
        _joined(
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
def _common_week(one: Week, other: Week) -> Week:
    return tuple(common(*days) for days in zip(one, other, strict=True))


def _joined(stretches: Iterable[Stretch]) -> Day:
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)
