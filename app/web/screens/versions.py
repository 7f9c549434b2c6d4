"""Two versions of a draft beside each other, and an earlier one put back into the draft."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.reading import Answers
from app.rights import Right
from app.services import store
from app.store import drafts, versions
from app.store.approvals import find_rule
from app.store.audit_trail import find_changes
from app.store.drafts import StaleVersion
from app.store.models import Draft
from app.store.versions import NoSuchVersion, Version
from app.web.access import may, needs
from app.web.conflict_words import DRAFT_CHANGED
from app.web.connection_names import make_naming
from app.web.event_words import list_changes
from app.web.row_numbers import read_number
from app.web.saving import save_answers
from app.web.undo import name_fields, tell_with_undo
from app.web.visit import find_connection

bp = Blueprint("versions", __name__)

_NOTHING = "Tick at least one answer that differs: nothing was restored."


@bp.get("/drafts/<draft:draft_id>/versions")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    """Compare two versions; without a choice, the one before with that of now."""
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        known = versions.list_versions(session, draft)
        old, new = _read_choice(draft, {version.number for version in known})
        before, after = (_read_answers(session, draft, number) for number in (old, new))
        connection = find_connection(draft)
        return render_template(
            "drafts/versions.html",
            connection=connection,
            draft=draft,
            versions=[(version, _describe(version, draft)) for version in known],
            old=old,
            new=new,
            changes=list_changes(before, after, make_naming(session)),
            ticks=_list_restorable(before, after),
            can_restore=_can_restore(draft) and new == draft.version,
            is_watched=find_rule(session, connection.key) is not None,
        )


@bp.post("/drafts/<draft:draft_id>/versions/restore")
@needs(Right.EDIT)
def restore(draft_id: str) -> ResponseReturnValue:
    """Put the ticked answers of an earlier version into the draft, as a new version."""
    number = request.form.get("restores", 0, type=read_number)
    version = request.form.get("version", 0, type=read_number)
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.deleted_at:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        now, old = dict(draft.answers), _read_answers(session, draft, number)
    ticked = request.form.getlist("field")
    names = [name for name in find_changes(now, old) if name in ticked]
    again = url_for("versions.show", draft_id=draft_id, old=number)
    if not names:
        flash(_NOTHING)
        return redirect(again)
    try:
        restored = versions.put_back(now, old, names)
        saved = save_answers(draft_id, restored, expected_version=version, from_version=number)
    except StaleVersion:
        flash(DRAFT_CHANGED)
        return redirect(again)
    tell_with_undo(f"Restored from version {number}: {name_fields(names)}.", saved, version, names)
    return redirect(url_for("editing.edit", draft_id=draft_id))


def _read_choice(draft: Draft, known: set[int]) -> tuple[int, int]:
    """Read which two to compare, the older one first; what is not known is not chosen."""
    new = request.args.get("new", draft.version, type=read_number)
    new = new if new in known else draft.version
    before = max((number for number in known if number < new), default=new)
    old = request.args.get("old", before, type=read_number)
    old = old if old in known else before
    return min(old, new), max(old, new)


def _read_answers(session: Session, draft: Draft, number: int) -> Answers:
    try:
        return versions.read_version(session, draft, number)
    except NoSuchVersion:
        abort(404)


def _describe(version: Version, draft: Draft) -> str:
    """Name a version for the choice: its number, who made it, and what it changed."""
    now = " (now)" if version.number == draft.version else ""
    changed = f": {name_fields(version.fields)}" if version.fields and version.number > 1 else ""
    who = f", {version.who}" if version.who else ""
    return f"Version {version.number}{now}{changed}{who}"


def _can_restore(draft: Draft) -> bool:
    is_open = not (draft.is_locked or draft.deleted_at)
    return is_open and may(Right.EDIT, draft.connection_key)


def _list_restorable(old: Answers, now: Answers) -> Sequence[str]:
    """List the fields that whoever asks may put back: no connection at which they may not edit."""
    return [
        name
        for name in find_changes(old, now)
        if name != "connection" or may(Right.EDIT, str(old.get(name, "")))
    ]
