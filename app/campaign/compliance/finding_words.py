"""The sentences of findings: what is broken, where, when and by how much."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from app.campaign.compliance.evidence import Finding, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.hours_words import format_hours
from app.campaign.compliance.rule import AttemptLimit
from app.campaign.contract.fields import Weekday
from app.campaign.contract.wording import join_words
from app.campaign.formatting import (
    format_clock,
    format_count,
    format_length,
    format_short_day,
    format_weekdays,
)
from app.campaign.schedule.intervals import DayHours
from app.campaign.schedule.offset_periods import cut_to_foreseeable
from app.campaign.schedule.windows import Schedule
from app.campaign.timezones.zones import load_zone, name_city

_SHOWN, _NAMED = 6, 3
_WEEK = list(Weekday)


def describe_finding(finding: Finding, schedule: Schedule) -> str:
    """Describe by how much and when a campaign breaks the rule; for a duty, what it requires."""
    evidence = finding.evidence
    if isinstance(evidence, OutsideHours):
        return _describe_outside(evidence, schedule)
    if isinstance(evidence, TooMany):
        return _describe_too_many(evidence, finding.rule.attempts, schedule)
    if isinstance(evidence, OnHolidays):
        return _describe_holidays(evidence, schedule)
    return finding.rule.limit


def describe_evidence(finding: Finding) -> str:
    """Write a finding's evidence as a short text; a statement stays valid while it is the same."""
    evidence = finding.evidence
    if isinstance(evidence, OutsideHours):
        later = f"; later {_describe_stretches(evidence.later)}" if evidence.later else ""
        others = ", ".join(map(name_city, evidence.others))
        elsewhere = f", and for no longer in {others}," if others else ""
        outside = f"{_describe_stretches(evidence.outside)}{later} in {name_city(evidence.zone)}"
        return f"{outside}{elsewhere} on {format_count(evidence.days, 'day')}"
    if isinstance(evidence, TooMany):
        return f"{len(evidence.attempts)} in {format_period(finding.rule.attempts)}"
    if isinstance(evidence, OnHolidays):
        return ", ".join(dict.fromkeys(day.isoformat() for day, _, _ in evidence.days))
    return f"{finding.rule.question} Leads: {finding.leads}"


def _describe_outside(evidence: OutsideHours, schedule: Schedule) -> str:
    others = [name_city(zone) for zone in evidence.others]
    named = join_words(others) if len(others) <= _NAMED else format_count(len(others), "more zone")
    more = f", and in {named}" if others else ""
    by = f"up to {format_length(timedelta(seconds=evidence.seconds))} outside the hours"
    later = (
        f"; later, first on {format_short_day(evidence.later_since)}, "
        f"{_describe_stretches(evidence.later)}"
        if evidence.later_since
        else ""
    )
    there = (
        ""
        if evidence.since == evidence.first
        else f" (there on {format_short_day(evidence.since)})"
    )
    days = f"on {format_count(evidence.days, 'day')} {_describe_examined(schedule)}"
    return (
        f"By the clock in {name_city(evidence.zone)} it calls "
        f"{_describe_stretches(evidence.outside)}{later}, {by}{more}. "
        f"First on {format_short_day(evidence.first)}{there}, {days}."
    )


def _describe_examined(schedule: Schedule) -> str:
    """Describe the days that were examined: all, or how many years or months of them."""
    if schedule.is_open_ended:
        return f"until {format_short_day(schedule.last)}"
    return "in all" if cut_to_foreseeable(schedule) == schedule else "in the first 12 years"


def _describe_stretches(outside: Iterable[tuple[int, DayHours]]) -> str:
    grouped: dict[DayHours, list[Weekday]] = {}
    for number, day in outside:
        grouped.setdefault(day, []).append(_WEEK[number])
    return "; ".join(
        f"from {format_hours(day)} {_format_days(tuple(days))}" for day, days in grouped.items()
    )


def _format_days(days: tuple[Weekday, ...]) -> str:
    words = format_weekdays(days)
    return words if len(days) == len(_WEEK) else f"on {words}"


def _describe_too_many(evidence: TooMany, limit: AttemptLimit | None, schedule: Schedule) -> str:
    count, most = len(evidence.attempts), limit.most if limit else 0
    zone = evidence.zone or schedule.zone
    times = [_format_moment(instant, zone) for instant in evidence.attempts[:_SHOWN]]
    more = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
    by = f" by the clock in {name_city(zone)}" if evidence.zone else ""
    if_reached = " if each reaches the person" if limit and limit.counts_contacts else ""
    return (
        f"One lead can get {count:,} calls in {format_period(limit)}{by}, {count - most:,} more "
        f"than allowed{if_reached}: {', '.join(times)}{more}."
    )


def format_period(limit: AttemptLimit | None) -> str:
    """Format the period of a limit: 24 hours, 7 days, one calendar month."""
    if limit and limit.period:
        return format_count(limit.period // timedelta(hours=1), "hour")
    if limit and limit.dates:
        return format_count(limit.dates, "day")
    return f"one calendar {limit.unit if limit else 'day'}"


def _describe_holidays(evidence: OnHolidays, schedule: Schedule) -> str:
    by_holiday: dict[tuple[date, str], list[date]] = {}
    for day, there, name in evidence.days:
        by_holiday.setdefault((there, name), []).append(day)
    named = [
        f"{format_short_day(there)} ({name}{_describe_days_here(days, there)})"
        for (there, name), days in sorted(by_holiday.items())[:_SHOWN]
    ]
    more = f" and {len(by_holiday) - _SHOWN:,} more" if len(by_holiday) > _SHOWN else ""
    count = format_count(len(by_holiday), "holiday")
    until = f" {_describe_examined(schedule)}" if schedule.is_open_ended else ""
    return f"It calls on {count}{until}: {', '.join(named)}{more}."


def _describe_days_here(days: Sequence[date], there: date) -> str:
    """Describe the campaign's days during which it is a date there, if they are not the same."""
    return (
        ""
        if days == [there]
        else f", in the hours of {join_words(list(map(format_short_day, days)))}"
    )


def _format_moment(instant: datetime, zone: str) -> str:
    there = instant.astimezone(load_zone(zone))
    return f"{format_short_day(there.date())} {format_clock(there.time())}"
