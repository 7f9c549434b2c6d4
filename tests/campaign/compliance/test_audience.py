"""Who is called: places in a person's words, what is assumed, and which rules follow."""

from datetime import date

import pytest

from app.campaign.compliance.audience import (
    find_reach,
    find_unread,
    find_zones,
    read_audience,
    select_rules,
)
from app.campaign.compliance.audience_words import describe_audience
from app.campaign.compliance.holidays import find_closed_days
from app.campaign.compliance.places import find_places, list_suggestions
from app.campaign.contract.fields import Purpose
from app.campaign.contract.problems import Code, Problem
from app.campaign.timezones.tables import load_countries
from tests.campaign.schedules import usable

YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def codes(text: str) -> list[str]:
    return [place.code for place in find_places(text).places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("France", ["FR"]),
        ("france", ["FR"]),
        ("FR", ["FR"]),
        ("UK", ["GB"]),
        ("usa", ["US"]),
        ("Florida", ["US-FL"]),
        ("us-fl", ["US-FL"]),
        ("TX", ["US-TX"]),
        ("Florida, France; Texas\nSpain", ["US-FL", "FR", "US-TX", "ES"]),
        ("France, France", ["FR"]),
        ("America/Denver", ["America/Denver"]),
        ("Lord Howe", ["Australia/Lord_Howe"]),
        (" , ;", []),
    ],
)
def test_places_are_found_by_name_code_or_zone(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    assert find_places(text).unread == ()


def test_groups_of_states_are_places_too() -> None:
    assert len(codes("50 states")) == 50
    assert set(codes("50 states")) - set(codes("48 states")) == {"US-AK", "US-HI"}


def test_in_a_whole_country_a_states_rules_apply_in_its_own_zones() -> None:
    reach = find_reach(read_audience({"audience": "United States"}, None))
    assert set(reach["US-FL"]) == {"America/New_York", "America/Chicago"}
    assert set(reach["US-WA"]) == {"America/Los_Angeles"}
    assert len(reach["US"]) > len(reach["US-FL"])


@pytest.mark.parametrize("word", ["Narnia", "48", "USS", "<b>France</b>", "%", "é"])
def test_a_word_that_names_no_place_is_kept(word: str) -> None:
    named = find_places(f"France, {word}")
    assert [place.code for place in named.places] == ["FR"]
    assert named.unread == ((word, ()),)


@pytest.mark.parametrize(
    ("word", "candidates"),
    [
        ("CA", ("Canada (CA)", "California (US-CA)")),
        ("Georgia", ("Georgia (GE)", "Georgia (US-GA)")),
    ],
)
def test_a_word_for_two_places_is_not_guessed(word: str, candidates: tuple[str, str]) -> None:
    assert codes(word) == []
    assert find_places(word).unread == ((word, candidates),)


def test_everything_that_is_offered_names_just_what_it_says() -> None:
    assert all(not find_places(name).unread for name, _ in list_suggestions())
    assert len({name for name, _ in list_suggestions()}) == len(list_suggestions())


@pytest.mark.slow
def test_every_country_can_be_an_audience(subtests: pytest.Subtests) -> None:
    for code, country in load_countries().items():
        with subtests.test(code):
            leads = read_audience({"audience": country}, None)
            if not leads.is_assumed:  # Georgia has to be named by its code.
                assert (
                    find_closed_days(
                        leads, usable(start_date=date(2027, 1, 1), end_date=date(2027, 12, 31))
                    )
                    is not None
                )
                assert select_rules(leads, *YEAR) is not None


@pytest.mark.parametrize(
    ("zone", "places"),
    [("America/New_York", 50), ("UTC", 50), (None, 50), ("Europe/Paris", 1), ("Pacific/Apia", 1)],
)
def test_who_says_nothing_is_held_to_the_strictest(zone: str | None, places: int) -> None:
    leads = read_audience({}, zone)
    assert leads.is_assumed
    assert len(leads.places) == places
    assert leads.purpose is None
    assert "You have not said" in describe_audience(leads)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("Narnia", "“Narnia” is not understood, so the 50 states are assumed."),
        ("Narnia, Oz", "“Narnia” and “Oz” are not understood, so the 50 states are assumed."),
        ("France, Narnia", "Held to the rules of France only: “Narnia” is not understood."),
    ],
)
def test_a_word_that_is_not_understood_is_never_taken_for_silence(places: str, words: str) -> None:
    sentence = describe_audience(read_audience({"audience": places, "purpose": "marketing"}, None))
    assert sentence == words


def test_who_says_nothing_is_told_the_one_country_that_is_assumed() -> None:
    sentence = describe_audience(read_audience({"purpose": "marketing"}, "Europe/Berlin"))
    assert sentence == "You have not said where the leads are, so Germany is assumed."


def test_the_campaigns_zone_does_not_change_who_was_named() -> None:
    answers = {"audience": "Hawaii"}
    assert find_zones(read_audience(answers, "Europe/Paris")) == ("Pacific/Honolulu",)


def test_a_country_brings_its_states_and_a_state_its_country() -> None:
    assert {"US", "US-FL", "US-TX"} <= find_reach(read_audience({"audience": "US"}, None)).keys()
    assert find_reach(read_audience({"audience": "Texas"}, None)).keys() == {"US", "US-TX"}


def test_a_states_rules_reach_no_further_than_its_zones() -> None:
    reach = find_reach(read_audience({"audience": "Florida, California"}, None))
    assert set(reach["US-FL"]) == {"America/New_York", "America/Chicago"}
    assert "America/Los_Angeles" in reach["US"]


def test_a_zone_by_itself_may_lie_in_any_state_that_has_it() -> None:
    reach = find_reach(read_audience({"audience": "America/Chicago"}, None))
    assert {"US", "US-FL", "US-TX", "US-AL"} <= reach.keys()
    assert reach["US-FL"] == ("America/Chicago",)
    assert "US-CA" not in reach


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("", {"us-fcc-hours", "us-debt-hours", "us-fcc-ai-voice"}),
        ("marketing", {"us-fcc-hours", "us-fcc-ai-voice"}),
        ("debt", {"us-debt-hours", "us-fcc-ai-voice"}),
        ("other", {"us-fcc-ai-voice"}),
        ("nonsense", {"us-fcc-hours", "us-debt-hours", "us-fcc-ai-voice"}),
    ],
)
def test_the_purpose_chooses_among_the_rules(purpose: str, expected: set[str]) -> None:
    leads = read_audience({"audience": "California", "purpose": purpose}, None)
    looked_at = {"us-fcc-hours", "us-debt-hours", "us-fcc-ai-voice"}
    assert {rule.id for rule in select_rules(leads, *YEAR)} & looked_at == expected
    assert leads.purpose in {None, *Purpose}


def test_own_days_are_read_with_their_names() -> None:
    leads = read_audience({"own_dates": "2027-03-05 Company day, 2027-02-01\nsoon"}, None)
    assert leads.own_dates == ((date(2027, 2, 1), ""), (date(2027, 3, 5), "Company day"))
    assert leads.unread_dates == ("soon",)


@pytest.mark.parametrize(
    "word", ["2027-02-30", "2027-2-1", "20270201", "05.03.2027", "1899-12-31", "2200-01-01"]
)
def test_a_day_that_is_none_is_kept_as_it_was_typed(word: str) -> None:
    assert read_audience({"own_dates": word}, None).unread_dates == (word,)


@pytest.mark.parametrize(
    "word",
    [
        "2027-03-01 to 2027-03-08 Fair",
        "2027-03-05 2027-03-06",
        "2027-03-01/2027-03-08",
        "2027-03-01–08.03.2027 Fair",
        "2027-03-01 until 3/8/2027",
    ],
)
def test_several_days_in_one_entry_are_no_day_with_an_odd_name(word: str) -> None:
    leads = read_audience({"own_dates": f"{word}, 2027-02-01 Version 1.2"}, None)
    assert leads.own_dates == ((date(2027, 2, 1), "Version 1.2"),)
    assert find_unread(leads) == [Problem("own_dates", Code.SEVERAL_DATES, word)]


def test_holidays_are_named_once_however_many_places_have_them() -> None:
    leads = read_audience({"audience": "Florida, France"}, None)
    closed_days = find_closed_days(
        leads, usable(start_date=date(2027, 1, 1), end_date=date(2027, 1, 31))
    )
    assert closed_days == {
        date(2027, 1, 1): "New Year's Day (United States, France)",
        date(2027, 1, 18): "Martin Luther King Jr. Day (United States)",
    }


def test_a_states_own_holidays_count_where_it_is_named() -> None:
    leads = read_audience({"audience": "Louisiana"}, None)
    assert (
        "Mardi Gras (Louisiana)"
        in find_closed_days(
            leads, usable(start_date=date(2027, 2, 1), end_date=date(2027, 2, 28))
        ).values()
    )


def test_own_days_outside_the_campaign_are_left_out() -> None:
    leads = read_audience({"own_dates": "2026-12-24, 2027-01-05 Inventory"}, None)
    assert find_closed_days(
        leads, usable(start_date=date(2027, 1, 4), end_date=date(2027, 1, 8))
    ) == {date(2027, 1, 5): "Inventory"}


def test_what_is_too_long_to_be_read_is_not_called_unsaid() -> None:
    leads = read_audience({"audience": "France, " * 300}, None)
    assert describe_audience(leads).startswith("What you typed is too long to be read, so the 50 ")
