"""What rules of calling a campaign breaks: where, when and by how much.

Each finding carries evidence, not sentences; `finding_words` has those. Whoever calls is
held to the clock of the person who is called: every window is looked at on the clock of
every zone of the audience.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from app.campaign.attempts import Limits
from app.campaign.audience import Audience, reach, rules_for
from app.campaign.calendar import DAY, Schedule, calling_days_between, windows_on
from app.campaign.clock_hours import WHOLE_DAY, Day, Stretch, Week, beyond, seconds
from app.campaign.closed_days import holidays_in
from app.campaign.crowding import most_in_dates, most_in_months, most_within
from app.campaign.evidence import (
    Duty,
    Evidence,
    Finding,
    OnHolidays,
    OutsideHours,
    Severity,
    TooMany,
    length,
)
from app.campaign.rule import AttemptLimit, Rule
from app.campaign.seasons import Seasons, alike, foreseeable, seasons
from app.campaign.zones import even_stretches


@lru_cache(maxsize=256)
def findings(schedule: Schedule, retries: Limits | None, audience: Audience) -> tuple[Finding, ...]:
    """Hold a schedule and its retries to the rules of the audience, the gravest finding first.

    What comes after the foreseeable years is not looked at.
    """
    near = foreseeable(schedule)
    found = [
        Finding(rule, evidence)
        for rule in rules_for(audience)
        for evidence in _evidence(rule, near, retries, audience)
    ]
    return tuple(sorted(found, key=_gravity))


def _gravity(finding: Finding) -> tuple[int, bool]:
    """Put the gravest first and, of equals, a country's rules before those of its parts."""
    return list(Severity).index(finding.severity), "-" in finding.rule.jurisdiction


def _evidence(
    rule: Rule, schedule: Schedule, retries: Limits | None, audience: Audience
) -> Iterator[Evidence]:
    zones = reach(audience)[rule.jurisdiction]
    if rule.hours is not None:
        yield from outside_hours(rule.hours, schedule, zones)
    elif rule.closed_on_holidays:
        yield from _on_holidays(rule.jurisdiction, schedule)
    elif rule.is_duty:
        yield Duty()
    elif (
        rule.attempts
        and retries
        and (attempts := too_many(rule.attempts, schedule, retries, zones))
    ):
        yield TooMany(attempts)


@lru_cache(maxsize=4096)
def outside_hours(
    hours: Week, schedule: Schedule, zones: tuple[str, ...]
) -> tuple[OutsideHours, ...]:
    """Compare every window with the hours in every zone; empty if all are inside."""
    groups = alike(schedule, zones)
    times = seasons(schedule, tuple(group[0] for group in groups))
    broken: dict[date, int] = {}
    worst: dict[str, dict[int, Day]] = defaultdict(dict)
    lasting: dict[str, int] = defaultdict(int)
    for days, zone, outside in chain(
        _in_seasons(hours, schedule, times), _on_odd_days(hours, schedule, times)
    ):
        broken |= days
        lasting[zone] += sum(days.values())
        for weekday, day in outside.items():
            worst[zone][weekday] = max(worst[zone].get(weekday, ()), day, key=length)
    if not worst:
        return ()
    zone = max(worst, key=lambda at: (max(map(length, worst[at].values())), lasting[at]))
    members = [name for group in groups if group[0] in worst for name in group]
    return (
        OutsideHours(
            zone=zone,
            outside=tuple(sorted(worst[zone].items())),
            closed=frozenset(day for day in worst[zone] if not hours[day]),
            others=tuple(name for name in members if name != zone),
            days=sum(broken.values()),
            first=min(broken),
        ),
    )


_Found: TypeAlias = tuple[Mapping[date, int], str, Mapping[int, Day]]
"""First days with how many like them there are, a zone, and what is outside there by weekday."""


def _in_seasons(hours: Week, schedule: Schedule, times: Seasons) -> Iterator[_Found]:
    """Look at each weekday once for each season: all of its days are alike there."""
    window: Day = ((seconds(schedule.opens), seconds(schedule.closes)),)
    for season in times.seasons:
        for weekday in schedule.days:
            days = calling_days_between(weekday, season.first, season.last, times.odd_days)
            if not days:
                continue
            for zone, ahead in zip(times.zones, season.ahead, strict=True):
                outside = _outside(hours, ahead, weekday, window)
                if outside:
                    yield days, zone, outside


def _on_odd_days(hours: Week, schedule: Schedule, times: Seasons) -> Iterator[_Found]:
    for day in times.odd_days:
        for zone in times.zones:
            outside: dict[int, Day] = {}
            for weekday, stretch in _on_the_wall(schedule, day, zone):
                outside[weekday] = outside.get(weekday, ()) + beyond((stretch,), hours[weekday])
            if any(outside.values()):
                yield (
                    {day: 1},
                    zone,
                    {weekday: piece for weekday, piece in outside.items() if piece},
                )


@lru_cache(maxsize=8192)
def _outside(hours: Week, ahead: int, weekday: int, window: Day) -> dict[int, Day]:
    """Find what of a window lies outside the hours, on a clock that is so far ahead.

    Gives seconds after midnight there, by weekday there.
    """
    found: dict[int, Day] = {}
    for start, end in window:
        for days in (-2, -1, 0, 1, 2):
            shift = ahead - days * WHOLE_DAY
            there = max(0, start + shift), min(WHOLE_DAY, end + shift)
            weekday_there = (weekday + days) % 7
            if there[0] < there[1] and (piece := beyond((there,), hours[weekday_there])):
                found[weekday_there] = piece
    return found


def _on_the_wall(schedule: Schedule, day: date, zone: str) -> Iterator[tuple[int, Stretch]]:
    """Give one day's windows on a zone's clock, cut at midnight and where the clock changes."""
    for window in windows_on(schedule, day):
        for begins, ends, offset in even_stretches(zone, day - DAY, day + DAY):
            start = max(window.start_utc, begins) + offset
            end = min(window.end_utc, ends) + offset
            while start < end:
                midnight = datetime.combine(start.date() + DAY, datetime.min.time(), start.tzinfo)
                stop = min(end, midnight)
                length = (stop - start) // timedelta(seconds=1)
                yield start.weekday(), (seconds(start.time()), seconds(start.time()) + length)
                start = stop


def _on_holidays(code: str, schedule: Schedule) -> Iterator[OnHolidays]:
    days = tuple(
        (day, name)
        for day, name in holidays_in(code, schedule.first, schedule.last).items()
        if schedule.calls_on(day)
    )
    if days:
        yield OnHolidays(days)


def too_many(
    limit: AttemptLimit, schedule: Schedule, retries: Limits, zones: tuple[str, ...]
) -> tuple[datetime, ...]:
    """Find the most attempts in the limit's period, if they are too many: their instants."""
    if limit.period is not None:
        found = most_within(schedule, retries, limit.period)
    elif limit.unit == "month":
        found = most_in_months(schedule, retries, alike(schedule, zones))
    else:
        found = most_in_dates(schedule, retries, limit.dates or 1, alike(schedule, zones))
    return found if len(found) > limit.most else ()
