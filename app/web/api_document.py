"""The API for programs as an OpenAPI 3.1 document; the campaign in it comes from the contract."""

from collections.abc import Sequence
from typing import Any

from app.campaign.compliance.evidence import Severity
from app.campaign.contract.fields import FIELD, Purpose, ValueKind
from app.campaign.contract.json_schema import Schema, build_campaign_schema, build_object
from app.campaign.contract.reading import MOST_DIGITS
from app.campaign.contract.typed_length import ABOUT_LEADS, LONGEST
from app.store.base import State
from app.store.drafts import ID_FORM
from app.version import VERSION
from app.web.request_bounds import LARGEST_REQUEST

_PROBLEM = "application/problem+json"


def build_document(connections: Sequence[str], server: str) -> Schema:
    """Build the document for who can choose these *connections*, by key or name, at *server*."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Campaign Builder",
            "version": VERSION,
            "description": "Makes drafts of campaigns and judges them. It sends nothing.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {
            "/api/drafts": {"post": _CREATE},
            "/api/drafts/{id}": {"parameters": [_ID], "get": _SHOW},
            "/api/drafts/{id}/validate": {"parameters": [_ID], "post": _VALIDATE},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Campaign": _build_unfinished_schema(),
                "NewDraft": _build_new_draft(connections),
                "Draft": _DRAFT,
                "Explanation": _EXPLANATION,
                "Problem": build_object(_DETAILS),
                "FieldProblem": build_object(_DETAILS | {"errors": _list(_FAULT)}),
            },
        },
    }


def _build_unfinished_schema() -> Schema:
    """Build the schema of a campaign of which anything can be left out, or be `null`."""
    schema = build_campaign_schema()
    for name, rule in schema["properties"].items():
        if isinstance(rule["type"], str):
            rule["type"] = [rule["type"], "null"]
            if "enum" in rule:
                rule["enum"] = [*rule["enum"], None]
        rule.update(_build_bound(name))
    del schema["required"]
    schema["allOf"] = [
        {
            "if": condition["if"],
            "then": {
                "properties": {
                    name: {key: value for key, value in rule.items() if key != "type"}
                    for name, rule in condition["then"]["properties"].items()
                }
            },
        }
        for condition in schema["allOf"]
    ]
    return schema


def _build_bound(name: str) -> Schema:
    """Build how much the form takes in a field."""
    match FIELD[name].kind:
        case ValueKind.TEXT | ValueKind.URL:
            return {"maxLength": LONGEST[name]}
        case ValueKind.COUNT:
            return {"maximum": 10**MOST_DIGITS - 1}
        case _:
            return {}


def _build_new_draft(connections: Sequence[str]) -> Schema:
    schema = build_object(
        {
            "connection": {"enum": list(connections)},
            "payload": _refer("Campaign"),
            **_ABOUT_LEADS,
        }
    )
    return schema | {"required": ["connection", "payload"]}


def _build_operation(
    name: str, summary: str, success: tuple[str, str, str], **more: Any
) -> dict[str, Any]:
    """Build an operation; *success* is a status, what it means, and a schema."""
    status, meaning, schema = success
    return {
        "operationId": name,
        "summary": summary,
        **more,
        "responses": {
            status: {"description": meaning, "content": {"application/json": _put(schema)}},
            "400": _build_error("The host name that is asked for is not one of the app's."),
            "401": _build_error("The token is missing, wrong or ended.", "WWW-Authenticate"),
            "403": _build_error("Neither this token nor its owner may do that there."),
            "404": _build_error("There is no such draft, or none that its owner can see."),
            "405": _build_error("This address does not know this method.", "Allow"),
            "429": _build_error("Too many tokens were wrong.", "Retry-After"),
            "503": _build_error("The database cannot be used just now."),
        },
    }


def _build_error(description: str, *headers: str, schema: str = "Problem") -> Schema:
    header_schemas = {name: {"schema": _TEXT, "required": True} for name in headers}
    return {
        "description": description,
        "content": {_PROBLEM: _put(schema)},
        **({"headers": header_schemas} if header_schemas else {}),
    }


def _put(schema: str) -> Schema:
    return {"schema": _refer(schema)}


def _refer(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_NOTE: Schema = {"field": _TEXT, "code": _TEXT, "message": _TEXT}
_FAULT = build_object(_NOTE | {"pointer": _TEXT})
_DETAILS: Schema = {"title": _TEXT, "status": _WHOLE, "detail": _TEXT}
_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": f"^{ID_FORM}$"},
}
_ABOUT_LEADS: Schema = {
    name: {"type": ["string", "null"], "maxLength": LONGEST[name]} for name in ABOUT_LEADS
}
_ABOUT_LEADS["purpose"] = {"enum": [*map(str, Purpose), None]}
_ABOUT_LEADS["audience"]["description"] = (
    "Where the leads are, as in the form. What names no place is refused if calls go out."
)
_ABOUT_LEADS["own_dates"]["description"] = (
    "Days to be warned of, as in the form. What names no day is refused if calls go out."
)
_DRAFT = build_object(
    {
        "id": _ID["schema"],
        "version": _WHOLE,
        "connection": _TEXT,
        "state": {"enum": [*map(str, State), None]},
        "is_deleted": {"type": "boolean"},
        "changed_at": {"type": "string", "format": "date-time"},
        "page": {"type": "string", "format": "uri"},
        "payload": {"type": "object"},
    }
    | {name: {"type": ["string", "null"]} for name in ABOUT_LEADS}
)
_CALENDAR = build_object(
    {
        "calling_days": _WHOLE,
        "hours": {"type": "number"},
        "windows": _list(
            build_object(
                {
                    "date": {"type": "string", "format": "date"},
                    **dict.fromkeys(("start", "end", "start_utc", "end_utc"), _TEXT),
                    "minutes": _WHOLE,
                }
            )
        ),
        "clock_changes": _list(
            build_object(
                dict.fromkeys(("at_utc", "before", "after"), _TEXT)
                | {"calling_day": {"type": "boolean"}}
            )
        ),
    }
)
_ATTEMPTS = build_object(
    {
        "per_day": _WHOLE,
        "timeline": _list({"type": "string", "format": "date-time"}),
        "never": _WHOLE,
        "worst": {"type": "object", "additionalProperties": _WHOLE},
    }
)
_FINDING = build_object(
    {
        "rule": _TEXT,
        "jurisdiction": _TEXT,
        "severity": {"enum": [*map(str, Severity)]},
        "message": _TEXT,
        "source": _TEXT,
        "checked_on": {"type": "string", "format": "date"},
    }
)
_EXPLANATION = build_object(
    {
        "problems": _list(build_object(_NOTE)),
        "advice": _list(build_object(_NOTE)),
        "calendar": _or_null(_CALENDAR),
        "attempts": _or_null(_ATTEMPTS),
        "findings": _list(_FINDING),
        "not_known": _list(_TEXT),
        "plain": _list(_TEXT),
    }
)
_CREATE = _build_operation(
    "createDraft",
    "Create a draft",
    ("201", "The draft was created.", "Draft"),
    requestBody={"required": True, "content": {"application/json": _put("NewDraft")}},
)
_CREATE["responses"] |= {
    "400": _build_error("The body is not one JSON object, or the host name not one of the app's."),
    "413": _build_error(
        f"The body is larger than {LARGEST_REQUEST:,} bytes. A server in front of the app may say "
        "so in a text of its own, or in none."
    ),
    "415": _build_error("The body is not application/json."),
    "422": _build_error("Some fields need a change.", schema="FieldProblem"),
}
_SHOW = _build_operation("readDraft", "Read a draft", ("200", "The draft.", "Draft"))
_VALIDATE = _build_operation(
    "validateDraft",
    "Say what a draft will do, and what is wrong with it",
    ("200", "What `flask explain --json` prints.", "Explanation"),
)
