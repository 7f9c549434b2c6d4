"""What the sandbox says about itself: a page to read and an OpenAPI document."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory

from app.campaign.contract.fields import FIELDS, Field
from app.campaign.contract.wording import FINAL, WORDS
from app.files import STATIC
from app.sandbox.api import TOKEN
from app.sandbox.assumptions import ASSUMPTIONS
from app.sandbox.expected import describe_expected, describe_required
from app.sandbox.faults import FAULTS, HEADER
from app.sandbox.openapi import build_openapi
from app.sandbox.sample import SAMPLE_ANSWER, SAMPLE_REQUEST

bp = Blueprint("pages", __name__)

_OPENAPI = build_openapi()
_STYLE_CHANGES_RARELY = 300


@dataclass(frozen=True)
class _Row:
    """One line of the reference's table of fields."""

    name: str
    label: str
    required: str
    rule: str


@bp.get("/")
def reference() -> str:
    """Show the reference page."""
    (operation,) = (path["post"] for path in _OPENAPI["paths"].values())
    return render_template(
        "sandbox/reference.html",
        rows=[_make_row(field) for field in FIELDS],
        responses=operation["responses"],
        assumptions=ASSUMPTIONS,
        faults=FAULTS,
        header=HEADER,
        token=TOKEN,
        sample=SAMPLE_REQUEST,
        answer=SAMPLE_ANSWER,
    )


@bp.get("/openapi.json")
def description() -> Response:
    """Serve the OpenAPI document, with the address at which this is mounted."""
    return jsonify(_OPENAPI | {"servers": [{"url": request.script_root or "/"}]})


@bp.get("/<any('sandbox.css', 'icon.svg'):name>")
def asset(name: str) -> Response:
    """Serve the page's own style sheet and icon."""
    return send_from_directory(STATIC, name, max_age=_STYLE_CHANGES_RARELY)


def _make_row(field: Field) -> _Row:
    rule = describe_expected(field)
    if field.after:
        rule += f"; later than {field.after}"
    rule = rule[0].upper() + rule[1:] + "."
    return _Row(
        name=field.name,
        label=WORDS[field.name].label,
        required=describe_required(field),
        rule=f"{rule} {FINAL}" if field.final else rule,
    )
