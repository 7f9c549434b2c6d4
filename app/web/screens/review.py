"""The last look before sending, and the one button that sends."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.campaign.explanation import Explanation
from app.connections import Connection
from app.remote.connection import BadConnection
from app.rights import Right
from app.sending.approval import find_approval_obstacle, find_standing_of_draft
from app.sending.confirmation import (
    Disabled,
    NotConfirmed,
    NotReady,
    SendRequest,
    StaleReview,
    can_hurry,
    find_duplicate,
)
from app.sending.queue import enqueue
from app.services import connections, find_services, store
from app.store import audit_trail, drafts, queued, throttles
from app.store.acceptances import read_accepted, stamp_statements
from app.store.audit_trail import name_draft_chain
from app.store.models import Draft
from app.store.overlaps import MOST_LISTED, Overlap, find_overlaps
from app.web.access import find_person, needs
from app.web.clocks import draw_clock_switch, set_clock
from app.web.nicknames import list_named_ids, read_sandbox_names
from app.web.panel.drawings import Trouble
from app.web.panel.findings_view import list_duties, list_exemptions
from app.web.panel.panel import build_panel, find_public_url
from app.web.reasons import read_reason, read_reason_without_approval
from app.web.resuming import resume_sending
from app.web.row_numbers import read_number
from app.web.screens.calendars import MOST_WINDOWS
from app.web.teamwork import find_teamwork
from app.web.visit import find_connection, name_person, remember_who

bp = Blueprint("review", __name__)

SEND_FIELDS = ("named", "hurry", "in_spite_of", "without_approval")
"""What is typed or ticked for one press of Send, and kept nowhere."""

_NOT_AS_SEEN = "The draft or its connection has changed since you reviewed it. Please look again."


@bp.get("/drafts/<draft:draft_id>/review")
@needs(Right.VIEW)
def show(draft_id: str) -> ResponseReturnValue:
    return draw_review(draft_id)


@bp.post("/drafts/<draft:draft_id>/review")
@needs(Right.VIEW)
def look(draft_id: str) -> ResponseReturnValue:
    """Show the page again, by another clock if one was chosen, with all that was typed."""
    return set_clock(make_response(draw_review(draft_id)))


@bp.post("/drafts/<draft:draft_id>/send")
@needs(Right.SEND)
def send(draft_id: str) -> ResponseReturnValue:
    try:
        send_request = _read_send_request(draft_id)
        connections().open_api(send_request.to.key)
        submission_id = enqueue(send_request, store=store())
    except BadConnection as error:
        return draw_review(draft_id, message=str(error))
    except StaleReview:
        return draw_review(draft_id, message=_NOT_AS_SEEN)
    except NotReady:
        return _return_to_form(draft_id)
    except NotConfirmed as refusal:
        return draw_review(draft_id, refusal)
    find_services().doorbell.ring(send_request.to.key)
    return remember_who(redirect(url_for("submissions.show", submission_id=submission_id)))


@bp.post("/drafts/<draft:draft_id>/resume")
@needs(Right.SEND)
def resume(draft_id: str) -> ResponseReturnValue:
    """Let campaigns go to the draft's connection again, and show the page with all on it."""
    with store().reading() as session:
        to = find_connection(drafts.find(session, draft_id))
    resume_sending(to.key)
    return draw_review(draft_id, done=f"Campaigns go to {to.name} again.")


def _read_send_request(draft_id: str) -> SendRequest:
    with store().reading() as session:
        to = find_connection(drafts.find(session, draft_id))
    if not to.is_enabled:
        raise Disabled
    return SendRequest(
        draft_id=draft_id,
        reviewed=request.form.get("reviewed", ""),
        to=to,
        stamp=request.form.get("stamp", ""),
        named=request.form.get("named", ""),
        in_spite_of=request.form.get("in_spite_of", type=read_number),
        hurry=read_reason("hurry"),
        without_approval=read_reason_without_approval(to),
        who=name_person(),
    )


def read_typed_by_rule(prefix: str) -> dict[str, str]:
    """Read what was typed in the fields whose names begin so, by the rest of their names."""
    fields = request.form.items()
    typed = {name[len(prefix) :]: text.strip() for name, text in fields if name.startswith(prefix)}
    return {rule: text for rule, text in typed.items() if text}


def draw_review(  # noqa: PLR0913  Each is another thing to say.
    draft_id: str,
    refusal: NotConfirmed | None = None,
    *,
    message: str = "",
    done: str = "",
    trouble: Trouble | None = None,
    wrong: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Show the page, with all that was typed on it.

    *refusal* or *message* is why a press was not taken, and *done* what was done by one. *trouble*
    has the reasons that are not kept, all that were typed unless it is given. *wrong* says by
    duty, exemption, or "who" what has to be changed there.
    """
    is_refused = refusal or message or wrong or (trouble and not done)
    if trouble is None and (reasons := read_typed_by_rule("reason-")):
        trouble = Trouble("", "", reasons)
    now = datetime.now(UTC)
    of_sandbox = read_sandbox_names()
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to = find_connection(draft)
        if draft.is_locked or draft.deleted_at:
            return _show_gone(draft, to)
        statements = read_accepted(draft)
        panel = build_panel(draft.answers, statements, to, can_change=False, trouble=trouble)
        if panel.meaning.problems:
            return _return_to_form(draft_id)
        until = queued.find_end_of_wait(session, to.key, now)
        standing = find_standing_of_draft(session, draft, panel.meaning, to)
        page = render_template(
            "campaign/review.html",
            connection=to,
            draft=draft,
            panel=panel,
            url=find_public_url(to),
            typed=request.form,
            refusal=refusal,
            message=message,
            done=done,
            statements_stamp=stamp_statements(draft),
            most_overlaps=MOST_LISTED,
            wrong=wrong or {},
            overlaps=_find_overlaps(session, draft, panel.meaning),
            duties=list_duties(panel.meaning, statements, now.date()),
            asked_of_all=list_exemptions(panel.meaning, statements),
            teamwork=find_teamwork(session, draft_id),
            standing=standing,
            obstacle=find_approval_obstacle(session, standing, find_person()) if standing else "",
            until=until,
            pause=throttles.find_pause(session, to.key),
            can_hurry=until is not None and can_hurry(until, now),
            duplicate=find_duplicate(session, panel.meaning.digest, to, now),
            nicknames=list_named_ids(session, to, panel.meaning.payload, of_sandbox),
            clocks=draw_clock_switch("review", url_for("review.look", draft_id=draft_id)),
            most_windows=MOST_WINDOWS,
        )
    _record_look(draft_id, panel.meaning.digest, to.name)
    return make_response(page, 422 if is_refused else 200)


def _show_gone(draft: Draft, to: Connection) -> ResponseReturnValue:
    """Lead on from a draft that cannot be reviewed any more; what was written is shown."""
    unkept = [*read_typed_by_rule("reason-").values(), *read_typed_by_rule("because-").values()]
    if draft.is_locked:
        further = url_for("submissions.latest", draft_id=draft.id)
    else:
        further = url_for("editing.edit", draft_id=draft.id)
    if not unkept:
        return redirect(further)
    page = render_template(
        "campaign/unkept.html", connection=to, draft=draft, unkept=unkept, further=further
    )
    return make_response(page, 409)


def _find_overlaps(session: Session, draft: Draft, explanation: Explanation) -> list[Overlap]:
    if explanation.overview is None:
        return []
    to, usual = find_connection(draft).key, connections().default.key
    keys = {to, ""} if to == usual else {to}
    return find_overlaps(session, draft, explanation.overview.schedule, explanation.audience, keys)


def _record_look(draft_id: str, digest: str, connection: str) -> None:
    """Put the look on record; what cannot be written now can be looked at, and not be sent."""
    with suppress(DatabaseError), store().writing(name_draft_chain(draft_id)) as session:
        audit_trail.record_review(
            session, draft_id, digest=digest, connection=connection, who=name_person()
        )


def _return_to_form(draft_id: str) -> ResponseReturnValue:
    flash("This campaign is not complete yet. The form says what to enter or to change.")
    return redirect(url_for("editing.edit", draft_id=draft_id))
