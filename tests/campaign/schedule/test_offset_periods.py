"""How far clocks are apart, and the safe hours that follow, compared with a walk."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.compliance.allowed_hours import find_allowed_hours
from app.campaign.compliance.audience import find_reach, read_audience, select_rules
from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.offset_periods import (
    OffsetPeriod,
    find_offset_periods,
    find_same_offsets,
)
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, ODD_ZONES, is_allowed_at, schedules, usable

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
HOUR = 3600
AUDIENCES = ("US", "France", "Australia", "Spain, Canada", "Italy, US-TX", "UK, US-AK")


def instants(schedule: Schedule) -> list[tuple[datetime, datetime]]:
    """Go through all windows by quarters of an hour: each instant, and the campaign's clock."""
    zone, at = ZoneInfo(schedule.zone), datetime.combine(schedule.first - DAY, time(), UTC)
    end = datetime.combine(schedule.last + 2 * DAY, time(), UTC)
    every = (at + n * QUARTER for n in range((end - at) // QUARTER))
    return [
        (instant, instant.astimezone(zone)) for instant in every if is_allowed_at(schedule, instant)
    ]


def ahead(instant: datetime, zone: str) -> int:
    there = instant.astimezone(ZoneInfo(zone)).utcoffset()
    here = instant.utcoffset()
    assert there is not None
    assert here is not None
    return (there - here) // timedelta(seconds=1)


def season_of(periods: tuple[OffsetPeriod, ...], day: date) -> int:
    (number,) = (n for n, period in enumerate(periods) if period.first <= day <= period.last)
    return number


@settings(max_examples=60, deadline=None)
@given(schedules(), st.sets(st.sampled_from(ODD_ZONES), min_size=1, max_size=3))
def test_on_all_but_odd_days_the_clocks_are_as_far_apart_as_the_season_says(
    schedule: Schedule, others: set[str]
) -> None:
    zones = tuple(sorted(others))
    periods = find_offset_periods(schedule, zones)
    for _, here in instants(schedule):
        if here.date() not in periods.transition_days:
            expected = tuple(ahead(here, zone) for zone in zones)
            number = season_of(periods.periods, here.date())
            assert periods.periods[number].ahead == expected


@settings(max_examples=40, deadline=None)
@given(schedules(), st.sets(st.sampled_from(ODD_ZONES), min_size=1, max_size=3))
def test_seasons_follow_one_another_from_the_first_day_to_the_last(
    schedule: Schedule, others: set[str]
) -> None:
    periods = find_offset_periods(schedule, tuple(sorted(others))).periods
    assert (periods[0].first, periods[-1].last) == (schedule.first, schedule.last)
    for period, following in pairwise(periods):
        assert period.last + DAY == following.first
        assert period.ahead != following.ahead


@settings(max_examples=60, deadline=None)
@given(schedules(), st.sampled_from(AUDIENCES))
def test_an_hour_is_safe_just_if_every_rule_allows_it_on_every_clock(
    schedule: Schedule, audience: str
) -> None:
    leads = read_audience({"audience": audience, "purpose": "marketing"}, None)
    limited = [
        (rule.hours, zone)
        for rule in select_rules(leads, schedule.first, schedule.last)
        if rule.hours is not None
        for zone in find_reach(leads)[rule.jurisdiction]
    ]
    allowed_hours = find_allowed_hours(
        select_rules(leads, schedule.first, schedule.last), schedule, leads
    )
    for at, here in instants(schedule)[::7]:
        if here.date() in allowed_hours.times.transition_days:
            continue
        walls = [(hours, at.astimezone(ZoneInfo(zone))) for hours, zone in limited]
        expected = all(
            any(start <= count_seconds(wall.time()) < end for start, end in hours[wall.weekday()])
            for hours, wall in walls
        )
        safe = allowed_hours.allowed[season_of(allowed_hours.times.periods, here.date())][
            here.weekday()
        ]
        assert any(start <= count_seconds(here.time()) < end for start, end in safe) is expected


def test_between_the_changes_of_new_york_and_london_the_clocks_are_an_hour_nearer() -> None:
    periods = find_offset_periods(usable(end_date=date(2027, 12, 31)), ("Europe/London",))
    assert [(period.first, period.ahead) for period in periods.periods] == [
        (date(2027, 1, 4), (5 * HOUR,)),
        (date(2027, 3, 14), (4 * HOUR,)),
        (date(2027, 3, 28), (5 * HOUR,)),
        (date(2027, 10, 31), (4 * HOUR,)),
        (date(2027, 11, 7), (5 * HOUR,)),
    ]
    assert periods.transition_days == frozenset()


def test_a_day_is_odd_if_a_clock_changes_within_its_window() -> None:
    night = usable(days_of_week=EVERY_DAY, daily_start_time=time(1), daily_end_time=time(4))
    assert find_offset_periods(night, ("America/New_York",)).transition_days == {date(2027, 3, 14)}
    evening = usable(days_of_week=EVERY_DAY, daily_start_time=time(20), daily_end_time=time(22))
    assert find_offset_periods(evening, ("Europe/London",)).transition_days == {date(2027, 3, 27)}


def test_a_day_without_calls_is_never_odd() -> None:
    night = usable(daily_start_time=time(1), daily_end_time=time(4))
    assert find_offset_periods(night, ("America/New_York",)).transition_days == frozenset()


def test_lord_howe_comes_half_an_hour_nearer() -> None:
    autumn = usable(start_date=date(2027, 4, 1), end_date=date(2027, 4, 30), timezone="Etc/UTC")
    periods = find_offset_periods(autumn, ("Australia/Lord_Howe",)).periods
    assert [period.ahead for period in periods] == [(11 * HOUR,), (10 * HOUR + HOUR // 2,)]


def test_zones_whose_clocks_go_alike_are_looked_at_together_under_the_best_known_name() -> None:
    zones = ("America/Detroit", "America/New_York", "America/Phoenix", "America/Denver")
    assert find_same_offsets(usable(), zones) == (
        ("America/New_York", "America/Detroit"),
        ("America/Phoenix",),
        ("America/Denver",),
    )


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from([*ODD_ZONES, "America/Detroit", "Europe/Belfast"]), min_size=1))
def test_each_zone_is_in_one_group_and_its_clock_goes_like_the_others(zones: set[str]) -> None:
    groups = find_same_offsets(usable(), tuple(sorted(zones)))
    assert sorted(zone for group in groups for zone in group) == sorted(zones)
    for at in (datetime(2027, month, 15, tzinfo=UTC) for month in range(1, 13)):
        for group in groups:
            assert len({ahead(at, zone) for zone in group}) == 1


def test_a_day_that_is_skipped_is_odd() -> None:
    samoa = usable(
        timezone="Pacific/Apia",
        start_date=date(2011, 12, 1),
        end_date=date(2012, 1, 31),
        days_of_week=EVERY_DAY,
    )
    assert date(2011, 12, 30) in find_offset_periods(samoa, ("America/New_York",)).transition_days
