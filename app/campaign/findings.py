"""What rules of calling a campaign breaks: where, when and by how much.

Each finding carries evidence, not sentences; `finding_words` has those. Whoever calls is
held to the clock of the person who is called: every window is looked at on the clock of
every zone of the audience.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.campaign.attempts import Limits
from app.campaign.audience import Audience, reach, rules_for
from app.campaign.calendar import DAY, Schedule, calling_days, windows_on
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
    broken: dict[date, None] = {}
    worst: dict[str, dict[int, Day]] = {}
    lasting: dict[str, int] = {}
    for number, zone in enumerate(times.zones):
        parts = sorted(_parts(hours, schedule, times, number))
        if parts:
            days = dict.fromkeys(part.day for part in parts)
            broken |= days
            lasting[zone] = len(days)
            worst[zone] = _worst(parts)
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
            days=len(broken),
            first=min(broken),
        ),
    )


class _Part(NamedTuple):
    """What one of the campaign's days has outside the hours on one day *there*."""

    day: date
    there: date
    outside: Day


def _worst(parts: Iterable[_Part]) -> dict[int, Day]:
    """Find the most that a day there has, by weekday; two of the campaign's days can share one."""
    days: dict[date, Day] = {}
    for part in parts:
        days[part.there] = _following(days.get(part.there, ()), part.outside)
    worst: dict[int, Day] = {}
    for there, day in days.items():
        weekday = there.weekday()
        worst[weekday] = max(worst.get(weekday, ()), day, key=length)
    return worst


def _following(day: Day, later: Day) -> Day:
    """Put what comes later behind a day's stretches, as one where it follows at once."""
    if day and later and day[-1][1] == later[0][0]:
        return (*day[:-1], (day[-1][0], later[0][1]), *later[1:])
    return day + later


def _parts(hours: Week, schedule: Schedule, times: Seasons, number: int) -> Iterator[_Part]:
    """Look at every calling day in one zone: in a season a weekday is always the same."""
    window: Day = ((seconds(schedule.opens), seconds(schedule.closes)),)
    for season in times.seasons:
        ahead = season.ahead[number]
        outside = {day: _outside(hours, ahead, day, window) for day in schedule.days}
        for weekday, pieces in outside.items():
            for day in calling_days(weekday, season.first, season.last) if pieces else ():
                if day not in times.odd_days:
                    for days, piece in pieces:
                        yield _Part(day, day + days * DAY, piece)
    for day in times.odd_days:
        for there, stretch in _on_the_wall(schedule, day, times.zones[number]):
            if piece := beyond((stretch,), hours[there.weekday()]):
                yield _Part(day, there, piece)


@lru_cache(maxsize=8192)
def _outside(hours: Week, ahead: int, weekday: int, window: Day) -> tuple[tuple[int, Day], ...]:
    """Find what of a window lies outside the hours, on a clock that is so far ahead.

    Gives how many days later it is there, and seconds after midnight there.
    """
    found = []
    for start, end in window:
        for days in (-2, -1, 0, 1, 2):
            shift = ahead - days * WHOLE_DAY
            there = max(0, start + shift), min(WHOLE_DAY, end + shift)
            if there[0] < there[1] and (piece := beyond((there,), hours[(weekday + days) % 7])):
                found.append((days, piece))
    return tuple(found)


def _on_the_wall(schedule: Schedule, day: date, zone: str) -> Iterator[tuple[date, Stretch]]:
    """Give one day's windows on a zone's clock, cut at midnight and where the clock changes."""
    for window in windows_on(schedule, day):
        for begins, ends, offset in even_stretches(zone, day - DAY, day + DAY):
            start = max(window.start_utc, begins) + offset
            end = min(window.end_utc, ends) + offset
            while start < end:
                midnight = datetime.combine(start.date() + DAY, datetime.min.time(), start.tzinfo)
                stop = min(end, midnight)
                length = (stop - start) // timedelta(seconds=1)
                yield start.date(), (seconds(start.time()), seconds(start.time()) + length)
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
