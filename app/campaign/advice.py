"""Advise on settings that the API accepts but that are rarely intended.

Advice never blocks. Each piece has a code and the field beside which it is shown; `wording`
has the sentences.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from app.campaign.compliance.audience import Audience
from app.campaign.compliance.audience_words import join_places
from app.campaign.compliance.evidence import TooMany
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.fixes import Fix, is_harmless
from app.campaign.compliance.holidays import find_called_weekend, find_closed_days
from app.campaign.contract.fields import FIELD, DialerType, Values, Weekday
from app.campaign.contract.global_ids import read_global_id_type
from app.campaign.contract.id_kinds import ID_FIELDS
from app.campaign.contract.problems import Advice, AdviceCode
from app.campaign.contract.web_address import is_web_address
from app.campaign.formatting import (
    format_clock,
    format_count,
    format_short_day,
    format_weekdays,
)
from app.campaign.hosts import is_public, read_address
from app.campaign.schedule.attempts import Attempts, read_limits
from app.campaign.schedule.windows import DAY, Overview, Schedule, is_in_sight, summarise
from app.campaign.timezones.words import find_regional_zone, has_turned_sign, is_fixed
from app.campaign.timezones.zones import ZONE_NAMES, find_offset, format_offset, load_zone

_NAMED_DAYS = 3
_RESERVED = re.compile(
    r"(.*\.)?(localhost|local|internal|lan|home\.arpa|test|invalid|example(\.(com|net|org))?)"
)
"""Host names that cannot be reached from outside: RFC 2606, 6761, 6762, 8375 and 9476."""


def advise(
    values: Values,
    overview: Overview | None,
    attempts: Attempts | None,
    audience: Audience,
    now: datetime,
) -> list[Advice]:
    """Find what is worth a second look at the aware instant *now*.

    *values* are those in use, *overview* is their calendar and *attempts* are what they allow,
    each `None` without usable values; holidays are those of the *audience*.
    """
    advice = [
        *_advise_on_numbers(values),
        *_advise_on_ids(values),
        *_advise_on_zone(values, now),
        *_advise_on_dates(values, overview, now),
        *(_advise_on_days(overview.schedule, audience) if overview else ()),
        *_advise_on_attempts(values),
        *(_advise_on_retries(overview.schedule, attempts) if overview and attempts else ()),
        *_advise_on_events(values),
    ]
    return (
        [_drop_harmful_value(piece, overview.schedule, values, audience) for piece in advice]
        if overview
        else advice
    )


def _drop_harmful_value(
    advice: Advice, schedule: Schedule, values: Values, audience: Audience
) -> Advice:
    """Drop the suggested value if a rule of calling would be broken with it, or remain broken.

    A zone stays: it is what was meant, and no way to keep a rule.
    """
    if not advice.better or advice.field == "timezone":
        return advice
    limits, fix = read_limits(values), Fix(((advice.field, advice.better),))
    is_gap = advice.field == "min_gap_between_attempts"
    has_too_many = any(
        isinstance(finding.evidence, TooMany) for finding in check_rules(schedule, limits, audience)
    )
    if is_harmless(fix, schedule, limits, audience) and not (is_gap and has_too_many):
        return advice
    return Advice(advice.field, AdviceCode.GAP_BY_RULE) if is_gap else replace(advice, better=None)


def _advise_on_numbers(values: Values) -> Iterator[Advice]:
    if values.get("dialer_type") is DialerType.SINGLE and not values.get("phone_number_id"):
        yield Advice("phone_number_id", AdviceCode.NO_NUMBER)
    if values.get("dialer_type") is DialerType.POOL and not values.get("phone_number_pool_id"):
        yield Advice("phone_number_pool_id", AdviceCode.NO_POOL)


def _advise_on_ids(values: Values) -> Iterator[Advice]:
    for name in ID_FIELDS:
        if not values.get(name):
            continue
        right_type, id_type = FIELD[name].global_id, read_global_id_type(values[name])
        if id_type and id_type != right_type:
            yield Advice(name, AdviceCode.OTHER_GLOBAL_ID, id_type)
        elif right_type and not id_type:
            yield Advice(name, AdviceCode.NO_GLOBAL_ID)


def _advise_on_zone(values: Values, now: datetime) -> Iterator[Advice]:
    zone = values.get("timezone", "")
    if is_fixed(zone):
        place = find_regional_zone(zone)
        code = AdviceCode.NO_SUMMER_TIME if place else AdviceCode.NO_PLACE
        sign = ", whose sign is the other way round," if has_turned_sign(zone) else ""
        clock_offset = f"{zone}{sign} is UTC{format_offset(find_offset(zone, now))}"
        yield Advice("timezone", code, clock_offset, place)


def _advise_on_dates(values: Values, overview: Overview | None, now: datetime) -> Iterator[Advice]:
    today = _find_today(values, now)
    first, last = values.get("start_date"), values.get("end_date")
    for name in ("start_date", "end_date"):
        if values.get(name) and not is_in_sight(values[name]):
            yield Advice(name, AdviceCode.OUT_OF_SIGHT)
    if last and (last < today or (overview and overview.last and overview.last.end_utc <= now)):
        yield Advice("end_date", AdviceCode.ENDED)
    elif first and first < today:
        over = _describe_days_over(overview, today) if overview else ""
        yield Advice("start_date", AdviceCode.STARTS_IN_THE_PAST, over)
    if overview is None or last is None:
        return
    if not overview.calling_days:
        yield Advice("days_of_week", AdviceCode.NO_CALLING_DAY)
        yield Advice("end_date", AdviceCode.NO_CALLING_DAY)
    elif last == overview.schedule.first + DAY:
        yield Advice("end_date", AdviceCode.ENDS_AT_ONCE)


def _describe_days_over(overview: Overview, today: date) -> str:
    """Describe how many of the days that the calendar counts are over, in a clause."""
    schedule, count = overview.schedule, overview.calling_days
    if not count:
        return ""
    over = summarise(replace(schedule, last=min(schedule.last, today - DAY))).calling_days
    counted = f"{format_count(count, 'calling day')} that {'is' if count == 1 else 'are'} counted"
    return f": of the {counted} here, {over:,} {'is' if over == 1 else 'are'} over"


def _advise_on_days(schedule: Schedule, audience: Audience) -> Iterator[Advice]:
    closed = find_closed_days(audience, schedule)
    if weekend := _describe_weekend(find_called_weekend(audience, schedule)):
        yield Advice("days_of_week", AdviceCode.WEEKEND_DAYS, weekend)
    days_off = [day for day in closed if schedule.calls_on(day)]
    if schedule.first in days_off:
        yield Advice("start_date", AdviceCode.STARTS_ON_A_HOLIDAY, closed[days_off.pop(0)])
    if days_off:
        first_names = [f"{format_short_day(day)}, {closed[day]}" for day in days_off[:_NAMED_DAYS]]
        more = [f"{len(days_off) - _NAMED_DAYS} more"] if len(days_off) > _NAMED_DAYS else []
        yield Advice("days_of_week", AdviceCode.CALLS_ON_HOLIDAYS, "; ".join(first_names + more))


def _describe_weekend(called: Mapping[str, frozenset[int]]) -> str:
    """Describe the days of a weekend that are called on, and in which of several countries."""
    days_by_places: dict[tuple[str, ...], list[Weekday]] = {}
    for number, day in enumerate(Weekday):
        if places := tuple(name for name, days in called.items() if number in days):
            days_by_places.setdefault(places, []).append(day)
    return "; ".join(
        format_weekdays(tuple(days))
        + ("" if len(places) == len(called) else f" in {join_places(list(places))}")
        for places, days in days_by_places.items()
    )


def _find_today(values: Values, now: datetime) -> date:
    zone = values.get("timezone")
    wall = now.astimezone(UTC)
    return (wall + find_offset(zone, now)).date() if zone in ZONE_NAMES else wall.date()


def _advise_on_attempts(values: Values) -> Iterator[Advice]:
    total, daily = values.get("max_call_attempts"), values.get("max_daily_attempts")
    if total and daily and daily > total > 0:
        yield Advice("max_daily_attempts", AdviceCode.DAILY_ABOVE_TOTAL, better=total)


def _advise_on_retries(schedule: Schedule, attempts: Attempts) -> Iterator[Advice]:
    if attempts.ordinary_day < attempts.wanted_per_day:
        least = FIELD["min_gap_between_attempts"].minimum or 0
        if attempts.fitting_gap < least:
            yield Advice("daily_end_time", AdviceCode.DAY_TOO_SHORT)
        else:
            is_above = attempts.ordinary_day == 1
            code = AdviceCode.GAP_ABOVE_WINDOW if is_above else AdviceCode.GAP_TOO_LONG
            gap = attempts.fitting_gap
            yield Advice("min_gap_between_attempts", code, f"{gap:,}", gap)
    if attempts.possible and attempts.never:
        possible = attempts.possible
        yield Advice("max_call_attempts", AdviceCode.NEVER_HAPPENS, f"{possible:,}", possible)
    zone = load_zone(schedule.zone)
    times = {instant.astimezone(zone).time() for instant in attempts.timeline}
    if len(times) == 1 and len(attempts.timeline) > 1:
        yield Advice("max_daily_attempts", AdviceCode.SAME_CLOCK_TIME, format_clock(times.pop()))


def _advise_on_events(values: Values) -> Iterator[Advice]:
    url = values.get("webhook_url", "")
    if not is_web_address(url):  # The contract says so beside the field.
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        yield Advice("webhook_url", AdviceCode.NOT_HTTPS)
    if parts.hostname and _is_unreachable(parts.hostname):
        yield Advice("webhook_url", AdviceCode.UNREACHABLE_HOST, parts.hostname)


def _is_unreachable(host: str) -> bool:
    """Tell whether a host is private or reserved, so that nothing outside can reach it."""
    name = host.rstrip(".")
    address = read_address(name)
    if address is not None:
        return not is_public(address)
    return "." not in name or _RESERVED.fullmatch(name) is not None
