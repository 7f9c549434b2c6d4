"""A schedule's windows in plain numbers, for whoever looks at thousands of them."""

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.windows import Schedule, find_windows_on
from app.campaign.timezones.clock import DAY_SECONDS, count_seconds_to, read_clock


class Open(NamedTuple):
    """One window: the campaign's day that it belongs to, its start and its end in POSIX seconds."""

    day: date
    start: int
    end: int


@lru_cache(maxsize=64)
def open_calendar(schedule: Schedule) -> Callable[[int], tuple[Open, ...]]:
    """Give what finds the windows of a date, by its ordinal, and finds those of each once.

    They are those of `find_windows_on`, and none on a day without calls.
    """
    clock = read_clock(schedule.zone, schedule.first.year, schedule.last.year)
    opens, closes = count_seconds(schedule.opens), count_seconds(schedule.closes)

    @cache
    def find_open_windows(ordinal: int) -> tuple[Open, ...]:
        day = date.fromordinal(ordinal)
        if not schedule.calls_on(day):
            return ()
        midnight = count_seconds_to(day)
        if not clock.slice_changes(midnight - DAY_SECONDS, midnight + 2 * DAY_SECONDS):
            midnight -= clock.find_offset(midnight)
            return (Open(day, midnight + opens, midnight + closes),)
        return tuple(
            Open(day, int(window.start_utc.timestamp()), int(window.end_utc.timestamp()))
            for window in find_windows_on(schedule, day)
        )

    return find_open_windows
