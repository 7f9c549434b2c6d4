"""What became of a submission: one page for each state, each with what to do now."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.store import drafts
from app.store.models import Submission
from app.submission import NoSuchSubmission, resolve
from app.web.current import store
from app.web.highlight import highlighted

bp = Blueprint("submissions", __name__)


@bp.get("/submissions/<int(max=9223372036854775807):submission_id>")
def show(submission_id: int) -> ResponseReturnValue:
    with store().reading() as session:
        submission = session.get(Submission, submission_id)
        if submission is None:
            raise NoSuchSubmission(submission_id)
        return render_template(
            f"submissions/{submission.state.lower()}.html",
            submission=submission,
            draft=submission.draft,
            sent=highlighted(submission.body.decode()),
        )


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
    address = redirect(url_for("submissions.show", submission_id=submission_id))
    if found not in {"yes", "no"}:
        flash("Choose what you found in VoiceAIWrapper.")
    elif found == "yes" and not campaign_id:
        flash("Paste the campaign's id from VoiceAIWrapper.")
    else:
        _settle(submission_id, campaign_id if found == "yes" else None)
    return address


def _settle(submission_id: int, campaign_id: str | None) -> None:
    try:
        resolve(submission_id, campaign_id=campaign_id, store=store())
    except NoSuchSubmission:
        flash("This was settled meanwhile. Nothing has changed.")
