"""Zones are those of the pinned package; a city will do; clock changes are found to the second.

The instants are the published ones: the rule of each zone, worked out by hand.
"""

import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import resources
from itertools import pairwise

import pytest

from app.campaign.timezones.zones import (
    ZONE_NAMES,
    ClockChange,
    find_clock_changes,
    find_offset,
    find_zone,
    format_offset,
    iterate_even_stretches,
)

NEW_YEAR, NEW_YEARS_EVE = date(2027, 1, 1), date(2027, 12, 31)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_zone_names_are_those_of_the_package_and_of_nothing_else() -> None:
    listed = resources.files("tzdata").joinpath("zones").read_text().split()

    assert frozenset(listed) == ZONE_NAMES


def test_the_systems_copy_of_the_zones_is_never_looked_at() -> None:
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("America/Vancouver", -7),  # its last change was in March 2026
        ("America/Edmonton", -6),
        ("America/Winnipeg", -5),
        ("Africa/Casablanca", 0),  # no more Ramadan changes from late 2026
    ],
)
def test_a_zone_that_old_copies_have_wrong_is_right(zone: str, offset: int) -> None:
    assert find_offset(zone, utc(2027, 1, 4)) == hours(offset)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        ("New York", "America/New_York"),
        ("  new   YORK ", "America/New_York"),
        ("new_york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("kolkata", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("gmt", "GMT"),
        ("calcutta", "Asia/Calcutta"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city_in_any_case(text: str, zone: str) -> None:
    assert find_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("louisville", "America/Kentucky/Louisville"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("singapore", "Asia/Singapore"),
    ],
)
def test_a_city_with_an_older_name_means_the_zone_of_today(text: str, zone: str) -> None:
    assert find_zone(text) == zone


@pytest.mark.parametrize("text", ["", " ", "Eastern", "Portland", "York", "America", "東京"])
def test_what_names_no_zone_or_several_is_no_answer(text: str) -> None:
    assert find_zone(text) is None


def test_each_zone_is_found_by_its_own_name() -> None:
    assert [name for name in ZONE_NAMES if find_zone(name) != name] == []


@pytest.mark.parametrize(
    ("offset", "words"),
    [(0, "+00:00"), (5.5, "+05:30"), (-8, "-08:00"), (-3.5, "-03:30"), (12.75, "+12:45")],
)
def test_an_offset_is_written_with_its_sign_hours_and_minutes(offset: float, words: str) -> None:
    assert format_offset(hours(offset)) == words


def test_an_offset_is_that_of_the_instant_whatever_zone_the_instant_is_given_in() -> None:
    in_kolkata = datetime(2027, 7, 1, 9, tzinfo=timezone(hours(5.5)))

    assert find_offset("America/New_York", in_kolkata) == hours(-4)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # 02:00 on the second Sunday of March and the first of November
        (
            "America/New_York",
            [
                ClockChange(utc(2027, 3, 14, 7), hours(-5), hours(-4)),
                ClockChange(utc(2027, 11, 7, 6), hours(-4), hours(-5)),
            ],
        ),
        # 01:00 UTC on the last Sunday of March and October
        (
            "Europe/London",
            [
                ClockChange(utc(2027, 3, 28, 1), hours(0), hours(1)),
                ClockChange(utc(2027, 10, 31, 1), hours(1), hours(0)),
            ],
        ),
        # 02:00 on the first Sunday of April and October, by half an hour
        (
            "Australia/Lord_Howe",
            [
                ClockChange(utc(2027, 4, 3, 15), hours(11), hours(10.5)),
                ClockChange(utc(2027, 10, 2, 15, 30), hours(10.5), hours(11)),
            ],
        ),
        ("America/Vancouver", []),
        ("Asia/Kolkata", []),
        ("UTC", []),
    ],
)
def test_the_clock_changes_of_2027_are_the_published_ones(
    zone: str, expected: list[ClockChange]
) -> None:
    assert find_clock_changes(zone, NEW_YEAR, NEW_YEARS_EVE) == expected


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2027, 3, 14), date(2027, 3, 14), 1),
        (date(2027, 3, 15), date(2027, 11, 6), 0),
        (date(2027, 3, 13), date(2027, 3, 13), 0),
        (date(2026, 12, 1), date(2028, 2, 1), 2),
    ],
)
def test_both_days_of_a_search_for_changes_count(first: date, last: date, count: int) -> None:
    assert len(find_clock_changes("America/New_York", first, last)) == count


@pytest.mark.parametrize(
    ("zone", "year", "days", "touched"),
    [
        ("America/New_York", 2027, [(3, 14), (11, 7)], [(3, 14), (11, 7)]),
        # the day is the one on the wall: in UTC it is still the Saturday
        ("Australia/Lord_Howe", 2027, [(4, 4), (10, 3)], [(4, 4), (10, 3)]),
        # 00:00 becomes 01:00; 24:00 of the Saturday becomes 23:00
        ("Asia/Beirut", 2027, [(3, 28), (10, 30)], [(3, 28), (10, 30)]),
        # 23:00 of the Saturday becomes 00:00; 00:00 of the Sunday becomes 23:00
        ("America/Nuuk", 2027, [(3, 28), (10, 30)], [(3, 27), (10, 30)]),
        ("Africa/Casablanca", 2027, [], []),
    ],
)
def test_a_change_names_the_day_it_shows_on_and_each_day_it_touches(
    zone: str, year: int, days: list[tuple[int, int]], touched: list[tuple[int, int]]
) -> None:
    changes = find_clock_changes(zone, date(year, 1, 1), date(year, 12, 31))

    assert [change.day for change in changes] == [date(year, *day) for day in days]
    assert [day for change in changes for day in change.days] == [
        date(year, *day) for day in touched
    ]


def test_the_day_that_samoa_left_out_is_touched_by_its_change() -> None:
    (change,) = find_clock_changes("Pacific/Apia", date(2011, 12, 29), date(2011, 12, 31))

    assert (change.before, change.after) == (hours(-10), hours(14))
    assert change.day == date(2011, 12, 31)
    assert change.days == [date(2011, 12, 30)]


def test_stretches_follow_each_other_and_keep_one_offset_each() -> None:
    stretches = list(iterate_even_stretches("America/New_York", NEW_YEAR, NEW_YEARS_EVE))

    assert stretches[0][0] == utc(2027, 1, 1)
    assert stretches[-1][1] == utc(2028, 1, 1)
    assert [offset for *_, offset in stretches] == [hours(-5), hours(-4), hours(-5)]
    assert all(before[1] == after[0] for before, after in pairwise(stretches))


def test_without_a_change_there_is_one_stretch() -> None:
    stretches = list(iterate_even_stretches("Asia/Kolkata", NEW_YEAR, NEW_YEAR))

    assert stretches == [(utc(2027, 1, 1), utc(2027, 1, 2), hours(5.5))]
