"""How far the clocks of the leads are ahead of the campaign's, and on which days.

Clocks change on different days in different places, so a campaign's window falls on other hours
there in winter than in summer, and on yet others for some weeks in spring and autumn. A period is
the period between two such changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.open_windows import open_calendar
from app.campaign.schedule.windows import DAY, Schedule
from app.campaign.timezones.clock import Clock, count_seconds_to, read_clock
from app.campaign.timezones.tables import load_best_known_zones
from app.campaign.timezones.zones import find_clock_changes, find_offset

FORESEEN = timedelta(days=12 * 366)


def cut_to_foreseeable(schedule: Schedule) -> Schedule:
    """Cut a schedule off after 12 years, beyond which clocks and holidays cannot be foreseen."""
    return replace(schedule, last=min(schedule.last, schedule.first + FORESEEN))


def extend_to_foreseeable(schedule: Schedule) -> Schedule:
    """Extend an open-ended schedule from the months that are shown to the foreseeable 12 years."""
    if not schedule.is_open_ended:
        return schedule
    return replace(schedule, last=schedule.first + FORESEEN)


@dataclass(frozen=True)
class OffsetPeriod:
    """Days, both included, on which each zone keeps the same distance to the campaign's clock.

    `ahead` is in seconds, negative if behind, in the order of `OffsetPeriods.zones`.
    """

    first: date
    last: date
    ahead: tuple[int, ...]


@dataclass(frozen=True)
class OffsetPeriods:
    """The periods of a schedule, in order, and its transition days.

    On those a clock changes during the window, so that they fit no period.
    """

    zones: tuple[str, ...]
    periods: tuple[OffsetPeriod, ...]
    transition_days: frozenset[date]


@lru_cache(maxsize=256)
def find_offset_periods(schedule: Schedule, zones: tuple[str, ...]) -> OffsetPeriods:
    """Divide a schedule's days into periods, by the offsets at the time when its window opens."""
    years = schedule.first.year, schedule.last.year
    own, *clocks = (read_clock(zone, *years) for zone in (schedule.zone, *zones))
    changes = _find_changes(schedule, (own, *clocks))
    first, last = schedule.first.toordinal(), schedule.last.toordinal()
    # A change can skip the day before, and can come after the window of its own day has opened.
    around = {own.find_day(change) + number for change in changes for number in (-1, 0, 1)}
    starts = [first, *sorted(day for day in around if first < day <= last)]
    periods: list[OffsetPeriod] = []
    for day, following in zip(starts, [*starts[1:], last + 1], strict=True):
        opens = own.find_instant(_find_opening(schedule, day))
        ahead = tuple(clock.find_offset(opens) - own.find_offset(opens) for clock in clocks)
        since = (
            periods.pop().first if periods and periods[-1].ahead == ahead else date.fromordinal(day)
        )
        periods.append(OffsetPeriod(since, date.fromordinal(following - 1), ahead))
    transitions = frozenset(
        date.fromordinal(day) for day in around if _is_transition(schedule, own, day, changes)
    )
    return OffsetPeriods(zones, tuple(periods), transitions)


def find_same_offsets(schedule: Schedule, zones: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Group zones that have the same offsets in all years of a schedule.

    The best-known zone of a group (`load_best_known_zones`) comes first.
    """
    return _group_zones(zones, schedule.first.year, schedule.last.year)


@lru_cache(maxsize=256)
def _group_zones(zones: tuple[str, ...], first: int, last: int) -> tuple[tuple[str, ...], ...]:
    groups: dict[object, list[str]] = {}
    start, end = date(first, 1, 1) - DAY, date(last, 12, 31) + DAY
    for zone in zones:
        offset = find_offset(zone, datetime.combine(start, time(), UTC))
        groups.setdefault((offset, *find_clock_changes(zone, start, end)), []).append(zone)
    known = load_best_known_zones()
    return tuple(
        tuple(sorted(group, key=lambda zone: zone not in known)) for group in groups.values()
    )


def _find_changes(schedule: Schedule, clocks: Iterable[Clock]) -> list[int]:
    start = count_seconds_to(schedule.first - 2 * DAY)
    end = count_seconds_to(schedule.last + 3 * DAY)
    return sorted({clock.changes[n] for clock in clocks for n in clock.slice_changes(start, end)})


def _find_opening(schedule: Schedule, day: int) -> int:
    return count_seconds_to(date.fromordinal(day)) + count_seconds(schedule.opens)


def _is_transition(schedule: Schedule, own: Clock, day: int, changes: Sequence[int]) -> bool:
    """Tell whether a calling day's window is not the usual one, or a clock changes inside it."""
    windows = open_calendar(schedule)(day)
    if len(windows) != 1:
        return schedule.calls_on(date.fromordinal(day))
    _, start, end = windows[0]
    opens = _find_opening(schedule, day)
    closes = opens + count_seconds(schedule.closes) - count_seconds(schedule.opens)
    following = bisect_right(changes, start)
    return (
        start + own.find_offset(start) != opens
        or end - 1 + own.find_offset(end - 1) != closes - 1
        or (following < len(changes) and changes[following] < end)
    )
