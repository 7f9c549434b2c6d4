"""Changes that are offered: each is tried, and its finding is gone."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.audience import Audience, read_audience
from app.campaign.compliance.evidence import Finding, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.fixes import Fix, find_fixes, fix_all_hours
from app.campaign.compliance.fixes import read_settings as settings_of
from app.campaign.contract.fields import Weekday
from app.campaign.contract.validation import check
from app.campaign.schedule.attempts import Limits, read_limits
from app.campaign.schedule.windows import Schedule, read_schedule
from tests.campaign.schedules import EVERY_DAY, schedules, usable
from tests.factories import outbound

AUDIENCES = (
    "50 states",
    "Florida",
    "Texas, Alabama",
    "France",
    "Spain",
    "Australia, Italy",
    "Canada, UK",
)
RETRIES = st.builds(
    Limits,
    st.sampled_from([15, 60, 90, 240, 700, 1500]).map(lambda gap: timedelta(minutes=gap)),
    st.integers(1, 6),
    st.integers(1, 12),
)


def make_audience(audience: str) -> Audience:
    return read_audience({"audience": audience, "purpose": "marketing"}, "America/New_York")


def typed_again(schedule: Schedule, retries: Limits | None, fix: Fix) -> dict[str, Any]:
    """Type a campaign's settings, and over them those of the fix."""
    return outbound(
        start_date=schedule.first,
        end_date=schedule.last,
        **{**settings_of(schedule, retries), **dict(fix.changes)},
    )


def after(
    fix: Fix, schedule: Schedule, retries: Limits | None, audience: Audience
) -> tuple[Finding, ...]:
    """Find what is still broken once a fix has been typed into the form."""
    values = typed_again(schedule, retries, fix)
    changed = read_schedule(values)
    assert changed is not None
    return check_rules(changed, read_limits(values) if retries else None, audience)


def one_finding(rule: str, schedule: Schedule, retries: Limits | None, audience: str) -> Finding:
    findings = check_rules(schedule, retries, make_audience(audience))
    return next(finding for finding in findings if finding.rule.id == rule)


def offered(
    rule: str, schedule: Schedule, audience: str, retries: Limits | None = None
) -> list[dict[str, Any]]:
    finding = one_finding(rule, schedule, retries, audience)
    return [
        dict(fix.changes) for fix in find_fixes(finding, schedule, retries, make_audience(audience))
    ]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(schedules(), RETRIES, st.sampled_from(AUDIENCES))
def test_each_change_makes_its_finding_go_away(
    schedule: Schedule, retries: Limits, audience: str
) -> None:
    leads = make_audience(audience)
    for finding in check_rules(schedule, retries, leads):
        for fix in find_fixes(finding, schedule, retries, leads):
            assert fix.changes
            left = after(fix, schedule, retries, leads)
            assert finding.rule.id not in {other.rule.id for other in left}


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(schedules(), st.sampled_from(AUDIENCES))
@example(  # On Sunday the clocks in Florida change within the window, which no period tells of.
    usable(
        timezone="Africa/Casablanca",
        start_date=date(2027, 11, 2),
        end_date=date(2027, 11, 9),
        days_of_week=EVERY_DAY[5:],
        daily_start_time=time(4, 30),
        daily_end_time=time(20, 30),
    ),
    "Florida",
)
def test_the_one_window_for_all_rules_leaves_nothing_outside_hours(
    schedule: Schedule, audience: str
) -> None:
    leads = make_audience(audience)
    fix = fix_all_hours(schedule, None, leads)
    if fix is not None:
        left = after(fix, schedule, None, leads)
        assert not [finding for finding in left if isinstance(finding.evidence, OutsideHours)]


@settings(max_examples=40, deadline=None)
@given(schedules(), RETRIES, st.sampled_from(AUDIENCES))
def test_the_api_takes_every_campaign_that_is_mended(
    schedule: Schedule, retries: Limits, audience: str
) -> None:
    leads = make_audience(audience)
    offers = [
        fix
        for finding in check_rules(schedule, retries, leads)
        for fix in find_fixes(finding, schedule, retries, leads)
    ]
    for fix in filter(None, [*offers, fix_all_hours(schedule, None, leads)]):
        assert check(typed_again(schedule, retries, fix)) == []


def test_a_campaign_in_new_york_is_moved_into_the_hours_of_all_states() -> None:
    early = usable(days_of_week=EVERY_DAY, daily_start_time=time(8), daily_end_time=time(23))
    assert offered("us-fcc-hours", early, "48 states") == [
        {"daily_start_time": time(11), "daily_end_time": time(21)}
    ]
    summer = usable(end_date=date(2027, 12, 31), daily_end_time=time(23))
    assert offered("us-fcc-hours", summer, "50 states") == [
        {"daily_start_time": time(14), "daily_end_time": time(21)}
    ]


def test_of_two_stretches_the_longer_part_of_the_own_window_is_kept() -> None:
    paris = usable(timezone="Europe/Paris", days_of_week=EVERY_DAY, daily_end_time=time(15))
    assert offered("fr-hours", paris, "France") == [
        {
            "days_of_week": tuple(Weekday)[:5],
            "daily_start_time": time(10),
            "daily_end_time": time(13),
        }
    ]


def test_a_day_that_is_closed_is_left_out_and_nothing_else_is_changed() -> None:
    week = usable(timezone="America/Chicago", days_of_week=EVERY_DAY)
    assert offered("us-al-hours", week, "Alabama") == [{"days_of_week": tuple(Weekday)[:6]}]


def test_places_without_a_common_hour_have_no_window() -> None:
    assert fix_all_hours(usable(), None, make_audience("Australia, Hawaii, France")) is None
    weekend = usable(timezone="Europe/Paris", days_of_week=EVERY_DAY[5:])
    assert offered("fr-hours", weekend, "France") == []


def test_a_window_is_tried_once_more_if_it_opens_into_another_season() -> None:
    week = usable(
        timezone="Asia/Kathmandu",
        start_date=date(2027, 10, 31),
        end_date=date(2027, 11, 6),
        days_of_week=EVERY_DAY,
        daily_start_time=time(15, 15),
        daily_end_time=time(20, 30),
    )
    fix = fix_all_hours(week, None, make_audience("Canada, Ireland"))
    assert fix == Fix(
        (
            ("days_of_week", EVERY_DAY[1:6]),
            ("daily_start_time", time(0)),
            ("daily_end_time", time(2, 45)),
        )
    )


def test_a_day_that_comes_only_before_a_clock_change_is_not_held_to_the_hours_after_it() -> None:
    # 8:00 to 20:00 in Maryland and to 21:00 in Singapore share the evening before 14 March,
    # from 19:00, and the morning after it, until 9:00.
    friday_and_monday = usable(
        start_date=date(2027, 3, 12),
        end_date=date(2027, 3, 15),
        days_of_week=(Weekday.MONDAY, Weekday.FRIDAY),
    )
    fix = fix_all_hours(friday_and_monday, None, make_audience("Maryland, Asia/Singapore"))
    assert fix == Fix(
        (
            ("days_of_week", (Weekday.MONDAY,)),
            ("daily_start_time", time(8)),
            ("daily_end_time", time(9)),
        )
    )


def test_a_campaign_that_keeps_all_hours_needs_no_change() -> None:
    assert fix_all_hours(usable(), None, make_audience("New York")) == Fix(())


def test_the_hours_of_a_rule_that_is_kept_bound_the_window_that_keeps_another() -> None:
    # Alabama allows 8:00 to 20:00; in El Paso, an hour behind, Texas allows calls from 9:00.
    late = {"daily_start_time": time(19, 50), "daily_end_time": time(20, 30)}
    evening = usable(timezone="America/Chicago", **late)
    assert offered("us-al-hours", evening, "Texas, Alabama") == [
        {"daily_start_time": time(10), "daily_end_time": time(20)}
    ]


@pytest.mark.parametrize(("gap", "daily"), [(15, 5), (5, 9)])
def test_a_window_with_room_for_more_calls_than_are_allowed_is_not_offered(
    gap: int, daily: int
) -> None:
    # Florida allows three in 24 hours. Half an hour has room for three with the one gap, and for
    # too many with the other: but not for as many as the hours from 8:00 to 20:00.
    late = usable(daily_start_time=time(21, 30), daily_end_time=time(22))
    retries = Limits(timedelta(minutes=gap), daily, 12)
    assert offered("us-fl-hours", late, "Florida", retries) == [
        {"daily_start_time": time(19, 30), "daily_end_time": time(20)}
    ]


def test_too_many_calls_become_fewer_by_the_gap_or_by_one_of_two_counts() -> None:
    daily = usable(days_of_week=EVERY_DAY, daily_start_time=time(8), daily_end_time=time(20))
    retries = Limits(timedelta(minutes=60), 3, 12)
    gap, a_day, in_all = offered("us-fl-attempts", daily, "Florida", retries)
    assert a_day == {"max_daily_attempts": 1}
    assert in_all == {"max_call_attempts": 3}
    assert list(gap) == ["min_gap_between_attempts"]
    assert gap["min_gap_between_attempts"] > 60


def test_the_gap_that_is_offered_is_the_shortest_round_one() -> None:
    # Florida allows three calls in 24 hours: in one hour, those are 20 minutes apart or more.
    hour = usable(daily_start_time=time(9), daily_end_time=time(10))
    retries = Limits(timedelta(minutes=15), 5, 12)
    gap = offered("us-fl-attempts", hour, "Florida", retries)[0]
    assert gap == {"min_gap_between_attempts": 30}


def test_a_count_that_is_offered_is_the_most_that_keeps_the_rule() -> None:
    daily = usable(days_of_week=EVERY_DAY)
    retries = Limits(timedelta(minutes=200), 3, 12)
    (changed,) = (
        change["max_daily_attempts"]
        for change in offered("us-fl-attempts", daily, "Florida", retries)
        if "max_daily_attempts" in change
    )
    one_more = replace(retries, daily=changed + 1)
    assert isinstance(one_finding("us-fl-attempts", daily, one_more, "Florida").evidence, TooMany)


def test_a_gap_that_only_a_clock_change_makes_long_enough_is_not_offered() -> None:
    tuesdays = usable(
        timezone="Europe/Paris",
        start_date=date(2027, 3, 20),
        end_date=date(2027, 5, 4),
        days_of_week=EVERY_DAY[1:2],
        daily_start_time=time(11, 30),
        daily_end_time=time(11, 45),
    )
    gaps = [
        change["min_gap_between_attempts"]
        for change in offered(
            "fr-attempts", tuesdays, "France", Limits(timedelta(minutes=10), 5, 8)
        )
        if "min_gap_between_attempts" in change
    ]
    assert gaps == [10800]


@pytest.mark.parametrize("rule", ["fr-holidays", "fr-consent"])
def test_what_no_setting_can_mend_has_no_change(rule: str) -> None:
    assert offered(rule, usable(), "France") == []


def test_holidays_are_left_when_the_hours_are_mended() -> None:
    paris, leads = usable(timezone="Europe/Paris"), make_audience("France")
    fix = fix_all_hours(paris, None, leads)
    assert fix is not None
    left = after(fix, paris, None, leads)
    assert [finding.rule.id for finding in left if isinstance(finding.evidence, OnHolidays)] == [
        "fr-holidays"
    ]


@pytest.mark.parametrize(
    ("zone", "audience", "expected"),
    [
        ("Europe/Berlin", "Ohio", "America/New_York"),
        ("Europe/Berlin", "Florida", "America/New_York"),
        ("America/New_York", "Ohio", None),
        ("US/Eastern", "Ohio", None),
        ("Europe/Berlin", "50 states", None),
    ],
    ids=["theirs", "one of theirs", "already theirs", "by another name", "too many"],
)
def test_the_zone_of_the_leads_is_offered_first_where_the_campaign_has_another(
    zone: str, audience: str, expected: str | None
) -> None:
    schedule = usable(timezone=zone, daily_start_time=time(9), daily_end_time=time(17))
    fix = fix_all_hours(schedule, None, make_audience(audience)) or Fix(())
    assert dict(fix.changes).get("timezone") == expected


def test_a_zone_in_which_the_hours_are_no_better_is_not_offered() -> None:
    late = usable(timezone="Europe/Berlin", daily_start_time=time(12), daily_end_time=time(22))
    [offer, *_] = offered("us-fcc-hours", late, "Ohio")
    assert "timezone" not in offer
