"""Fixes: changes of the settings that resolve a finding, each one tried before it is offered."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import lru_cache
from typing import Any

from app.campaign.compliance.allowed_hours import find_allowed_hours, find_allowed_windows
from app.campaign.compliance.audience import Audience, find_reach, find_zones, select_rules
from app.campaign.compliance.evidence import Evidence, Finding, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.findings import check_rules, find_evidence, find_too_many
from app.campaign.compliance.outside import find_outside_hours
from app.campaign.compliance.rule import Rule
from app.campaign.contract.fields import Weekday
from app.campaign.schedule.attempts import Limits, find_fitting_gap, read_limits
from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.offset_periods import cut_to_foreseeable
from app.campaign.schedule.windows import Schedule, summarise
from app.campaign.timezones.tables import find_present_name

_GAPS = (*range(15, 120, 15), *range(120, 240, 30), *range(240, 720, 60), 720, 960, 1200)
_LONG_GAPS = tuple(range(1440, 31 * 1440, 720))
"""Gaps to try, in minutes: round numbers, up to a month."""
_TRIES = 6


@dataclass(frozen=True)
class Fix:
    """Pairs of a field name and its new value that resolve something if they are set together."""

    changes: tuple[tuple[str, Any], ...]


def find_fixes(
    finding: Finding, schedule: Schedule, retries: Limits | None, audience: Audience
) -> tuple[Fix, ...]:
    """Find fixes that resolve one finding without causing another.

    Empty if no setting can resolve it.
    """
    if isinstance(finding.evidence, OutsideHours):
        ways = (
            _fix_zone((finding.rule,), schedule, retries, audience),
            _fix_hours((finding.rule,), schedule, retries, audience),
        )
        return tuple(filter(None, ways))
    if isinstance(finding.evidence, TooMany) and retries is not None:
        fixes = _fix_attempts(schedule, retries, audience)
        return tuple(
            candidate for candidate in fixes if is_harmless(candidate, schedule, retries, audience)
        )
    return ()


def fix_all_hours(schedule: Schedule, retries: Limits | None, audience: Audience) -> Fix | None:
    """Find a zone, or one window and days, by which no rule about hours is broken.

    `None` if there are none.
    """
    near = cut_to_foreseeable(schedule)
    rules = select_rules(audience, near.first, near.last)
    return _fix_zone(rules, schedule, retries, audience) or _fix_hours(
        rules, schedule, retries, audience
    )


@lru_cache(maxsize=1024)
def is_harmless(fix: Fix, schedule: Schedule, retries: Limits | None, audience: Audience) -> bool:
    """Tell whether a fix breaks no rule that is kept now, and none by more than now."""
    now = {
        finding.rule.id: finding.evidence for finding in check_rules(schedule, retries, audience)
    }
    changed, changed_retries = _apply_fix(fix, schedule, retries)
    near = cut_to_foreseeable(changed)
    return not any(
        _is_worse(evidence, now.get(rule.id))
        for rule in select_rules(audience, near.first, near.last)
        if not rule.is_duty
        for evidence in find_evidence(rule, near, changed_retries, audience)
    )


def _is_worse(evidence: Evidence, now: Evidence | None) -> bool:
    """Tell whether a rule is broken by more than it is now, or is kept now."""
    match evidence, now:
        case TooMany(), TooMany():
            return len(evidence.attempts) > len(now.attempts)
        case OutsideHours(), OutsideHours():
            return evidence.seconds > now.seconds or evidence.days > now.days
        case OnHolidays(), OnHolidays():
            return len(evidence.days) > len(now.days)
        case _:
            return True


def _apply_fix(
    fix: Fix, schedule: Schedule, retries: Limits | None
) -> tuple[Schedule, Limits | None]:
    new = {**read_settings(schedule, retries), **dict(fix.changes)}
    days = frozenset(n for n, day in enumerate(Weekday) if day in new["days_of_week"])
    opens, closes = new["daily_start_time"], new["daily_end_time"]
    return (
        replace(schedule, zone=new["timezone"], days=days, opens=opens, closes=closes),
        read_limits(new) if retries else None,
    )


def read_settings(schedule: Schedule, retries: Limits | None) -> Mapping[str, Any]:
    """Read the present values that a fix can change, by field name, with the gap in minutes."""
    settings = {
        "timezone": schedule.zone,
        "days_of_week": _list_weekdays(schedule.days),
        "daily_start_time": schedule.opens,
        "daily_end_time": schedule.closes,
    }
    if retries is None:
        return settings
    return settings | {
        "min_gap_between_attempts": retries.gap // timedelta(minutes=1),
        "max_daily_attempts": retries.daily,
        "max_call_attempts": retries.total,
    }


@lru_cache(maxsize=1024)
def _fix_zone(
    rules: tuple[Rule, ...], schedule: Schedule, retries: Limits | None, audience: Audience
) -> Fix | None:
    """Find a zone of the leads with which these rules, and all kept now, are kept.

    Only where no lead that was named lives in the campaign's zone: then the hours were typed as the
    leads' own, and the zone is what is wrong.
    """
    zones = {find_present_name(zone): zone for zone in find_zones(audience)}
    if audience.is_assumed or len(zones) > _TRIES or find_present_name(schedule.zone) in zones:
        return None
    for zone in zones.values():
        candidate, fix = replace(schedule, zone=zone), Fix((("timezone", zone),))
        near = cut_to_foreseeable(candidate)
        if (
            summarise(near).calling_days
            and _keeps(rules, near, audience)
            and is_harmless(fix, schedule, retries, audience)
        ):
            return fix
    return None


@lru_cache(maxsize=1024)
def _fix_hours(
    rules: tuple[Rule, ...], schedule: Schedule, retries: Limits | None, audience: Audience
) -> Fix | None:
    """Find days and hours near a schedule's with which these rules, and all kept now, are kept.

    A window that opens at another time can fall into other periods, and one on the day of a
    clock change into two, so each candidate is tried.
    """
    broken = {finding.rule.id for finding in check_rules(schedule, retries, audience)}
    near = cut_to_foreseeable(schedule)
    selected = select_rules(audience, near.first, near.last)
    kept = tuple(rule for rule in selected if rule.hours and rule.id not in broken)
    rules = tuple(dict.fromkeys((*rules, *kept)))
    present = read_settings(schedule, None)
    openings = [near.opens]
    for opening in openings:
        windows = find_allowed_windows(
            near, find_allowed_hours(rules, replace(near, opens=opening), audience).allowed_all_year
        )
        for option in windows:
            start, end = map(_build_time, option.hours)
            candidate = replace(near, days=option.days, opens=start, closes=end)
            new = read_settings(candidate, None)
            fix = Fix(tuple((name, new[name]) for name in new if new[name] != present[name]))
            if (
                summarise(candidate).calling_days
                and _keeps(rules, candidate, audience)
                and is_harmless(fix, schedule, retries, audience)
            ):
                return fix
            if start not in openings and len(openings) < _TRIES:
                openings.append(start)
    return None


def _keeps(rules: tuple[Rule, ...], schedule: Schedule, audience: Audience) -> bool:
    reached = find_reach(audience)
    return not any(
        find_outside_hours(rule.hours, schedule, reached[rule.jurisdiction])
        for rule in rules
        if rule.hours is not None
    )


def _fix_attempts(schedule: Schedule, retries: Limits, audience: Audience) -> Iterator[Fix]:
    """Find fixes that keep all limits of attempts together, so that none undoes another."""
    near = cut_to_foreseeable(schedule)
    limited = [
        (rule.attempts, find_reach(audience)[rule.jurisdiction])
        for rule in select_rules(audience, near.first, near.last)
        if rule.attempts
    ]
    most = min(limit.most for limit, _ in limited)

    def are_kept(changed: Limits) -> bool:
        return not any(
            find_too_many(
                limit, near, replace(changed, total=min(changed.total, limit.most + 1)), zones
            )
            for limit, zones in limited
        )

    if gap := _find_shortest_gap(near, retries, are_kept):
        yield Fix((("min_gap_between_attempts", gap // timedelta(minutes=1)),))
    for daily in range(min(retries.daily, most) - (retries.daily <= most), 0, -1):
        if are_kept(replace(retries, daily=daily)):
            yield Fix((("max_daily_attempts", daily),))
            break
    if retries.total > most:
        yield Fix((("max_call_attempts", most),))


def _find_shortest_gap(
    schedule: Schedule, retries: Limits, are_kept: Callable[[Limits], bool]
) -> timedelta | None:
    """Find the shortest longer gap that keeps the limits, if any of those that are offered does."""
    gaps = [
        timedelta(minutes=gap)
        for gap in sorted({*_GAPS, *_LONG_GAPS, *_list_advised_gaps(schedule, retries)})
    ]
    shortest = bisect_left(  # If a gap is long enough, so is every longer one.
        gaps, True, key=lambda gap: gap > retries.gap and are_kept(replace(retries, gap=gap))
    )
    return gaps[shortest] if shortest < len(gaps) else None


def _list_advised_gaps(schedule: Schedule, retries: Limits) -> list[int]:
    """List the gap that advice would suggest, if any, so that no longer one is offered instead."""
    count = min(retries.daily, retries.total)
    window = timedelta(seconds=count_seconds(schedule.closes) - count_seconds(schedule.opens))
    return [find_fitting_gap(window, count)] if count > 1 else []


def _build_time(seconds: int) -> time:
    return time(seconds // 3600, seconds % 3600 // 60, seconds % 60)


def _list_weekdays(numbers: frozenset[int]) -> tuple[Weekday, ...]:
    return tuple(day for number, day in enumerate(Weekday) if number in numbers)
