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
    """Take the values that are in use, in the documented order, as JSON has them."""
    return {
        field.name: encode_value(values[field.name])
        for field in list_used_fields(values)
        if field.name in values and not is_blank(values[field.name])
    }


def encode_value(value: Any) -> Any:
    """Write one typed value as the API documents it: ``2027-01-04``, ``09:00``, ``[...]``."""
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def encode_payload(document: Payload) -> bytes:
    """Write the payload as the very bytes that are shown, reviewed and sent.

    UTF-8, a field to a line, so that a person can read down it.
    """
    lines = [f"\n  {_encode(name)}: {_encode(value)}" for name, value in document.items()]
    return "".join(("{", ",".join(lines), "\n}" if lines else "}")).encode()


def compute_digest(content: bytes) -> str:
    """Name these bytes: 64 hexadecimal digits (SHA-256)."""
    return hashlib.sha256(content).hexdigest()


def find_left_out(values: Values) -> list[str]:
    """Name the fields that hold something which will not be sent."""
    used = {field.name for field in list_used_fields(values)}
    return [
        field.name
        for field in FIELDS
        if field.name not in used and not is_blank(values.get(field.name))
    ]


def write_answers(document: Payload) -> dict[str, str | list[str]]:
    """Write a payload as a person would have typed it into the form."""
    return {
        field.name: _write_answer(field.kind, document[field.name])
        for field in FIELDS
        if document.get(field.name) is not None
    }


def write_values_as_answers(values: Values) -> dict[str, str | list[str]]:
    """Write typed values, whether they would be sent or not, as a person would have typed them."""
    return write_answers({name: encode_value(value) for name, value in values.items()})


def _write_answer(kind: ValueKind, value: Any) -> str | list[str]:
    if kind is ValueKind.DAYS:
        return [str(day) for day in value]
    return json.dumps(value) if kind in {ValueKind.FLAG, ValueKind.COUNT} else str(value)
