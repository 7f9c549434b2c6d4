"""The form: opened, saved by hand and by itself, and checked on the way to the review."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.campaign.contract.reading import Answers
from app.campaign.contract.web_address import is_web_address
from app.campaign.contract.wording import WORDS
from app.connections import Connection
from app.forms.campaign import TYPED, CampaignForm, read_typed_answers
from app.rights import Right
from app.sending.approval import Standing, find_standing_of_draft
from app.sending.webhook_check import WEBHOOK, TooSoon, check_webhook, hide_secrets, was_received
from app.services import connections, store
from app.store import approvals, audit_trail, batches, drafts, request_log
from app.store.acceptances import read_accepted
from app.store.address_book import Nicknames
from app.store.base import State
from app.store.drafts import AlreadySubmitted, StaleVersion
from app.store.models import Draft
from app.store.records import LoggedCall
from app.web.access import choose_connection, list_connections, needs
from app.web.clients import find_client
from app.web.clocks import draw_clock_switch, set_clock
from app.web.kept_presets import list_visible_presets, name_presets
from app.web.names import name_campaign
from app.web.nicknames import read_sandbox_names
from app.web.panel.findings_view import write_posted
from app.web.panel.macros import draw_macro
from app.web.panel.panel import Panel, add_nicknames, build_panel
from app.web.panel.rows import build_rows
from app.web.row_numbers import read_number
from app.web.saving import save_answers
from app.web.teamwork import find_teamwork
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
    return _draw_form(draft_id, None, {"connection": to}, read_sandbox_names())


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
        return _draw_form(draft.id, draft, draft.answers, of_sandbox)


@bp.post("/drafts/<draft:draft_id>")
@needs(Right.EDIT)
def save(draft_id: str) -> ResponseReturnValue:
    answers = read_typed_answers(request.form)
    fix = read_typed_answers(MultiDict(parse_qsl(request.form.get("fix", ""))))
    try:
        draft = _save(draft_id, answers)
        typed_version = draft.version
        if fix:  # In a version of its own, so that it alone can be undone.
            draft = save_answers(draft_id, answers | fix, over=typed_version)
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
        return _draw_form(draft.id, draft, answers, read_sandbox_names(), form), 422
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


def _find_webhook_check(draft: Draft | None) -> LoggedCall | None:
    """Find the check that this page is to show; one of another draft's address is none."""
    number = request.args.get("checked", type=read_number)
    if number is None:
        return None
    with store().reading() as session:
        check = request_log.find_check(session, number, WEBHOOK)
    url = str(draft.answers.get("webhook_url", "")).strip() if draft else ""
    return check if check and check.url == hide_secrets(url) else None


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
    return save_answers(draft_id, answers, over=_read_version(), copy_of=copy_of)


def _read_version() -> int:
    """Read which version the form was filled in over; 0 is none."""
    return request.form.get("version", 0, type=read_number)


def _draw_form(
    draft_id: str,
    draft: Draft | None,
    answers: Answers,
    of_sandbox: Nicknames,
    judged: CampaignForm | None = None,
) -> str:
    """Draw the form with these answers; *judged* is one that was posted and has errors."""
    form = judged or CampaignForm.from_answers(answers)
    refusal = _find_refusal(draft) if draft and not judged else {}
    statements = read_accepted(draft) if draft else {}
    to = connections().find(str(answers.get("connection", "")))
    checked = _find_webhook_check(draft)
    panel = build_panel(answers, statements, to)
    with store().reading() as session:
        teamwork = find_teamwork(session, draft_id) if draft else None
        in_batches = batches.list_reviewed_with(session, draft, datetime.now(UTC)) if draft else []
        beginnings = {} if draft else name_presets(list_visible_presets(session))
        standing = _find_standing(session, draft, panel, to) if draft and not judged else None
        panel = add_nicknames(panel, session, to, of_sandbox)
    return render_template(
        "campaign/form.html",
        standing=standing,
        teamwork=teamwork,
        in_batches=in_batches,
        beginnings=beginnings,
        connection=to,
        offered=[
            connection
            for connection in list_connections(Right.EDIT)
            if connection.is_enabled or connection.key == to.key
        ],
        draft_id=draft_id,
        draft_version=draft.version if draft else 0,
        form=form,
        rows=build_rows(form, panel.notes, refusal),
        checked=checked,
        was_received=checked is not None and was_received(checked),
        has_schedule=form.start_date.is_used(form.values),
        refusal=refusal,
        accepted=write_posted(statements),
        clocks=draw_clock_switch("campaign"),
        panel=panel,
        meaning=draw_macro("meaning", "meaning", panel),
    )


def _find_standing(session: Session, draft: Draft, panel: Panel, to: Connection) -> Standing | None:
    """Find how the approval of a draft stands that is not under way; *panel* is of its answers."""
    return None if draft.is_locked else find_standing_of_draft(session, draft, panel.meaning, to)


def _find_refusal(draft: Draft) -> dict[str, list[str]]:
    """Take the API's messages for the draft as it stands; an edit makes them old."""
    if draft.state is not State.REFUSED:
        return {}
    latest = draft.submissions[0]
    return latest.errors if latest.draft_version == draft.version else {}


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
