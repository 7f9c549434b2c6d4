"""What became of a submission: one page for each state, each with what to do now."""

import json
from datetime import UTC, datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.compliance.evidence import Severity
from app.campaign.contract.global_ids import GlobalIdType, read_global_id_type
from app.campaign.contract.typed_length import LONGEST_TEXT
from app.campaign.contract.visible import drop_invisible
from app.rights import Right
from app.sending.queue import withdraw
from app.sending.resolution import IdTaken, LookUp, NoSuchSubmission, TooEarly, resolve
from app.services import connections, find_services, store
from app.store import drafts, queued, request_log, submissions, throttles
from app.store.base import PENDING
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft, Submission
from app.web.access import needs
from app.web.launch_steps import list_launch_steps
from app.web.names import name_campaign
from app.web.panel.highlight import mark_up
from app.web.sender_words import NO_NAME
from app.web.sent_findings import read_sent_judgement
from app.web.visit import find_sent_connection, name_person, remember_who

bp = Blueprint("submissions", __name__)


@bp.get("/submissions/<row:submission_id>")
@needs(Right.VIEW)
def show(submission_id: int) -> ResponseReturnValue:
    return _draw_page(submission_id)


@bp.get("/submissions/<row:submission_id>/state")
@needs(Right.VIEW)
def state(submission_id: int) -> ResponseReturnValue:
    """Tell a script that waits whether the outcome is known yet."""
    with store().reading() as session:
        submission = _find(session, submission_id)
        return jsonify(state=submission.state, pending=submission.state in PENDING)


@bp.get("/drafts/<draft:draft_id>/submission")
@needs(Right.VIEW)
def latest(draft_id: str) -> ResponseReturnValue:
    with store().reading() as session:
        made = drafts.find(session, draft_id).submissions
        if not made:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        return redirect(url_for("submissions.show", submission_id=made[0].id))


@bp.post("/submissions/<row:submission_id>/resolve")
@needs(Right.RESOLVE)
def settle(submission_id: int) -> ResponseReturnValue:
    """Take the person's word for what they found in VoiceAIWrapper."""
    look_up = _read_look_up()
    if mistake := _find_mistake(look_up):
        return _draw_page(submission_id, *mistake), 422
    try:
        resolve(submission_id, look_up, store())
    except TooEarly:
        return _draw_page(submission_id, "found", _TOO_EARLY), 422
    except IdTaken as taken:
        return _draw_page(
            submission_id, "reason", _say_taken(taken), taken=look_up.campaign_id or ""
        ), 422
    except AlreadySubmitted:
        flash("This draft was sent again meanwhile. Nothing has changed.")
    except NoSuchSubmission:
        flash("This was settled meanwhile. Nothing has changed.")
    return remember_who(redirect(url_for("submissions.show", submission_id=submission_id)))


@bp.post("/submissions/<row:submission_id>/withdraw")
@needs(Right.SEND)
def take_back(submission_id: int) -> ResponseReturnValue:
    """Take it out of the queue, if it still waits there."""
    reason = "It was taken back before it was sent."
    if not withdraw(submission_id, reason, store=store(), who=name_person()):
        flash("It no longer waited: this is what became of it.")
    return redirect(url_for("submissions.show", submission_id=submission_id))


_TOO_EARLY = (
    "A late answer can still come, and a campaign can appear some minutes late. Look once more "
    "in VoiceAIWrapper before you say that it is not there: then it can be sent a second time."
)


def _say_taken(taken: IdTaken) -> str:
    return (
        f"This is the id of {name_campaign(taken.name)} already, and two drafts cannot be one "
        "campaign. Paste the id of this one, or write down here why it is right."
    )


def _read_look_up() -> LookUp:
    campaign_id = request.form.get("campaign_id", "").strip()
    is_there = request.form.get("found") == "yes"
    return LookUp(
        who=name_person(),
        campaign_id=campaign_id if is_there else None,
        reason=drop_invisible(request.form.get("reason", "")) if is_there else "",
        is_sure=request.form.get("found") == "surely not",
        knows_it_is_taken=campaign_id != "" and request.form.get("taken") == campaign_id,
    )


def _find_mistake(look_up: LookUp) -> tuple[str, str] | None:
    """Find what is wrong with an answer: the field, and what to do."""
    if request.form.get("found") not in {"yes", "no", "surely not"}:
        return "found", "Say whether it is there."
    if not look_up.who:
        return "who", NO_NAME
    return (
        None
        if look_up.campaign_id is None
        else _find_mistake_in_id(look_up.campaign_id, look_up.reason)
    )


def _find_mistake_in_id(campaign_id: str, reason: str) -> tuple[str, str] | None:
    if not campaign_id:
        return "campaign_id", "Paste the campaign's id, as VoiceAIWrapper shows it."
    if len(campaign_id + reason) > LONGEST_TEXT:
        return "campaign_id", f"Shorten this to {LONGEST_TEXT:,} characters, the reason included."
    if read_global_id_type(campaign_id) != GlobalIdType.CAMPAIGN and not reason:
        return "reason", (
            "This does not look like the id of a campaign. Paste the right one, or write "
            "down here why it is right."
        )
    return None


def _draw_page(submission_id: int, wrong: str = "", error: str = "", taken: str = "") -> str:
    """Draw the page of a submission; *error* is about the answer in the field *wrong*.

    *taken* is an id of which it says that another draft's campaign has it.
    """
    with store().reading() as session:
        submission = _find(session, submission_id)
        return render_template(
            f"submissions/{submission.state.lower()}.html",
            connection=find_sent_connection(submission),
            submission=submission,
            draft=submission.draft,
            call=request_log.find_of_submission(session, submission_id),
            others=submissions.find_others_with_id(session, submission, submission.campaign_id),
            pause=throttles.find_pause(session, submission.connection_key),
            waiting=find_services().journal.find(submission.token),
            wrong=wrong,
            error=error,
            typed=request.form.to_dict() | ({"taken": taken} if taken else {}),
            tries=submissions.count_tries(session, submission),
            until=queued.find_end_of_wait(session, submission.connection_key, datetime.now(UTC)),
            sent=mark_up(submission.body.decode()),
            steps=list_launch_steps(
                json.loads(submission.body),
                _count_broken(submission.draft),
                is_known_as_draft=submission.was_answered,
            ),
            differences=_find_differences(submission),
            judged=read_sent_judgement(session, submission),
            dashboard=connections().find(submission.connection_key).dashboard_url,
        )


def _find_differences(submission: Submission) -> list[tuple[str, str, str]]:
    """Find what the API's answer calls otherwise than it was sent: what, sent, and answered."""
    sent = json.loads(submission.body)
    pairs = (
        ("name", sent.get("name"), submission.campaign_name),
        ("type", sent.get("type"), submission.campaign_type),
    )
    return [(what, was, now) for what, was, now in pairs if now and now != was]


def _count_broken(draft: Draft) -> int:
    """Count the laws that a campaign breaks and that nobody has accepted."""
    return int(draft.findings.get(Severity.HIGH, 0))


def _find(session: Session, submission_id: int) -> Submission:
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NoSuchSubmission(submission_id)
    return submission
