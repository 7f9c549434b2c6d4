"""The files of rules: what they say is what the sources say, and a bad one is named."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.campaign.finding_words import caution, hours_in_words
from app.campaign.rule import STALE, Rule
from app.campaign.rule_file import BadRules, Confidence, Purpose
from app.campaign.rulebook import FOLDER, read_rules, rulebook
from app.campaign.zones import ZONE_NAMES

RULES = {rule.id: rule for rule in rulebook().rules}
DAY_8_TO_20 = ["08:00 to 20:00"] * 7
HOURS = {
    "us-fcc-hours": ["08:00 to 21:00"] * 7,
    "us-ftc-hours": ["08:00 to 21:00"] * 7,
    "us-debt-hours": ["08:00 to 21:00"] * 7,
    "us-fl-hours": DAY_8_TO_20,
    "us-ok-hours": DAY_8_TO_20,
    "us-md-hours": DAY_8_TO_20,
    "us-tx-hours": ["09:00 to 21:00"] * 6 + ["12:00 to 21:00"],
    "us-ri-hours": ["09:00 to 18:00"] * 5 + ["never"] * 2,
    "us-al-hours": [*DAY_8_TO_20[:6], "never"],
    "us-la-hours": [*DAY_8_TO_20[:6], "never"],
    "us-ms-hours": [*DAY_8_TO_20[:6], "never"],
    "ca-crtc-hours": ["09:00 to 21:30"] * 5 + ["10:00 to 18:00"] * 2,
    "au-hours": ["09:00 to 20:00"] * 5 + ["09:00 to 17:00", "never"],
    "gb-dma-hours": ["08:00 to 21:00"] * 5 + ["09:00 to 21:00"] * 2,
    "fr-hours": ["10:00 to 13:00 and 14:00 to 20:00"] * 5 + ["never"] * 2,
    "it-hours": ["09:00 to 20:00"] * 5 + ["10:00 to 19:00", "never"],
    "es-hours": ["09:00 to 21:00"] * 5 + ["never"] * 2,
}
LIMITS = {
    "us-debt-attempts": (7, None, 7, None),
    "us-fl-attempts": (3, timedelta(hours=24), None, None),
    "us-ok-attempts": (3, timedelta(hours=24), None, None),
    "us-md-attempts": (3, timedelta(hours=24), None, None),
    "fr-attempts": (4, None, 30, None),
    "es-attempts": (3, None, None, "month"),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_cited_and_dated(rule: Rule) -> None:
    assert rule.source.startswith("http")
    assert rule.checked_on <= date.today()  # noqa: DTZ011
    assert rule.citation
    assert rule.limit.endswith(".")


@pytest.mark.parametrize(("name", "hours"), HOURS.items(), ids=HOURS)
def test_the_hours_are_those_of_the_source(name: str, hours: list[str]) -> None:
    week = RULES[name].hours
    assert week is not None
    assert [hours_in_words(day) for day in week] == hours


def test_no_other_rule_has_hours() -> None:
    assert {name for name, rule in RULES.items() if rule.hours} == set(HOURS)


@pytest.mark.parametrize(("name", "limit"), LIMITS.items(), ids=LIMITS)
def test_the_attempt_limits_are_those_of_the_source(
    name: str, limit: tuple[int, timedelta | None, int | None, str | None]
) -> None:
    found = RULES[name].attempts
    assert found is not None
    assert (found.most, found.period, found.dates, found.unit) == limit


def test_the_places_that_close_on_holidays_are_those_of_the_sources() -> None:
    closed = {rule.jurisdiction for rule in RULES.values() if rule.closed_on_holidays}
    assert closed == {"US-AL", "US-LA", "US-MS", "US-RI", "AU", "FR", "IT", "ES"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_from_a_vendors_table_has_to_be_verified(rule: Rule) -> None:
    asks = "Verify" in caution(rule, rule.checked_on)
    assert asks is (rule.confidence is Confidence.C)


def test_a_rule_that_nobody_has_checked_for_180_days_says_so() -> None:
    rule = RULES["us-fl-hours"]
    assert "180 days" not in caution(rule, rule.checked_on + STALE)
    assert "180 days" in caution(rule, rule.checked_on + STALE + timedelta(days=1))


def test_every_state_lies_in_zones_that_there_are() -> None:
    parts = rulebook().parts
    assert len(parts) == 51
    assert all(set(part.zones) <= ZONE_NAMES for part in parts.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "calling_rules"))


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
confidence = "B"
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
        ('confidence = "B"', 'confidence = "D"'),
        ('"09:00-20:00"', '"9-20"'),
        ('"09:00-20:00"', '"09:00-25:00"'),
        ('"09:00-20:00"', '"20:00-09:00"'),
        ('"09:00-20:00"', '"09:00-13:00", "12:00-20:00"'),
        ("weekdays =", "workdays ="),
        ("[rules.hours]\nweekdays", "closed_on_holidays = true\n[rules.hours]\nweekdays"),
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
    path.write_text(path.read_text().replace("max_call_attempts = 4", "max_call_attempts = 0"))
    with pytest.raises(BadRules, match=r"fr\.toml: fr-\w+: the API would not take this"):
        read_rules(folder)


def test_the_strictest_preset_keeps_every_rule_of_the_us() -> None:
    preset = next(preset for preset in rulebook().presets if preset.id == "us-strictest")
    assert preset.settings["min_gap_between_attempts"] == 240
    assert preset.settings["daily_start_time"].hour == 10
    assert preset.settings["daily_end_time"].hour == 18
