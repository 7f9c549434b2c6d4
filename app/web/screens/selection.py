"""What can be done at once to the drafts that are ticked in the list.

Who asks needs the right at the connection of each draft. What is ticked and not theirs to change,
or was sent, stays as it is, and how many those are is told.
"""

import json
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.payload import build_payload
from app.campaign.contract.reading import read_answers
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.audit_trail import name_draft_chain
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft
from app.web.access import find_keys, needs
from app.web.screens.drafts import read_asked
from app.web.visit import name_person

bp = Blueprint("selection", __name__)

MOST = 100
"""So many at once: what is undone has to fit into the cookie that carries it to the next page."""

_NOTHING_TICKED = "Tick the campaigns first."


@bp.post("/drafts/delete-ticked")
@needs(Right.EDIT)
def delete() -> ResponseReturnValue:
    """Delete what is ticked, and offer to bring all of it back by one press."""
    changed = _change_each(drafts.delete)
    if changed:
        flash(" ".join(changed), "deleted-together")
    return redirect(url_for("drafts.index", **read_asked()))


@bp.post("/drafts/restore-ticked")
@needs(Right.EDIT)
def restore() -> ResponseReturnValue:
    """Bring back what is ticked, or was deleted together."""
    changed = _change_each(drafts.restore)
    if changed:
        flash(
            "The campaign is back." if len(changed) == 1 else f"{len(changed)} campaigns are back."
        )
    return redirect(url_for("drafts.index", **read_asked()))


@bp.post("/drafts/export-ticked")
@needs(Right.VIEW)
def export() -> ResponseReturnValue:
    """Give what is ticked as it would be sent, one JSON object to a line."""
    with store().reading() as session:
        lines = [_write_line(draft) for draft in _read_ticked(session, Right.VIEW)]
    if not lines:
        flash(_NOTHING_TICKED)
        return redirect(url_for("drafts.index", **read_asked()))
    answer = Response("".join(lines), mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = 'attachment; filename="campaigns.jsonl"'
    return answer


def _change_each(change: Callable[..., Draft]) -> list[str]:
    """Change all that is ticked and may be changed; tells of the rest, and gives those changed."""
    ticked = _read_ids()
    changed = []
    with store().writing(*map(name_draft_chain, ticked)) as session:
        for draft in _read_ticked(session, Right.EDIT):
            try:
                change(session, draft.id, who=name_person())
            except AlreadySubmitted:
                continue
            changed.append(draft.id)
    left = len(ticked) - len(changed)
    if not ticked:
        flash(_NOTHING_TICKED)
    elif left:
        flash("1 stays as it is." if left == 1 else f"{left} stay as they are.")
    return changed


def _read_ids() -> list[str]:
    """Read the ids that are ticked, at most `MOST`, each once."""
    return list(dict.fromkeys(request.form.getlist("draft")))[:MOST]


def _read_ticked(session: Session, right: Right) -> list[Draft]:
    """Read the drafts that are ticked and there, at whose connection who asks has a right."""
    allowed = drafts.select_ids(session, _read_ids(), find_keys(right))
    return [draft for draft_id in allowed if (draft := session.get(Draft, draft_id))]


def _write_line(draft: Draft) -> str:
    payload = build_payload(read_answers(draft.answers).values)
    return json.dumps(payload, ensure_ascii=False) + "\n"
