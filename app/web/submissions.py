"""What became of a submission: one page for each state, each with what to do now."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.store import drafts, log
from app.store.models import Submission
from app.submission import NoSuchSubmission, resolve
from app.web.attention import find_left_behind
from app.web.current import remember_who, sent_to, store, who
from app.web.highlight import highlighted

bp = Blueprint("submissions", __name__)


@bp.get("/submissions/<int(max=9223372036854775807):submission_id>")
def show(submission_id: int) -> ResponseReturnValue:
    return _page(submission_id)


@bp.get("/submissions/<int(max=9223372036854775807):submission_id>/state")
def state(submission_id: int) -> ResponseReturnValue:
    """Tell a script that waits whether the outcome is known yet."""
    find_left_behind()
    with store().reading() as session:
        return jsonify(state=_found(session, submission_id).state)


@bp.get("/drafts/<draft_id>/submission")
def latest(draft_id: str) -> ResponseReturnValue:
    with store().reading() as session:
        made = drafts.find(session, draft_id).submissions
        if not made:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        return redirect(url_for("submissions.show", submission_id=made[0].id))


@bp.post("/submissions/<int(max=9223372036854775807):submission_id>/resolve")
def settle(submission_id: int) -> ResponseReturnValue:
    """Take the person's word for what they found in VoiceAIWrapper."""
    found = request.form.get("found")
    campaign_id = request.form.get("campaign_id", "").strip()
    if not who():
        return _page(submission_id, "who", "Enter your name: it is kept with what you say."), 422
    if found == "yes" and not campaign_id:
        said = "Paste the campaign's id, as VoiceAIWrapper shows it."
        return _page(submission_id, "campaign_id", said), 422
    if found in {"yes", "no"}:
        _settle(submission_id, campaign_id if found == "yes" else None)
    return remember_who(redirect(url_for("submissions.show", submission_id=submission_id)))


def _settle(submission_id: int, campaign_id: str | None) -> None:
    try:
        resolve(submission_id, campaign_id=campaign_id, store=store(), who=who())
    except NoSuchSubmission:
        flash("This was settled meanwhile. Nothing has changed.")


def _page(submission_id: int, wrong: str = "", error: str = "") -> str:
    """Draw the page of a submission; *error* is about the answer in the field *wrong*."""
    find_left_behind()
    with store().reading() as session:
        submission = _found(session, submission_id)
        call = log.of_submission(session, submission_id)
        return render_template(
            f"submissions/{submission.state.lower()}.html",
            connection=sent_to(submission),
            submission=submission,
            draft=submission.draft,
            call=call,
            wrong=wrong,
            error=error,
            typed=request.form,
            sent=highlighted(submission.body.decode()),
        )


def _found(session: Session, submission_id: int) -> Submission:
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NoSuchSubmission(submission_id)
    return submission
