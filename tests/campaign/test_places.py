"""Where leads can be, in a person's words: never guessed, and never without rules by accident."""

from datetime import date

import pytest

from app.campaign.audience import read_audience, rules_for, zones_of
from app.campaign.places import (
    country_of,
    parts_of,
    place,
    places_named,
    suggestions,
    unions_of,
)
from app.campaign.rulebook import ANYWHERE, rulebook
from app.campaign.zone_tables import countries, zone_countries
from app.campaign.zones import ZONE_NAMES

PARTS = tuple(rulebook().parts)
STATES = tuple(code for code in PARTS if code.startswith("US-"))
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def codes(text: str) -> list[str]:
    """Name the places that are found; there must be nothing left over."""
    found = places_named(text)
    assert found.unread == ()
    return [at.code for at in found.places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("United States", ["US"]),
        ("usa", ["US"]),
        ("United States of America", ["US"]),
        ("uk", ["GB"]),
        ("great britain", ["GB"]),
        ("curacao", ["CW"]),
        ("Réunion", ["RE"]),
        ("WASHINGTON", ["US-WA"]),
        ("District of Columbia", ["US-DC"]),
        ("Us-Ca", ["US-CA"]),
        ("New York", ["US-NY"]),
        ("america/new york", ["America/New_York"]),
        ("Kathmandu", ["Asia/Kathmandu"]),
        (" florida ;texas\nFlorida ", ["US-FL", "US-TX"]),
        ("", []),
    ],
)
def test_a_place_is_found_by_name_code_alias_or_city_in_any_case(
    text: str, expected: list[str]
) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize("word", ["CA", "ca", "Georgia", "GA", "IN", "DE", "AL", "CO", "LA"])
def test_a_word_for_a_state_and_a_country_is_never_guessed(word: str) -> None:
    found = places_named(f"France, {word}")
    assert [at.code for at in found.places] == ["FR"]
    ((kept, meant),) = found.unread
    assert kept == word
    assert len(meant) == 2
    assert sum("(US-" in name for name in meant) == 1


def test_each_place_that_was_meant_is_named_so_that_it_can_be_typed() -> None:
    ((_, meant),) = places_named("Georgia").unread
    assert [codes(name.rpartition("(")[2].rstrip(")")) for name in meant] == [["GE"], ["US-GA"]]


@pytest.mark.parametrize("code", PARTS)
def test_a_part_is_found_by_its_full_code_and_lies_in_its_country(code: str) -> None:
    assert codes(code.lower()) == [code]
    country, _, _ = code.partition("-")
    assert place(code).country == country
    assert place(code) in parts_of(country)


def test_groups_of_states_leave_out_the_capital() -> None:
    all_states = set(codes("50 States"))
    assert all_states == set(STATES) - {"US-DC"}
    assert set(codes("48 states")) == all_states - {"US-AK", "US-HI"}


def test_a_group_beside_one_of_its_own_states_names_it_once() -> None:
    assert len(codes("48 states, Texas, Hawaii")) == 49


def test_the_country_has_every_zone_of_its_states_and_no_island_of_its_territories() -> None:
    zones = set(place("US").zones)
    assert zones == {zone for code in STATES for zone in place(code).zones}
    assert "Pacific/Guam" not in zones


def test_every_zone_of_the_country_by_the_zone_data_lies_in_some_state() -> None:
    listed = {zone for zone, homes in zone_countries().items() if homes == ("US",)}
    assert listed == set(place("US").zones)


def test_each_suggestion_means_exactly_one_thing() -> None:
    names = [name for name, _ in suggestions()]
    assert [name for name in names if places_named(name).unread] == []
    assert len(set(names)) == len(names)


def test_every_country_and_every_state_can_be_chosen_from_the_suggestions() -> None:
    chosen = {at.code for name, _ in suggestions() for at in places_named(name).places}
    assert chosen >= {*PARTS, *countries()} - {"GE"}


@pytest.mark.parametrize("code", countries())
def test_every_country_of_the_zone_data_can_be_an_audience(code: str) -> None:
    at = place(code)
    audience = read_audience({"audience": f"{at.zones[0] if at.zones else at.name}"}, None)
    assert not audience.is_assumed
    held = {rule.jurisdiction.partition("-")[0] for rule in rules_for(audience, *YEAR)}
    assert held <= {code, ANYWHERE, *unions_of(code)}


def test_every_zone_of_a_region_can_be_an_audience() -> None:
    for zone in (name for name in ZONE_NAMES if "/" in name):
        audience = read_audience({"audience": zone}, None)
        assert zones_of(audience) == (zone,)
        assert {rule.jurisdiction for rule in rules_for(audience, *YEAR)} <= {
            *rulebook().names,
            *PARTS,
        }


@pytest.mark.parametrize("zone", ["EST", "GMT", "CET", "Navajo", "PST8PDT", "Zulu"])
def test_a_zone_without_a_region_can_be_an_audience(zone: str) -> None:
    audience = read_audience({"audience": zone}, None)
    assert zones_of(audience) == (zone,)
    assert {rule.jurisdiction for rule in rules_for(audience, *YEAR)} <= {
        *rulebook().names,
        *PARTS,
    }


@pytest.mark.parametrize("zone", ["US/Eastern", "Australia/ACT", "Canada/Pacific"])
def test_an_old_name_of_a_zone_brings_in_the_rules_of_its_country(zone: str) -> None:
    assert rules_for(read_audience({"audience": zone}, None), *YEAR)


@pytest.mark.parametrize("word", ["Côte d'Ivoire", "cote d'ivoire"])
def test_an_apostrophe_may_be_typed_as_keyboards_have_it(word: str) -> None:
    assert codes(word) == ["CI"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Paris", "FR"), ("America/Chicago", "US"), ("UTC", None), ("", None)],
)
def test_a_zone_has_the_country_in_which_it_lies(zone: str, expected: str | None) -> None:
    home = country_of(zone)
    assert (home.code if home else None) == expected


@pytest.mark.parametrize("word", ["Atlantis", "Narnia", "US-XX", "50  statesmen", "<i>"])
def test_a_word_that_means_nothing_is_kept_as_it_was_typed(word: str) -> None:
    assert places_named(f"{word}, Spain").unread == ((word, ()),)
