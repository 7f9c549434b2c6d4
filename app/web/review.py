"""The last look before sending, and the one button that sends."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.campaign.meaning import Meaning
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
from app.connections import Destination
from app.remote.connection import BadConnection
from app.store import book, drafts, trail
from app.store.acceptances import (
    Answer,
    Judgement,
    accept,
    accepted,
    confirm,
    judge,
    stamp,
    take_back,
)
from app.store.models import Draft
from app.store.overlaps import TOLD, Overlap, overlapping
from app.web.calendars import MOST_WINDOWS
from app.web.clocks import clock_switch
from app.web.current import connection_of, connections, remember_who, sender, store, who
from app.web.drawings import Trouble
from app.web.paging import number
from app.web.panel import panel, public_url
from app.web.rulings import duties

bp = Blueprint("review", __name__)

_NOT_NEEDED = "it is not needed"
_NAMELESS = "Enter your name: it is kept with what you say."
_SAID_MORE = "Somebody has answered or accepted something since you opened this page. Look again."
_CHANGED = "The draft has changed since you reviewed it. Please look again."
_NOT_AS_SEEN = "The draft or its connection has changed since you reviewed it. Please look again."


@bp.get("/drafts/<draft:draft_id>/review")
def show(draft_id: str) -> ResponseReturnValue:
    return _review(draft_id)


@bp.post("/drafts/<draft:draft_id>/accept")
def keep_reason(draft_id: str) -> ResponseReturnValue:
    """Accept findings of the draft as it was seen, or open them again, with a written reason."""
    opens = "open_again" in request.form
    rules = request.form.get("open_again" if opens else "rules", "").split()
    first, typed = rules[0] if rules else "", _typed("reason-")
    reason = typed.get(first, "")
    if told := _changed(draft_id):
        return _review(draft_id, told=told, trouble=Trouble(first, told, typed))
    if fault := _fault_in(reason, "this is open again" if opens else "this is fine"):
        return _review(draft_id, trouble=Trouble(first, fault, typed))
    if not who():
        trouble = Trouble(first, "Enter your name above, then press again.", typed)
        return _review(draft_id, trouble=trouble, wrong={"accept": _NAMELESS})

    def act(session: Session, draft: Draft, judgement: Judgement) -> bool:
        do = take_back if opens else accept
        return do(session, draft, judgement, rules, reason, who=who())

    if not _say(draft_id, act):
        return _review(draft_id, told=_CHANGED, trouble=Trouble(first, _CHANGED, typed))
    told = "It is open again." if opens else "Accepted, and the reason is kept with the draft."
    if others := {rule: text for rule, text in typed.items() if rule != first}:
        page = _review(draft_id, done=told, trouble=Trouble("", "", others))
        return remember_who(make_response(page))
    flash(told)
    return remember_who(redirect(url_for("review.show", draft_id=draft_id, _anchor="m-rules")))


@bp.post("/drafts/<draft:draft_id>/confirm")
def confirm_duties(draft_id: str) -> ResponseReturnValue:
    """Keep what is answered of the duties; what is left open stays open."""
    answers, wrong = _answers()
    if told := _changed(draft_id):
        return _review(draft_id, told=told)
    if not answers and not wrong:
        return _review(draft_id, told="Answer a question first: nothing is kept.")
    if not who():
        wrong["duties"] = _NAMELESS
    if wrong:
        return _review(draft_id, told="An answer needs a change.", wrong=wrong)

    def act(session: Session, draft: Draft, judgement: Judgement) -> bool:
        return confirm(session, draft, judgement, answers, who=who())

    if not _say(draft_id, act):
        return _review(draft_id, told=_CHANGED)
    flash("Your answers are kept with the draft.")
    return remember_who(redirect(url_for("review.show", draft_id=draft_id, _anchor="duties")))


def _typed(prefix: str) -> dict[str, str]:
    """Read what was written, by rule."""
    fields = request.form.items()
    found = {name[len(prefix) :]: text.strip() for name, text in fields if name.startswith(prefix)}
    return {rule: text for rule, text in found.items() if text}


def _answers() -> tuple[dict[str, tuple[Answer, str]], dict[str, str]]:
    """Read the answers to duties by rule, and what has to be changed of them."""
    reasons, given = _typed("because-"), _typed("answer-")
    answers = {
        rule: (Answer(answer), reasons.get(rule, ""))
        for rule, answer in given.items()
        if answer in set(Answer)
    }
    wrong = {rule: "Choose an answer, too." for rule in reasons if rule not in answers}
    for rule, (answer, reason) in answers.items():
        if (reason or answer is Answer.NOT_NEEDED) and (fault := _fault_in(reason, _NOT_NEEDED)):
            wrong[rule] = fault
    return answers, wrong


def _fault_in(reason: str, what: str) -> str:
    if not reason:
        return f"Write down why {what}."
    return f"Shorten this to {LONGEST_TEXT:,} characters." if len(reason) > LONGEST_TEXT else ""


def _changed(draft_id: str) -> str:
    """Say what has changed since the page was drawn on which this was pressed."""
    with store().reading() as session:
        return _difference(drafts.find(session, draft_id))


def _difference(draft: Draft) -> str:
    if draft.version != request.form.get("version", type=number):
        return _CHANGED
    return _SAID_MORE if stamp(draft) != request.form.get("said") else ""


def _say(draft_id: str, act: Callable[[Session, Draft, Judgement], bool]) -> bool:
    """Do this to the draft as it was seen; tells whether it was done."""
    with store().reading() as session:
        answers = dict(drafts.find(session, draft_id).answers)
    judgement = judge(answers)  # It can take long, and nobody else waits meanwhile.
    with store().writing() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked or draft.deleted_at or _difference(draft):
            return False
        return act(session, draft, judgement)


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


def _review(  # noqa: PLR0913  Each is another thing to say.
    draft_id: str,
    refusal: NotConfirmed | None = None,
    *,
    told: str = "",
    done: str = "",
    trouble: Trouble | None = None,
    wrong: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Show the page, with what was typed.

    *refusal* or *told* is why a press was not taken, and *done* what was done by one. *trouble*
    has reasons that are not kept, and *wrong* says by duty, or by form for the name in it, what
    has to be changed there.
    """
    now = datetime.now(UTC)
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to = connection_of(draft)
        if draft.is_locked or draft.deleted_at:
            return _gone(draft, to)
        given = accepted(draft)
        shown = panel(draft.answers, given, to, can_change=False, trouble=trouble)
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
            done=done,
            said=stamp(draft),
            most_overlaps=TOLD,
            wrong=wrong or {},
            overlaps=_overlaps(session, draft, shown.meaning),
            duties=duties(shown.meaning, given, now.date()),
            until=until,
            can_hurry=until is not None and can_hurry(until, now),
            duplicate=find_duplicate(session, shown.meaning.digest, to, now),
            nicknames=_nicknames(session, draft, shown.meaning.payload),
            clocks=clock_switch("clock"),
            most_windows=MOST_WINDOWS,
        )
    _note_the_look(draft_id, shown.meaning.digest, to.name)
    is_refused = refusal or told or wrong or (trouble and not done)
    return make_response(page, 422 if is_refused else 200)


def _gone(draft: Draft, to: Destination) -> ResponseReturnValue:
    """Lead on from a draft that cannot be reviewed any more; what was written is shown."""
    unkept = [*_typed("reason-").values(), *_typed("because-").values()]
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


def _overlaps(session: Session, draft: Draft, meant: Meaning) -> list[Overlap]:
    if meant.overview is None:
        return []
    to, usual = connection_of(draft).key, connections().default.key
    keys = {to, ""} if to == usual else {to}
    return overlapping(session, draft, meant.overview.schedule, meant.audience, keys)


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
