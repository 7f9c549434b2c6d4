"""Words that are not zone names: their zones are offered, and never chosen automatically."""

import pytest

from app.campaign.timezones.words import (
    PLACES_OF_FIXED,
    WORDS_FOR,
    find_likely_zones,
    find_regional_zone,
    is_fixed,
)
from app.campaign.timezones.zones import ZONE_NAMES, find_zone


@pytest.mark.parametrize(
    ("word", "zones"),
    [
        ("Eastern", ["America/New_York"]),
        ("Central", ["America/Chicago"]),
        ("Mountain", ["America/Denver"]),
        ("Pacific", ["America/Los_Angeles"]),
        ("PST", ["America/Los_Angeles"]),
        ("edt", ["America/New_York"]),
        ("Pacific Standard Time", ["America/Los_Angeles"]),
        ("US Eastern", ["America/New_York"]),
        ("Eastern Time (US & Canada)", ["America/New_York"]),
        ("San Francisco", ["America/Los_Angeles"]),
        ("  san   francisco ", ["America/Los_Angeles"]),
        ("Washington, D.C.", ["America/New_York"]),
        ("St. Louis", ["America/Chicago"]),
        ("Mumbai", ["Asia/Kolkata"]),
        ("Beijing", ["Asia/Shanghai"]),
        ("Kraków", ["Europe/Warsaw"]),
        ("Central European Summer Time", ["Europe/Paris", "Europe/Berlin"]),
        ("Portland", ["America/New_York", "America/Los_Angeles"]),
        ("IST", ["Europe/Dublin", "Asia/Jerusalem", "Asia/Kolkata"]),
        ("CST", ["America/Chicago", "Asia/Shanghai"]),
        ("Hawaii-Aleutian Standard Time", ["Pacific/Honolulu"]),
        ("Gotham", []),
        ("time", []),
        ("", []),
    ],
)
def test_the_zones_that_are_meant_by_a_word_are_known(word: str, zones: list[str]) -> None:
    assert list(find_likely_zones(word)) == zones


def test_what_is_meant_are_zones() -> None:
    assert {*WORDS_FOR, *PLACES_OF_FIXED.values()} <= ZONE_NAMES


def test_no_word_stands_twice_at_a_zone_or_has_more_than_letters() -> None:
    for zone, words in WORDS_FOR.items():
        listed = words.split(", ")
        assert len(set(listed)) == len(listed), zone
        assert all(zone in find_likely_zones(word) for word in listed)


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("GMT", "Europe/London"),
        ("Etc/GMT-0", "Europe/London"),
        ("Etc/GMT+5", "America/New_York"),
        ("Etc/GMT+2", "Europe/Athens"),  # Whoever writes GMT+2 means a place ahead of Greenwich.
        ("Etc/GMT-5", "America/New_York"),
        ("Etc/GMT+10", None),
        ("Etc/GMT-14", None),
    ],
)
def test_a_fixed_offset_is_known_and_the_place_that_is_meant_by_it(
    zone: str, place: str | None
) -> None:
    assert find_zone(zone) == zone
    assert is_fixed(zone)
    assert find_regional_zone(zone) == place


@pytest.mark.parametrize("zone", ["America/Phoenix", "EST5EDT", "CET", "UTC", "Etc/UTC"])
def test_a_zone_of_a_place_and_utc_are_not_taken_for_a_fixed_offset(zone: str) -> None:
    assert zone in ZONE_NAMES
    assert not is_fixed(zone)
