"""The format of a file of calling rules: its words, its schema, and the check of a file."""

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.campaign.contract.fields import Purpose, Weekday


class Confidence(StrEnum):
    """How good a source is: official (A), a law firm or trade body (B), press or a vendor (C)."""

    A = "A"
    B = "B"
    C = "C"


class SourceKind(StrEnum):
    """What kind of page a rule was read on."""

    STATUTE = "statute"
    REGULATOR = "regulator"
    COURT = "court"
    LAW_FIRM = "law firm"
    TRADE_BODY = "trade body"
    PRESS = "press"
    VENDOR = "vendor"
    FORUM = "forum"

    @property
    def confidence(self) -> Confidence:
        if self in {SourceKind.STATUTE, SourceKind.REGULATOR, SourceKind.COURT}:
            return Confidence.A
        is_expert = self in {SourceKind.LAW_FIRM, SourceKind.TRADE_BODY}
        return Confidence.B if is_expert else Confidence.C


class Force(StrEnum):
    """What kind of obligation a rule is.

    A presumption can be rebutted, a code of practice binds those who have joined it, a platform's
    rule binds its customers, and a caution is given where no rule is known.
    """

    LAW = "law"
    PRESUMPTION = "presumption"
    CODE = "code"
    PLATFORM = "platform"
    CAUTION = "caution"


class Device(StrEnum):
    """Who speaks in the calls that a rule is about."""

    ANY = "any"
    AUTOMATED = "automated"
    LIVE = "live"


class Topic(StrEnum):
    """What a rule can be about; the law of a place may have been read for only some topics.

    DAYS are days without calls, and CONSENT is every duty that settings cannot show.
    """

    HOURS = "hours"
    DAYS = "days"
    ATTEMPTS = "attempts"
    CONSENT = "consent"


class PartHolidays(StrEnum):
    """Which holidays of a country's parts close it, beside its own.

    NAMED are those of the parts that the audience names, ALL the days that every part keeps.
    """

    NAMED = "named"
    ALL = "all"


class Exemption(StrEnum):
    """A fact about every lead of a campaign, by which some rules do not apply to it."""

    TIMES = "agreed-times"
    AUTOMATED = "agreed-automated"
    CUSTOMERS = "customers"
    BUSINESSES = "businesses"


class BadRules(ValueError):
    """A file of rules breaks the format; the message names the file and the key."""


def parse_rule_file(name: str, content: bytes) -> dict[str, Any]:
    """Parse one TOML file and validate it against `SCHEMA`; raises `BadRules`.

    Returns the file's tables as `tomllib` gives them.
    """
    try:
        book = tomllib.loads(content.decode())
    except ValueError as error:
        raise BadRules(f"{name}: {error}") from error
    fault = best_match(Draft202012Validator(SCHEMA).iter_errors(_convert_dates(book)))
    if fault is not None:
        key = ".".join(str(step) for step in fault.absolute_path)
        raise BadRules(f"{name}: {key or 'the file'}: {fault.message}")
    return book


def _convert_dates(value: Any) -> Any:
    """Convert dates to objects, because JSON Schema has no type for a date of TOML."""
    if isinstance(value, dict):
        return {name: _convert_dates(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_convert_dates(inner) for inner in value]
    return {"date": value.isoformat()} if type(value) is date else value


def _build_object(required: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "pattern": r"\S"}
_ID = {"type": "string", "pattern": r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"}
_DATE = {"type": "object", "properties": {"date": {"type": "string"}}, "required": ["date"]}
_COUNT = {"type": "integer", "minimum": 1}
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_STRETCHES = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^{_CLOCK}-({_CLOCK}|24:00)$"},
}
_CITED = {
    "source": {"type": "string", "pattern": "^https?://"},
    "source_kind": {"enum": list(SourceKind)},
    "checked_on": _DATE,
}
_HOURS = {
    "type": "object",
    "propertyNames": {"enum": ["every_day", "weekdays", "weekend", *(d.lower() for d in Weekday)]},
    "additionalProperties": _STRETCHES,
    "minProperties": 1,
}
_PLUS = r"^((Monday (after|by) )?\d\d-\d\d [^ ].*|.+ of [A-Z]{2}(-[A-Z0-9]{1,3})?)$"
_ATTEMPTS = _build_object(
    {"most": _COUNT, "counted_per": {"enum": ["number", "person", "subject", "debt"]}},
    {
        "hours": _COUNT,
        "days": _COUNT,
        "calendar": {"enum": ["day", "month"]},
        "counts": {"const": "contacts"},
    },
) | {"oneOf": [{"required": [period]} for period in ("hours", "days", "calendar")]}
_HOLIDAYS = _build_object(
    {},
    {
        "minus": {"type": "array", "items": _TEXT},
        "plus": {"type": "array", "items": {"type": "string", "pattern": _PLUS}},
        "on": {"type": "array", "items": {"enum": list(Weekday)}, "minItems": 1},
        "observed": {"const": False},
        "parts": {"enum": list(PartHolidays)},
    },
)
_LIMITS = ("hours", "attempts", "holidays")
_RULE = _build_object(
    {
        "id": _ID,
        "title": _TEXT,
        "scope": {"type": "array", "items": {"enum": ["any", *Purpose]}, "minItems": 1},
        "limit": _TEXT,
        "clock": _TEXT,
        "citation": _TEXT,
        **_CITED,
    },
    {
        "force": {"enum": list(Force)},
        "binds": _TEXT,
        "device": {"enum": list(Device)},
        "exceptions": _TEXT,
        "lifted_by": {"type": "array", "items": {"enum": list(Exemption)}, "minItems": 1},
        "law_as_of": _DATE,
        "from": _DATE,
        "until": _DATE,
        "hours": _HOURS,
        "attempts": _ATTEMPTS,
        "holidays": _HOLIDAYS,
        "question": _TEXT,
    },
) | {
    "oneOf": [{"required": [word]} for word in (*_LIMITS, "question")],
    "dependentRequired": {"binds": ["force"], "lifted_by": ["exceptions"]},
}
_PRESET = _build_object(
    {"id": _ID, "title": _TEXT, "note": _TEXT, **_CITED, "settings": {"type": "object"}},
    {"clock": {"enum": ["campaign", "lead"]}},
)
_PART = _build_object(
    {"name": _TEXT, "zones": {"type": "array", "items": _TEXT, "minItems": 1}}, {}
)
_COUNTRIES = {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}}
_GROUP = _build_object({"without": {"type": "array", "items": _TEXT}}, {})
SCHEMA = _build_object(
    {},
    {
        "code": {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"},
        "name": _TEXT,
        "aliases": {"type": "array", "items": _TEXT},
        "members": _COUNTRIES,
        "territories": _COUNTRIES,
        "read_for": {"type": "array", "items": {"enum": list(Topic)}, "uniqueItems": True},
        "abbreviations": {"const": True},
        "parts": {"type": "object", "additionalProperties": _PART},
        "groups": {"type": "object", "additionalProperties": _GROUP},
        "rules": {"type": "array", "items": _RULE},
        "presets": {"type": "array", "items": _PRESET},
    },
) | {
    "dependentRequired": {
        "rules": ["code"],
        "parts": ["code"],
        "name": ["code"],
        "aliases": ["code"],
        "groups": ["parts"],
        "members": ["name"],
        "territories": ["name"],
        "read_for": ["code"],
        "abbreviations": ["parts"],
    }
}
"""The format of a file, as JSON Schema; a date is an object, because JSON has no dates."""
