"""What each field must be, in a few words from the table: for the errors and the reference page."""

from collections.abc import Mapping
from typing import Any

from app.campaign.contract.fields import Field, ValueKind, When
from app.campaign.contract.visible import can_be_seen

_KINDS = {
    ValueKind.TEXT: "text",
    ValueKind.URL: "a full address of http or https, such as https://example.com/events",
    ValueKind.ZONE: "the IANA name of a time zone, such as America/New_York",
    ValueKind.CHOICE: "one of",
    ValueKind.DAYS: "a list of",
    ValueKind.DATE: "a date, written YYYY-MM-DD",
    ValueKind.TIME: "a time from 00:00 to 23:59, written HH:MM or HH:MM:SS",
    ValueKind.COUNT: "a whole number",
    ValueKind.FLAG: "true or false",
}


def describe_expected(field: Field) -> str:
    """Say what a value must be by itself: “a whole number, 3 or more”."""
    words = _KINDS[field.kind]
    if field.choices:
        words += " " + ", ".join(field.choices)
    if field.minimum is not None:
        words += f", {field.minimum} or more"
    return words


def describe_required(field: Field) -> str:
    """Say when the field is required: “always”, “when type is OUTBOUND” or “no”."""
    if isinstance(field.required, When):
        return f"when {field.required.field} is {field.required.value}"
    return "always" if field.required else "no"


def describe_fault(field: Field, document: Mapping[str, Any]) -> str:
    """Say what to do about a field that the validator found at fault."""
    if _says_nothing(document.get(field.name)) and field.is_required(document):
        condition = f" {describe_required(field)}" if isinstance(field.required, When) else ""
        return f"{field.name} is required{condition}."
    return f"{field.name} must be {describe_expected(field)}."


def describe_unknown(name: str) -> str:
    """Say what to do about a name that no field has."""
    return f"{name} is not a field of a campaign."


def _says_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not can_be_seen(value))
