"""The last look before sending, and the one button that sends."""

from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.campaign.typed_length import LONGEST_TEXT
from app.confirmation import (
    Disabled,
    NotConfirmed,
    NotReady,
    Press,
    StaleReview,
    can_hurry,
    find_duplicate,
    paused_until,
)
from app.remote.connection import BadConnection
from app.store import book, drafts, trail
from app.store.acceptances import Judgement, accept, accepted, judge
from app.store.models import Draft
from app.web.calendars import MOST_WINDOWS
from app.web.clocks import clock_switch
from app.web.current import connection_of, connections, remember_who, sender, store, who
from app.web.paging import number
from app.web.panel import panel, public_url

bp = Blueprint("review", __name__)

_CHANGED = "The draft has changed since you reviewed it. Please look again."
_NOT_AS_SEEN = "The draft or its connection has changed since you reviewed it. Please look again."


@bp.get("/drafts/<draft:draft_id>/review")
def show(draft_id: str) -> ResponseReturnValue:
    return _review(draft_id)


@bp.post("/drafts/<draft:draft_id>/accept")
def keep_reason(draft_id: str) -> ResponseReturnValue:
    """Accept findings of the draft as it was seen, with the reason that the person writes."""
    seen, rules = request.form.get("version", type=number), request.form.get("rules", "").split()
    reason = next((request.form.get(f"reason-{rule}", "").strip() for rule in rules), "")
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        version, answers = draft.version, dict(draft.answers)
    if version != seen:
        return _review(draft_id, told=_CHANGED, unkept=reason)
    if len(reason) > LONGEST_TEXT:
        told = f"Shorten the reason to {LONGEST_TEXT:,} characters."
        return _review(draft_id, told=told, unkept=reason)
    if not reason:
        flash("Write down why this is fine before you accept it.")
    elif not _accept(draft_id, version, judge(answers), rules, reason):
        return _review(draft_id, told=_CHANGED, unkept=reason)
    return redirect(url_for("review.show", draft_id=draft_id, _anchor="m-rules"))


def _accept(
    draft_id: str, version: int, judgement: Judgement, rules: list[str], reason: str
) -> bool:
    """Accept, unless the draft has changed since it was judged; tells whether it was done."""
    with store().writing() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            raise drafts.AlreadySubmitted(draft_id)
        if draft.version != version:
            return False
        accept(session, draft, judgement, rules, reason, who=who())
    flash("Accepted, and the reason is kept with the draft.")
    return True


@bp.post("/drafts/<draft:draft_id>/send")
def send(draft_id: str) -> ResponseReturnValue:
    try:
        press = _press(draft_id)
        submission_id = sender().send(press, connections().api(press.to.key))
    except BadConnection as error:
        return _review(draft_id, told=str(error))
    except StaleReview:
        return _review(draft_id, told=_NOT_AS_SEEN)
    except NotReady:
        return _back_to_the_form(draft_id)
    except NotConfirmed as refusal:
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
        in_spite_of=request.form.get("in_spite_of", type=number),
        hurry=_hurry(),
        who=who(),
    )


def _hurry() -> str:
    """Read why the API's wait is not waited for; what is longer than we take is no reason."""
    typed = request.form.get("hurry", "").strip()
    return typed if len(typed) <= LONGEST_TEXT else ""


def _review(
    draft_id: str, refusal: NotConfirmed | None = None, told: str = "", unkept: str = ""
) -> ResponseReturnValue:
    """Show the page; *refusal* or *told* is why a press was not taken, *unkept* what was typed."""
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
        until = paused_until(session, to, now)
        page = render_template(
            "campaign/review.html",
            connection=to,
            draft=draft,
            panel=shown,
            url=public_url(to),
            typed=request.form,
            refusal=refusal,
            told=told,
            unkept=unkept,
            until=until,
            can_hurry=until is not None and can_hurry(until, now),
            duplicate=find_duplicate(session, shown.meaning.digest, to, now),
            nicknames=_nicknames(session, draft, shown.meaning.payload),
            clocks=clock_switch("clock"),
            most_windows=MOST_WINDOWS,
        )
    _note_the_look(draft_id, shown.meaning.digest, to.name)
    return make_response(page, 422 if refusal or told else 200)


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
    """Put the look on record; what cannot be written now can be looked at, and not be sent."""
    with suppress(DatabaseError), store().writing() as session:
        trail.record_review(session, draft_id, digest=digest, connection=connection, who=who())


def _back_to_the_form(draft_id: str) -> ResponseReturnValue:
    flash("This campaign is not complete yet. The form says what to enter or to change.")
    return redirect(url_for("editing.edit", draft_id=draft_id))
