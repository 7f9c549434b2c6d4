"""Days without calls: whose holidays count, under which names, and the person's own dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.audience import read_audience
from app.campaign.compliance.evidence import OnHolidays
from app.campaign.compliance.finding_words import describe_finding
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.holidays import (
    find_closed_days,
    find_closed_holidays,
    find_holidays,
    find_holidays_during,
)
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import Weekday
from app.campaign.contract.problems import Advice, AdviceCode
from app.campaign.schedule.months import lay_out_months
from app.campaign.schedule.windows import Schedule
from app.campaign.timezones.tables import load_countries
from tests.campaign.meanings import explain_values
from tests.campaign.schedules import EVERY_DAY, one_day, schedules, usable
from tests.factories import outbound

DAY = timedelta(days=1)
YEAR = date(2027, 1, 1), date(2027, 12, 31)


def closed(
    audience: str, first: date = YEAR[0], last: date = YEAR[1], own: str = ""
) -> dict[date, str]:
    leads = read_audience({"audience": audience, "own_dates": own}, "America/New_York")
    return dict(find_closed_days(leads, usable(start_date=first, end_date=last)))


def test_holidays_that_fall_on_fixed_days_are_found_where_they_are_kept() -> None:
    assert closed("France")[date(2027, 7, 14)] == "National Day (France)"
    assert closed("US")[date(2027, 7, 4)] == "Independence Day (United States)"
    assert date(2027, 7, 14) not in closed("US")


def test_a_holiday_of_two_countries_names_both_once() -> None:
    closed_days = closed("France, Spain, France")
    assert closed_days[date(2027, 1, 1)] == "New Year's Day (France, Spain)"


def test_two_holidays_of_one_day_are_both_named() -> None:
    closed_days = closed("US, Canada", date(2027, 7, 1), date(2027, 7, 1), "2027-07-01 Stocktaking")
    assert closed_days == {date(2027, 7, 1): "Canada Day (Canada), Stocktaking"}


def test_a_state_is_named_only_for_what_its_country_does_not_keep() -> None:
    closed_days = closed("Louisiana, Texas")
    assert closed_days[date(2027, 2, 9)] == "Mardi Gras (Louisiana)"
    assert closed_days[date(2027, 12, 25)] == "Christmas Day (United States)"


def test_the_country_alone_keeps_no_holiday_of_one_of_its_states() -> None:
    assert date(2027, 2, 9) not in closed("US")


def test_of_many_states_only_the_countrys_holidays_are_named() -> None:
    assert closed("50 states") == closed("US")


def test_twelve_states_are_few_enough_to_name_their_own_holidays() -> None:
    few = "US-LA, US-TX, US-FL, US-NY, US-WA, US-OR, US-NV, US-UT, US-ID, US-MT, US-WY, US-OH"
    assert date(2027, 2, 9) in closed(few)
    assert date(2027, 2, 9) not in closed(f"{few}, US-ME")


def test_holidays_are_those_of_the_days_asked_for_and_in_order() -> None:
    first, last = date(2026, 12, 25), date(2027, 1, 1)
    assert list(closed("US", first, last)) == [first, last]
    assert closed("US", first + timedelta(days=1), last - timedelta(days=1)) == {}
    assert list(closed("US")) == sorted(closed("US"))


def test_an_audience_that_is_assumed_has_own_dates_and_no_holidays() -> None:
    own = "2027-03-05 Founders' day; 2027-12-25, 2028-01-01 Too late"
    assert closed("", own=own) == {
        date(2027, 3, 5): "Founders' day",
        date(2027, 12, 25): "Own date",
    }


def test_an_own_date_stands_beside_the_holiday_that_it_falls_on() -> None:
    closed_days = closed("France", own="2027-07-14")
    assert closed_days[date(2027, 7, 14)] == "National Day (France), Own date"


def test_a_bare_zone_has_no_holidays_of_its_own() -> None:
    assert closed("America/Chicago") == {}


def test_every_place_can_be_asked_for_its_holidays(subtests: pytest.Subtests) -> None:
    for code in sorted({*load_countries(), *load_rulebook().parts}):
        with subtests.test(code):
            holidays_there = find_holidays(code, *YEAR)
            assert all(YEAR[0] <= day <= YEAR[1] and name for day, name in holidays_there.items())


def test_every_place_with_rules_has_holidays(subtests: pytest.Subtests) -> None:
    for code in ("US", "CA", "AU", "GB", "FR", "IT", "ES", *load_rulebook().parts):
        with subtests.test(code):
            assert date(2027, 12, 25) in find_holidays(code, *YEAR)


def test_a_state_keeps_its_countrys_holidays_too() -> None:
    assert find_holidays("US-LA", *YEAR).keys() >= {date(2027, 2, 9), date(2027, 12, 25)}


PARIS = ("Europe/Paris",)
WHERE = {
    "FR": PARIS,
    "ES": ("Europe/Madrid", "Atlantic/Canary"),
    "AU": ("Australia/Perth", "Australia/Sydney"),
}


def walked(schedule: Schedule, code: str) -> set[tuple[date, date]]:
    """Go through the windows by quarters: the campaign's days with the holidays there."""
    years = range(schedule.first.year - 1, schedule.last.year + 2)
    days_off = country_holidays(code, years=years)
    days, at = set(), datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        here = at.astimezone(ZoneInfo(schedule.zone))
        if (
            schedule.first <= here.date() <= schedule.last
            and schedule.opens <= here.time() < schedule.closes
        ):
            theres = {at.astimezone(ZoneInfo(zone)).date() for zone in WHERE[code]}
            days |= {(here.date(), there) for there in theres if there in days_off}
        at += timedelta(minutes=15)
    return days


@settings(max_examples=80, deadline=None)
@given(schedules(), st.sampled_from(sorted(WHERE)), st.integers(-120, 120))
@example(
    usable(
        timezone="Asia/Tokyo",
        start_date=date(2026, 11, 9),
        end_date=date(2026, 11, 13),
        daily_start_time=time(2),
        daily_end_time=time(4),
    ),
    "FR",
    0,
)
@example(  # Until midnight in Paris, and not a second longer.
    usable(
        timezone="Asia/Tokyo",
        start_date=date(2026, 11, 9),
        end_date=date(2026, 11, 13),
        daily_start_time=time(6),
        daily_end_time=time(8),
    ),
    "FR",
    0,
)
def test_a_day_is_off_if_it_is_a_holiday_there_during_its_hours(
    schedule: Schedule, code: str, later: int
) -> None:
    moved = replace(schedule, first=schedule.first + later * DAY, last=schedule.last + later * DAY)
    there = find_holidays(code, moved.first - 2 * DAY, moved.last + 2 * DAY)
    days = list(find_holidays_during(there, moved, WHERE[code]))
    assert {(day, there) for day, there, _ in days} == walked(moved, code)


def tokyo(days: tuple[Weekday, ...] = EVERY_DAY) -> Schedule:
    """Call at night in Tokyo, which is from 18:00 to 20:00 of the day before in Paris."""
    return usable(
        timezone="Asia/Tokyo",
        start_date=date(2026, 11, 9),
        end_date=date(2026, 11, 13),
        days_of_week=days,
        daily_start_time=time(2),
        daily_end_time=time(4),
    )


def test_a_long_window_on_a_day_of_25_hours_can_fall_on_holidays_of_three_days_elsewhere() -> None:
    # From 23:30 on the 3rd to 00:29 on the 5th in Brisbane.
    sunday = date(2027, 4, 4)
    adelaide = one_day("Australia/Adelaide", sunday, time(0), time(23, 59))
    there = {date(2027, 4, day): f"Day {day}" for day in range(1, 8)}
    days = list(find_holidays_during(there, adelaide, ("Australia/Brisbane",)))
    assert days == [(sunday, date(2027, 4, day), f"Day {day}") for day in (3, 4, 5)]


def test_a_day_off_is_told_with_its_date_where_the_leads_are() -> None:
    france = read_audience({"audience": "France", "own_dates": "2026-11-10 Fair"}, None)
    assert find_closed_days(france, tokyo()) == {
        date(2026, 11, 10): "Fair",
        date(2026, 11, 12): "Armistice Day (France) on Wed 11 Nov 2026 there",
    }


@pytest.mark.parametrize(
    ("days", "is_broken"), [(EVERY_DAY[:5], True), (EVERY_DAY[:3], False), (EVERY_DAY[3:4], True)]
)
def test_a_rule_of_holidays_looks_at_the_leads_day_and_names_the_campaigns(
    days: tuple[Weekday, ...], *, is_broken: bool
) -> None:
    france = read_audience({"audience": "France", "purpose": "marketing"}, None)
    findings = check_rules(tokyo(days), None, france)
    sentences = [
        describe_finding(finding, tokyo())
        for finding in findings
        if isinstance(finding.evidence, OnHolidays)
    ]
    assert sentences == (
        ["It calls on 1 holiday: Wed 11 Nov 2026 (Armistice Day, in the hours of Thu 12 Nov 2026)."]
        if is_broken
        else []
    )


def test_the_day_off_in_lieu_of_a_holiday_counts_unless_the_rule_says_that_it_does_not() -> None:
    # 4 July 2027 is a Sunday.
    july = usable(start_date=date(2027, 7, 1), end_date=date(2027, 7, 9), days_of_week=EVERY_DAY)
    rule = next(
        candidate for candidate in load_rulebook().rules if candidate.id == "us-al-holidays"
    )
    assert rule.holidays is not None
    assert list(find_closed_holidays("US-AL", rule.holidays, july)) == [
        date(2027, 7, 4),
        date(2027, 7, 5),
    ]
    strict = replace(rule.holidays, observed=False)
    assert list(find_closed_holidays("US-AL", strict, july)) == [date(2027, 7, 4)]


KEPT = [
    # Where, why, a day that the law closes, and what it is called; each from the law's own words.
    ("ES-CT", "marketing", date(2027, 6, 24), "Saint John the Baptist, Catalonia"),
    (
        "ES-MD",
        "marketing",
        date(2026, 12, 7),
        "Monday following Constitution Day, Community of Madrid",
    ),
    ("England", "marketing", date(2027, 3, 29), "Easter Monday, England"),
    ("Scotland", "marketing", date(2027, 1, 4), "New Year Holiday (observed), Scotland"),
    # The regulator's table closes national public holidays for opinion polls as well.
    ("Australia", "research", date(2026, 12, 25), "Christmas Day"),
    # Kept in all eight states and territories, in lieu of a Saturday and a Sunday.
    ("Australia", "marketing", date(2027, 12, 28), "Boxing Day (observed)"),
    # Utah Code 63G-1-301(2): Juneteenth at a weekend is the Monday after, else the one before.
    ("Utah", "marketing", date(2027, 6, 21), "Juneteenth"),
    ("Utah", "marketing", date(2029, 6, 18), "Juneteenth"),
    ("Utah", "marketing", date(2031, 6, 16), "Juneteenth"),
    ("Utah", "marketing", date(2027, 3, 26), "Good Friday"),
    # R.I. Gen. Laws 25-1-1.
    ("Rhode Island", "marketing", date(2027, 5, 4), "Rhode Island Independence Day"),
    ("Rhode Island", "marketing", date(2027, 12, 27), "Christmas Day"),
    ("Rhode Island", "marketing", date(2028, 11, 7), "Election Day"),
]
OPEN = [
    ("ES-VC", "marketing", date(2027, 6, 23)),
    ("Wales", "marketing", date(2027, 1, 4)),
    ("Australia", "marketing", date(2027, 6, 14)),  # Not in Queensland and Western Australia.
    ("Utah", "marketing", date(2027, 6, 18)),
    ("Utah", "marketing", date(2029, 6, 19)),
    ("Rhode Island", "marketing", date(2027, 11, 2)),  # No general election in odd years.
    ("Rhode Island", "marketing", date(2026, 12, 21)),  # Christmas is a Friday.
    ("Rhode Island", "marketing", date(2026, 12, 28)),
]


def find_closed_names(where: str, purpose: str, day: date) -> list[str]:
    """Name the holidays on which a rule closes one day in the middle of the day there."""
    leads = read_audience({"audience": where, "purpose": purpose}, None)
    noon = one_day(leads.places[0].zones[0], day, time(12), time(13))
    return [
        name
        for finding in check_rules(noon, None, leads)
        if isinstance(finding.evidence, OnHolidays)
        for _, _, name in finding.evidence.days
    ]


@pytest.mark.parametrize(("where", "purpose", "day", "name"), KEPT)
def test_a_rule_closes_the_days_that_its_law_closes(
    where: str, purpose: str, day: date, name: str
) -> None:
    assert name in find_closed_names(where, purpose, day)


@pytest.mark.parametrize(("where", "purpose", "day"), OPEN)
def test_a_day_that_the_law_leaves_open_is_no_holiday_of_a_rule(
    where: str, purpose: str, day: date
) -> None:
    assert find_closed_names(where, purpose, day) == []


def test_a_day_that_several_parts_keep_is_told_once() -> None:
    leads = read_audience({"audience": "England, Wales, Scotland", "purpose": "marketing"}, None)
    monday = one_day("Europe/London", date(2027, 3, 29), time(12), time(13))
    sentences = [
        describe_finding(finding, monday)
        for finding in check_rules(monday, None, leads)
        if isinstance(finding.evidence, OnHolidays)
    ]
    assert sentences == [
        "It calls on 1 holiday: Mon 29 Mar 2027 (Easter Monday, England and Wales)."
    ]


def test_advice_and_calendar_name_the_campaigns_day() -> None:
    values = outbound(
        timezone="Asia/Tokyo",
        start_date=date(2026, 11, 12),
        end_date=date(2026, 11, 16),
        daily_start_time=time(2),
        daily_end_time=time(4),
    )
    explanation = explain_values(values, remarks={"audience": "France"})
    holiday = "Armistice Day (France) on Wed 11 Nov 2026 there"
    assert Advice("start_date", AdviceCode.STARTS_ON_A_HOLIDAY, holiday) in explanation.advice
    assert explanation.overview is not None
    (november,) = lay_out_months(explanation.overview, explanation.closed)
    marked = {day.number for week in november.weeks for day in week if day and "off" in day.mark}
    assert marked == {12}
