"""Approval: asked for, given or refused, for one campaign or a batch; and who has to, where."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.typed_length import LONGEST_TEXT
from app.connections import Connection
from app.rights import Right
from app.sending.approval import (
    find_approval_obstacle,
    find_standing_of_batch,
    find_standing_of_draft,
)
from app.sending.approving import (
    ApprovalDecision,
    ApprovedAlready,
    MayNotApprove,
    NoReason,
    NotNeeded,
    ask_about_batch,
    ask_about_draft,
    decide_on_batch,
    decide_on_draft,
)
from app.sending.confirmation import NotReady, StaleReview
from app.services import connections, store
from app.store import approvals, audit_trail, batch_summary, batches, drafts
from app.store.acceptances import read_accepted
from app.store.base import ItemState
from app.store.batch_summary import AcceptedFinding
from app.web.access import find_person, fresh, needs
from app.web.batch_page import draw_batch, find_staying, list_broken, name_rule
from app.web.connection_names import make_naming
from app.web.event_words import list_changes
from app.web.panel.findings_view import list_duties, list_exemptions
from app.web.panel.panel import build_panel, find_public_url
from app.web.panel.rules_part import Offers
from app.web.reasons import is_too_long, read_reason
from app.web.review_page import Reply, draw_review
from app.web.visit import find_connection, name_person

bp = Blueprint("approvals", __name__)

_SHOWN = 100
_CHANGED = (
    "It, or what others say of it, has changed since you opened this page. "
    "Look at what stands here now."
)
_NO_REASON = (
    f"Write down why, in {LONGEST_TEXT:,} characters or fewer: whoever asked for it reads that."
)
_NO_VERDICT = "Press one of the two buttons below."
_ASKED = "Approval is asked for. Whoever can give it finds this in “Waiting for me”."
_APPROVED = "It is approved already, as it stands here."
_NOBODY_HAS_TO = "Nobody has to approve what goes there any more."
_NOT_KEPT = "There is nothing to approve any more, so nothing was kept of what you said."
_SAVED = "Saved. It holds for whatever is sent from now on, also if it was approved before."


@bp.post("/drafts/<draft:draft_id>/approval/ask")
@needs(Right.EDIT, Right.SEND)
def ask(draft_id: str) -> ResponseReturnValue:
    """Ask somebody to approve a campaign, and show the page with all that is typed on it."""
    try:
        ask_about_draft(draft_id, _find_to(draft_id), store(), who=name_person())
    except NotReady:
        return draw_review(draft_id)
    except StaleReview:
        return draw_review(draft_id, Reply(message=_CHANGED))
    except NotNeeded:
        return draw_review(draft_id, Reply(done=_NOBODY_HAS_TO))
    except ApprovedAlready:
        return draw_review(draft_id, Reply(done=_APPROVED))
    return draw_review(draft_id, Reply(done=_ASKED))


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
    to = _find_to(draft_id)
    return _keep_verdict(
        lambda verdict: decide_on_draft(draft_id, verdict, to, store()),
        partial(_draw, draft_id),
        url_for("review.show", draft_id=draft_id),
    )


@bp.post("/batches/<row:batch_id>/approval/ask")
@needs(Right.SEND)
def ask_for_batch(batch_id: int) -> ResponseReturnValue:
    """Ask somebody to approve a batch, and show the page with all that is typed on it."""
    try:
        ask_about_batch(batch_id, _find_to_of_batch(batch_id), store(), who=name_person())
    except NotNeeded:
        flash(_CHANGED)
    except ApprovedAlready:
        flash(_APPROVED)
    else:
        flash(_ASKED)
    return draw_batch(batch_id)


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
    to = _find_to_of_batch(batch_id)
    return _keep_verdict(
        lambda verdict: decide_on_batch(batch_id, verdict, to, store()),
        partial(_draw_batch, batch_id),
        url_for("batches.show", batch_id=batch_id),
    )


@bp.post("/connections/<key:key>/approval")
@needs(Right.ADMINISTER)
@fresh
def set_rule(key: str) -> ResponseReturnValue:
    """Say who has to approve what goes to a connection."""
    connections().get(key)
    approver = request.form.get("approver", "")
    with store().writing(audit_trail.name_connection_chain(key)) as session:
        groups = {f"group {name}": name for name in approvals.list_groups(session)}
        chosen: dict[str, str | None] = {"nobody": None, "anybody": "", **groups}
        if approver in chosen:
            approvals.set_rule(session, key, chosen[approver], who=name_person())
    flash(_SAVED if approver in chosen else "Nobody is in that group any more. Choose again.")
    return redirect(url_for("connections.edit", key=key))


def _keep_verdict(
    keep: Callable[[ApprovalDecision], None], draw: Callable[..., ResponseReturnValue], further: str
) -> ResponseReturnValue:
    """Keep what was decided, and lead *further*; what cannot be kept is shown as *draw* does."""
    verdict = ApprovalDecision(
        bound=request.form.get("seen", ""),
        mark=request.form.get("mark", ""),
        is_approved=request.form.get("verdict") == "approve",
        reason=read_reason("reason"),
        person=find_person(),
    )
    if problem := _find_problem(verdict):
        return draw(reason_error=problem)
    try:
        keep(verdict)
    except StaleReview:
        return draw(message=_CHANGED)
    except NoReason as error:
        return draw(reason_error=str(error))
    except MayNotApprove as error:
        return draw(message=str(error))
    except (NotReady, NotNeeded):
        flash(f"{_NOT_KEPT} {verdict.reason}".strip())
    else:
        flash("Approved." if verdict.is_approved else "Refused. Your reason is kept with it.")
    return redirect(further)


def _find_to(draft_id: str) -> Connection:
    with store().reading() as session:
        return find_connection(drafts.find(session, draft_id))


def _find_to_of_batch(batch_id: int) -> Connection:
    with store().reading() as session:
        return connections().find(batches.find(session, batch_id).connection_key)


_TOO_LONG = f"Shorten this to {LONGEST_TEXT:,} characters."


def _find_problem(verdict: ApprovalDecision) -> str:
    """Find what is wrong with what somebody decided; nothing if it can be kept."""
    if request.form.get("verdict") not in {"approve", "refuse"}:
        return _NO_VERDICT
    if is_too_long("reason"):
        return _TOO_LONG
    return "" if verdict.is_approved or verdict.reason else _NO_REASON


def _lead_away(address: str) -> ResponseReturnValue:
    """Lead to where nothing is to be approved; what somebody wrote is not lost."""
    if request.method == "POST":
        flash(f"{_NOT_KEPT} {read_reason('reason')}".strip())
    return redirect(address)


def _draw(draft_id: str, *, message: str = "", reason_error: str = "") -> ResponseReturnValue:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to, statements = find_connection(draft), read_accepted(draft)
        panel = build_panel(draft.answers, statements, to, offers=Offers.NOTHING)
        standing = None
        if not (panel.meaning.problems or draft.is_locked or draft.deleted_at):
            standing = find_standing_of_draft(session, draft, panel.meaning, to)
        if standing is None:
            return _lead_away(url_for("review.show", draft_id=draft_id))
        approved = approvals.find_last_approved(session, draft_id)
        before = audit_trail.find_answers_at(session, draft, approved.version) if approved else {}
        page = render_template(
            "campaign/approval.html",
            connection=to,
            url=find_public_url(to),
            draft=draft,
            panel=panel,
            standing=standing,
            obstacle=find_approval_obstacle(session, standing, find_person()),
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
            return _lead_away(url_for("batches.show", batch_id=batch_id))
        ready = batches.read_items(session, batch_id, (ItemState.READY,), _SHOWN)
        staying = find_staying(session, ready, to)
        summary = batch_summary.summarise(session, batch)
        page = render_template(
            "batches/approval.html",
            connection=to,
            batch=batch,
            count=batches.count_items(session, batch_id)[ItemState.READY],
            summary=summary,
            broken=list_broken(summary, ready),
            ready=ready,
            elsewhere={item.draft_id for item in ready} - set(staying),
            most=_SHOWN,
            accepted=_name_accepted(batch_summary.list_accepted(session, batch_id, _SHOWN)),
            decisions=approvals.find_last_decisions(session, staying),
            changed=_list_changed(session, staying),
            standing=standing,
            obstacle=find_approval_obstacle(session, standing, find_person()),
            typed=request.form,
            message=message,
            reason_error=reason_error,
        )
    return page, 422 if message or reason_error else 200


def _list_changed(session: Session, draft_ids: Sequence[str]) -> dict[str, list[str]]:
    """List, by a draft's id, each answer that was changed since it was last approved."""
    naming = make_naming(session)
    changed: dict[str, list[str]] = {}
    for draft in (drafts.find(session, draft_id) for draft_id in draft_ids):
        approved = approvals.find_last_approved(session, draft.id)
        before = audit_trail.find_answers_at(session, draft, approved.version) if approved else {}
        changes = list_changes(before, draft.answers, naming) if before else []
        changed[draft.id] = [f"{change.label}: {change.old} → {change.new}" for change in changes]
    return changed


def _name_accepted(accepted: list[AcceptedFinding]) -> list[tuple[str, AcceptedFinding]]:
    """Name the rules whose findings were accepted."""
    return [(name_rule(finding.rule), finding) for finding in accepted]
