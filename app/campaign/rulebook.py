"""The rules of calling, read from the files in `calling_rules`: one for each jurisdiction.

A file needs no code beside it: `rule_file` says what it may hold. The rules are dated and
cited facts, and no legal advice.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.campaign.clock_hours import Day, Week
from app.campaign.contract import Weekday
from app.campaign.reading import read_json
from app.campaign.rule import AttemptLimit, Part, Preset, Rule
from app.campaign.rule_file import BadRules, Confidence, Force, Purpose, checked
from app.campaign.rules import check
from app.campaign.zones import ZONE_NAMES

FOLDER = Path(__file__).parent / "calling_rules"


@dataclass(frozen=True)
class Rulebook:
    """All that the files say. `version` names their content.

    `aliases` and `groups` are further words for places: a code, or several parts' codes.
    """

    rules: tuple[Rule, ...]
    presets: tuple[Preset, ...]
    names: Mapping[str, str]
    aliases: Mapping[str, str]
    parts: Mapping[str, Part]
    groups: Mapping[str, tuple[str, ...]]
    version: str


@cache
def rulebook() -> Rulebook:
    """Read the files that come with the app, once; raises `BadRules`."""
    return read_rules(FOLDER)


def read_rules(folder: Path) -> Rulebook:
    """Read every file of rules in a folder; raises `BadRules`."""
    files = {path: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    books = {path.name: checked(path.name, content) for path, content in files.items()}
    found = Rulebook(
        rules=tuple(rule for book in books.values() for rule in _rules(book)),
        presets=tuple(
            _preset(name, raw) for name, book in books.items() for raw in book.get("presets", ())
        ),
        names={book["code"]: book["name"] for book in books.values() if "name" in book},
        aliases={word: book["code"] for book in books.values() for word in book.get("aliases", ())},
        parts={part.code: part for book in books.values() for part in _parts(book)},
        groups={
            word: _group(book, group)
            for book in books.values()
            for word, group in book.get("groups", {}).items()
        },
        version=hashlib.sha256(b"".join(files.values())).hexdigest()[:12],
    )
    _check_ids(found)
    return found


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


def _rules(book: Mapping[str, Any]) -> Iterator[Rule]:
    for raw in book.get("rules", ()):
        yield Rule(
            id=raw["id"],
            jurisdiction=book["code"],
            title=raw["title"],
            scope=frozenset(Purpose)
            if "any" in raw["scope"]
            else frozenset(map(Purpose, raw["scope"])),
            limit=raw["limit"],
            clock=raw["clock"],
            exceptions=raw.get("exceptions", ""),
            citation=raw["citation"],
            source=raw["source"],
            checked_on=raw["checked_on"],
            confidence=Confidence(raw["confidence"]),
            force=Force(raw.get("force", "law")),
            hours=_week(raw["id"], raw["hours"]) if "hours" in raw else None,
            attempts=_limit(raw["attempts"]) if "attempts" in raw else None,
            closed_on_holidays=raw.get("closed_on_holidays", False),
        )


def _week(name: str, raw: Mapping[str, list[str]]) -> Week:
    """Read the hours of each weekday: the exactest word counts, and a day without is closed."""
    return tuple(
        _day(
            name, next((raw[word] for word in (day.lower(), kind, "every_day") if word in raw), [])
        )
        for day in Weekday
        for kind in ["weekend" if day in {Weekday.SATURDAY, Weekday.SUNDAY} else "weekdays"]
    )


def _day(name: str, stretches: list[str]) -> Day:
    found = tuple(
        (_seconds(start), _seconds(end))
        for start, end in (stretch.split("-") for stretch in stretches)
    )
    moments = [at for stretch in found for at in stretch]
    if sorted(set(moments)) != moments:
        raise BadRules(f"{name}: {', '.join(stretches)} are not hours in order and apart")
    return found


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _limit(raw: Mapping[str, Any]) -> AttemptLimit:
    return AttemptLimit(
        most=raw["most"],
        period=timedelta(hours=raw["hours"]) if "hours" in raw else None,
        dates=raw.get("days"),
        unit=raw.get("calendar"),
        counted_per=raw["counted_per"],
    )


def _preset(name: str, raw: Mapping[str, Any]) -> Preset:
    reading = read_json(raw["settings"])
    problems = [*reading.problems, *check({"type": "OUTBOUND"} | dict(reading.values))]
    if wrong := {problem.field for problem in problems} & raw["settings"].keys():
        raise BadRules(f"{name}: {raw['id']}: the API would not take this {', '.join(wrong)}")
    return Preset(
        raw["id"],
        raw["title"],
        raw["note"],
        raw["source"],
        raw["checked_on"],
        Confidence(raw["confidence"]),
        reading.values,
    )


def _parts(book: Mapping[str, Any]) -> Iterator[Part]:
    for code, raw in book.get("parts", {}).items():
        yield Part(code, raw["name"], tuple(raw["zones"]))


def _group(book: Mapping[str, Any], raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(code for code in book["parts"] if code not in raw["without"])
