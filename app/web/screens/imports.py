"""Campaigns that were written elsewhere, made drafts: nothing of it is sent."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.strict_json import Malformed
from app.forms.import_text import Entry, read_import
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.web.access import list_connections, name_connections, needs
from app.web.clients import find_client
from app.web.together import MOST, BulkAction, tell_together
from app.web.visit import name_person

bp = Blueprint("imports", __name__)

_TOO_MANY = f"Import {MOST} campaigns at once, or fewer: these are {{:,}}."
_NOTHING = "Paste a campaign, or choose a file."


@bp.get("/drafts/import")
@needs(Right.EDIT)
def ask() -> str:
    return _draw("")


@bp.post("/drafts/import")
@needs(Right.EDIT)
def read() -> ResponseReturnValue:
    """Make drafts of all campaigns that were given, or of none where one has to be changed."""
    file = request.files.get("file")
    content = (file.read() if file else b"") or request.form.get("text", "").encode()
    typed = content.decode(errors="replace")
    if not content.strip():
        return _draw(typed, _NOTHING), 422
    try:
        entries = read_import(
            content, name_connections(Right.EDIT), request.form.get("connection", "")
        )
    except Malformed as error:
        return _draw(typed, str(error)), 422
    if len(entries) > MOST:
        return _draw(typed, _TOO_MANY.format(len(entries))), 422
    if any(entry.faults for entry in entries):
        return _draw(typed, entries=entries), 422
    ids = _make_drafts(entries)
    count = "1 campaign was" if len(ids) == 1 else f"{len(ids)} campaigns were"
    tell_together(BulkAction.IMPORTED, f"{count} imported. Nothing is sent yet.", ids)
    return redirect(url_for("drafts.index"))


def _make_drafts(entries: list[Entry]) -> list[str]:
    """Make all drafts or none, the last one first: so the list has them in the text's order."""
    made = [(drafts.make_id(), judge(entry.answers)) for entry in reversed(entries)]
    with store().writing(*(name_draft_chain(draft_id) for draft_id, _ in made)) as session:
        for draft_id, judgement in made:
            drafts.save(session, draft_id, judgement, over=0, who=name_person())
    return [draft_id for draft_id, _ in made]


def _draw(typed: str, message: str = "", entries: list[Entry] | None = None) -> str:
    client = find_client()
    return render_template(
        "drafts/import.html",
        connection=client,
        offered=[to for to in list_connections(Right.EDIT) if to.is_enabled],
        chosen=request.form.get("connection", client.key if client else ""),
        typed=typed,
        message=message,
        wrong=[entry for entry in entries or () if entry.faults],
        right=[entry for entry in entries or () if not entry.faults],
        most=MOST,
    )
