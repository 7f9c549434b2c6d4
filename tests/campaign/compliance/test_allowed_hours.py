"""The hours that are safe in every zone of an audience, in winter and in summer."""

from dataclasses import replace
from datetime import date, time

import pytest

from app.campaign.compliance.allowed_hours import find_allowed_hours, find_allowed_windows
from app.campaign.compliance.audience import read_audience, select_rules
from app.campaign.compliance.hours_chart import chart_hours
from app.campaign.compliance.hours_words import describe_periods, describe_row, format_short_hours
from app.campaign.contract.fields import Weekday
from app.campaign.schedule.intervals import (
    ALWAYS,
    WHOLE_DAY,
    DayHours,
    intersect,
    shift_week,
    subtract,
)
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, usable

YEAR = {"end_date": date(2028, 1, 3), "days_of_week": EVERY_DAY}


def safe_by_season(schedule: Schedule, audience: str, *ids: str) -> list[str]:
    """Find Monday's safe hours in each period, with only these rules."""
    leads = read_audience({"audience": audience}, None)
    rules = tuple(
        rule for rule in select_rules(leads, schedule.first, schedule.last) if rule.id in ids
    )
    return [
        format_short_hours(week[0]) for week in find_allowed_hours(rules, schedule, leads).allowed
    ]


@pytest.mark.parametrize(
    ("audience", "winter", "summer"),
    [("48 states", "11:00–21:00", "11:00–21:00"), ("50 states", "13:00–21:00", "14:00–21:00")],
)
def test_the_federal_hours_leave_these_in_eastern_time(
    audience: str, winter: str, summer: str
) -> None:
    hours_by_season = safe_by_season(usable(**YEAR), audience, "us-fcc-hours")
    assert hours_by_season == [winter, summer, winter]


def test_a_lunch_break_leaves_two_stretches() -> None:
    paris = usable(timezone="Europe/Paris")
    assert safe_by_season(paris, "France", "fr-hours") == ["10:00–13:00, 14:00–20:00"]


def test_a_campaign_far_away_sees_the_hours_across_its_midnight() -> None:
    tokyo = usable(timezone="Asia/Tokyo", end_date=date(2027, 2, 1))
    assert safe_by_season(tokyo, "US-NY", "us-fcc-hours") == ["00:00–11:00, 22:00–24:00"]


def test_without_rules_every_hour_is_safe() -> None:
    assert set(safe_by_season(usable(), "Germany")) == {"00:00–24:00"}


def test_places_that_share_no_hour_leave_none() -> None:
    rules = ("us-fcc-hours", "au-hours", "fr-hours")
    hours_by_season = safe_by_season(usable(**YEAR), "Hawaii, France, Australia/Perth", *rules)
    assert set(hours_by_season) == {"none"}


def test_the_window_stays_where_it_is_as_far_as_that_is_safe() -> None:
    week = (((8 * 3600, 13 * 3600), (14 * 3600, 20 * 3600)),) * 5 + ((), ())
    window = find_allowed_windows(usable(daily_start_time=time(9), daily_end_time=time(15)), week)[
        0
    ]
    assert window.hours == (9 * 3600, 13 * 3600)


def test_days_without_hours_are_left_out_and_no_day_is_no_window() -> None:
    week = (*ALWAYS[:5], (), ())
    window = find_allowed_windows(usable(days_of_week=EVERY_DAY), week)[0]
    assert window.days == {0, 1, 2, 3, 4}
    assert find_allowed_windows(usable(days_of_week=EVERY_DAY[5:]), week) == ()


def test_half_an_hour_at_lord_howe_is_half_an_hour() -> None:
    howe = usable(
        timezone="Australia/Lord_Howe", start_date=date(2027, 3, 29), end_date=date(2027, 4, 11)
    )
    assert safe_by_season(howe, "Australia/Sydney", "au-hours") == ["09:00–20:00", "09:30–20:30"]
    assert safe_by_season(howe, "Australia/Brisbane", "au-hours") == ["10:00–21:00", "09:30–20:30"]


def test_the_strip_has_one_season_while_the_clocks_go_together() -> None:
    half_a_year = usable(start_date=date(2027, 7, 1), end_date=date(2027, 12, 1))
    (together,) = chart_hours(half_a_year, read_audience({"audience": "US-NY"}, None))
    assert together.periods == ((date(2027, 7, 1), date(2027, 12, 1)),)
    summer, winter = chart_hours(half_a_year, read_audience({"audience": "Arizona"}, None))
    assert summer.periods == ((date(2027, 7, 1), date(2027, 11, 6)),)
    assert winter.periods == ((date(2027, 11, 7), date(2027, 12, 1)),)


def test_weeks_in_which_only_one_clock_has_changed_are_told_from_the_rest_of_the_summer() -> None:
    to_august = usable(start_date=date(2027, 1, 4), end_date=date(2027, 8, 31))
    usual, between = chart_hours(to_august, read_audience({"audience": "UK"}, None))
    assert describe_periods(usual.periods) == (
        "Mon 4 Jan 2027 to Sat 13 Mar 2027, and again Sun 28 Mar 2027 to Tue 31 Aug 2027"
    )
    assert describe_periods(between.periods) == "Sun 14 Mar 2027 to Sat 27 Mar 2027"


def test_a_chart_without_a_last_day_says_no_end_and_of_many_periods_the_first_ones() -> None:
    endless = usable(start_date=date(2027, 1, 4), end_date=None)
    usual, _ = chart_hours(endless, read_audience({"audience": "Arizona"}, None))
    assert describe_periods(usual.periods) == (
        "Mon 4 Jan 2027 to Sat 13 Mar 2027, and again from Sun 7 Nov 2027"
    )
    years = usable(start_date=date(2027, 1, 4), end_date=date(2029, 12, 31))
    usual, _ = chart_hours(years, read_audience({"audience": "Arizona"}, None))
    assert describe_periods(usual.periods) == (
        "Mon 4 Jan 2027 to Sat 13 Mar 2027, and again Sun 7 Nov 2027 to Sat 11 Mar 2028 and later"
    )


def test_weekdays_that_never_come_are_not_drawn() -> None:
    weekend = usable(
        start_date=date(2027, 1, 9), end_date=date(2027, 1, 10), days_of_week=EVERY_DAY
    )
    (chart,) = chart_hours(weekend, read_audience({"audience": "Louisiana"}, None))
    days = {*chart.days, *(day for other in chart.others for day in other.days)}
    assert days == {Weekday.SATURDAY, Weekday.SUNDAY}
    sunday = replace(weekend, first=date(2027, 1, 4), last=date(2027, 1, 6), days=frozenset({6}))
    assert chart_hours(sunday, read_audience({"audience": "Louisiana"}, None)) == ()


def test_a_campaign_of_one_day_a_week_has_the_hours_of_that_day() -> None:
    days = usable(
        start_date=date(2027, 7, 5), end_date=date(2027, 7, 18), days_of_week=(Weekday.SATURDAY,)
    )
    (chart,) = chart_hours(days, read_audience({"audience": "Italy"}, None))
    assert (chart.days, chart.allowed) == ((Weekday.SATURDAY,), ((4 * 3600, 13 * 3600),))


def test_days_with_other_hours_are_told_beside_the_usual_ones() -> None:
    days = usable(start_date=date(2027, 7, 5), end_date=date(2027, 7, 18), days_of_week=EVERY_DAY)
    (chart,) = chart_hours(days, read_audience({"audience": "Italy"}, None))

    # 9:00 to 20:00 there, on Saturdays 10:00 to 19:00, on Sundays never; 6 hours ahead.
    hour = 3600
    assert (chart.days, chart.allowed) == (EVERY_DAY[:5], ((3 * hour, 14 * hour),))
    assert [(other.days, other.allowed, other.is_broken) for other in chart.others] == [
        ((Weekday.SATURDAY,), ((4 * hour, 13 * hour),), True),
        ((Weekday.SUNDAY,), (), True),
    ]
    early = replace(days, opens=time(4), closes=time(12))
    (chart,) = chart_hours(early, read_audience({"audience": "Italy"}, None))
    assert [other.is_broken for other in chart.others] == [False, True]


@pytest.mark.parametrize(
    ("audience", "zone", "opens", "closes", "words"),
    [
        (
            "US-NY",
            "Asia/Tokyo",
            21,
            23,
            (
                "By the clock in New York it calls from 07:00 to 09:00. "
                "07:00 to 08:00 breaks a rule; "
                "allowed is 08:00 to 21:00."
            ),
        ),
        (
            "AU-NSW",
            "Europe/London",
            8,
            12,
            (
                "By the clock in Sydney it calls from 19:00 to 23:00. "
                "20:00 to 23:00 breaks a rule; "
                "allowed is 09:00 to 20:00."
            ),
        ),
        (
            "AU-QLD",
            "Europe/London",
            10,
            18,
            (
                "By the clock in Brisbane and 1 more place it calls from 20:00 to 04:00 next day. "
                "20:00 to 04:00 next day breaks a rule; "
                "allowed is 09:00 to 20:00 and 09:00 next day to 20:00 next day."
            ),
        ),
    ],
)
def test_a_place_elsewhere_is_told_its_own_hours_whole(
    audience: str, zone: str, opens: int, closes: int, words: str
) -> None:
    days = usable(
        timezone=zone,
        start_date=date(2027, 1, 4),
        end_date=date(2027, 1, 15),
        days_of_week=EVERY_DAY[1:4],
        daily_start_time=time(opens),
        daily_end_time=time(closes),
    )
    leads = read_audience({"audience": audience, "purpose": "marketing"}, None)
    (chart,) = chart_hours(days, leads)
    assert words in [describe_row(row) for row in chart.rows]


MORNING: DayHours = ((8 * 3600, 12 * 3600),)


def test_pieces_of_a_day_are_cut_and_joined() -> None:
    assert intersect(MORNING, ((11 * 3600, 15 * 3600),)) == ((11 * 3600, 12 * 3600),)
    assert subtract(((7 * 3600, 13 * 3600),), MORNING) == (
        (7 * 3600, 8 * 3600),
        (12 * 3600, 13 * 3600),
    )
    assert subtract(MORNING, ()) == MORNING
    assert subtract(MORNING, ALWAYS[0]) == ()


def test_a_week_seen_from_another_clock_is_the_same_instants(subtests: pytest.Subtests) -> None:
    for hours in range(-26, 27):
        with subtests.test(f"{hours} hours"):
            week = tuple(((day * 3600, (day + 3) * 3600),) if day != 6 else () for day in range(7))
            seen = shift_week(week, hours * 3600)
            own = {
                day * WHOLE_DAY + at
                for day in range(7)
                for a, b in week[day]
                for at in range(a, b, 1800)
            }
            shifted = {
                (day * WHOLE_DAY + at + hours * 3600) % (7 * WHOLE_DAY)
                for day in range(7)
                for a, b in seen[day]
                for at in range(a, b, 1800)
            }
            assert shifted == own
