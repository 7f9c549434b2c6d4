"""The contract as JSON Schema (2020-12) and OpenAPI 3.1, generated from the table.

JSON Schema cannot compare two values, so the "after" rules stand in it only as the
annotation ``x-after``; whoever validates with it has to add them. An optional field may
be `null`, which is the same as leaving it out.
"""

from typing import Any

from app.campaign.contract import CAMPAIGNS_PATH, CONDITIONS, FIELDS, Field, Kind, When
from app.campaign.wording import WORDS
from app.campaign.zones import ZONE_NAMES
from app.version import VERSION

_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"

_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.URL: {"type": "string", "format": "uri"},
    Kind.ZONE: {"type": "string", "enum": sorted(ZONE_NAMES)},
    Kind.CHOICE: {"type": "string"},
    Kind.DAYS: {"type": "array"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TIME: {"type": "string", "pattern": _TIME},
    Kind.COUNT: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
}


def campaign_schema() -> dict[str, Any]:
    """Describe a create request, so that a standard validator can judge one."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in FIELDS if field.required is True],
        "properties": {
            field.name: _described(
                field, _insisted(field) if field.required is True else _open(field)
            )
            for field in FIELDS
        },
        "allOf": [_rule(condition) for condition in CONDITIONS if _required_when(condition)],
    }


def openapi(sample: dict[str, Any]) -> dict[str, Any]:
    """Describe the API: one operation, its sample, its answers."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sandbox of the VoiceAIWrapper API, by Campaign Builder",
            "version": VERSION,
            "description": "A stand-in that calls nobody. Not made or approved by VoiceAIWrapper.",
        },
        "security": [{"token": []}],
        "paths": {CAMPAIGNS_PATH: {"post": _create(sample)}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Campaign": campaign_schema(),
                "Created": _CREATED,
                "Error": _ERROR,
            },
        },
    }


def _insisted(field: Field) -> dict[str, Any]:
    """Say what a field must be where the API insists on it."""
    rule = dict(_KINDS[field.kind])
    names = [str(choice) for choice in field.choices or ()]
    if field.kind is Kind.DAYS:
        rule |= {"items": {"type": "string", "enum": names}, "minItems": 1}
    elif names:
        rule["enum"] = names
    if field.kind is Kind.TEXT:
        rule["pattern"] = r"\S"
    if field.minimum is not None:
        rule["minimum"] = field.minimum
    return rule


def _open(field: Field) -> dict[str, Any]:
    """Say what a field must be where it may also be `null`, or blank."""
    rule = _insisted(field)
    rule["type"] = [rule["type"], "null"]
    if "enum" in rule:
        rule["enum"] = [*rule["enum"], None]
    if field.kind is Kind.TEXT:
        del rule["pattern"]
    rule.pop("minItems", None)
    return rule


def _described(field: Field, rule: dict[str, Any]) -> dict[str, Any]:
    words = WORDS[field.name]
    told = f"{words.label}. {words.hint}".strip()
    return {
        **rule,
        "description": told,
        **({"x-after": field.after} if field.after else {}),
    }


def _required_when(condition: When) -> list[Field]:
    return [field for field in FIELDS if field.required == condition]


def _rule(condition: When) -> dict[str, Any]:
    fields = _required_when(condition)
    return {
        "if": {
            "required": [condition.field],
            "properties": {condition.field: {"const": str(condition.value)}},
        },
        "then": {
            "required": [field.name for field in fields],
            "properties": {field.name: _insisted(field) for field in fields},
        },
    }


def _create(sample: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "createVoiceCampaign",
        "summary": "Create a voice campaign",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Campaign"},
                    "example": sample,
                }
            },
        },
        "responses": {
            "201": _answer("Created as DRAFT.", "Created"),
            "400": _answer("The body is not one JSON object.", "Error"),
            "401": _answer("The token is missing or wrong.", "Error"),
            "405": _answer("Only POST is known here.", "Error"),
            "413": _answer("The body is too large.", "Error"),
            "415": _answer("The body is not application/json.", "Error"),
            "422": _answer("Some fields break the contract.", "Error"),
        },
    }


def _answer(told: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": told, "content": content}


_CREATED = {
    "type": "object",
    "required": ["status", "message", "data"],
    "properties": {
        "status": {"const": "success"},
        "message": {"type": "string"},
        "data": {
            "type": "object",
            "required": ["campaign_id", "campaign_name", "campaign_type", "campaign_status"],
            "properties": {
                "campaign_id": {"type": "string"},
                "campaign_name": {"type": "string"},
                "campaign_type": {"type": "string"},
                "campaign_status": {"const": "DRAFT"},
            },
        },
    },
}
_ERROR = {
    "type": "object",
    "required": ["status", "message"],
    "properties": {
        "status": {"const": "error"},
        "message": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
