"""A campaign as the JSON that the API is sent: the same values always give the same bytes."""

import hashlib
import json
from datetime import date, time
from typing import Any, TypeAlias

from app.campaign.contract.fields import FIELDS, ValueKind, Values, list_used_fields
from app.campaign.contract.validation import is_blank

Payload: TypeAlias = dict[str, Any]
"""JSON-ready values by the API's field names, in its documented order."""


_encode = json.JSONEncoder(ensure_ascii=False).encode


def build_payload(values: Values) -> Payload:
    """Build the payload from the values that are sent, in the documented order.

    The result is JSON-ready: `str`, `int`, `bool` and lists.
    """
    return {name: encode_value(value) for name, value in select_sent(values).items()}


def select_sent(values: Values) -> Values:
    """Select the values that are sent: those in use that are not blank, in the documented order."""
    return {
        field.name: values[field.name]
        for field in list_used_fields(values)
        if field.name in values and not is_blank(values[field.name])
    }


def encode_value(value: Any) -> Any:
    """Encode one typed value as the API documents it: ``2027-01-04``, ``09:00``, ``[...]``."""
    if isinstance(value, time):
        return write_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def write_time(time_of_day: time) -> str:
    """Write a time of day as the API and people do: 09:00, and 09:00:30 only with seconds."""
    return time_of_day.isoformat("seconds" if time_of_day.second else "minutes")


def encode_payload(document: Payload) -> bytes:
    """Encode the payload as the exact bytes that are shown, reviewed and sent.

    UTF-8, with one field on each line, so that a person can read it.
    """
    lines = [f"\n  {_encode(name)}: {_encode(value)}" for name, value in document.items()]
    return "".join(("{", ",".join(lines), "\n}" if lines else "}")).encode()


def compute_digest(content: bytes) -> str:
    """Compute the SHA-256 of these bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def find_left_out(values: Values) -> list[str]:
    """Find the names of the fields whose value will not be sent, in the contract's order."""
    used = {field.name for field in list_used_fields(values)}
    return [
        field.name
        for field in FIELDS
        if field.name not in used and not is_blank(values.get(field.name))
    ]


def write_answers(document: Payload) -> dict[str, str | list[str]]:
    """Write a payload as answers that a person would have typed into the form, by field name."""
    return {
        field.name: _write_answer(field.kind, document[field.name])
        for field in FIELDS
        if document.get(field.name) is not None
    }


def write_values_as_answers(values: Values) -> dict[str, str | list[str]]:
    """Write typed values as answers, whether they would be sent or not; see `write_answers`."""
    return write_answers({name: encode_value(value) for name, value in values.items()})


def _write_answer(kind: ValueKind, value: Any) -> str | list[str]:
    if kind is ValueKind.DAYS:
        return [str(day) for day in value]
    return json.dumps(value) if kind in {ValueKind.FLAG, ValueKind.COUNT} else str(value)
