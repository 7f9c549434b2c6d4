"""The form: opened, saved by hand and by itself, and checked on the way to the review."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.campaign.contract.reading import Answers
from app.campaign.contract.web_address import is_web_address
from app.campaign.contract.wording import WORDS
from app.forms.campaign import TYPED, CampaignForm, read_typed_answers
from app.rights import Right
from app.sending.webhook_check import TooSoon, check_webhook
from app.services import connections, store
from app.store import approvals, audit_trail, drafts
from app.store.drafts import AlreadySubmitted, StaleVersion
from app.store.models import Draft
from app.web.access import choose_connection, needs
from app.web.clients import find_client
from app.web.clocks import set_clock
from app.web.form_page import draw_form
from app.web.names import name_campaign
from app.web.nicknames import read_sandbox_names
from app.web.row_numbers import read_number
from app.web.saving import save_answers
from app.web.undo import tell_with_undo
from app.web.visit import find_connection

bp = Blueprint("editing", __name__)

_STILL_DELETED = "What you typed is saved, and the campaign stays deleted until it is brought back."


@bp.get("/drafts/new")
@needs(Right.EDIT)
def new() -> ResponseReturnValue:
    """Give the new campaign its address, so that a reload comes back to it."""
    client = find_client()
    worked_on = client.key if client and client.is_enabled else None
    to = request.args.get("connection", worked_on)
    return redirect(url_for("editing.blank", draft_id=drafts.make_id(), connection=to))


@bp.get("/drafts/new/<draft:draft_id>")
@needs(Right.EDIT)
def blank(draft_id: str) -> ResponseReturnValue:
    with store().reading() as session:
        if drafts.exists(session, draft_id):
            return redirect(url_for("editing.edit", draft_id=draft_id))
    asked = request.args.get("connection", "")
    to = choose_connection(asked)
    if asked and to != asked:
        name = connections().find(to).name
        flash(f"You may not make campaigns where you wanted to: this one goes to {name}.")
    return draw_form(draft_id, None, {"connection": to}, read_sandbox_names())


@bp.get("/drafts/<draft:draft_id>")
@needs(Right.VIEW)
def edit(draft_id: str) -> ResponseReturnValue:
    of_sandbox = read_sandbox_names()
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.deleted_at:
            return render_template(
                "drafts/deleted.html", connection=find_connection(draft), draft=draft
            )
        if draft.is_locked:
            return redirect(url_for("submissions.latest", draft_id=draft_id))
        return draw_form(draft.id, draft, draft.answers, of_sandbox)


@bp.post("/drafts/<draft:draft_id>")
@needs(Right.EDIT)
def save(draft_id: str) -> ResponseReturnValue:
    answers = read_typed_answers(request.form)
    fix = read_typed_answers(MultiDict(parse_qsl(request.form.get("fix", ""))))
    try:
        draft = _save(draft_id, answers)
        typed_version = draft.version
        if fix:  # In a version of its own, so that it alone can be undone.
            draft = save_answers(draft_id, answers | fix, expected_version=typed_version)
    except StaleVersion as error:
        return _show_conflict(error.draft, answers | fix), 409
    except AlreadySubmitted:
        return _show_too_late(draft_id, answers | fix), 409
    if address := _lead_on(draft):
        return redirect(address)
    if request.form.get("then") != "review":
        if draft.version > typed_version:
            tell_with_undo(_describe_fix(fix), draft, typed_version, list(fix))
        else:
            flash("Saved.")
        return set_clock(redirect(url_for("editing.edit", draft_id=draft_id)))

    form = CampaignForm.from_answers(answers)
    if not form.validate():
        return draw_form(draft.id, draft, answers, read_sandbox_names(), form), 422
    return redirect(url_for("review.show", draft_id=draft_id))


@bp.post("/drafts/<draft:draft_id>/autosave")
@needs(Right.EDIT)
def autosave(draft_id: str) -> ResponseReturnValue:
    """Save as `save` does, for a script: the new version, or why there is none."""
    try:
        draft = _save(draft_id, read_typed_answers(request.form))
    except StaleVersion:
        return jsonify(title="This draft was changed elsewhere", next="Compare the two"), 409
    except AlreadySubmitted:
        return jsonify(title="This campaign was sent meanwhile", next="Keep what you typed"), 409
    return jsonify(
        version=draft.version,
        address=url_for("editing.edit", draft_id=draft_id),
        heading=name_campaign(draft.name),
        is_deleted=draft.deleted_at is not None,
    )


@bp.post("/drafts/<draft:draft_id>/merge")
@needs(Right.EDIT)
def merge(draft_id: str) -> ResponseReturnValue:
    """Save, field by field, what was chosen of two versions."""
    with store().reading() as session:
        theirs = dict(drafts.find(session, draft_id).answers)
    mine = read_typed_answers(request.form)
    keep = request.form.get("keep")
    chosen = {
        name: (mine if (keep or request.form.get(f"keep-{name}")) == "mine" else theirs).get(name)
        for name in theirs.keys() | mine.keys()
    }
    answers = {name: value for name, value in chosen.items() if value is not None}
    try:
        draft = _save(draft_id, answers)
    except StaleVersion as error:
        return _show_conflict(error.draft, answers), 409
    except AlreadySubmitted:
        return _show_too_late(draft_id, answers), 409
    flash(_STILL_DELETED if draft.deleted_at else "Saved.")
    return redirect(url_for("editing.edit", draft_id=draft_id))


def _lead_on(draft: Draft) -> str | None:
    """Do what was pressed beside saving, and give where that leads; `None` for what only saves."""
    if draft.deleted_at:
        flash(_STILL_DELETED)
        return url_for("editing.edit", draft_id=draft.id)
    match request.form.get("then"):
        case "presets":
            return url_for("presets.choose", draft_id=draft.id)
        case "webhook":
            return _check_webhook(draft)
        case _:
            return None


def _check_webhook(draft: Draft) -> str:
    """Check the webhook address of a draft that was just saved; gives where the result is seen."""
    url = str(draft.answers.get("webhook_url", "")).strip()
    call_id: int | None = None
    if not is_web_address(url):
        flash("Enter the webhook address first, as https://host/path: that is what is checked.")
    else:
        try:
            call_id = check_webhook(url, connections().network, store())
        except TooSoon:
            flash("Not checked: another check has just begun. Press again in two seconds.")
    return url_for("editing.edit", draft_id=draft.id, checked=call_id)


def _describe_fix(fix: Answers) -> str:
    return f"Changed: {', '.join(WORDS[name].label for name in fix)}."


def _show_too_late(draft_id: str, mine: Answers) -> str:
    to = connections().find(str(mine.get("connection", "")))
    return render_template(
        "drafts/too_late.html",
        connection=to,
        draft_id=draft_id,
        mine=mine,
        copy_id=drafts.make_id(),
    )


def _save(draft_id: str, answers: dict[str, Any]) -> Draft:
    copy_of = request.form.get("copy_of", "")
    return save_answers(draft_id, answers, expected_version=_read_version(), copy_of=copy_of)


def _read_version() -> int:
    """Read which version the form was filled in over; 0 is none."""
    return request.form.get("version", 0, type=read_number)


def _show_conflict(theirs: Draft, mine: dict[str, Any]) -> str:
    """Show both versions; what only one of them changed is chosen for that one."""
    with store().reading() as session:
        before = audit_trail.find_answers_at(session, theirs, _read_version())
        editor = approvals.find_last_editor(session, theirs)
    differ = [name for name in TYPED if not _is_same(name, theirs.answers, mine)]
    return render_template(
        "drafts/conflict.html",
        connection=find_connection(theirs),
        theirs=theirs,
        editor=editor,
        mine=mine,
        differ=differ,
        only_mine={name for name in differ if _is_same(name, theirs.answers, before)},
        connection_names={
            connection.key: connection.name for connection in connections().list_all()
        },
    )


def _is_same(name: str, answers: Answers, other: Answers) -> bool:
    return (answers.get(name) or "") == (other.get(name) or "")
