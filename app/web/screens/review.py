"""The last look before sending, and the one button that sends."""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.remote.connection import BadConnection
from app.rights import Right
from app.sending.confirmation import (
    Disabled,
    NotConfirmed,
    NotReady,
    SendRequest,
    StaleReview,
)
from app.sending.queue import enqueue
from app.services import connections, find_services, store
from app.store import approvals, drafts
from app.web.access import find_person, needs
from app.web.clocks import set_clock
from app.web.reasons import read_reason, read_reason_without_approval
from app.web.resuming import resume_sending
from app.web.review_page import Reply, draw_review
from app.web.row_numbers import read_number
from app.web.visit import find_connection, name_person, remember_who

bp = Blueprint("review", __name__)

_NOT_AS_SEEN = "The {what} has changed since you reviewed it{who}. Please look again."


@bp.get("/drafts/<draft:draft_id>/review")
@needs(Right.VIEW)
def show(draft_id: str) -> ResponseReturnValue:
    return draw_review(draft_id)


@bp.post("/drafts/<draft:draft_id>/review")
@needs(Right.VIEW)
def look(draft_id: str) -> ResponseReturnValue:
    """Show the page again, by another clock if one was chosen, with all that was typed."""
    return set_clock(make_response(draw_review(draft_id)))


@bp.get("/drafts/<draft:draft_id>/send")
@bp.get("/drafts/<draft:draft_id>/resume")
@bp.get("/drafts/<draft:draft_id>/accept")
@bp.get("/drafts/<draft:draft_id>/confirm")
@bp.get("/drafts/<draft:draft_id>/approval/ask")
@needs(Right.VIEW)
def return_to_review(draft_id: str) -> ResponseReturnValue:
    """Lead to the review from each address that it stands at as an answer to what was posted."""
    return redirect(url_for("review.show", draft_id=draft_id))


@bp.post("/drafts/<draft:draft_id>/send")
@needs(Right.SEND)
def send(draft_id: str) -> ResponseReturnValue:
    try:
        send_request = _read_send_request(draft_id)
        connections().open_api(send_request.to.key)
        submission_id = enqueue(send_request, store=store())
    except BadConnection as error:
        return draw_review(draft_id, Reply(message=str(error)))
    except StaleReview:
        return draw_review(draft_id, Reply(message=_describe_change(send_request)))
    except NotReady:
        return draw_review(draft_id)
    except NotConfirmed as refusal:
        return draw_review(draft_id, Reply(refusal))
    find_services().doorbell.ring(send_request.to.key)
    return remember_who(redirect(url_for("submissions.show", submission_id=submission_id)))


@bp.post("/drafts/<draft:draft_id>/resume")
@needs(Right.SEND)
def resume(draft_id: str) -> ResponseReturnValue:
    """Let campaigns go to the draft's connection again, and show the page with all on it."""
    with store().reading() as session:
        to = find_connection(drafts.find(session, draft_id))
    resume_sending(to.key)
    return draw_review(draft_id, Reply(done=f"Campaigns go to {to.name} again."))


def _describe_change(send_request: SendRequest) -> str:
    """Say what has changed since it was reviewed, the draft or its connection, and by whom."""
    if send_request.to.stamp != send_request.stamp:
        return _NOT_AS_SEEN.format(what="connection", who="")
    with store().reading() as session:
        editor = approvals.find_last_editor(session, drafts.find(session, send_request.draft_id))
    is_other = editor and editor != name_person()
    return _NOT_AS_SEEN.format(what="draft", who=f", by {editor}" if is_other else "")


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
        mark=request.form.get("mark", ""),
        who=name_person(),
        person=find_person(),
    )
