"""The contract as JSON Schema (2020-12), generated from the table.

JSON Schema cannot compare two values, so the "after" rules appear only as the annotation
``x-after``; whoever validates with the schema has to add them. A field that is not
required may be `null`, which is the same as leaving it out.
"""

from typing import Any, TypeAlias

from app.campaign.contract.fields import CONDITIONS, FIELDS, TIME_PATTERN, Field, ValueKind, When
from app.campaign.contract.visible import VISIBLE
from app.campaign.contract.wording import FINAL, WORDS

Schema: TypeAlias = dict[str, Any]

ZONE_FORMAT = "iana-time-zone"
"""Format of a time zone name; not a standard one, so a validator has to be given its check."""

# The lookahead keeps Python's "$" from matching before a final line break.
_TIME = f"^{TIME_PATTERN}$(?!\\n)"

_KINDS: dict[ValueKind, Schema] = {
    ValueKind.TEXT: {"type": "string"},
    ValueKind.URL: {"type": "string", "format": "uri"},
    ValueKind.ZONE: {"type": "string", "format": ZONE_FORMAT},
    ValueKind.CHOICE: {"type": "string"},
    ValueKind.DAYS: {"type": "array"},
    ValueKind.DATE: {"type": "string", "format": "date"},
    ValueKind.TIME: {"type": "string", "pattern": _TIME},
    ValueKind.COUNT: {"type": "integer"},
    ValueKind.FLAG: {"type": "boolean"},
}
_SAYS_SOMETHING: dict[ValueKind, Schema] = {
    ValueKind.TEXT: {"minLength": 1, "pattern": VISIBLE},
    ValueKind.DAYS: {"minItems": 1},
}


def build_campaign_schema() -> Schema:
    """Build the JSON Schema of the body of a create request, for any standard validator."""
    return {
        "type": "object",
        "properties": {field.name: _build_property(field) for field in FIELDS},
        "required": [field.name for field in FIELDS if field.required is True],
        "additionalProperties": False,
        "allOf": [
            _build_condition(condition) for condition in CONDITIONS if _list_required(condition)
        ],
    }


def build_object(properties: Schema) -> Schema:
    """Build the schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _build_property(field: Field) -> Schema:
    """Build the schema of a field, as far as it is independent of the other fields."""
    rule = _KINDS[field.kind] | _build_limits(field)
    if field.required is True:
        rule |= _SAYS_SOMETHING.get(field.kind, {})
    else:
        rule["type"] = [rule["type"], "null"]
        if "enum" in rule:
            rule["enum"] = [*rule["enum"], None]
    return rule | _build_annotations(field)


def _build_limits(field: Field) -> Schema:
    limits: Schema = {}
    if field.choices:
        choices: Schema = {"enum": [str(choice) for choice in field.choices]}
        limits |= {"items": choices} if field.kind is ValueKind.DAYS else choices
    if field.minimum is not None:
        limits["minimum"] = field.minimum
    return limits


def _build_annotations(field: Field) -> Schema:
    """Build the annotations of a field: title and description, and `x-after` for other tools."""
    words = WORDS[field.name]
    sentences = [words.hint, FINAL if field.final else ""]
    annotations: Schema = {"title": words.label}
    if any(sentences):
        annotations["description"] = " ".join(filter(None, sentences))
    if field.after:
        annotations["x-after"] = field.after
    return annotations


def _list_required(condition: When) -> list[Field]:
    return [field for field in FIELDS if field.required == condition]


def _build_condition(condition: When) -> Schema:
    """Build the condition under which further fields are required and must not be blank."""
    fields = _list_required(condition)
    return {
        "if": {
            "properties": {condition.field: {"const": str(condition.value)}},
            "required": [condition.field],
        },
        "then": {
            "required": [field.name for field in fields],
            "properties": {
                field.name: {"type": _KINDS[field.kind]["type"]}
                | _SAYS_SOMETHING.get(field.kind, {})
                for field in fields
            },
        },
    }
