"""Campaigns that were written elsewhere, made drafts: nothing of it is sent."""

from secrets import token_hex

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.strict_json import Malformed
from app.campaign.formatting import write_plural
from app.forms.import_text import Entry, read_import
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.store.chains import hash_document
from app.store.drafts import derive_id
from app.web.access import find_keys_by_name, find_person, list_connections, needs
from app.web.bulk_actions import MOST, BulkAction, tell_together
from app.web.clients import find_client
from app.web.visit import name_person

bp = Blueprint("imports", __name__)

_BOTH = "Import this first, or empty it and choose the file again: one is imported at once."
_THERE = "They were imported already: here they are."
_NOTHING = "Paste a campaign, or choose a file."


@bp.get("/drafts/import")
@needs(Right.EDIT)
def ask() -> str:
    return _draw("")


@bp.post("/drafts/import")
@needs(Right.EDIT)
def read() -> ResponseReturnValue:
    """Make drafts of all campaigns that were given, or of none where one has to be changed."""
    file, pasted = request.files.get("file"), request.form.get("text", "").encode()
    from_file = file.read() if file else b""
    typed = _decode_for_editing(pasted if pasted.strip() else from_file)
    try:
        entries = _read_entries(pasted, from_file)
    except Malformed as error:
        return _draw(typed, str(error)), 422
    if any(entry.faults for entry in entries):
        return _draw(typed, entries=entries), 422
    ids, are_there = _make_drafts(entries, request.form.get("import") or token_hex(16))
    if are_there:
        flash(_THERE)
        return redirect(url_for("drafts.index"))
    words = write_plural(len(ids), "{} campaign was imported.", "{} campaigns were imported.")
    tell_together(BulkAction.IMPORTED, f"{words} Nothing is sent yet.", ids)
    return redirect(url_for("drafts.index"))


def _read_entries(pasted: bytes, from_file: bytes) -> list[Entry]:
    """Read what was given; raises `Malformed`, also for both, for neither, and for too many."""
    if pasted.strip() and from_file.strip():
        raise Malformed(_BOTH)
    content = pasted if pasted.strip() else from_file
    if not content.strip():
        raise Malformed(_NOTHING)
    to = request.form.get("connection", "")
    return read_import(content, find_keys_by_name(Right.EDIT), to, MOST)


def _decode_for_editing(content: bytes) -> str:
    """Decode what was given, to be shown for editing; empty for a file that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


def _make_drafts(entries: list[Entry], key: str) -> tuple[list[str], bool]:
    """Make all drafts, the last one first: so the list has them in the text's order.

    Their ids are drawn from the *key* of the page and from what was given, so that a second press
    finds them. Gives the ids, and whether all were there.
    """
    digest = hash_document({"all": [dict(entry.answers) for entry in entries]})
    ids = [derive_id(f"{find_person().label} {key} {digest} {at}") for at in range(len(entries))]
    judged = [judge(entry.answers) for entry in entries]
    with store().writing(*map(name_draft_chain, ids)) as session:
        if all(drafts.is_kept(session, draft_id) for draft_id in ids):
            return ids, True
        if any(drafts.exists(session, draft_id) for draft_id in ids):  # Some were taken back.
            ids = [drafts.make_id() for _ in ids]
        for draft_id, judgement in reversed(list(zip(ids, judged, strict=True))):
            drafts.save(session, draft_id, judgement, expected_version=0, who=name_person())
    return ids, False


def _draw(typed: str, message: str = "", entries: list[Entry] | None = None) -> str:
    client = find_client()
    return render_template(
        "drafts/import.html",
        connection=client,
        offered=[to for to in list_connections(Right.EDIT) if to.is_enabled],
        chosen=request.form.get("connection", client.key if client else ""),
        typed=typed,
        import_key=token_hex(16),
        message=message,
        wrong=[entry for entry in entries or () if entry.faults],
        right=[entry for entry in entries or () if not entry.faults],
        most=MOST,
    )
