"""Judge raw JSON by a standard validator, and by the rules that JSON Schema cannot state."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from app.campaign.contract.fields import FIELD, FIELDS, Field, ValueKind
from app.campaign.contract.json_schema import ZONE_FORMAT, build_campaign_schema
from app.campaign.contract.web_address import is_web_address
from app.campaign.timezones.zones import ZONE_NAMES
from app.sandbox.expected import describe_fault, describe_unknown

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    # Python also reads 20270104 and 2027-W01-1, but writes only one form.
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or is_web_address(value)


@_FORMATS.checks(ZONE_FORMAT)
def _is_zone(value: object) -> bool:
    return not isinstance(value, str) or value in ZONE_NAMES


def _is_integer(_checker: object, value: object) -> bool:
    return type(value) is int  # 3.0 is a whole number to the standard, and True to Python.


def _is_string(_checker: object, value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # Half of a surrogate pair is no character.
        return False
    return True


_VALIDATOR = extend(  # type: ignore[no-untyped-call]  # The stubs lack its types.
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "string": _is_string}
    ),
)(build_campaign_schema(), format_checker=_FORMATS)

_READ: dict[ValueKind, Callable[[str], Any]] = {
    ValueKind.DATE: date.fromisoformat,
    ValueKind.TIME: time.fromisoformat,
}


def find_errors(document: dict[str, Any]) -> dict[str, list[str]]:
    """Find every field at fault, with a sentence for each; nothing found is a yes."""
    at_fault = {name for error in _VALIDATOR.iter_errors(document) for name in _name_fields(error)}
    errors = {name: [describe_unknown(name)] for name in document if name not in FIELD}
    for field in FIELDS:
        if field.name in at_fault:
            errors[field.name] = [describe_fault(field, document)]
        elif field.after and field.after not in at_fault and _is_not_after(field, document):
            errors[field.name] = [f"{field.name} must be later than {field.after}."]
    return errors


def _name_fields(error: ValidationError) -> Iterator[str]:
    """Name the fields that one error of the validator is about."""
    if error.absolute_path:
        yield str(error.absolute_path[0])
    elif error.validator == "required":
        sent, required = (
            cast(dict[str, Any], error.instance),
            cast(list[str], error.validator_value),
        )
        yield from (name for name in required if name not in sent)


def _is_not_after(field: Field, document: dict[str, Any]) -> bool:
    """Compare two well-formed values, as dates or times and never as text."""
    value, earlier = document.get(field.name), document.get(field.after or "")
    if value is None or earlier is None:
        return False
    read = _READ[field.kind]
    return bool(read(value) <= read(earlier))
