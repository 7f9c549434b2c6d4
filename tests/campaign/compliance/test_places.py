"""Where leads can be, in a person's words: never guessed, and never without rules by accident."""

from datetime import date

import pytest

from app.campaign.compliance.audience import find_zones, read_audience, select_rules
from app.campaign.compliance.places import (
    find_country,
    find_place,
    find_places,
    list_enclosing,
    list_parts,
    list_suggestions,
)
from app.campaign.compliance.rulebook import ANYWHERE, load_rulebook
from app.campaign.timezones.tables import load_countries, load_zone_countries
from app.campaign.timezones.zones import ZONE_NAMES

PARTS = tuple(load_rulebook().parts)
STATES = tuple(code for code in PARTS if code.startswith("US-"))
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def codes(text: str) -> list[str]:
    """Find the codes of the places; no word may be left unread."""
    named = find_places(text)
    assert named.unread == ()
    return [at.code for at in named.places]


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("California and Texas", ["US-CA", "US-TX"]),
        ("France, the UK and the Netherlands", ["FR", "GB", "NL"]),
        ("California & Texas", ["US-CA", "US-TX"]),
        ("France, and Spain", ["FR", "ES"]),
        ("Trinidad and Tobago", ["TT"]),
        ("Trinidad & Tobago and Spain", ["TT", "ES"]),
        ("Newfoundland and Labrador", ["CA-NL"]),
        ("the Bahamas", ["BS"]),
        ("U.S.", ["US"]),
        ("the U.S.A.", ["US"]),
        ("U.K.", ["GB"]),
        ("St. Lucia", ["LC"]),
        ("Eastern", ["America/New_York"]),
        ("Pacific Time and Mumbai", ["America/Los_Angeles", "Asia/Kolkata"]),
    ],
)
def test_places_are_found_as_people_write_them(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "contiguous US",
        "the contiguous U.S.",
        "contiguous United States",
        "the lower 48 states",
        "lower 48",
        "contiguous states",
        "the 48 states",
    ],
)
def test_the_48_states_have_many_names(text: str) -> None:
    assert codes(text) == codes("48 states")


def test_of_places_with_an_and_between_them_each_has_to_be_known() -> None:
    named = find_places("Spain and Narnia, Atlantis & Mordor")
    assert [at.code for at in named.places] == ["ES"]
    assert [word for word, _ in named.unread] == ["Narnia", "Atlantis", "Mordor"]


def test_a_word_for_the_clocks_of_several_zones_is_never_guessed() -> None:
    ((word, candidates),) = find_places("CST").unread
    assert word == "CST"
    assert [codes(name) for name in candidates] == [["America/Chicago"], ["Asia/Shanghai"]]


@pytest.mark.parametrize("word", ["CA", "ca", "Georgia", "GA", "IN", "DE", "AL", "CO", "LA"])
def test_a_word_for_a_state_and_a_country_is_never_guessed(word: str) -> None:
    named = find_places(f"France, {word}")
    assert [at.code for at in named.places] == ["FR"]
    ((kept, candidates),) = named.unread
    assert kept == word
    assert len(candidates) == 2
    assert sum("(US-" in name for name in candidates) == 1


def test_each_place_that_was_meant_is_named_so_that_it_can_be_typed() -> None:
    ((_, candidates),) = find_places("Georgia").unread
    assert [codes(name.rpartition("(")[2].rstrip(")")) for name in candidates] == [
        ["GE"],
        ["US-GA"],
    ]


def test_a_part_is_found_by_its_full_code_and_lies_in_its_country(
    subtests: pytest.Subtests,
) -> None:
    for code in PARTS:
        with subtests.test(code):
            assert codes(code.lower()) == [code]
            country, _, _ = code.partition("-")
            assert find_place(code).country == country
            assert find_place(code) in list_parts(country)


def test_groups_of_states_leave_out_the_capital() -> None:
    all_states = set(codes("50 States"))
    assert all_states == set(STATES) - {"US-DC"}
    assert set(codes("48 states")) == all_states - {"US-AK", "US-HI"}


def test_a_group_beside_one_of_its_own_states_names_it_once() -> None:
    assert len(codes("48 states, Texas, Hawaii")) == 49


def test_the_country_has_every_zone_of_its_states_and_no_island_of_its_territories() -> None:
    zones = set(find_place("US").zones)
    assert zones == {zone for code in STATES for zone in find_place(code).zones}
    assert "Pacific/Guam" not in zones


def test_every_zone_of_the_country_by_the_zone_data_lies_in_some_state() -> None:
    listed = {zone for zone, homes in load_zone_countries().items() if homes == ("US",)}
    assert listed == set(find_place("US").zones)


def test_each_suggestion_means_exactly_one_thing() -> None:
    names = [name for name, _ in list_suggestions()]
    assert [name for name in names if find_places(name).unread] == []
    assert len(set(names)) == len(names)


def test_every_country_and_every_state_can_be_chosen_from_the_suggestions() -> None:
    chosen = {at.code for name, _ in list_suggestions() for at in find_places(name).places}
    assert chosen >= {*PARTS, *load_countries()} - {"GE"}


def test_every_country_of_the_zone_data_can_be_an_audience(subtests: pytest.Subtests) -> None:
    for code in load_countries():
        with subtests.test(code):
            at = find_place(code)
            audience = read_audience({"audience": f"{at.zones[0] if at.zones else at.name}"}, None)
            assert not audience.is_assumed
            held = {rule.jurisdiction.partition("-")[0] for rule in select_rules(audience, *YEAR)}
            assert held <= {code, ANYWHERE, *list_enclosing(code)}


def test_every_zone_of_a_region_can_be_an_audience() -> None:
    for zone in (name for name in ZONE_NAMES if "/" in name):
        audience = read_audience({"audience": zone}, None)
        assert find_zones(audience) == (zone,)
        assert {rule.jurisdiction for rule in select_rules(audience, *YEAR)} <= {
            *load_rulebook().names,
            *PARTS,
        }


@pytest.mark.parametrize("zone", ["GMT", "CET", "Navajo", "PST8PDT", "Zulu", "Etc/GMT-8"])
def test_a_zone_without_a_region_can_be_an_audience(zone: str) -> None:
    audience = read_audience({"audience": zone}, None)
    assert find_zones(audience) == (zone,)
    assert {rule.jurisdiction for rule in select_rules(audience, *YEAR)} <= {
        *load_rulebook().names,
        *PARTS,
    }


@pytest.mark.parametrize("zone", ["US/Eastern", "Australia/ACT", "Canada/Pacific"])
def test_an_old_name_of_a_zone_brings_in_the_rules_of_its_country(zone: str) -> None:
    assert select_rules(read_audience({"audience": zone}, None), *YEAR)


@pytest.mark.parametrize("word", ["Côte d'Ivoire", "cote d'ivoire"])
def test_an_apostrophe_may_be_typed_as_keyboards_have_it(word: str) -> None:
    assert codes(word) == ["CI"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Paris", "FR"), ("America/Chicago", "US"), ("UTC", None), ("", None)],
)
def test_a_zone_has_the_country_in_which_it_lies(zone: str, expected: str | None) -> None:
    home = find_country(zone)
    assert (home.code if home else None) == expected


@pytest.mark.parametrize("word", ["Atlantis", "Narnia", "US-XX", "50  statesmen", "<i>", "&", "."])
def test_a_word_that_means_nothing_is_kept_as_it_was_typed(word: str) -> None:
    assert find_places(f"{word}, Spain").unread == ((word, ()),)


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("EST", "America/New_York"),
        ("mst", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
    ],
)
def test_a_fixed_zone_means_the_region_that_uses_its_name(zone: str, region: str) -> None:
    assert codes(zone) == [region]


@pytest.mark.parametrize("zone", ["Etc/GMT-8", "Etc/GMT-4", "Etc/GMT+1", "Etc/GMT+5", "GMT"])
def test_a_zone_by_its_distance_from_greenwich_is_of_no_country(zone: str) -> None:
    assert find_country(zone) is None


@pytest.mark.parametrize("zone", ["EST", "MST"])
def test_leads_of_a_campaign_by_a_fixed_american_clock_are_americans(zone: str) -> None:
    home = find_country(zone)
    assert home is not None
    assert home.code == "US"
