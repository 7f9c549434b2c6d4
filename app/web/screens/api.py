"""The API for programs: drafts in JSON, by the same code as the form and the command line."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.strict_json import Malformed, parse_object
from app.campaign.contract.typed_length import ABOUT_LEADS
from app.campaign.explanation import explain
from app.campaign.explanation_document import write_document
from app.forms.draft_document import read_draft
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.store.models import Draft
from app.web.access import SIGNED_IN, find_keys_by_name, find_person, needs, require
from app.web.api_document import build_document
from app.web.problems import make_problem
from app.web.visit import find_connection

bp = Blueprint("api", __name__, url_prefix="/api")

_NO_OBJECT = "This is not one JSON object"
_AT_FAULT = ("Nothing was created", "Some fields need a change.")


@bp.post("/drafts")
@needs(Right.EDIT)
def create() -> ResponseReturnValue:
    """Create a draft from a payload, and what is said beside it."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        document = parse_object(request.get_data())
    except Malformed as error:
        return make_problem(400, (_NO_OBJECT, str(error)))
    reading = read_draft(document, find_keys_by_name())
    if reading.faults:
        return make_problem(422, _AT_FAULT, [fault.write() for fault in reading.faults])
    require(Right.EDIT, reading.answers["connection"])
    draft_id, judgement = drafts.make_id(), judge(reading.answers)
    with store().writing(name_draft_chain(draft_id)) as session:
        draft = drafts.save(
            session, draft_id, judgement, expected_version=0, who=find_person().label
        )
    address = url_for("api.show", draft_id=draft_id)
    return _answer(_write_draft(draft)), 201, {"Location": address}


@bp.get("/drafts/<draft:draft_id>")
@needs(Right.VIEW)
def show(draft_id: str) -> ResponseReturnValue:
    return _answer(_write_draft(_find(draft_id)))


@bp.post("/drafts/<draft:draft_id>/validate")
@needs(Right.VIEW)
def validate(draft_id: str) -> ResponseReturnValue:
    """Answer what `flask explain --json` prints of what this draft would send."""
    return _answer(write_document(explain(_find(draft_id).answers, datetime.now(UTC))))


@bp.get("/openapi.json")
@needs(SIGNED_IN)
def describe() -> ResponseReturnValue:
    return _answer(build_document(sorted(find_keys_by_name()), request.script_root or "/"))


def _answer(document: dict[str, Any]) -> Response:
    """Answer in the order in which a document is written, which is that of the screen."""
    return Response(json.dumps(document), content_type="application/json")


def _find(draft_id: str) -> Draft:
    with store().reading() as session:
        return drafts.find(session, draft_id)


def _write_draft(draft: Draft) -> dict[str, Any]:
    """Write a draft: *payload* is what it would send now, which `validate` judges."""
    return {
        "id": draft.id,
        "version": draft.version,
        "connection": find_connection(draft).key,
        "state": draft.state,
        "is_deleted": draft.deleted_at is not None,
        "changed_at": draft.changed_at.isoformat(),
        "page": url_for("editing.edit", draft_id=draft.id, _external=True),
        "payload": explain(draft.answers, datetime.now(UTC)).payload,
        **{name: draft.answers.get(name) or None for name in ABOUT_LEADS},
    }
