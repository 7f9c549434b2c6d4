"""The contract as JSON Schema (2020-12) and OpenAPI 3.1, generated from the table.

JSON Schema cannot compare two values, so the "after" rules appear only as the annotation
``x-after``; whoever validates with the schema has to add them. A field that is not
required may be `null`, which is the same as leaving it out.
"""

from typing import Any, TypeAlias

from app.campaign.contract.fields import CAMPAIGNS_PATH, CONDITIONS, FIELDS, Field, ValueKind, When
from app.campaign.contract.visible import VISIBLE
from app.campaign.contract.wording import FINAL, WORDS
from app.version import VERSION

Schema: TypeAlias = dict[str, Any]

ZONE_FORMAT = "iana-time-zone"
"""Format of a time zone name; not a standard one, so a validator has to be given its check."""

# The lookahead keeps Python's "$" from matching before a final line break.
_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$(?!\\n)"

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


def build_openapi(sample_request: dict[str, Any], sample_answer: dict[str, Any]) -> Schema:
    """Build the OpenAPI document: one operation with its token, its sample and its responses."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sandbox of Campaign Builder, not VoiceAIWrapper",
            "version": VERSION,
            "description": "Stands in for the VoiceAIWrapper API. It calls nobody.",
        },
        "security": [{"token": []}],
        "paths": {CAMPAIGNS_PATH: {"post": _build_operation(sample_request, sample_answer)}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Campaign": build_campaign_schema(),
                "Created": _CREATED,
                "Error": _build_object(_ERROR),
                "FieldErrors": _build_object(_ERROR | {"errors": _ERRORS}),
            },
        },
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


def _build_operation(sample_request: dict[str, Any], sample_answer: dict[str, Any]) -> Schema:
    return {
        "operationId": "createVoiceCampaign",
        "summary": "Create a voice campaign",
        "requestBody": {"required": True, "content": _build_content("Campaign", sample_request)},
        "responses": {
            "201": {
                "description": "The campaign was created, as DRAFT.",
                "content": _build_content("Created", sample_answer),
            },
            "400": _build_error("The body is not one JSON object, or the host is not known."),
            "401": _build_error("The token is missing or wrong.", "WWW-Authenticate"),
            "405": _build_error("Only POST is known here.", "Allow"),
            "413": _build_error("The body is too large."),
            "415": _build_error("The body is not application/json in UTF-8."),
            "422": _build_error("Some fields break the contract.", schema="FieldErrors"),
            "503": _build_error("The file of campaigns cannot be written. Nothing was created."),
        },
    }


def _build_error(description: str, *headers: str, schema: str = "Error") -> Schema:
    header_schemas = {name: {"schema": {"type": "string"}, "required": True} for name in headers}
    return {
        "description": description,
        "content": _build_content(schema),
        **({"headers": header_schemas} if header_schemas else {}),
    }


def _build_content(schema: str, example: dict[str, Any] | None = None) -> Schema:
    content: Schema = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if example is not None:
        content["example"] = example
    return {"application/json": content}


def _build_object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Schema = {"type": "string"}
_CREATED = _build_object(
    {
        "status": {"const": "success"},
        "message": _TEXT,
        "data": _build_object(
            {
                "campaign_id": _TEXT,
                "campaign_name": _TEXT,
                "campaign_type": _TEXT,
                "campaign_status": {"const": "DRAFT"},
            }
        ),
    }
)
_ERROR: Schema = {"status": {"const": "error"}, "message": _TEXT}
_ERRORS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": _TEXT, "minItems": 1},
}
