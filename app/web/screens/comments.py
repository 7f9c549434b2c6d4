"""What people say about a campaign, who looks after it next, and who else has it open."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.typed_length import LONGEST_TEXT
from app.connections import Connection
from app.rights import Person, Right
from app.services import store
from app.store import accounts, comments, drafts
from app.store.audit_trail import name_draft_chain
from app.web.access import find_person, needs
from app.web.reasons import read_reason
from app.web.visit import find_connection, name_person, remember_who

bp = Blueprint("comments", __name__)

_EMPTY = f"Write something first, in {LONGEST_TEXT:,} characters or fewer."


@bp.get("/drafts/<draft:draft_id>/comments")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    return _draw(draft_id)


@bp.post("/drafts/<draft:draft_id>/comments")
@needs(Right.VIEW)
def add(draft_id: str) -> ResponseReturnValue:
    """Keep a comment, for those to read whom it names."""
    text = read_reason("text")
    if not text:
        return _draw(draft_id, _EMPTY), 422
    with store().writing(name_draft_chain(draft_id)) as session:
        to = find_connection(drafts.find(session, draft_id))
        people = _list_people(session, to)
        mentioned = comments.find_mentioned(text, people)
        comments.add(session, draft_id, text, mentioned.people, who=name_person())
    if mentioned.people:
        flash(f"{' and '.join(person.name for person in mentioned.people)} will find this.")
    if people and mentioned.nobody:
        flash(f"{', '.join(mentioned.nobody)} names nobody who may look at this.")
    return remember_who(redirect(url_for("comments.show", draft_id=draft_id)))


@bp.post("/drafts/<draft:draft_id>/comments/<row:comment_id>/resolve")
@needs(Right.VIEW)
def resolve(draft_id: str, comment_id: int) -> ResponseReturnValue:
    """Say that nothing is open any more about a comment."""
    with store().writing(name_draft_chain(draft_id)) as session:
        comments.resolve(session, draft_id, comment_id, who=name_person())
    return redirect(url_for("comments.show", draft_id=draft_id))


@bp.post("/drafts/<draft:draft_id>/assignee")
@needs(Right.EDIT, Right.SEND, Right.APPROVE)
def assign(draft_id: str) -> ResponseReturnValue:
    """Let somebody look after the campaign next, who may look at it."""
    chosen = request.form.get("assignee", "")
    with store().writing(name_draft_chain(draft_id)) as session:
        people = _list_people(session, find_connection(drafts.find(session, draft_id)))
        to = next((person for person in people if str(person.account_id) == chosen), None)
        if chosen and to is None:
            flash("This person may not look at this campaign any more. Choose somebody else.")
            return redirect(url_for("comments.show", draft_id=draft_id))
        comments.assign(session, draft_id, to, who=name_person())
    flash(f"{to.name} looks after it now." if to else "Nobody in particular looks after it now.")
    return redirect(url_for("comments.show", draft_id=draft_id))


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


def _list_people(session: Session, to: Connection) -> list[Person]:
    """List who can sign in and may look at what goes to a connection."""
    return [
        person
        for account in accounts.list_all(session)
        if account.active and (person := accounts.describe_person(account)).may(Right.VIEW, to.key)
    ]


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
            people=_list_people(session, to),
            assignee=assignee,
            error=error,
            typed=request.form,
        )
