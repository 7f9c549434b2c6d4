"""The rules of calling that a campaign breaks: where, when and by how much.

Each finding has evidence, not sentences; those are in `finding_words`. The clock of the person
who is called decides, so every window is checked on the clock of every zone of the audience.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256

from app.campaign.compliance.audience import Audience, find_reach, select_rules
from app.campaign.compliance.evidence import (
    Duty,
    Evidence,
    Finding,
    OnHolidays,
    Severity,
    TooMany,
)
from app.campaign.compliance.holidays import find_closed_holidays, find_holidays_during
from app.campaign.compliance.outside import find_outside_hours
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule import AttemptLimit, ClosedHolidays, Rule
from app.campaign.compliance.rule_file import PartHolidays
from app.campaign.contract.wording import join_words
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.offset_periods import cut_to_foreseeable, find_same_offsets
from app.campaign.schedule.peak_attempts import (
    find_most_in_dates,
    find_most_in_months,
    find_most_within,
)
from app.campaign.schedule.windows import DAY, Schedule


@lru_cache(maxsize=256)
def check_rules(
    schedule: Schedule, retries: Limits | None, audience: Audience
) -> tuple[Finding, ...]:
    """Check a schedule and its retries against the audience's rules, the gravest finding first.

    Without retries, limits of attempts are not checked. Days beyond the foreseeable 12 years are
    not checked either.
    """
    near = cut_to_foreseeable(schedule)
    leads, times = _name_leads(audience), _name_times(schedule)
    findings = [
        Finding(rule, evidence, leads, times)
        for rule in select_rules(audience, near.first, near.last)
        for evidence in find_evidence(rule, near, retries, audience)
    ]
    return tuple(sorted(findings, key=_rank))


def _name_leads(audience: Audience) -> str:
    return _name([*sorted(place.code for place in audience.places), str(audience.purpose)])


def _name_times(schedule: Schedule) -> str:
    last = "" if schedule.is_open_ended else schedule.last.isoformat()
    days = sorted(schedule.days)
    clock = (schedule.zone, schedule.opens.isoformat(), schedule.closes.isoformat())
    return _name([schedule.first.isoformat(), last, *days, *clock])


def _name(parts: Sequence[str | int]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:8]


def clip_to_days_in_force(rule: Rule, schedule: Schedule) -> Schedule:
    """Cut a schedule to the days on which a rule is in force, of which there has to be one."""
    if rule.since is None and rule.until is None:
        return schedule
    return replace(
        schedule,
        first=max(schedule.first, rule.since or schedule.first),
        last=min(schedule.last, rule.until - DAY if rule.until else schedule.last),
    )


def _rank(finding: Finding) -> tuple[int, bool]:
    """Build the sort key: the gravest first and, of equals, a country's rules before its parts'."""
    return list(Severity).index(finding.severity), "-" in finding.rule.jurisdiction


def find_evidence(
    rule: Rule, schedule: Schedule, retries: Limits | None, audience: Audience
) -> Iterator[Evidence]:
    """Check a foreseeable schedule and its retries against one rule while it is in force.

    Yields the evidence that the rule is broken, nothing if it is kept; for a duty always `Duty`.
    """
    schedule, zones = clip_to_days_in_force(rule, schedule), find_reach(audience)[rule.jurisdiction]
    if rule.hours is not None:
        yield from find_outside_hours(rule.hours, schedule, zones)
    elif rule.holidays is not None:
        yield from _find_on_holidays(rule.jurisdiction, rule.holidays, schedule, audience)
    elif rule.is_duty:
        yield Duty()
    elif (
        rule.attempts
        and retries
        and (attempts := find_too_many(rule.attempts, schedule, retries, zones))
    ):
        yield TooMany(attempts, _find_clock(rule.attempts, schedule, retries, zones))


def _find_on_holidays(
    code: str, which: ClosedHolidays, schedule: Schedule, audience: Audience
) -> Iterator[OnHolidays]:
    everywhere = find_closed_holidays(code, which, schedule)
    closed = {find_place(code): everywhere}
    if which.parts is PartHolidays.NAMED:
        closed |= {
            part: {
                day: name
                for day, name in find_closed_holidays(part.code, which, schedule).items()
                if day not in everywhere
            }
            for part in audience.places
            if part.country == code != part.code
        }
    keepers: dict[tuple[date, date, str], list[str]] = {}
    for place, days_there in closed.items():
        zones = find_reach(audience)[place.code]
        for day, there, name in find_holidays_during(days_there, schedule, zones):
            if schedule.calls_on(day):
                keepers.setdefault((day, there, name), []).append(place.name)
    if keepers:
        country = find_place(code).name
        yield OnHolidays(
            tuple(
                (day, there, name if country in places else f"{name}, {join_words(places)}")
                for (day, there, name), places in sorted(keepers.items())
            )
        )


def find_too_many(
    limit: AttemptLimit, schedule: Schedule, retries: Limits, zones: tuple[str, ...]
) -> tuple[datetime, ...]:
    """Find the instants of the most attempts in the limit's period; empty if they are allowed."""
    if limit.period is not None:
        instants = find_most_within(schedule, retries, limit.period)
    else:
        instants = _find_most_by_clocks(
            limit, schedule, retries, find_same_offsets(schedule, zones)
        )
    return instants if len(instants) > limit.most else ()


def _find_most_by_clocks(
    limit: AttemptLimit, schedule: Schedule, retries: Limits, clocks: tuple[tuple[str, ...], ...]
) -> tuple[datetime, ...]:
    if limit.unit == "month":
        return find_most_in_months(schedule, retries, clocks)
    return find_most_in_dates(schedule, retries, limit.dates or 1, clocks)


def _find_clock(
    limit: AttemptLimit, schedule: Schedule, retries: Limits, zones: tuple[str, ...]
) -> str | None:
    """Find by whose clock there are the most attempts in days or months; `None` for hours."""
    if limit.period is not None:
        return None
    clocks = find_same_offsets(schedule, zones)
    most = _find_most_by_clocks(limit, schedule, retries, clocks)
    return next(
        zone
        for zone, *others in clocks
        if _find_most_by_clocks(limit, schedule, retries, ((zone, *others),)) == most
    )
