"""The one call of the sandbox as an OpenAPI 3.1 document."""

from typing import Any

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.campaign.contract.json_schema import Schema, build_campaign_schema, build_object
from app.sandbox.envelope import UNWRITABLE
from app.sandbox.sample import SAMPLE_ANSWER, SAMPLE_REQUEST
from app.version import VERSION


def build_openapi() -> Schema:
    """Build the document: one operation with its token, the vendor's sample and its responses."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sandbox of Campaign Builder, not VoiceAIWrapper",
            "version": VERSION,
            "description": "Stands in for the VoiceAIWrapper API. It calls nobody.",
        },
        "security": [{"token": []}],
        "paths": {CAMPAIGNS_PATH: {"post": _build_operation()}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Campaign": build_campaign_schema(),
                "Created": _CREATED,
                "Error": build_object(_ERROR),
                "FieldErrors": build_object(_ERROR | {"errors": _ERRORS}),
            },
        },
    }


def _build_operation() -> Schema:
    return {
        "operationId": "createVoiceCampaign",
        "summary": "Create a voice campaign",
        "requestBody": {"required": True, "content": _build_content("Campaign", SAMPLE_REQUEST)},
        "responses": {
            "201": {
                "description": "The campaign was created, as DRAFT.",
                "content": _build_content("Created", SAMPLE_ANSWER),
            },
            "400": _build_error("The body is not one JSON object, or the host is not known."),
            "401": _build_error("The token is missing or wrong.", "WWW-Authenticate"),
            "405": _build_error("Only POST is known here.", "Allow"),
            "413": _build_error("The body is too large."),
            "415": _build_error("The body is not application/json in UTF-8."),
            "422": _build_error("Some fields break the contract.", schema="FieldErrors"),
            "503": _build_error(UNWRITABLE),
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


_TEXT: Schema = {"type": "string"}
_CREATED = build_object(
    {
        "status": {"const": "success"},
        "message": _TEXT,
        "data": build_object(
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
