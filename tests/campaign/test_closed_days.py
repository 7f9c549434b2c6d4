"""Days without calls: whose holidays count, under which names, and the person's own dates."""

from datetime import date, timedelta

import pytest

from app.campaign.audience import read_audience
from app.campaign.closed_days import closed_days, holidays_in
from app.campaign.rulebook import rulebook
from app.campaign.zone_tables import countries

YEAR = date(2027, 1, 1), date(2027, 12, 31)


def closed(
    audience: str, first: date = YEAR[0], last: date = YEAR[1], own: str = ""
) -> dict[date, str]:
    told = read_audience({"audience": audience, "own_dates": own}, "America/New_York")
    return dict(closed_days(told, first, last))


def test_holidays_that_fall_on_fixed_days_are_found_where_they_are_kept() -> None:
    assert closed("France")[date(2027, 7, 14)] == "National Day (France)"
    assert closed("US")[date(2027, 7, 4)] == "Independence Day (United States)"
    assert date(2027, 7, 14) not in closed("US")


def test_a_holiday_of_two_countries_names_both_once() -> None:
    found = closed("France, Spain, France")
    assert found[date(2027, 1, 1)] == "New Year's Day (France, Spain)"


def test_two_holidays_of_one_day_are_both_named() -> None:
    found = closed("US, Canada", date(2027, 7, 1), date(2027, 7, 1), "2027-07-01 Stocktaking")
    assert found == {date(2027, 7, 1): "Canada Day (Canada), Stocktaking"}


def test_a_state_is_named_only_for_what_its_country_does_not_keep() -> None:
    found = closed("Louisiana, Texas")
    assert found[date(2027, 2, 9)] == "Mardi Gras (Louisiana)"
    assert found[date(2027, 12, 25)] == "Christmas Day (United States)"


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
    found = closed("France", own="2027-07-14")
    assert found[date(2027, 7, 14)] == "National Day (France), Own date"


def test_a_bare_zone_has_no_holidays_of_its_own() -> None:
    assert closed("America/Chicago") == {}


@pytest.mark.parametrize("code", sorted({*countries(), *rulebook().parts}))
def test_every_place_can_be_asked_for_its_holidays(code: str) -> None:
    found = holidays_in(code, *YEAR)
    assert all(YEAR[0] <= day <= YEAR[1] and name for day, name in found.items())


@pytest.mark.parametrize("code", ["US", "CA", "AU", "GB", "FR", "IT", "ES", *rulebook().parts])
def test_every_place_with_rules_has_holidays(code: str) -> None:
    assert date(2027, 12, 25) in holidays_in(code, *YEAR)


def test_a_state_keeps_its_countrys_holidays_too() -> None:
    assert holidays_in("US-LA", *YEAR).keys() >= {date(2027, 2, 9), date(2027, 12, 25)}
