"""The rules that a campaign breaks, above all on the clock of the person who is called."""

from datetime import date, time, timedelta

import pytest

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
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.intervals import WeekHours
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, one_day, usable

pytestmark = pytest.mark.slow

HOUR = 3600
EIGHT_TO_EIGHT: WeekHours = (((8 * HOUR, 20 * HOUR),),) * 7


def make_audience(audience: str, purpose: str = "marketing") -> Audience:
    return read_audience({"audience": audience, "purpose": purpose}, "America/New_York")


def broken(schedule: Schedule, audience: Audience, retries: Limits | None = None) -> set[str]:
    """List the ids of the broken rules; duties are left out."""
    findings = check_rules(schedule, retries, audience)
    return {finding.rule.id for finding in findings if not isinstance(finding.evidence, Duty)}


def named(rule: str, findings: tuple[Finding, ...]) -> Finding:
    return next(finding for finding in findings if finding.rule.id == rule)


def test_the_parts_of_two_windows_on_one_day_there_are_joined() -> None:
    # Rome is 11 hours ahead of Honolulu: on Sunday, Saturday's window ends and Sunday's begins.
    weekend = usable(
        timezone="Pacific/Honolulu",
        days_of_week=EVERY_DAY[5:],
        daily_start_time=time(8, 0, 59),
        daily_end_time=time(23, 0, 59),
    )
    evidence = named("it-hours", check_rules(weekend, None, make_audience("Italy"))).evidence
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
    findings = check_rules(usable(), None, make_audience(zone))
    assert (
        any(
            finding.rule.id == "us-fcc-hours" and isinstance(finding.evidence, OutsideHours)
            for finding in findings
        )
        is breaks
    )


def test_a_campaign_at_night_by_its_own_clock_is_in_order_where_it_is_day() -> None:
    night = usable(timezone="Asia/Tokyo", daily_start_time=time(0), daily_end_time=time(4))
    assert "us-fcc-hours" not in broken(night, make_audience("America/New_York"))
    assert "us-fcc-hours" in broken(
        night, make_audience("Pacific/Honolulu, America/Denver, US-ME, US-AK")
    )


def test_what_lies_outside_is_told_by_the_clock_and_the_weekday_there() -> None:
    evidence = named("us-fcc-hours", check_rules(usable(), None, make_audience("Hawaii"))).evidence
    assert isinstance(evidence, OutsideHours)
    assert evidence.zone == "Pacific/Honolulu"
    assert evidence.first == date(2027, 1, 4)
    assert evidence.outside == tuple((day, ((4 * HOUR, 8 * HOUR),)) for day in range(5))
    assert evidence.later == tuple((day, ((3 * HOUR, 8 * HOUR),)) for day in range(5))
    assert (evidence.since, evidence.later_since) == (date(2027, 1, 4), date(2027, 3, 15))
    assert evidence.seconds == 5 * HOUR


def test_a_sunday_that_is_closed_is_named() -> None:
    week = usable(days_of_week=EVERY_DAY, timezone="America/Chicago")
    evidence = named("us-al-hours", check_rules(week, None, make_audience("Alabama"))).evidence
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
    findings = check_rules(
        late, Limits(timedelta(minutes=60), 9, 9), make_audience("US, UK, Spain")
    )
    for finding in findings:
        is_duty = isinstance(finding.evidence, Duty)
        is_weak = (
            finding.rule.confidence is Confidence.C
            or finding.rule.force is not Force.LAW
            or finding.rule.id == "us-me-attempts"  # Calls that are completed.
        )
        expected = Severity.LOW if is_duty else Severity.MEDIUM if is_weak else Severity.HIGH
        assert finding.severity is expected
    assert [finding.severity for finding in findings] == sorted(
        (finding.severity for finding in findings), key=list(Severity).index
    )
    severities = {finding.rule.id: finding.severity for finding in findings}
    assert severities["us-fl-hours"] is Severity.HIGH
    assert severities["us-ky-hours"] is Severity.MEDIUM
    assert severities["gb-dma-hours"] is Severity.MEDIUM
    assert severities["us-fcc-ai-voice"] is Severity.LOW


def test_of_equal_findings_a_countrys_come_before_those_of_its_states() -> None:
    late = usable(daily_end_time=time(22))
    high = [
        finding
        for finding in check_rules(late, None, make_audience("Florida"))
        if finding.severity is Severity.HIGH
    ]
    assert [finding.rule.jurisdiction for finding in high] == ["US", "US", "US-FL"]


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
    findings = check_rules(schedule, retries, make_audience("Florida"))
    counts = [
        len(finding.evidence.attempts)
        for finding in findings
        if isinstance(finding.evidence, TooMany)
    ]
    assert counts == ([most] if most > 3 else [])
    assert ("us-fl-attempts" in broken(schedule, make_audience("Florida"), retries)) is (most > 3)


def test_seven_consecutive_days_are_dates_and_hours_go_on_over_midnight() -> None:
    daily = usable(timezone="America/New_York", days_of_week=EVERY_DAY)
    once, twice = (Limits(timedelta(minutes=60), count, 100) for count in (1, 2))
    leads = read_audience({"audience": "New York", "purpose": "debt"}, daily.zone)
    assert "us-debt-attempts" not in broken(daily, leads, once)
    finding = next(
        finding
        for finding in check_rules(daily, twice, leads)
        if finding.rule.id == "us-debt-attempts"
    )
    assert isinstance(finding.evidence, TooMany)
    assert len(finding.evidence.attempts) == 14


def test_without_usable_retries_no_limit_of_attempts_is_judged() -> None:
    assert broken(usable(), make_audience("France")) & {"fr-attempts"} == set()


@pytest.mark.parametrize(("total", "breaks"), [(4, False), (5, True)])
def test_france_counts_in_thirty_days(total: int, *, breaks: bool) -> None:
    retries = Limits(timedelta(minutes=240), 2, total)
    assert ("fr-attempts" in broken(usable(), make_audience("France"), retries)) is breaks


def test_calling_days_that_are_holidays_there_are_found_by_name() -> None:
    evidence = named("fr-holidays", check_rules(usable(), None, make_audience("France"))).evidence
    assert evidence == OnHolidays(((date(2027, 3, 29), date(2027, 3, 29), "Easter Monday"),))
    weekends = usable(days_of_week=EVERY_DAY[5:])
    assert "fr-holidays" not in broken(weekends, make_audience("France"))


def test_duties_hold_whatever_the_settings_are() -> None:
    findings = check_rules(usable(timezone="Europe/Paris"), None, make_audience("France"))
    duties = {finding.rule.id for finding in findings if finding.evidence == Duty()}
    assert duties == {
        "eu-ai-disclosure",
        "fr-consent",
        "fr-home-works",
        "fr-automated-consent",
        "fr-refusal",
    }
    assert [finding.rule.is_duty for finding in findings] == [
        isinstance(finding.evidence, Duty) for finding in findings
    ]
