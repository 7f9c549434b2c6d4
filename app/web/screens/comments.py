"""What people say about a campaign, who looks after it next, and who else has it open."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.typed_length import LONGEST_TEXT
from app.connections import Connection
from app.rights import Person, Right
from app.services import store
from app.store import accounts, comments, drafts
from app.store.audit_trail import name_draft_chain
from app.store.comments import Mentioned
from app.web.access import find_person, may, needs
from app.web.reasons import read_reason
from app.web.visit import find_connection, name_person, remember_who

bp = Blueprint("comments", __name__)

_WORKING = (Right.EDIT, Right.SEND, Right.APPROVE)
"""Who has one of these rights may say who looks after a campaign."""

_ONCE_BACK = " once the campaign is brought back: it is deleted"
_EMPTY = f"Write something first, in {LONGEST_TEXT:,} characters or fewer."


@bp.get("/drafts/<draft:draft_id>/comments")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    return _draw(draft_id)


@bp.post("/drafts/<draft:draft_id>/comments")
@needs(Right.VIEW)
def add(draft_id: str) -> ResponseReturnValue:
    """Keep a comment, for those to read whom it names, and who is chosen beside it."""
    text = read_reason("text")
    if not text:
        return _draw(draft_id, _EMPTY), 422
    with store().writing(name_draft_chain(draft_id)) as session:
        draft = drafts.find(session, draft_id)
        is_deleted, to = draft.deleted_at is not None, find_connection(draft)
        people = _list_people(session, to)
        mentioned = comments.find_mentioned(text, people)
        comments.add(session, draft_id, text, mentioned.people, who=name_person())
    if people:
        _tell_mentioned(mentioned, _ONCE_BACK if is_deleted else "")
    is_chosen = request.form.get("assignee") != request.form.get("assignee_was")
    if is_chosen and _may_assign(to):
        _assign(draft_id)
    return remember_who(redirect(url_for("comments.show", draft_id=draft_id)))


def _tell_mentioned(mentioned: Mentioned, when: str) -> None:
    """Tell on the next page who will find a comment, and which words named nobody."""
    if mentioned.people:
        names = " and ".join(person.name for person in mentioned.people)
        find = "finds" if len(mentioned.people) == 1 else "find"
        flash(f"{names} {find} it under “Waiting for me”{when}.")
    if mentioned.nobody:
        words = ", ".join(mentioned.nobody)
        flash(f"Nobody with access to this campaign has a name that begins with {words}.")
    if mentioned.several:
        flash(
            f"{', '.join(mentioned.several)} can be several people, so nobody is told: write the "
            "whole name, or the e-mail address."
        )


@bp.post("/drafts/<draft:draft_id>/comments/<row:comment_id>/resolve")
@needs(Right.VIEW)
def resolve(draft_id: str, comment_id: int) -> ResponseReturnValue:
    """Say that nothing is open any more about a comment."""
    with store().writing(name_draft_chain(draft_id)) as session:
        comments.resolve(session, draft_id, comment_id, who=name_person())
    return redirect(_lead_to(draft_id, comment_id))


@bp.post("/drafts/<draft:draft_id>/comments/<row:comment_id>/reopen")
@needs(Right.VIEW)
def reopen(draft_id: str, comment_id: int) -> ResponseReturnValue:
    """Take back that a comment is resolved."""
    with store().writing(name_draft_chain(draft_id)) as session:
        comments.reopen(session, draft_id, comment_id, who=name_person())
    return redirect(_lead_to(draft_id, comment_id))


def _lead_to(draft_id: str, comment_id: int) -> str:
    return url_for("comments.show", draft_id=draft_id, _anchor=f"c{comment_id}")


@bp.post("/drafts/<draft:draft_id>/assignee")
@needs(*_WORKING)
def assign(draft_id: str) -> ResponseReturnValue:
    """Let somebody look after the campaign next; a comment that is half typed stays."""
    _assign(draft_id)
    if request.form.get("text"):
        return _draw(draft_id)
    return redirect(url_for("comments.show", draft_id=draft_id))


def _assign(draft_id: str) -> None:
    """Let the person who is chosen look after the campaign, if they may look at it; say so."""
    chosen = request.form.get("assignee", "")
    with store().writing(name_draft_chain(draft_id)) as session:
        draft = drafts.find(session, draft_id)
        is_deleted = draft.deleted_at is not None
        people = _list_people(session, find_connection(draft))
        to = next((person for person in people if str(person.account_id) == chosen), None)
        if chosen and to is None:
            flash("This person may not look at this campaign any more. Choose somebody else.")
            return
        comments.assign(session, draft_id, to, who=name_person())
    who = to.name if to else "Nobody in particular"
    flash(f"{who} looks after it{_ONCE_BACK if is_deleted else ' now'}.")


@bp.post("/drafts/<draft:draft_id>/here")
@needs(Right.VIEW)
def here(draft_id: str) -> ResponseReturnValue:
    """Note that somebody has the campaign open, and tell a script who else has."""
    me = find_person().account_id
    if me is None:
        return jsonify(others=[])
    with store().writing("presence") as session:
        drafts.find(session, draft_id)
        comments.note_presence(session, draft_id, me)
        return jsonify(others=comments.list_present(session, draft_id, me))


def _may_assign(to: Connection) -> bool:
    return any(may(right, to.key) for right in _WORKING)


def _list_people(session: Session, to: Connection) -> list[Person]:
    """List who can sign in and may look at what goes to a connection."""
    return [
        person
        for account in accounts.list_all(session)
        if account.active and (person := accounts.describe_person(account)).may(Right.VIEW, to.key)
    ]


def _name_apart(people: Sequence[Person]) -> Mapping[int | None, str]:
    """Name people by their accounts, those of one name with their e-mail addresses."""
    counts = Counter(person.name for person in people)
    return {
        person.account_id: person.name if counts[person.name] == 1 else person.label
        for person in people
    }


def _draw(draft_id: str, error: str = "") -> str:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to = find_connection(draft)
        assignee = comments.find_assignee(session, draft_id)
        return render_template(
            "drafts/comments.html",
            connection=to,
            draft=draft,
            comments=comments.list_all(session, draft_id),
            people=(people := _list_people(session, to)),
            names=(names := _name_apart(people)),
            mentions=[
                f"@{person.name if names[person.account_id] == person.name else person.email}"
                for person in people
            ],
            assignee=assignee,
            may_assign=_may_assign(to),
            error=error,
            typed=request.form,
        )
