"""Judge raw JSON by a standard validator, and by the rules that JSON Schema cannot state."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from rfc3986_validator import validate_rfc3986

from app.campaign.contract import FIELDS, Field, Kind
from app.campaign.schema import campaign_schema

_formats = FormatChecker(formats=())


@_formats.checks("date", raises=ValueError)
def _is_date(text: object) -> bool:
    return not isinstance(text, str) or date.fromisoformat(text).isoformat() == text


@_formats.checks("uri")
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or bool(validate_rfc3986(text, rule="URI"))


_types = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer",
    lambda _checker, value: type(value) is int,  # 3.0 is a whole number, but not written as one.
)
_Validator: Any = extend(Draft202012Validator, type_checker=_types)  # type: ignore[no-untyped-call]
_validator = _Validator(campaign_schema(), format_checker=_formats)


def faults(document: dict[str, Any]) -> dict[str, list[str]]:
    """Find every field at fault, with a sentence for each; an empty answer is a yes."""
    found: dict[str, list[str]] = {}
    for error in _validator.iter_errors(document):
        for name, sentence in _said(error, document):
            if sentence not in found.setdefault(name, []):
                found[name].append(sentence)
    for field in FIELDS:
        if field.after and field.name not in found and _is_not_after(field, document):
            found[field.name] = [f"Must be after {field.after}."]
    return found


def _said(error: Any, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the fields that one error of the validator is about."""
    if error.path:
        yield str(error.path[0]), _sentence(error)
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in document:
                yield name, "This field is required."
    else:
        for name in document.keys() - error.schema["properties"].keys():
            yield name, "A campaign has no such field."


def _sentence(error: ValidationError) -> str:
    known: dict[str, Any] = {
        "type": f"Must be of type {_listed(error.validator_value)}.",
        "enum": f"Must be one of {_listed(error.validator_value)}.",
        "minimum": f"Must be {error.validator_value} or more.",
        "minItems": "Must name a day.",
        "format": f"Must be a {error.validator_value}.",
        "pattern": "Must be HH:MM or HH:MM:SS."
        if error.validator_value != r"\S"
        else "Must say something.",
    }
    return str(known.get(str(error.validator), "Is not as documented."))


def _listed(options: Any) -> str:
    names = options if isinstance(options, list) else [options]
    shown = [str(name) for name in names if name is not None]
    return ", ".join(shown) if len(shown) < 9 else "the names of the IANA time zones"


def _is_not_after(field: Field, document: dict[str, Any]) -> bool:
    read: Any = date.fromisoformat if field.kind is Kind.DATE else time.fromisoformat
    try:
        return bool(read(document[field.name]) <= read(document[field.after or ""]))
    except (KeyError, TypeError, ValueError):  # Missing or malformed is another fault's matter.
        return False
