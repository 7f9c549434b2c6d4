"""What can be done at once to the drafts that are ticked in the list.

Who asks needs the right at the connection of each draft. What is ticked and not theirs to change,
or was sent, stays as it is, and how many those are is told.
"""

import json
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.payload import build_payload
from app.campaign.contract.reading import read_answers
from app.rights import Right
from app.services import connections, store
from app.store import approvals, audit_trail, drafts
from app.store.acceptances import judge
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft
from app.web.access import find_keys, may, needs, require
from app.web.copies import NotMovable, copy_answers, read_weeks
from app.web.list_address import lead_to_list, read_asked
from app.web.together import MOST, Together, tell_together
from app.web.visit import name_person

bp = Blueprint("selection", __name__)

_NOTHING_TICKED = "Tick the campaigns first."


class NotMoved(Exception):
    """A draft goes there already, was changed after it was moved, or may not go there."""


@bp.post("/drafts/delete-ticked")
@needs(Right.EDIT)
def delete() -> ResponseReturnValue:
    """Delete what is ticked, and offer to bring all of it back by one press."""
    tell_together(Together.DELETED, _change_each(drafts.delete))
    return _lead_back()


@bp.post("/drafts/restore-ticked")
@needs(Right.EDIT)
def restore() -> ResponseReturnValue:
    """Bring back what is ticked, or was deleted together."""
    changed = _change_each(drafts.restore)
    if changed:
        flash(_count(len(changed), "The campaign is back.", "{} campaigns are back."))
    return _lead_back()


@bp.post("/drafts/copy-ticked")
@needs(Right.EDIT)
def copy() -> ResponseReturnValue:
    """Copy what is ticked, with its dates moved by weeks, and offer to delete the copies."""
    try:
        weeks = _read_weeks(request.form.get("weeks", "").strip())
        tell_together(Together.COPIED, _copy_each(weeks), str(weeks))
    except NotMovable as error:
        flash(str(error))
    return _lead_back()


def _read_weeks(typed: str) -> int:
    """Read by how many weeks to move the copies; raises `NotMovable`."""
    return 0 if typed in {"", "0"} else read_weeks(typed)


def _copy_each(weeks: int) -> list[str]:
    """Copy all that is ticked and may be copied; raises `NotMovable` before any is made."""
    with store().reading() as session:
        ticked = {draft.id: draft.answers for draft in _read_ticked(session, Right.EDIT)}
    copied = [
        (original, drafts.make_id(), judge(copy_answers(answers, weeks)))
        for original, answers in reversed(ticked.items())
    ]
    with store().writing(*(name_draft_chain(copy_id) for _, copy_id, _ in copied)) as session:
        for original, copy_id, judgement in copied:
            drafts.save(session, copy_id, judgement, over=0, who=name_person())
            approvals.copy_editors(session, original, copy_id)
    _tell_of_rest(len(copied))
    return [copy_id for _, copy_id, _ in copied]


@bp.post("/drafts/move-ticked")
@needs(Right.EDIT)
def move() -> ResponseReturnValue:
    """Let what is ticked go to another connection, and offer to let it go where it went."""
    to = connections().find(request.form.get("connection", ""))
    require(Right.EDIT, to.key)
    if not to.is_enabled:
        flash("Nothing can be sent there. Choose another connection.")
        return _lead_back()
    tell_together(Together.MOVED, _change_each(partial(_move, to.key)), to.key)
    return _lead_back()


def _move(key: str, session: Session, draft_id: str, *, who: str) -> Draft:
    """Let a draft go to a connection; raises `AlreadySubmitted`, and `NotMoved` if it does."""
    draft = drafts.find(session, draft_id)
    if connections().find(draft.connection_key).key == connections().find(key).key:
        raise NotMoved
    judgement = judge({**draft.answers, "connection": key})
    return drafts.save(session, draft_id, judgement, over=draft.version, who=who)


@bp.post("/drafts/move-ticked-back")
@needs(Right.EDIT)
def move_back() -> ResponseReturnValue:
    """Let what was moved together go where it went before, unless it was changed since."""
    moved = _change_each(_move_back)
    if moved:
        words = "{} campaign goes where it went before."
        flash(_count(len(moved), words, "{} campaigns go where they went before."))
    return _lead_back()


def _move_back(session: Session, draft_id: str, *, who: str) -> Draft:
    """Undo a move; raises `NotMoved` where it was not the last edit, or may not be undone."""
    events = audit_trail.read_draft_events(session, draft_id)
    edits = [event for event in events if event.kind == EventKind.EDITED]
    fields = audit_trail.read_details(edits[-1])["fields"] if edits else {}
    if fields.keys() != {"connection"} or not may(Right.EDIT, fields["connection"][0]):
        raise NotMoved
    return _move(fields["connection"][0], session, draft_id, who=who)


@bp.post("/drafts/compare-ticked")
@needs(Right.VIEW)
def compare() -> ResponseReturnValue:
    """Lead to the two that are ticked, side by side, and from there back to the list as it is."""
    return redirect(url_for("comparisons.show", draft=_read_ids(), **read_asked()))


@bp.post("/drafts/export-ticked")
@needs(Right.VIEW)
def export() -> ResponseReturnValue:
    """Give what is ticked as it would be sent, one JSON object to a line."""
    with store().reading() as session:
        lines = [_write_line(draft) for draft in _read_ticked(session, Right.VIEW)]
    if not lines:
        flash(_NOTHING_TICKED)
        return _lead_back()
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
            except (AlreadySubmitted, NotMoved):
                continue
            changed.append(draft.id)
    _tell_of_rest(len(changed))
    return changed


def _tell_of_rest(changed: int) -> None:
    """Tell how many of those ticked stay as they are, or that none is ticked."""
    ticked = len(_read_ids())
    if not ticked:
        flash(_NOTHING_TICKED)
    elif left := ticked - changed:
        flash(_count(left, "{} stays as it is.", "{} stay as they are."))


def _count(number: int, one: str, several: str) -> str:
    return (one if number == 1 else several).format(number)


def _lead_back() -> ResponseReturnValue:
    return redirect(lead_to_list())


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
