"""The hours in which calls are allowed: the rules of each zone on the campaign's clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache, reduce
from itertools import chain, combinations

from app.campaign.compliance.audience import Audience, find_reach, find_zones
from app.campaign.compliance.rule import Rule
from app.campaign.schedule.intervals import (
    ALWAYS,
    WHOLE_DAY,
    DayHours,
    Stretch,
    WeekHours,
    count_seconds,
    intersect,
    intersect_weeks,
    shift_week,
)
from app.campaign.schedule.offset_periods import (
    OffsetPeriod,
    OffsetPeriods,
    find_offset_periods,
    find_same_offsets,
)
from app.campaign.schedule.windows import Schedule, find_weekdays_between

_MINUTE = 60
_SHORTEST = 15 * _MINUTE
"""The minimum length, in seconds, of what is kept of a schedule's own window."""
_MOST = 12
"""The maximum number of windows of each kind, so that there is room for every kind."""


@dataclass(frozen=True)
class AllowedWindow:
    """Days (0 is Monday) and hours on the campaign's clock in which no rule is broken."""

    days: frozenset[int]
    hours: Stretch


@dataclass(frozen=True)
class AllowedHours:
    """The hours in which rules allow calls to an audience.

    `zones` are its zones, grouped by equal offsets, and `hours` the allowed hours of each group on
    its own clock. `times` has the periods of the groups, `allowed` the hours that are allowed in
    all groups, for each period on the campaign's clock, and `allowed_all_year` those that are
    allowed on all dates of each weekday.
    """

    zones: tuple[tuple[str, ...], ...]
    hours: tuple[WeekHours, ...]
    times: OffsetPeriods
    allowed: tuple[WeekHours, ...]
    allowed_all_year: WeekHours


@lru_cache(maxsize=128)
def find_allowed_hours(
    rules: tuple[Rule, ...], schedule: Schedule, audience: Audience
) -> AllowedHours:
    """Find the hours that these rules allow on the days of a schedule; without rules, all hours."""
    groups = find_same_offsets(schedule, find_zones(audience))
    hours = tuple(_find_group_hours(rules, audience, group) for group in groups)
    times = find_offset_periods(schedule, tuple(group[0] for group in groups))
    allowed = tuple(
        intersect_weeks(
            shift_week(week, ahead) for week, ahead in zip(hours, period.ahead, strict=True)
        )
        for period in times.periods
    )
    needed = (
        _open_other_weekdays(week, period, schedule)
        for week, period in zip(allowed, times.periods, strict=True)
    )
    return AllowedHours(groups, hours, times, allowed, intersect_weeks(needed))


def _open_other_weekdays(week: WeekHours, period: OffsetPeriod, schedule: Schedule) -> WeekHours:
    """Open the weekdays that do not occur in a period, so that they restrict nothing."""
    first, last = max(period.first, schedule.first), min(period.last, schedule.last)
    days = find_weekdays_between(first, last)
    return tuple(hours if day in days else ALWAYS[day] for day, hours in enumerate(week))


@lru_cache(maxsize=8192)
def _find_group_hours(
    rules: tuple[Rule, ...], audience: Audience, zones: tuple[str, ...]
) -> WeekHours:
    """Find the hours that rules allow in all of these zones, on their own clock."""
    reached = find_reach(audience)
    return intersect_weeks(
        rule.hours
        for rule in rules
        if rule.hours is not None and not set(zones).isdisjoint(reached[rule.jurisdiction])
    )


def find_window_for_leads(
    hours: WeekHours, schedule: Schedule, audience: Audience
) -> AllowedWindow | None:
    """Find the longest window inside *hours* on every lead's own clock; `None` if there is none.

    The window is on the campaign's clock, *hours* are on the leads'.
    """
    groups = find_same_offsets(schedule, find_zones(audience))
    times = find_offset_periods(schedule, tuple(group[0] for group in groups))
    ahead = {seconds for period in times.periods for seconds in period.ahead}
    any_time = replace(schedule, opens=time(), closes=time(23, 59))
    shared = intersect_weeks(shift_week(hours, seconds) for seconds in ahead)
    return next(iter(find_allowed_windows(any_time, shared)), None)


@lru_cache(maxsize=1024)
def find_allowed_windows(schedule: Schedule, week: WeekHours) -> tuple[AllowedWindow, ...]:
    """Find days and a window for a schedule inside the hours of *week*, the best first.

    Parts of the schedule's own window come first, if not too short and if at least half of the
    open days keep them; then the longest windows that days share; then its own window, moved.
    Among these, the most calling time in a week is best, which leaves out a day with few
    hours. Each window has a weekday that occurs in the schedule. All on the campaign's clock.
    """
    open_days = sorted(day for day in schedule.days if week[day])
    dates = find_weekdays_between(schedule.first, schedule.last)
    opens, closes = count_seconds(schedule.opens), count_seconds(schedule.closes)
    own, shared, moved = [], [], []
    seen: set[tuple[frozenset[int], DayHours]] = set()
    for days in _iterate_choices(open_days):
        hours = reduce(intersect, {week[day] for day in days})
        same = dates.intersection(days), hours
        if not same[0] or same in seen:  # It would only take the place of another choice.
            continue
        seen.add(same)
        if 2 * len(days) >= len(open_days):
            own += _build_windows(days, intersect(hours, ((opens, closes),)), _SHORTEST)
        shared += _build_windows(days, hours, _MINUTE)
        moved += _build_windows(days, _move_window(hours, opens, closes), _MINUTE)

    def weight(windows: AllowedWindow) -> tuple[int, int]:
        start, end = windows.hours
        return (end - start) * len(windows.days & dates), len(windows.days)

    options = (
        sorted(windows, key=weight, reverse=True)[:_MOST] for windows in (own, shared, moved)
    )
    return tuple(dict.fromkeys(chain.from_iterable(options)))


def _iterate_choices(days: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield every non-empty subset of these days, the largest first."""
    for count in range(len(days), 0, -1):
        yield from combinations(days, count)


def _build_windows(days: tuple[int, ...], hours: DayHours, least: int) -> list[AllowedWindow]:
    """Build windows of at least *least* seconds, in whole minutes and before midnight."""
    whole = (
        (-(-start // _MINUTE) * _MINUTE, min(end, WHOLE_DAY - _MINUTE) // _MINUTE * _MINUTE)
        for start, end in hours
    )
    return [AllowedWindow(frozenset(days), (a, b)) for a, b in whole if b - a >= least]


def _move_window(hours: DayHours, opens: int, closes: int) -> DayHours:
    """Move a window into each of these stretches: as near as possible, shortened if necessary."""
    moved = []
    for start, end in hours:
        begin = max(start, min(opens, end - (closes - opens)))
        moved.append((begin, min(end, begin + closes - opens)))
    return tuple(moved)
