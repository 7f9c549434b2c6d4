"""How far the clocks of the leads are ahead of the campaign's, and on which days.

Clocks change on different days in different places, so a campaign's window falls on other hours
there in winter than in summer, and on yet others for some weeks in spring and autumn. A season is
the period between two such changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from app.campaign.schedule.windows import DAY, Schedule, find_windows_on
from app.campaign.timezones.tables import load_best_known_zones
from app.campaign.timezones.zones import ClockChange, find_clock_changes, find_offset, load_zone

FORESEEN = timedelta(days=12 * 366)
_SECOND = timedelta(seconds=1)


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
    """The seasons of a schedule, in order, and its odd days.

    A day is odd if a clock changes during its window, so that it fits no season.
    """

    zones: tuple[str, ...]
    seasons: tuple[OffsetPeriod, ...]
    odd_days: frozenset[date]


@lru_cache(maxsize=256)
def find_offset_periods(schedule: Schedule, zones: tuple[str, ...]) -> OffsetPeriods:
    """Divide a schedule's days into seasons, by the offsets at the time when its window opens."""
    changes = _find_changes(schedule, (schedule.zone, *zones))
    odd = {day for change in changes for day in _list_days_around(schedule, change)}
    starts = {schedule.first, *(day for day in odd if schedule.first < day <= schedule.last)}
    periods: list[OffsetPeriod] = []
    for first, following in _iterate_pairs(sorted(starts), schedule.last + DAY):
        ahead = tuple(_compare_offsets(schedule, zone, first) for zone in zones)
        since = periods.pop().first if periods and periods[-1].ahead == ahead else first
        periods.append(OffsetPeriod(since, following - DAY, ahead))
    instants = {change.at for change in changes}
    return OffsetPeriods(
        zones, tuple(periods), frozenset(day for day in odd if _is_odd(schedule, day, instants))
    )


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


def _find_changes(schedule: Schedule, zones: Iterable[str]) -> set[ClockChange]:
    first, last = schedule.first - 2 * DAY, schedule.last + 2 * DAY
    return {change for zone in zones for change in find_clock_changes(zone, first, last)}


def _list_days_around(schedule: Schedule, change: ClockChange) -> list[date]:
    day = (change.at + find_offset(schedule.zone, change.at)).date()
    return [day - DAY, day, day + DAY, day + 2 * DAY]


def _compare_offsets(schedule: Schedule, zone: str, day: date) -> int:
    opens = datetime.combine(day, schedule.opens, load_zone(schedule.zone)).astimezone(UTC)
    return (find_offset(zone, opens) - find_offset(schedule.zone, opens)) // _SECOND


def _is_odd(schedule: Schedule, day: date, changes: set[datetime]) -> bool:
    """Tell whether a calling day's window is not the usual one, or a clock changes inside it."""
    if not schedule.calls_on(day):
        return False
    windows = find_windows_on(schedule, day)
    if len(windows) != 1:
        return True
    walls = windows[0].start.replace(tzinfo=None), windows[0].end.replace(tzinfo=None)
    return walls != (
        datetime.combine(day, schedule.opens),
        datetime.combine(day, schedule.closes),
    ) or any(windows[0].start < instant < windows[0].end for instant in changes)


def _iterate_pairs(days: list[date], end: date) -> Iterable[tuple[date, date]]:
    return zip(days, [*days[1:], end], strict=True)
