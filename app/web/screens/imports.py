"""Campaigns that were written elsewhere, made drafts: nothing of it is sent."""

from collections.abc import Sequence
from dataclasses import replace
from secrets import token_hex

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.strict_json import Malformed
from app.campaign.contract.wording import join_words
from app.campaign.formatting import write_plural
from app.forms.import_text import Entry, read_import
from app.rights import Right
from app.services import connections, store
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
    """Make drafts of all campaigns that were given; where one has to be changed, of none.

    Unless those that are right are asked for: then the others are left on the page.
    """
    content, is_one = _read_content()
    typed = _decode_for_editing(content)
    try:
        entries = _read_entries(content, is_one=is_one)
    except Malformed as error:
        return _draw(typed, message=str(error)), 422
    right = [entry for entry in entries if not entry.faults]
    wrong = [entry for entry in entries if entry.faults]
    if wrong and not (right and request.form.get("then") == "right"):
        return _draw(typed, entries), 422
    ids, are_there = _make_drafts(right, request.form.get("import") or token_hex(16))
    words = _THERE if are_there else _describe_imported(right)
    if not are_there:
        tell_together(BulkAction.IMPORTED, words, ids)
    elif not wrong:
        flash(words)
    if wrong:
        return make_response(_draw(*_write_again(wrong), done=words))
    return redirect(url_for("drafts.index"))


def _read_content() -> tuple[bytes, bool]:
    """Read what was pasted, or else the file, and tell whether there is one of the two.

    A file that is chosen takes the place of a text as the page itself has shown it.
    """
    file, pasted = request.files.get("file"), request.form.get("text", "").encode()
    from_file = file.read() if file else b""
    is_as_shown = _stamp(_decode_for_editing(pasted)) == request.form.get("shown")
    if from_file.strip() and (is_as_shown or not pasted.strip()):
        return from_file, True
    return pasted, not from_file.strip()


def _write_again(entries: list[Entry]) -> tuple[str, list[Entry]]:
    """Write what is left of a text, so that it can be read again, and where each stands now."""
    sources = [entry.source for entry in entries]
    if all(source.startswith("{") for source in sources):
        text, place = "\n".join(sources), "Line"
    else:
        text, place = f"[{', '.join(sources)}]", "Campaign"
    return text, [replace(entry, place=f"{place} {at}") for at, entry in enumerate(entries, 1)]


def _stamp(text: str) -> str:
    """Name a text by a SHA-256, whichever line breaks it has."""
    return hash_document({"text": text.replace("\r\n", "\n").strip()})


def _describe_imported(entries: list[Entry]) -> str:
    """Say how many drafts were made, and where they go."""
    keys = {str(entry.answers["connection"]) for entry in entries}
    names = join_words(sorted({connections().find(key).name for key in keys}))
    words = write_plural(len(entries), "{} campaign was imported", "{} campaigns were imported")
    return f"{words} for {names}. Nothing is sent yet."


def _read_entries(content: bytes, *, is_one: bool) -> list[Entry]:
    """Read what was given; raises `Malformed`, also for both, for neither, and for too many."""
    if not is_one:
        raise Malformed(_BOTH)
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


def _draw(typed: str, entries: Sequence[Entry] = (), *, message: str = "", done: str = "") -> str:
    client = find_client()
    return render_template(
        "drafts/import.html",
        connection=client,
        offered=[to for to in list_connections(Right.EDIT) if to.is_enabled],
        chosen=request.form.get("connection", client.key if client else ""),
        typed=typed,
        shown="" if done else _stamp(typed),  # What is left has to be changed, or emptied.
        done=done,
        import_key=token_hex(16),
        message=message,
        wrong=[entry for entry in entries if entry.faults],
        right=[entry for entry in entries if not entry.faults],
        most=MOST,
    )
