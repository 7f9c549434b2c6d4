"""What rules a campaign breaks, above all by the clock of whoever is called."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.audience import Audience, read_audience
from app.campaign.compliance.evidence import (
    Duty,
    Finding,
    OnHolidays,
    OutsideHours,
    Severity,
    TooMany,
)
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.outside import find_outside_hours
from app.campaign.compliance.rule_file import Confidence, Force
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.intervals import WeekHours, count_seconds
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, ODD_ZONES, one_day, schedules, usable

pytestmark = pytest.mark.slow

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
HOUR = 3600
HOURS = [rule.hours for rule in load_rulebook().rules if rule.hours is not None]
EIGHT_TO_EIGHT: WeekHours = (((8 * HOUR, 20 * HOUR),),) * 7


def told(audience: str, purpose: str = "marketing") -> Audience:
    return read_audience({"audience": audience, "purpose": purpose}, "America/New_York")


def broken(schedule: Schedule, audience: Audience, retries: Limits | None = None) -> set[str]:
    """Name the rules that are broken; a duty is not."""
    found = check_rules(schedule, retries, audience)
    return {one.rule.id for one in found if not isinstance(one.evidence, Duty)}


def named(rule: str, found: tuple[Finding, ...]) -> Finding:
    return next(one for one in found if one.rule.id == rule)


def walked(
    schedule: Schedule, hours: WeekHours, zone: str, *, by_day_there: bool = False
) -> dict[date, int]:
    """Count the seconds outside the hours there, from quarter to quarter.

    They are counted by the campaign's day, or by the lead's.
    """
    found: dict[date, int] = {}
    at = datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        here, there = at.astimezone(ZoneInfo(schedule.zone)), at.astimezone(ZoneInfo(zone))
        if (
            schedule.first <= here.date() <= schedule.last
            and here.weekday() in schedule.days
            and schedule.opens <= here.time() < schedule.closes
            and not any(
                start <= count_seconds(there.time()) < end for start, end in hours[there.weekday()]
            )
        ):
            day = (there if by_day_there else here).date()
            found[day] = found.get(day, 0) + 15 * 60
        at += QUARTER
    return found


@settings(max_examples=120, deadline=None)
@given(
    schedules(), st.sampled_from(HOURS), st.sets(st.sampled_from(ODD_ZONES), min_size=1, max_size=3)
)
def test_hours_are_broken_on_just_the_days_and_in_just_the_zones_of_the_walk(
    schedule: Schedule, hours: WeekHours, others: set[str]
) -> None:
    zones = tuple(sorted(others))
    by_zone = {zone: walked(schedule, hours, zone) for zone in zones}
    days = {day for found in by_zone.values() for day in found}
    found = find_outside_hours(hours, schedule, zones)
    assert bool(found) is bool(days)
    for evidence in found:
        assert (evidence.days, evidence.first) == (len(days), min(days))
        assert {evidence.zone, *evidence.others} == {zone for zone in zones if by_zone[zone]}
        pieces = evidence.outside + evidence.later
        assert evidence.closed == {day for day, _ in pieces if not hours[day]}


@settings(max_examples=120, deadline=None)
@given(schedules(), st.sampled_from(HOURS), st.sampled_from(ODD_ZONES))
def test_the_most_outside_is_that_of_one_day_there_though_two_windows_fall_on_it(
    schedule: Schedule, hours: WeekHours, zone: str
) -> None:
    days = walked(schedule, hours, zone, by_day_there=True)
    found = find_outside_hours(hours, schedule, (zone,))
    assert [evidence.seconds for evidence in found] == ([max(days.values())] if days else [])


def quarters(day: tuple[tuple[int, int], ...]) -> set[int]:
    return {at for start, end in day for at in range(start, end, 15 * 60)}


@settings(max_examples=120, deadline=None)
@given(schedules(), st.sampled_from(HOURS), st.sampled_from(ODD_ZONES))
@example(
    usable(
        timezone="America/Santiago",
        start_date=date(2027, 3, 28),
        end_date=date(2027, 4, 10),
        days_of_week=EVERY_DAY,
        daily_start_time=time(7),
        daily_end_time=time(9, 15),
    ),
    (((32_400, 64_800),),) * 7,
    "Pacific/Apia",
)
def test_what_is_told_of_the_first_day_is_what_lies_outside_on_that_day(
    schedule: Schedule, hours: WeekHours, zone: str
) -> None:
    for evidence in find_outside_hours(hours, schedule, (zone,)):
        there = outside_on(evidence.since, schedule, hours, zone)
        assert quarters(dict(evidence.outside)[min(there).weekday()]) >= there[min(there)]
        if evidence.later_since is not None:
            then = outside_on(evidence.later_since, schedule, hours, zone)
            later = dict(evidence.later)
            assert any(quarters(later.get(day.weekday(), ())) >= then[day] for day in then)
        assert evidence.since == min(walked(schedule, hours, zone))


def outside_on(day: date, schedule: Schedule, hours: WeekHours, zone: str) -> dict[date, set[int]]:
    """Find the quarters outside the hours of one of the campaign's days, by the day there."""
    found: dict[date, set[int]] = {}
    at = datetime.combine(day - DAY, time(), UTC)
    while at < datetime.combine(day + 2 * DAY, time(), UTC):
        here, there = at.astimezone(ZoneInfo(schedule.zone)), at.astimezone(ZoneInfo(zone))
        own = count_seconds(there.time())
        if (
            here.date() == day
            and schedule.opens <= here.time() < schedule.closes
            and not any(start <= own < end for start, end in hours[there.weekday()])
        ):
            found.setdefault(there.date(), set()).add(own)
        at += QUARTER
    return found


def test_the_parts_of_two_windows_on_one_day_there_are_joined() -> None:
    # Rome is 11 hours ahead of Honolulu: on Sunday, Saturday's window ends and Sunday's begins.
    weekend = usable(
        timezone="Pacific/Honolulu",
        days_of_week=EVERY_DAY[5:],
        daily_start_time=time(8, 0, 59),
        daily_end_time=time(23, 0, 59),
    )
    evidence = named("it-hours", check_rules(weekend, None, told("Italy"))).evidence
    assert isinstance(evidence, OutsideHours)
    morning, evening = (0, 10 * HOUR + 59), (19 * HOUR + 59, 24 * HOUR)
    assert dict(evidence.outside)[6] == (morning, evening)
    assert evidence.seconds == 15 * HOUR


@pytest.mark.parametrize(
    ("zone", "breaks"),
    [("America/Los_Angeles", True), ("America/New_York", False), ("America/Chicago", False)],
)
def test_the_clock_that_counts_is_the_leads_and_not_the_campaigns(
    zone: str, *, breaks: bool
) -> None:
    found = check_rules(usable(), None, told(zone))
    assert (
        any(
            one.rule.id == "us-fcc-hours" and isinstance(one.evidence, OutsideHours)
            for one in found
        )
        is breaks
    )


def test_a_campaign_at_night_by_its_own_clock_is_in_order_where_it_is_day() -> None:
    night = usable(timezone="Asia/Tokyo", daily_start_time=time(0), daily_end_time=time(4))
    assert "us-fcc-hours" not in broken(night, told("America/New_York"))
    assert "us-fcc-hours" in broken(night, told("Pacific/Honolulu, America/Denver, US-ME, US-AK"))


def test_what_lies_outside_is_told_by_the_clock_and_the_weekday_there() -> None:
    evidence = named("us-fcc-hours", check_rules(usable(), None, told("Hawaii"))).evidence
    assert isinstance(evidence, OutsideHours)
    assert evidence.zone == "Pacific/Honolulu"
    assert evidence.first == date(2027, 1, 4)
    assert evidence.outside == tuple((day, ((4 * HOUR, 8 * HOUR),)) for day in range(5))
    assert evidence.later == tuple((day, ((3 * HOUR, 8 * HOUR),)) for day in range(5))
    assert (evidence.since, evidence.later_since) == (date(2027, 1, 4), date(2027, 3, 15))
    assert evidence.seconds == 5 * HOUR


def test_a_sunday_that_is_closed_is_named() -> None:
    week = usable(days_of_week=EVERY_DAY, timezone="America/Chicago")
    evidence = named("us-al-hours", check_rules(week, None, told("Alabama"))).evidence
    assert isinstance(evidence, OutsideHours)
    assert evidence.closed == {6}
    assert evidence.outside == ((6, ((9 * HOUR, 17 * HOUR),)),)
    assert evidence.days == 12


def test_on_the_day_of_a_change_both_ends_of_a_long_window_are_outside() -> None:
    night = one_day("America/New_York", date(2027, 3, 14), time(0), time(23))
    (evidence,) = find_outside_hours(EIGHT_TO_EIGHT, night, ("America/New_York",))
    assert evidence.seconds == (7 + 3) * HOUR


def test_findings_are_high_by_law_medium_by_code_or_vendor_and_low_for_duties() -> None:
    late = usable(daily_start_time=time(6), daily_end_time=time(23), days_of_week=EVERY_DAY)
    found = check_rules(late, Limits(timedelta(minutes=60), 9, 9), told("US, UK, Spain"))
    for one in found:
        is_duty = isinstance(one.evidence, Duty)
        is_weak = one.rule.confidence is Confidence.C or one.rule.force is not Force.LAW
        expected = Severity.LOW if is_duty else Severity.MEDIUM if is_weak else Severity.HIGH
        assert one.severity is expected
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=list(Severity).index
    )
    severities = {one.rule.id: one.severity for one in found}
    assert severities["us-fl-hours"] is Severity.HIGH
    assert severities["us-ky-hours"] is Severity.MEDIUM
    assert severities["gb-dma-hours"] is Severity.MEDIUM
    assert severities["us-fcc-ai-voice"] is Severity.LOW


def test_of_equal_findings_a_countrys_come_before_those_of_its_states() -> None:
    late = usable(daily_end_time=time(22))
    high = [
        one for one in check_rules(late, None, told("Florida")) if one.severity is Severity.HIGH
    ]
    assert [one.rule.jurisdiction for one in high] == ["US", "US", "US-FL"]


@pytest.mark.parametrize(
    ("schedule", "retries", "most"),
    [
        (
            usable(days_of_week=EVERY_DAY, daily_start_time=time(8), daily_end_time=time(20)),
            Limits(timedelta(minutes=60), 3, 12),
            6,
        ),
        (usable(), Limits(timedelta(minutes=240), 2, 10), 3),
    ],
)
def test_calls_in_any_24_hours_count_over_the_night(
    schedule: Schedule, retries: Limits, most: int
) -> None:
    found = check_rules(schedule, retries, told("Florida"))
    counts = [len(one.evidence.attempts) for one in found if isinstance(one.evidence, TooMany)]
    assert counts == ([most] if most > 3 else [])
    assert ("us-fl-attempts" in broken(schedule, told("Florida"), retries)) is (most > 3)


def test_seven_consecutive_days_are_dates_and_hours_go_on_over_midnight() -> None:
    daily = usable(timezone="America/New_York", days_of_week=EVERY_DAY)
    once, twice = (Limits(timedelta(minutes=60), count, 100) for count in (1, 2))
    leads = read_audience({"audience": "New York", "purpose": "debt"}, daily.zone)
    assert "us-debt-attempts" not in broken(daily, leads, once)
    found = next(
        one for one in check_rules(daily, twice, leads) if one.rule.id == "us-debt-attempts"
    )
    assert isinstance(found.evidence, TooMany)
    assert len(found.evidence.attempts) == 14


def test_without_usable_retries_no_limit_of_attempts_is_judged() -> None:
    assert broken(usable(), told("France")) & {"fr-attempts"} == set()


@pytest.mark.parametrize(("total", "breaks"), [(4, False), (5, True)])
def test_france_counts_in_thirty_days(total: int, *, breaks: bool) -> None:
    retries = Limits(timedelta(minutes=240), 2, total)
    assert ("fr-attempts" in broken(usable(), told("France"), retries)) is breaks


def test_calling_days_that_are_holidays_there_are_found_by_name() -> None:
    evidence = named("fr-holidays", check_rules(usable(), None, told("France"))).evidence
    assert evidence == OnHolidays(((date(2027, 3, 29), date(2027, 3, 29), "Easter Monday"),))
    weekends = usable(days_of_week=EVERY_DAY[5:])
    assert "fr-holidays" not in broken(weekends, told("France"))


def test_duties_hold_whatever_the_settings_are() -> None:
    found = check_rules(usable(timezone="Europe/Paris"), None, told("France"))
    duties = {one.rule.id for one in found if one.evidence == Duty()}
    assert duties == {"eu-ai-disclosure", "fr-consent", "fr-home-works", "fr-automated-consent"}
    assert [one.rule.is_duty for one in found] == [isinstance(one.evidence, Duty) for one in found]
