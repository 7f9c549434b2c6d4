"""The last look before sending, and the one button that sends."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.store import drafts
from app.store.acceptances import accept, accepted, findings_of
from app.submission import NotReady, StaleReview, submit
from app.web.clocks import clock_switch
from app.web.current import api, store
from app.web.panel import panel, public_url

bp = Blueprint("review", __name__)

_CHANGED = "The draft has changed since you reviewed it. Please look again."


@bp.get("/drafts/<draft_id>/review")
def show(draft_id: str) -> ResponseReturnValue:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            return redirect(url_for("submissions.latest", draft_id=draft_id))
        if draft.deleted_at:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        shown = panel(draft.answers, accepted(draft), can_change=False)
        if shown.meaning.problems:
            return _back_to_the_form(draft_id)
        return render_template(
            "campaign/review.html",
            draft=draft,
            panel=shown,
            url=public_url(api().connection),
            clocks=clock_switch("clock"),
        )


@bp.post("/drafts/<draft_id>/accept")
def keep_reason(draft_id: str) -> ResponseReturnValue:
    """Accept findings of the draft as it was seen, with the reason that the person writes."""
    seen, rules = request.form.get("version", type=int), request.form.get("rules", "").split()
    reason = next((request.form.get(f"reason-{rule}", "").strip() for rule in rules), "")
    with store().writing() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            raise drafts.AlreadySubmitted(draft_id)
        if draft.version != seen:
            flash(_CHANGED)
        elif not reason:
            flash("Write down why this is fine before you accept it.")
        else:
            accept(
                draft, [one for one in findings_of(draft.answers) if one.rule.id in rules], reason
            )
            flash("Accepted, and the reason is kept with the draft.")
    return redirect(url_for("review.show", draft_id=draft_id, _anchor="m-rules"))


@bp.post("/drafts/<draft_id>/send")
def send(draft_id: str) -> ResponseReturnValue:
    try:
        submission_id = submit(
            draft_id, reviewed=request.form.get("reviewed", ""), store=store(), api=api()
        )
    except StaleReview:
        flash(_CHANGED)
        return redirect(url_for("review.show", draft_id=draft_id))
    except NotReady:
        return _back_to_the_form(draft_id)
    return redirect(url_for("submissions.show", submission_id=submission_id))


def _back_to_the_form(draft_id: str) -> ResponseReturnValue:
    flash("This campaign is not complete yet. The form says what is missing.")
    return redirect(url_for("editing.edit", draft_id=draft_id))
