"""The last look before sending, and the one button that sends."""

from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.confirmation import (
    Disabled,
    LooksCreated,
    NotNamed,
    NotReady,
    Press,
    StaleReview,
    TooSoon,
    alike,
    paused_until,
)
from app.remote.connection import BadConnection
from app.store import book, drafts, trail
from app.store.acceptances import accept, accepted, findings_of
from app.store.models import Draft
from app.web.clocks import clock_switch
from app.web.current import connection_of, connections, remember_who, sender, store, who
from app.web.panel import panel, public_url

bp = Blueprint("review", __name__)

_CHANGED = "The draft has changed since you reviewed it. Please look again."
_NOT_AS_SEEN = "The draft or its connection has changed since you reviewed it. Please look again."


@bp.get("/drafts/<draft_id>/review")
def show(draft_id: str) -> ResponseReturnValue:
    return _review(draft_id)


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
            found = [one for one in findings_of(draft.answers) if one.rule.id in rules]
            accept(session, draft, found, reason, who=who())
            flash("Accepted, and the reason is kept with the draft.")
    return redirect(url_for("review.show", draft_id=draft_id, _anchor="m-rules"))


@bp.post("/drafts/<draft_id>/send")
def send(draft_id: str) -> ResponseReturnValue:
    try:
        press = _press(draft_id)
        submission_id = sender().send(press, connections().api(press.to.key))
    except BadConnection as error:
        flash(str(error))
        return redirect(url_for("review.show", draft_id=draft_id))
    except StaleReview:
        flash(_NOT_AS_SEEN)
        return redirect(url_for("review.show", draft_id=draft_id))
    except NotReady:
        return _back_to_the_form(draft_id)
    except (Disabled, TooSoon, LooksCreated, NotNamed) as refusal:
        return _review(draft_id, refusal)
    return remember_who(redirect(url_for("submissions.show", submission_id=submission_id)))


def _press(draft_id: str) -> Press:
    with store().reading() as session:
        to = connection_of(drafts.find(session, draft_id))
    if not to.is_enabled:
        raise Disabled
    return Press(
        draft_id=draft_id,
        reviewed=request.form.get("reviewed", ""),
        to=to,
        stamp=request.form.get("stamp", ""),
        named=request.form.get("named", ""),
        in_spite_of=request.form.get("in_spite_of", type=int),
        who=who(),
    )


def _review(draft_id: str, refusal: Exception | None = None) -> ResponseReturnValue:
    """Show the page; *refusal* is why a press of its button was not taken."""
    now = datetime.now(UTC)
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            return redirect(url_for("submissions.latest", draft_id=draft_id))
        if draft.deleted_at:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        to = connection_of(draft)
        shown = panel(draft.answers, accepted(draft), to, can_change=False)
        if shown.meaning.problems:
            return _back_to_the_form(draft_id)
        page = render_template(
            "campaign/review.html",
            connection=to,
            draft=draft,
            panel=shown,
            url=public_url(to),
            named=request.form.get("named", ""),
            refusal=type(refusal).__name__ if refusal else "",
            until=paused_until(session, to, now),
            twin=alike(session, shown.meaning.digest, to, now),
            nicknames=_nicknames(session, draft, shown.meaning.payload),
            clocks=clock_switch("clock"),
        )
    _note_the_look(draft_id, shown.meaning.digest, to.name)
    return make_response(page, 422 if refusal else 200)


def _nicknames(
    session: Session, draft: Draft, payload: dict[str, object]
) -> list[tuple[str, str, str]]:
    """Name the ids of a campaign by the connection's address book: kind, nickname and id."""
    known = {
        (entry.kind, entry.value): entry.nickname
        for entry in book.entries(session, connection_of(draft).key)
    }
    return [
        (kind, known[kind, value], value)
        for kind, value in book.ids_of(payload)
        if known.get((kind, value))
    ]


def _note_the_look(draft_id: str, digest: str, connection: str) -> None:
    with store().writing() as session:
        trail.record_review(session, draft_id, digest=digest, connection=connection, who=who())


def _back_to_the_form(draft_id: str) -> ResponseReturnValue:
    flash("This campaign is not complete yet. The form says what is missing.")
    return redirect(url_for("editing.edit", draft_id=draft_id))
