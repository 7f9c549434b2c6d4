"""The rules of calling, read from the files in `rules`: one for each jurisdiction.

A file needs no code of its own: `rule_file` defines its format. The rules are dated and cited
facts, not legal advice.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.campaign.compliance.rule import AttemptLimit, ClosedHolidays, Part, Preset, Rule
from app.campaign.compliance.rule_file import (
    BadRules,
    Device,
    Exemption,
    Force,
    PartHolidays,
    SourceKind,
    Topic,
    parse_rule_file,
)
from app.campaign.contract.fields import Purpose, Weekday
from app.campaign.contract.reading import read_json
from app.campaign.contract.validation import check
from app.campaign.schedule.intervals import DayHours, WeekHours
from app.campaign.timezones.zones import ZONE_NAMES

ANYWHERE = "ZZ"
"""The code of places without known calling hours; ISO 3166 leaves it to users."""

_COMMON_YEAR = 2027
FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class Rulebook:
    """The content of all files; `version` is 12 digits of its SHA-256.

    `aliases` and `groups` are further words for places: a code, or several codes. `members` are
    the countries of a union of them, `territories` what has a code like a country and is under
    the law of one, and `read_for` what a place has been read for, beside what rules of it are
    about. Parts of the countries in `abbreviated` are known by the end of their
    codes, too.
    """

    rules: tuple[Rule, ...]
    presets: tuple[Preset, ...]
    names: Mapping[str, str]
    aliases: Mapping[str, str]
    parts: Mapping[str, Part]
    groups: Mapping[str, tuple[str, ...]]
    members: Mapping[str, tuple[str, ...]]
    territories: Mapping[str, tuple[str, ...]]
    read_for: Mapping[str, frozenset[Topic]]
    abbreviated: frozenset[str]
    version: str


@cache
def load_rulebook() -> Rulebook:
    """Load the files that come with the app, once; raises `BadRules`."""
    return read_rules(FOLDER)


def read_rules(folder: Path) -> Rulebook:
    """Read every file of rules in a folder; raises `BadRules` for one that breaks the format."""
    files = {path: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    books = {path.name: parse_rule_file(path.name, content) for path, content in files.items()}
    members = {book["code"]: tuple(book["members"]) for book in books.values() if "members" in book}
    rulebook = Rulebook(
        rules=tuple(rule for book in books.values() for rule in _iterate_rules(book)),
        presets=tuple(
            _read_preset(name, raw)
            for name, book in books.items()
            for raw in book.get("presets", ())
        ),
        names={book["code"]: book["name"] for book in books.values() if "name" in book},
        aliases={word: book["code"] for book in books.values() for word in book.get("aliases", ())},
        parts={part.code: part for book in books.values() for part in _iterate_parts(book)},
        groups={
            word: _expand_group(book, group)
            for book in books.values()
            for word, group in book.get("groups", {}).items()
        }
        | {book["name"]: members[book["code"]] for book in books.values() if "members" in book},
        members=members,
        territories={
            book["code"]: tuple(book["territories"])
            for book in books.values()
            if "territories" in book
        },
        read_for={
            book["code"]: frozenset(map(Topic, book.get("read_for", ())))
            for book in books.values()
            if "code" in book
        },
        abbreviated=frozenset(book["code"] for book in books.values() if "abbreviations" in book),
        version=hashlib.sha256(b"".join(files.values())).hexdigest()[:12],
    )
    _check_ids(rulebook)
    return rulebook


def _check_ids(book: Rulebook) -> None:
    ids = [*(rule.id for rule in book.rules), *(preset.id for preset in book.presets)]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise BadRules(f"{', '.join(sorted(twice))}: the id stands in two places")
    places = book.names.keys() | book.parts.keys()
    if homeless := {rule.jurisdiction for rule in book.rules} - places:
        raise BadRules(f"{', '.join(sorted(homeless))}: no file has its name")
    for part in book.parts.values():
        if unknown := set(part.zones) - ZONE_NAMES:
            raise BadRules(f"{part.code}: {', '.join(sorted(unknown))} is no time zone")


def _iterate_rules(book: Mapping[str, Any]) -> Iterator[Rule]:
    for raw in book.get("rules", ()):
        yield Rule(
            id=raw["id"],
            jurisdiction=book["code"],
            title=raw["title"],
            scope=frozenset(Purpose)
            if "any" in raw["scope"]
            else frozenset(map(Purpose, raw["scope"])),
            device=Device(raw.get("device", Device.ANY)),
            limit=raw["limit"],
            clock=raw["clock"],
            exceptions=raw.get("exceptions", ""),
            lifted_by=tuple(map(Exemption, raw.get("lifted_by", ()))),
            citation=raw["citation"],
            source=raw["source"],
            source_kind=SourceKind(raw["source_kind"]),
            checked_on=raw["checked_on"],
            law_as_of=raw.get("law_as_of"),
            force=Force(raw.get("force", Force.LAW)),
            binds=raw.get("binds", ""),
            since=raw.get("from"),
            until=raw.get("until"),
            hours=_read_week(raw["id"], raw["hours"]) if "hours" in raw else None,
            attempts=_read_limit(raw["attempts"]) if "attempts" in raw else None,
            holidays=_read_holidays(raw["id"], raw["holidays"]) if "holidays" in raw else None,
            question=raw.get("question", ""),
        )


def _read_holidays(name: str, raw: Mapping[str, Any]) -> ClosedHolidays:
    on = raw.get("on", list(Weekday))
    for text in raw.get("plus", ()):
        _check_date(name, text)
    return ClosedHolidays(
        minus=frozenset(raw.get("minus", ())),
        plus=tuple(raw.get("plus", ())),
        on=frozenset(number for number, day in enumerate(Weekday) if day in on),
        observed=raw.get("observed", True),
        parts=PartHolidays(raw["parts"]) if "parts" in raw else None,
    )


def _check_date(name: str, text: str) -> None:
    """Hold a day that is named by its date to one that every year has."""
    if match := re.search(r"^(?:Monday \w+ )?(\d\d-\d\d) ", text):
        try:
            date.fromisoformat(f"{_COMMON_YEAR}-{match[1]}")
        except ValueError as error:
            raise BadRules(f"{name}: {match[1]} is no day of every year") from error


def _read_week(name: str, raw: Mapping[str, list[str]]) -> WeekHours:
    """Read the hours of each weekday: the most specific key counts, a day without one is closed."""
    return tuple(
        _read_day(
            name, next((raw[word] for word in (day.lower(), kind, "every_day") if word in raw), [])
        )
        for day in Weekday
        for kind in ["weekend" if day in {Weekday.SATURDAY, Weekday.SUNDAY} else "weekdays"]
    )


def _read_day(name: str, stretches: list[str]) -> DayHours:
    hours = tuple(
        (_parse_clock(start), _parse_clock(end))
        for start, end in (stretch.split("-") for stretch in stretches)
    )
    moments = [second for stretch in hours for second in stretch]
    if sorted(set(moments)) != moments:
        raise BadRules(f"{name}: {', '.join(stretches)} are not hours in order and apart")
    return hours


def _parse_clock(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _read_limit(raw: Mapping[str, Any]) -> AttemptLimit:
    return AttemptLimit(
        most=raw["most"],
        period=timedelta(hours=raw["hours"]) if "hours" in raw else None,
        dates=raw.get("days"),
        unit=raw.get("calendar"),
        counted_per=raw["counted_per"],
        counts_contacts="counts" in raw,
    )


def _read_preset(name: str, raw: Mapping[str, Any]) -> Preset:
    reading = read_json(raw["settings"])
    problems = [*reading.problems, *check({"type": "OUTBOUND"} | dict(reading.values))]
    if wrong := {problem.field for problem in problems} & raw["settings"].keys():
        raise BadRules(f"{name}: {raw['id']}: the API would not take this {', '.join(wrong)}")
    return Preset(
        raw["id"],
        raw["title"],
        raw["note"],
        raw["source"],
        SourceKind(raw["source_kind"]),
        raw["checked_on"],
        raw.get("clock") == "lead",
        reading.values,
    )


def _iterate_parts(book: Mapping[str, Any]) -> Iterator[Part]:
    for code, raw in book.get("parts", {}).items():
        yield Part(code, raw["name"], tuple(raw["zones"]))


def _expand_group(book: Mapping[str, Any], raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(code for code in book["parts"] if code not in raw["without"])
