"""Approval: asked for, given or refused, for one campaign or a batch; and who has to, where."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.connections import Connection
from app.rights import Right
from app.sending.approval import (
    find_obstacle,
    find_standing_of_batch,
    find_standing_of_draft,
)
from app.sending.approving import (
    MayNotApprove,
    Verdict,
    ask_about_batch,
    ask_about_draft,
    decide_on_batch,
    decide_on_draft,
)
from app.sending.confirmation import NotReady, StaleReview
from app.services import connections, store
from app.store import approvals, audit_trail, batches, drafts
from app.store.acceptances import read_accepted
from app.store.base import ItemState
from app.web.access import find_person, fresh, needs
from app.web.event_words import list_changes
from app.web.panel.findings_view import list_duties, list_exemptions
from app.web.panel.panel import build_panel, find_public_url
from app.web.reasons import read_reason
from app.web.screens.history import make_naming
from app.web.visit import find_connection, name_person

bp = Blueprint("approvals", __name__)

_SHOWN = 100
_CHANGED = "It has changed since you opened this page. Look at what stands here now."
_NO_REASON = "Write down why, in 1,000 characters or fewer: whoever asked for it reads that."
ANYBODY, NOBODY = "anybody", "nobody"
"""Who has to approve, where it is not a group."""


@bp.post("/drafts/<draft:draft_id>/approval/ask")
@needs(Right.EDIT, Right.SEND)
def ask(draft_id: str) -> ResponseReturnValue:
    """Ask somebody to approve a campaign."""
    try:
        ask_about_draft(draft_id, _find_to(draft_id), store(), who=name_person())
    except NotReady:
        flash("This campaign is not complete yet. The form says what to enter or to change.")
        return redirect(url_for("editing.edit", draft_id=draft_id))
    except StaleReview:
        flash(_CHANGED)
    else:
        flash("Approval is asked for. Whoever can give it finds the campaign in “Waiting for me”.")
    return redirect(url_for("review.show", draft_id=draft_id))


@bp.get("/drafts/<draft:draft_id>/approval")
@needs(Right.APPROVE)
@fresh
def show(draft_id: str) -> ResponseReturnValue:
    return _draw(draft_id)


@bp.post("/drafts/<draft:draft_id>/approval")
@needs(Right.APPROVE)
@fresh
def decide(draft_id: str) -> ResponseReturnValue:
    """Approve a campaign as it was looked at, or refuse that with a reason."""
    verdict = _read_verdict()
    if not verdict.is_approved and not verdict.reason:
        return _draw(draft_id, reason_error=_NO_REASON)
    try:
        decide_on_draft(draft_id, verdict, _find_to(draft_id), store())
    except StaleReview:
        return _draw(draft_id, message=_CHANGED)
    except MayNotApprove as error:
        return _draw(draft_id, message=str(error))
    except NotReady:
        flash("This campaign is not complete any more, so there is nothing to approve.")
    else:
        flash("Approved." if verdict.is_approved else "Refused. Your reason is on the campaign.")
    return redirect(url_for("review.show", draft_id=draft_id))


@bp.post("/batches/<row:batch_id>/approval/ask")
@needs(Right.SEND)
def ask_for_batch(batch_id: int) -> ResponseReturnValue:
    """Ask somebody to approve a batch."""
    try:
        ask_about_batch(batch_id, _find_to_of_batch(batch_id), store(), who=name_person())
    except StaleReview:
        flash(_CHANGED)
    else:
        flash("Approval is asked for. Whoever can give it finds the batch in “Waiting for me”.")
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.get("/batches/<row:batch_id>/approval")
@needs(Right.APPROVE)
@fresh
def show_batch(batch_id: int) -> ResponseReturnValue:
    return _draw_batch(batch_id)


@bp.post("/batches/<row:batch_id>/approval")
@needs(Right.APPROVE)
@fresh
def decide_batch(batch_id: int) -> ResponseReturnValue:
    """Approve a batch as one, or refuse that with a reason."""
    verdict = _read_verdict()
    if not verdict.is_approved and not verdict.reason:
        return _draw_batch(batch_id, reason_error=_NO_REASON)
    try:
        decide_on_batch(batch_id, verdict, _find_to_of_batch(batch_id), store())
    except StaleReview:
        return _draw_batch(batch_id, message=_CHANGED)
    except MayNotApprove as error:
        return _draw_batch(batch_id, message=str(error))
    flash("Approved." if verdict.is_approved else "Refused. Your reason is on the batch.")
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.post("/connections/<key:key>/approval")
@needs(Right.ADMINISTER)
@fresh
def set_rule(key: str) -> ResponseReturnValue:
    """Say who has to approve what goes to a connection."""
    approver = request.form.get("approver", NOBODY)
    with store().writing(audit_trail.name_connection_chain(key)) as session:
        groups = approvals.list_groups(session)
        group = approver.removeprefix("group ") if approver.startswith("group ") else ""
        if approver in {ANYBODY, NOBODY} or group in groups:
            wanted = None if approver == NOBODY else group
            approvals.set_rule(session, key, wanted, who=name_person())
    flash("Saved. It holds for whatever is sent from now on.")
    return redirect(url_for("connections.edit", key=key))


def _find_to(draft_id: str) -> Connection:
    with store().reading() as session:
        return find_connection(drafts.find(session, draft_id))


def _find_to_of_batch(batch_id: int) -> Connection:
    with store().reading() as session:
        return connections().find(batches.find(session, batch_id).connection_key)


def _read_verdict() -> Verdict:
    return Verdict(
        seen=request.form.get("seen", ""),
        is_approved=request.form.get("verdict") == "approve",
        reason=read_reason("reason"),
        person=find_person(),
    )


def _draw(draft_id: str, *, message: str = "", reason_error: str = "") -> ResponseReturnValue:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to, statements = find_connection(draft), read_accepted(draft)
        panel = build_panel(draft.answers, statements, to, can_change=False)
        standing = None
        if not (panel.meaning.problems or draft.is_locked or draft.deleted_at):
            standing = find_standing_of_draft(session, draft, panel.meaning, to)
        if standing is None:
            return redirect(url_for("review.show", draft_id=draft_id))
        approved = approvals.find_last_approved(session, draft_id)
        before = (
            audit_trail.find_answers_at(session, draft, approved.draft_version or 0)
            if approved
            else {}
        )
        page = render_template(
            "campaign/approval.html",
            connection=to,
            url=find_public_url(to),
            draft=draft,
            panel=panel,
            standing=standing,
            obstacle=find_obstacle(session, standing, find_person()),
            approved=approved,
            is_known=bool(before),
            changes=list_changes(before, draft.answers, make_naming(session)) if before else [],
            duties=list_duties(panel.meaning, statements, datetime.now(UTC).date()),
            asked_of_all=list_exemptions(panel.meaning, statements),
            typed=request.form,
            message=message,
            reason_error=reason_error,
        )
    return page, 422 if message or reason_error else 200


def _draw_batch(batch_id: int, *, message: str = "", reason_error: str = "") -> ResponseReturnValue:
    with store().reading() as session:
        batch = batches.find(session, batch_id)
        to = connections().find(batch.connection_key)
        standing = find_standing_of_batch(session, batch, to)
        if standing is None:
            return redirect(url_for("batches.show", batch_id=batch_id))
        page = render_template(
            "batches/approval.html",
            connection=to,
            batch=batch,
            count=batches.count_items(session, batch_id)[ItemState.READY],
            summary=batches.summarise(session, batch),
            ready=batches.read_items(session, batch_id, (ItemState.READY,), _SHOWN),
            shown=_SHOWN,
            standing=standing,
            obstacle=find_obstacle(session, standing, find_person()),
            typed=request.form,
            message=message,
            reason_error=reason_error,
        )
    return page, 422 if message or reason_error else 200
