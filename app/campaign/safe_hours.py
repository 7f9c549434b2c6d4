"""The hours that are safe to call: what rules allow in each zone, seen on the campaign's clock."""

from dataclasses import dataclass
from functools import lru_cache

from app.campaign.audience import Audience, reach, zones_of
from app.campaign.calendar import Schedule
from app.campaign.clock_hours import (
    ALWAYS,
    Day,
    Stretch,
    Week,
    common,
    common_week,
    longest,
    seconds,
    seen_from,
)
from app.campaign.rule import Rule
from app.campaign.seasons import Seasons, alike, seasons

_SHORTEST = 15 * 60
"""A window of fewer seconds is not worth proposing."""


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
    `safe_all_year` those that are allowed in all.
    """

    zones: tuple[tuple[str, ...], ...]
    hours: tuple[Week, ...]
    times: Seasons
    safe: tuple[Week, ...]
    safe_all_year: Week


@lru_cache(maxsize=1024)
def strip(rules: tuple[Rule, ...], schedule: Schedule, audience: Audience) -> Strip:
    """Find what these rules leave open on the days of a schedule; without rules, all hours."""
    groups = alike(schedule, zones_of(audience))
    hours = tuple(_hours(rules, audience, group) for group in groups)
    times = seasons(schedule, tuple(group[0] for group in groups))
    safe = tuple(
        common_week(seen_from(week, ahead) for week, ahead in zip(hours, season.ahead, strict=True))
        for season in times.seasons
    )
    return Strip(groups, hours, times, safe, common_week(safe))


@lru_cache(maxsize=8192)
def _hours(rules: tuple[Rule, ...], audience: Audience, zones: tuple[str, ...]) -> Week:
    """Find the hours that rules leave open in all of these zones, by their own clock."""
    reached = reach(audience)
    return common_week(
        rule.hours
        for rule in rules
        if rule.hours is not None and not set(zones).isdisjoint(reached[rule.jurisdiction])
    )


def safe_window(schedule: Schedule, week: Week) -> SafeWindow | None:
    """Choose the one window for a schedule inside these hours, of its own window if it can be.

    Days that have no hours at all are left out; `None` if no window fits the others.
    """
    days = frozenset(day for day in schedule.days if week[day])
    shared: Day = ALWAYS[0]
    for day in days:
        shared = common(shared, week[day])
    own = common(shared, ((seconds(schedule.opens), seconds(schedule.closes)),))
    found = longest(own) or longest(shared)
    if not days or found is None or found[1] - found[0] < _SHORTEST:
        return None
    return SafeWindow(days, found)
