"""The hours that are safe to call: what rules allow in each zone, seen on the campaign's clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from functools import lru_cache, reduce
from itertools import chain, combinations

from app.campaign.compliance.audience import Audience, reach, zones_of
from app.campaign.compliance.rule import Rule
from app.campaign.schedule.intervals import (
    ALWAYS,
    WHOLE_DAY,
    Day,
    Stretch,
    Week,
    common,
    common_week,
    seconds,
    seen_from,
)
from app.campaign.schedule.offset_periods import Season, Seasons, alike, seasons
from app.campaign.schedule.windows import Schedule

_MINUTE = 60
_SHORTEST = 15 * _MINUTE
"""Of a schedule's own window, fewer seconds are not worth keeping."""
_MOST = 12
"""So many windows of each sort are given, and no sort leaves no room for the next."""


@dataclass(frozen=True)
class SafeWindow:
    """Days (0 is Monday) and hours on the campaign's clock in which no rule is broken."""

    days: frozenset[int]
    hours: Stretch


@dataclass(frozen=True)
class Strip:
    """The hours that rules leave open to an audience.

    `zones` are its zones, together if their clocks go alike, and `hours` what may be called in
    each of these groups, by its own clock. `times` has the seasons of the groups, `safe` the
    hours that are allowed everywhere in each of them, by the campaign's clock, and
    `safe_all_year` those that are allowed on all days of each weekday.
    """

    zones: tuple[tuple[str, ...], ...]
    hours: tuple[Week, ...]
    times: Seasons
    safe: tuple[Week, ...]
    safe_all_year: Week


@lru_cache(maxsize=128)
def strip(rules: tuple[Rule, ...], schedule: Schedule, audience: Audience) -> Strip:
    """Find what these rules leave open on the days of a schedule; without rules, all hours."""
    groups = alike(schedule, zones_of(audience))
    hours = tuple(_hours(rules, audience, group) for group in groups)
    times = seasons(schedule, tuple(group[0] for group in groups))
    safe = tuple(
        common_week(seen_from(week, ahead) for week, ahead in zip(hours, season.ahead, strict=True))
        for season in times.seasons
    )
    needed = (
        _only(week, season, schedule) for week, season in zip(safe, times.seasons, strict=True)
    )
    return Strip(groups, hours, times, safe, common_week(needed))


def _only(week: Week, season: Season, schedule: Schedule) -> Week:
    """Leave the weekdays open that a season does not have."""
    first, last = max(season.first, schedule.first), min(season.last, schedule.last)
    days = _weekdays_between(first, last)
    return tuple(hours if day in days else ALWAYS[day] for day, hours in enumerate(week))


@lru_cache(maxsize=8192)
def _hours(rules: tuple[Rule, ...], audience: Audience, zones: tuple[str, ...]) -> Week:
    """Find the hours that rules leave open in all of these zones, by their own clock."""
    reached = reach(audience)
    return common_week(
        rule.hours
        for rule in rules
        if rule.hours is not None and not set(zones).isdisjoint(reached[rule.jurisdiction])
    )


def leads_window(hours: Week, schedule: Schedule, audience: Audience) -> SafeWindow | None:
    """Find the longest window that lies inside these hours on every lead's own clock."""
    groups = alike(schedule, zones_of(audience))
    times = seasons(schedule, tuple(group[0] for group in groups))
    ahead = {far for season in times.seasons for far in season.ahead}
    any_time = replace(schedule, opens=time(), closes=time(23, 59))
    shared = common_week(seen_from(hours, far) for far in ahead)
    return next(iter(safe_windows(any_time, shared)), None)


def safe_windows(schedule: Schedule, week: Week) -> tuple[SafeWindow, ...]:
    """Choose days and a window for a schedule inside these hours, the best first.

    A window of its own hours comes first, if not too short and if most of the days that have
    hours keep it; then the longest that days share; then one as long as its own. Of these
    the one with the most calling time in a week is best, so that a day with few hours is left
    out. A window has some day that the dates do have.
    """
    open_days = sorted(day for day in schedule.days if week[day])
    dates = _weekdays_between(schedule.first, schedule.last)
    opens, closes = seconds(schedule.opens), seconds(schedule.closes)
    own, shared, moved = [], [], []
    for days in _choices(open_days):
        if dates.isdisjoint(days):
            continue
        hours = reduce(common, (week[day] for day in days))
        if 2 * len(days) >= len(open_days):
            own += _windows(days, common(hours, ((opens, closes),)), _SHORTEST)
        shared += _windows(days, hours, _MINUTE)
        moved += _windows(days, _moved(hours, opens, closes), _MINUTE)

    def weight(found: SafeWindow) -> tuple[int, int]:
        start, end = found.hours
        return (end - start) * len(found.days & dates), len(found.days)

    options = (sorted(found, key=weight, reverse=True)[:_MOST] for found in (own, shared, moved))
    return tuple(dict.fromkeys(chain.from_iterable(options)))


def _choices(days: list[int]) -> Iterator[tuple[int, ...]]:
    """Give every choice of some of these days, the largest ones first."""
    for count in range(len(days), 0, -1):
        yield from combinations(days, count)


def _windows(days: tuple[int, ...], hours: Day, least: int) -> list[SafeWindow]:
    """Make windows of hours, in whole minutes and before midnight, that are long enough."""
    whole = (
        (-(-start // _MINUTE) * _MINUTE, min(end, WHOLE_DAY - _MINUTE) // _MINUTE * _MINUTE)
        for start, end in hours
    )
    return [SafeWindow(frozenset(days), (a, b)) for a, b in whole if b - a >= least]


def _moved(hours: Day, opens: int, closes: int) -> Day:
    """Move a window into each of these hours, as near as it can be and as much as there is room."""
    found = []
    for start, end in hours:
        begin = max(start, min(opens, end - (closes - opens)))
        found.append((begin, min(end, begin + closes - opens)))
    return tuple(found)


def _weekdays_between(first: date, last: date) -> frozenset[int]:
    return frozenset((first.weekday() + n) % 7 for n in range(min(7, (last - first).days + 1)))
