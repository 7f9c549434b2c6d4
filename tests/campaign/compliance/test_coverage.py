"""What is known about a place's rules. Missing data never counts as a pass."""

from datetime import date
from itertools import chain

import pytest

from app.campaign.compliance.audience import Audience, find_reach, read_audience, select_rules
from app.campaign.compliance.audience_words import describe_gaps, describe_none_found
from app.campaign.compliance.coverage import find_coverage, find_read_topics
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule_file import Device, Topic
from app.campaign.compliance.rule_list import list_jurisdictions
from app.campaign.compliance.rulebook import ANYWHERE, load_rulebook
from app.campaign.timezones.tables import load_countries

YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def make_audience(places: str, purpose: str = "marketing") -> Audience:
    return read_audience({"audience": places, "purpose": purpose}, None)


def test_every_country_without_a_file_is_said_to_be_unknown(subtests: pytest.Subtests) -> None:
    in_others = {"GE", *chain.from_iterable(load_rulebook().territories.values())}
    for code in sorted(load_countries().keys() - load_rulebook().names.keys() - in_others):
        with subtests.test(code):
            leads = make_audience(find_place(code).name)
            (coverage,) = find_coverage(leads)
            known = {Topic.CONSENT} if code in load_rulebook().members["EU"] else set()
            assert coverage.unread == set(Topic) - known
            assert len(describe_gaps(leads)) == len(coverage.unread)


def test_what_was_read_without_finding_a_rule_is_told_apart_from_what_was_not_read() -> None:
    (germany,) = find_coverage(make_audience("Germany"))
    assert germany.none_found == {Topic.HOURS}
    assert germany.unread == {Topic.DAYS, Topic.ATTEMPTS}
    sentences = describe_none_found(make_audience("Germany"))
    assert sentences == ["Calling hours: read for Germany, and none found."]
    assert "Limits of attempts are not known here for Germany." in describe_gaps(
        make_audience("Germany")
    )


@pytest.mark.parametrize(
    "name", ["Réunion", "Guadeloupe", "Martinique", "French Guiana", "Mayotte"]
)
def test_the_law_of_france_is_that_of_its_departments_overseas(name: str) -> None:
    leads = make_audience(name)
    (place,) = leads.places
    rules = {rule.id for rule in select_rules(leads, *YEAR)}
    assert {"fr-hours", "fr-holidays", "fr-attempts", "fr-consent"} <= rules
    assert find_reach(leads)["FR"] == place.zones
    assert describe_gaps(leads) == []


def test_the_rules_of_the_united_states_hold_in_puerto_rico_and_its_own_are_not_known() -> None:
    leads = make_audience("Puerto Rico")
    rules = {rule.id for rule in select_rules(leads, *YEAR)}
    assert {"us-fcc-hours", "us-ftc-hours"} <= rules
    assert find_reach(leads)["US"] == ("America/Puerto_Rico",)
    assert describe_gaps(leads) == [
        "Days without calls are not known here for Puerto Rico.",
        "Limits of attempts for such calls are not known here for Puerto Rico.",
    ]


def test_in_puerto_rico_too_the_strictest_states_are_assumed() -> None:
    assumed = read_audience({}, "America/Puerto_Rico")
    assert {place.code for place in assumed.places} >= {"US-FL", "US-ME", "PR"}
    assert assumed.is_assumed


def test_hours_for_other_calls_are_not_denied() -> None:
    (hours, *_) = describe_gaps(make_audience("New York", "research"))
    assert hours == "Calling hours for such calls are not known here for New York."


def test_france_was_read_for_everything() -> None:
    (france,) = find_coverage(make_audience("France"))
    assert not france.unread | france.own_unread | france.without_own
    assert describe_gaps(make_audience("France")) == []


def test_a_state_without_rules_of_its_own_says_so() -> None:
    (georgia,) = find_coverage(make_audience("US-GA"))
    assert georgia.without_own == {"US-GA"}
    sentence = "Of Georgia only the rules of the country are known here."
    assert sentence in describe_gaps(make_audience("US-GA"))
    (florida,) = find_coverage(make_audience("Florida"))
    assert florida.without_own == set()


def test_a_state_that_was_read_for_some_topics_says_for_which_not() -> None:
    sentence = "for South Dakota only those of the country are known here."
    assert f"Duties such as consent: {sentence}" in describe_gaps(make_audience("South Dakota"))


@pytest.mark.parametrize("place", ["US-GA", "South Dakota", "Alabama", "Indiana", "48 states"])
@pytest.mark.parametrize("purpose", ["marketing", "debt", "research", "other"])
def test_nothing_is_said_to_be_read_that_the_list_of_rules_calls_not_read(
    place: str, purpose: str
) -> None:
    listed = {jurisdiction.code: jurisdiction for jurisdiction in list_jurisdictions()}
    for coverage in find_coverage(make_audience(place, purpose)):
        for topic in coverage.none_found:
            assert listed[coverage.place.code].read[topic] == "none found"


def test_a_rule_for_another_purpose_is_no_reading_without_a_rule() -> None:
    sentences = describe_gaps(make_audience("India", "debt"))
    assert "Calling hours for such calls are not known here for India." in sentences
    assert describe_none_found(make_audience("India", "debt")) == []


@pytest.mark.parametrize("zone", ["America/Chicago", "America/Toronto", "Etc/UTC"])
def test_a_zone_is_known_no_better_than_the_places_that_lie_in_it(zone: str) -> None:
    (coverage,) = find_coverage(make_audience(zone, "debt"))
    assert coverage.unread | coverage.own_unread | coverage.without_own


def test_parts_without_laws_of_their_own_need_none() -> None:
    (england,) = find_coverage(make_audience("England"))
    assert england.without_own == set()


def test_many_places_are_counted() -> None:
    (sentences, *_) = describe_gaps(make_audience("EU"))
    assert sentences.startswith(
        "Calling hours are not known here for Austria, Belgium, Bulgaria and "
    )


@pytest.mark.parametrize(
    ("places", "purpose", "zones"),
    [
        ("Germany", "marketing", {"Europe/Berlin", "Europe/Busingen"}),
        ("France", "marketing", set()),
        ("France", "research", {"Europe/Paris"}),
        ("France, Japan", "marketing", {"Asia/Tokyo"}),
        ("Florida", "marketing", set()),
        ("Florida", "debt", set()),
        ("Florida", "other", {"America/New_York", "America/Chicago"}),
        ("UK", "marketing", set()),
    ],
)
def test_night_is_watched_just_where_no_hours_are_known(
    places: str, purpose: str, zones: set[str]
) -> None:
    assert set(find_reach(make_audience(places, purpose)).get(ANYWHERE, ())) == zones


def test_rules_about_human_callers_alone_are_not_applied() -> None:
    live = {rule.id for rule in load_rulebook().rules if rule.device is Device.LIVE}
    assert live
    assert not live & {rule.id for rule in select_rules(make_audience("50 states"), *YEAR)}


def test_a_rule_holds_on_the_days_on_which_it_is_in_force() -> None:
    before = (date(2026, 7, 1), date(2026, 8, 1))
    ids = {rule.id for rule in select_rules(make_audience("France"), *before)}
    assert "eu-ai-disclosure" not in ids
    assert "fr-consent" not in ids
    assert "fr-hours" in ids


def test_the_list_of_rules_says_what_every_place_was_read_for() -> None:
    listed = {jurisdiction.code: jurisdiction for jurisdiction in list_jurisdictions()}
    assert listed.keys() >= {rule.jurisdiction for rule in load_rulebook().rules}
    assert listed["DE"].read[Topic.HOURS] == "none found"
    assert listed["DE"].read[Topic.DAYS] == "not read"
    assert listed["FR"].read[Topic.HOURS] == "1 rule"
    assert sum(len(jurisdiction.rules) for jurisdiction in listed.values()) == len(
        load_rulebook().rules
    )


def test_a_rule_is_a_reading_of_its_topic() -> None:
    for rule in load_rulebook().rules:
        assert rule.topic in find_read_topics(rule.jurisdiction)


def test_rules_of_parts_for_such_calls_are_none_for_others() -> None:
    sentences = describe_gaps(make_audience("Canada"))
    assert "Days without calls are not known here for Canada." in sentences
    assert not [sentence for sentence in sentences if "for such calls" in sentence]
