"""Faults in a file of rules: each is refused, with the name of the file and the key."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from app.campaign.compliance.rule_file import BadRules, parse_rule_file
from app.campaign.compliance.rulebook import FOLDER, Rulebook, read_rules

CITED = """
source = "https://example.com/law"
checked_on = 2026-11-23
source_kind = "statute"
"""
RULE = f"""
[[rules]]
id = "nz-hours"
title = "New Zealand calling hours"
scope = ["marketing"]
limit = "From 8 to 21."
clock = "the called person's location"
citation = "A made-up act"
{CITED}
"""
HOURS = '[rules.hours]\nevery_day = ["08:00-21:00"]\n'
ATTEMPTS = '[rules.attempts]\nmost = 3\nhours = 24\ncounted_per = "person"\n'
PLACE = 'code = "NZ"\nname = "New Zealand"\n'
PARTS = '[parts]\nNZ-AUK = { name = "Auckland", zones = ["Pacific/Auckland"] }\n'
PRESET = f"""
[[presets]]
id = "nz-office"
title = "Office hours"
note = "A made-up preset."
{CITED}
[presets.settings]
daily_start_time = "09:00"
daily_end_time = "17:00"
"""
GOOD = PLACE + PARTS + RULE + HOURS + PRESET

Read = Callable[[str], Rulebook]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the real files with one more beside them, `nz.toml`, of this content."""

    def with_file(text: str) -> Rulebook:
        folder = copytree(FOLDER, tmp_path / "rules")
        (folder / "nz.toml").write_text(text)
        return read_rules(folder)

    return with_file


def test_a_file_that_is_dropped_into_the_folder_is_read_without_any_code(read: Read) -> None:
    book = read(GOOD)
    (rule,) = (rule for rule in book.rules if rule.jurisdiction == "NZ")
    assert rule.hours == (((28_800, 75_600),),) * 7
    assert book.names["NZ"] == "New Zealand"
    assert book.parts["NZ-AUK"].zones == ("Pacific/Auckland",)
    assert book.version != read_rules(FOLDER).version
    assert {preset.id for preset in book.presets} >= {"nz-office", "us-strictest"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "New', 'titel = "New'),
        ('name = "New Zealand"', 'name = "New Zealand"\ncapital = "Wellington"'),
        ('code = "NZ"\n', ""),
        ('code = "NZ"', 'code = "New Zealand"'),
        ("08:00-21:00", "08:00-24:30"),
        ("08:00-21:00", "8-21"),
        ("every_day", "workdays"),
        (HOURS, HOURS + ATTEMPTS),
        (HOURS, ATTEMPTS + "days = 7\n"),
        (HOURS, ATTEMPTS.replace("hours = 24\n", "")),
        (HOURS, ATTEMPTS.replace("most = 3", "most = 0")),
        ('"marketing"', '"advertising"'),
        ('["marketing"]', "[]"),
        ('id = "nz-hours"', 'id = "NZ hours"'),
        ('source_kind = "statute"', 'source_kind = "rumour"'),
        ("checked_on = 2026-11-23", 'checked_on = "lately"'),
        ("checked_on = 2026-11-23\n", ""),
        ("https://example.com/law", "a colleague"),
        ('limit = "From 8 to 21."', 'limit = " "'),
        ('zones = ["Pacific/Auckland"]', "zones = []"),
        (RULE, "this is not TOML"),
    ],
)
def test_a_fault_is_refused_with_the_files_name(read: Read, old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(BadRules, match=r"^nz\.toml: "):
        read(GOOD.replace(old, new))


def test_the_place_of_a_fault_is_named(read: Read) -> None:
    with pytest.raises(BadRules, match=r"^nz\.toml: rules\.0\.hours\.every_day\.0: "):
        read(GOOD.replace("08:00-21:00", "08:00-29:00"))


def test_what_is_no_text_is_refused_with_the_files_name() -> None:
    with pytest.raises(BadRules, match=r"^nz\.toml: "):
        parse_rule_file("nz.toml", b"\xff\xfe")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Pacific/Auckland", "Pacific/Hobbiton", r"^NZ-AUK: Pacific/Hobbiton"),
        ('id = "nz-hours"', 'id = "us-fcc-hours"', r"^us-fcc-hours: "),
        ('id = "nz-office"', 'id = "nz-hours"', r"^nz-hours: "),
        (PLACE + PARTS, 'code = "NZ"\n', r"^NZ: "),
        ('"09:00"', '"18:00"', r"^nz\.toml: nz-office: .*daily_end_time"),
        ('"09:00"', '"nine"', r"^nz\.toml: nz-office: .*daily_start_time"),
        ("daily_start_time", "first_call", r"^nz\.toml: nz-office: .*first_call"),
    ],
)
def test_what_only_the_whole_folder_shows_is_refused_by_its_id(
    read: Read, old: str, new: str, named: str
) -> None:
    assert old in GOOD
    with pytest.raises(BadRules, match=named):
        read(GOOD.replace(old, new))


def test_an_id_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = copytree(FOLDER, tmp_path / "rules")
    (folder / "us-fl-copy.toml").write_bytes((folder / "us-fl.toml").read_bytes())
    with pytest.raises(BadRules, match="us-fl-attempts, us-fl-consent, us-fl-hours"):
        read_rules(folder)


@pytest.mark.parametrize(
    "hours",
    [
        '"21:00-08:00"',
        '"08:00-08:00"',
        '"14:00-20:00", "10:00-13:00"',
        '"08:00-14:00", "13:00-20:00"',
    ],
)
def test_hours_that_do_not_run_forward_and_apart_are_refused(read: Read, hours: str) -> None:
    with pytest.raises(BadRules, match=r"^nz-hours: "):
        read(GOOD.replace('"08:00-21:00"', hours))


@pytest.mark.parametrize(
    "text",
    [PLACE + '[groups]\n"the islands" = { without = [] }\n', 'aliases = ["Aotearoa"]\n'],
)
def test_further_words_for_no_place_are_refused(read: Read, text: str) -> None:
    with pytest.raises(BadRules):
        read(text)


def test_a_day_of_checking_with_a_time_is_refused(read: Read) -> None:
    with pytest.raises(BadRules):
        read(GOOD.replace("2026-11-23", "2026-11-23T10:00:00"))
