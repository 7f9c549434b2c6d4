"""The files of rules: what they say is what the sources say, and a bad one is named."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.campaign.compliance.audience import read_audience, select_rules
from app.campaign.compliance.hours_words import format_hours
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule import STALE
from app.campaign.compliance.rule_file import BadRules, Confidence, Exemption, Force, Topic
from app.campaign.compliance.rule_words import find_caution
from app.campaign.compliance.rulebook import FOLDER, load_rulebook, read_rules
from app.campaign.contract.fields import Purpose
from app.campaign.schedule.intervals import count_seconds, subtract
from app.campaign.timezones.zones import ZONE_NAMES

RULES = {rule.id: rule for rule in load_rulebook().rules}
DAY_8_TO_20 = ["08:00 to 20:00"] * 7
DAY_9_TO_21 = ["09:00 to 21:00"] * 7
HOURS = {
    "us-fcc-hours": ["08:00 to 21:00"] * 7,
    "us-ftc-hours": ["08:00 to 21:00"] * 7,
    "us-debt-hours": ["08:00 to 21:00"] * 7,
    "us-fl-hours": DAY_8_TO_20,
    "us-ok-hours": DAY_8_TO_20,
    "us-ok-device-hours": DAY_9_TO_21,
    "us-md-hours": DAY_8_TO_20,
    "us-tx-hours": ["09:00 to 21:00"] * 6 + ["12:00 to 21:00"],
    "us-ri-hours": ["09:00 to 18:00"] * 5 + ["10:00 to 17:00", "never"],
    "us-al-hours": [*DAY_8_TO_20[:6], "never"],
    "us-la-hours": [*DAY_8_TO_20[:6], "never"],
    "us-ms-hours": [*DAY_8_TO_20[:6], "never"],
    "us-pa-sunday": ["00:00 to 24:00"] * 6 + ["never"],
    "us-pa-hours": ["09:00 to 19:00"] * 7,
    "us-ne-automated-hours": ["08:00 to 21:00"] * 7,
    "us-ut-hours": ["08:00 to 21:00"] * 6 + ["never"],
    "us-ct-hours": ["09:00 to 20:00"] * 7,
    "us-ma-hours": DAY_8_TO_20,
    "us-wa-hours": DAY_8_TO_20,
    "us-or-hours": DAY_8_TO_20,
    "us-wy-hours": DAY_8_TO_20,
    "us-me-hours": ["09:00 to 17:00"] * 5 + ["never"] * 2,
    "us-sd-hours": ["09:00 to 21:00"] * 5 + ["never"] * 2,
    "us-nv-automated-hours": DAY_9_TO_21,
    "us-nv-live-hours": ["09:00 to 20:00"] * 7,
    "us-ky-hours": ["10:00 to 21:00"] * 7,
    "us-ky-automated-hours": ["08:00 to 21:00"] * 7,
    "us-mi-hours": DAY_9_TO_21,
    "us-mn-hours": DAY_9_TO_21,
    "us-nm-hours": DAY_9_TO_21,
    "ca-crtc-hours": ["09:00 to 21:30"] * 5 + ["10:00 to 18:00"] * 2,
    "ca-adad-hours": ["09:00 to 21:30"] * 5 + ["10:00 to 18:00"] * 2,
    "ca-bc-hours": ["09:00 to 21:30"] * 5 + ["10:00 to 18:00"] * 2,
    "ca-qc-debt-hours": [*DAY_8_TO_20[:6], "never"],
    "ca-on-debt-hours": ["07:00 to 21:00"] * 6 + ["13:00 to 17:00"],
    "au-hours": ["09:00 to 20:00"] * 5 + ["09:00 to 17:00", "never"],
    "au-research-hours": ["09:00 to 20:30"] * 5 + ["09:00 to 17:00"] * 2,
    "gb-dma-hours": ["08:00 to 21:00"] * 5 + ["09:00 to 21:00", "never"],
    "fr-hours": ["10:00 to 13:00 and 14:00 to 20:00"] * 5 + ["never"] * 2,
    "it-hours": ["09:00 to 20:00"] * 5 + ["10:00 to 19:00", "never"],
    "es-hours": ["09:00 to 21:00"] * 5 + ["never"] * 2,
    "es-operators-hours": ["10:00 to 15:00 and 16:00 to 21:00"] * 5 + ["never"] * 2,
    "ae-hours": ["09:00 to 18:00"] * 7,
    "za-hours": ["08:00 to 20:00"] * 5 + ["09:00 to 13:00", "never"],
    "co-hours": ["07:00 to 19:00"] * 5 + ["08:00 to 15:00", "never"],
    "in-hours": DAY_9_TO_21,
    "zz-night": ["08:00 to 21:00"] * 7,
}
LIMITS = {
    "us-debt-attempts": (7, "7 dates"),
    "us-fcc-exempt-attempts": (3, "30 dates"),
    "us-fl-attempts": (3, "24 hours"),
    "us-ok-attempts": (3, "24 hours"),
    "us-md-attempts": (3, "24 hours"),
    "us-or-attempts": (3, "24 hours"),
    "us-me-attempts": (1, "8 hours"),
    "fr-attempts": (4, "30 dates"),
    "es-attempts": (3, "month"),
    "ca-bc-attempts": (1, "30 dates"),
    "ca-on-debt-attempts": (3, "7 dates"),
    "ae-attempts-day": (1, "day"),
    "ae-attempts-week": (2, "7 dates"),
    "co-attempts": (1, "day"),
}


def test_every_rule_is_cited_and_dated(subtests: pytest.Subtests) -> None:
    for name, rule in RULES.items():
        with subtests.test(name):
            assert rule.source.startswith("http")
            assert rule.checked_on <= date.today()  # noqa: DTZ011
            assert rule.citation
            assert rule.limit.endswith(".")


def test_the_hours_are_those_of_the_source(subtests: pytest.Subtests) -> None:
    for name, hours in HOURS.items():
        with subtests.test(name):
            week = RULES[name].hours
            assert week is not None
            assert [format_hours(day) for day in week] == hours


@pytest.mark.parametrize(
    "name", ["fr-consent", "fr-home-works", "es-consent", "us-md-consent", "za-consent"]
)
def test_what_excepts_only_some_calls_to_customers_is_not_lifted_for_all_of_them(name: str) -> None:
    """Such as similar goods, or about a running contract: a yes says nothing of those."""
    assert Exemption.CUSTOMERS not in RULES[name].lifted_by


SALES_LISTS = ["us-dnc", "ca-dncl", "au-dnc", "gb-tps", "it-opposition-register", "ae-dnc"]


@pytest.mark.parametrize("name", SALES_LISTS)
def test_who_sells_is_asked_whether_the_list_of_those_who_object_was_looked_at(name: str) -> None:
    where = find_place(RULES[name].jurisdiction).name
    leads = read_audience({"audience": where, "purpose": "marketing"}, "America/New_York")
    asked = select_rules(leads, date(2027, 1, 1), date(2027, 12, 31))
    assert name in {rule.id for rule in asked if rule.is_duty}


@pytest.mark.parametrize("day", ["02-29", "02-30", "13-01"])
def test_a_closed_day_that_not_every_year_has_is_named(tmp_path: Path, day: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "rules")
    file = tmp_path / "rules" / "us-pa.toml"
    file.write_text(file.read_text().replace("06-14 Flag Day", f"{day} Leap day"))
    with pytest.raises(BadRules, match=f"us-pa-holidays: {day} is no day of every year"):
        read_rules(tmp_path / "rules")


def test_no_other_rule_has_hours() -> None:
    assert {name for name, rule in RULES.items() if rule.hours} == set(HOURS)


def test_the_attempt_limits_are_those_of_the_source(subtests: pytest.Subtests) -> None:
    for name, limit in LIMITS.items():
        with subtests.test(name):
            attempts = RULES[name].attempts
            assert attempts is not None
            hours = f"{attempts.period // timedelta(hours=1)} hours" if attempts.period else ""
            dates = f"{attempts.dates} dates" if attempts.dates else attempts.unit
            assert (attempts.most, hours or dates) == limit


def test_no_other_rule_limits_attempts() -> None:
    assert {name for name, rule in RULES.items() if rule.attempts} == set(LIMITS)


def test_the_places_that_close_on_holidays_are_those_of_the_sources() -> None:
    closed = {rule.jurisdiction for rule in RULES.values() if rule.holidays is not None}
    states = {"US-AL", "US-LA", "US-PA", "US-RI", "US-UT", "CA-BC", "CA-QC", "CA-ON"}
    assert closed == {*states, "AU", "CO", "ES", "FR", "GB", "IT", "ZA"}


def test_a_rule_is_about_one_thing(subtests: pytest.Subtests) -> None:
    for name, rule in RULES.items():
        with subtests.test(name):
            limits = [rule.hours, rule.attempts, rule.holidays, rule.question or None]
            assert sum(limit is not None for limit in limits) == 1
            assert (rule.topic is Topic.CONSENT) is rule.is_duty
            assert rule.is_duty is rule.question.endswith("?")


def test_the_rules_that_were_wrong_are_gone_or_right() -> None:
    assert "us-ms-holidays" not in RULES
    assert {RULES[name].force for name in ("it-hours", "it-holidays", "gb-dma-hours")} == {
        Force.CODE
    }
    assert RULES["us-debt-attempts"].force is Force.PRESUMPTION
    assert RULES["us-ri-holidays"].holidays is not None
    assert RULES["us-ri-holidays"].holidays.on == {0, 1, 2, 3, 4}
    assert {RULES[name].confidence for name in ("us-fcc-hours", "us-ms-hours")} == {Confidence.A}


def test_a_rule_says_from_when_it_is_in_force() -> None:
    ai_act = RULES["eu-ai-disclosure"]
    assert not ai_act.is_in_force(date(2026, 7, 1), date(2026, 8, 1))
    assert ai_act.is_in_force(date(2026, 7, 1), date(2026, 8, 2))


def test_a_rule_is_in_force_up_to_the_day_before_it_ends() -> None:
    ending = replace(RULES["us-fcc-hours"], since=None, until=date(2027, 3, 1))
    assert ending.is_in_force(date(2027, 2, 28), date(2027, 3, 31))
    assert not ending.is_in_force(date(2027, 3, 1), date(2027, 3, 31))


def test_a_rule_from_a_vendors_table_has_to_be_verified(subtests: pytest.Subtests) -> None:
    for name, rule in RULES.items():
        with subtests.test(name):
            asks = "Verify" in find_caution(rule, rule.checked_on)
            assert asks is (rule.confidence is Confidence.C)


def test_a_rule_that_nobody_has_checked_for_180_days_says_so() -> None:
    rule = RULES["us-fl-hours"]
    assert "180 days" not in find_caution(rule, rule.checked_on + STALE)
    assert "180 days" in find_caution(rule, rule.checked_on + STALE + timedelta(days=1))


def test_every_state_lies_in_zones_that_there_are() -> None:
    parts = load_rulebook().parts
    assert sum(code.startswith("US-") for code in parts) == 51
    assert all(set(part.zones) <= ZONE_NAMES for part in parts.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "rules"))


GOOD = """
code = "DE"
name = "Germany"
[[rules]]
id = "de-hours"
title = "German calling hours"
scope = ["marketing"]
limit = "No call before 9."
clock = "the called person's location"
citation = "A decision"
source = "https://example.org/decision"
checked_on = 2026-11-23
source_kind = "trade body"
[rules.hours]
weekdays = ["09:00-20:00"]
"""


def test_a_file_that_is_added_is_read_without_any_code(folder: Path) -> None:
    (folder / "de.toml").write_text(GOOD)
    rule = next(rule for rule in read_rules(folder).rules if rule.id == "de-hours")
    assert rule.jurisdiction == "DE"
    assert rule.scope == {Purpose.MARKETING}
    assert rule.hours is not None
    assert rule.hours[6] == ()


def test_the_version_changes_with_any_file(folder: Path) -> None:
    before = read_rules(folder).version
    (folder / "de.toml").write_text(GOOD)
    assert read_rules(folder).version != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "de-hours"', 'id = "DE Hours"'),
        ('id = "de-hours"', 'id = "fr-hours"'),
        ('id = "de-hours"\n', ""),
        ('scope = ["marketing"]', 'scope = ["sales"]'),
        ('scope = ["marketing"]', "scope = []"),
        ('source = "https://example.org/decision"', 'source = "a book"'),
        ("checked_on = 2026-11-23", 'checked_on = "yesterday"'),
        ('source_kind = "trade body"', 'source_kind = "rumour"'),
        ('"09:00-20:00"', '"9-20"'),
        ('"09:00-20:00"', '"09:00-25:00"'),
        ('"09:00-20:00"', '"20:00-09:00"'),
        ('"09:00-20:00"', '"09:00-13:00", "12:00-20:00"'),
        ("weekdays =", "workdays ="),
        ("[rules.hours]\nweekdays", "[rules.holidays]\n[rules.hours]\nweekdays"),
        ('name = "Germany"', 'name = "Germany"\ncolour = "red"'),
        ('code = "DE"\nname = "Germany"', 'code = "DE-XX"'),
        ('code = "DE"\nname = "Germany"', ""),
        ("[[rules]]", "[[rules"),
        (
            'name = "Germany"',
            'name = "Germany"\n[parts]\nDE-BY = {name="Bavaria", zones=["Europe/Munich"]}',
        ),
    ],
)
def test_a_bad_file_is_refused_by_name(folder: Path, old: str, new: str) -> None:
    assert old in GOOD
    (folder / "de.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(BadRules, match=r"de\.toml|fr-hours|de-hours|DE-XX|DE-BY"):
        read_rules(folder)


def test_a_preset_that_the_api_would_refuse_is_refused_here(folder: Path) -> None:
    path = folder / "fr.toml"
    path.write_text(path.read_text().replace("max_call_attempts = 2", "max_call_attempts = 0"))
    with pytest.raises(BadRules, match=r"fr\.toml: fr-\w+: the API would not take this"):
        read_rules(folder)


def test_presets_for_two_parts_of_a_day_share_the_legal_limit_and_say_so() -> None:
    parts = [
        preset for preset in load_rulebook().presets if preset.id in {"fr-morning", "fr-afternoon"}
    ]
    (rule,) = [rule for rule in load_rulebook().rules if rule.id == "fr-attempts"]
    assert rule.attempts is not None
    assert sum(preset.settings["max_call_attempts"] for preset in parts) == rule.attempts.most
    for preset in parts:
        assert "together reach the legal four in 30 days" in preset.note


def test_the_strictest_preset_keeps_the_hours_of_every_state() -> None:
    preset = next(preset for preset in load_rulebook().presets if preset.id == "us-strictest")
    opens, closes = (count_seconds(preset.settings[f"daily_{at}_time"]) for at in ("start", "end"))
    assert preset.is_by_leads_clock
    for rule in RULES.values():
        if rule.jurisdiction.startswith("US") and rule.hours and Purpose.MARKETING in rule.scope:
            assert not any(subtract(((opens, closes),), day) for day in rule.hours[:5]), rule.id
    assert preset.settings["max_daily_attempts"] <= 3
