"""What people say to each other about a draft: comments, who looks after it, who has it open."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from app.rights import Person
from app.store import audit_trail
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.models import Draft
from app.store.people_models import Account
from app.store.team_models import Assignment, Comment, Mention, Presence

HERE_FOR = timedelta(seconds=75)
"""For how long somebody who was seen with a draft open is taken to be there still."""

_KEPT = timedelta(hours=1)


class NoSuchComment(LookupError):
    """The draft has no comment of this number."""


def list_all(session: Session, draft_id: str) -> list[Comment]:
    """List the comments on a draft, the first one first."""
    query = select(Comment).where(Comment.draft_id == draft_id)
    return list(session.scalars(query.order_by(Comment.id)))


def write_document(comment: Comment) -> dict[str, Any]:
    """Write a comment out as JSON has it; times are ISO 8601 in UTC."""
    return {
        "id": comment.id,
        "draft_id": comment.draft_id,
        "who": comment.who,
        "text": comment.text,
        "at": comment.at.isoformat(),
        "resolved_by": comment.resolved_by,
        "resolved_at": comment.resolved_at.isoformat() if comment.resolved_at else None,
    }


def count_open(session: Session, draft_id: str) -> int:
    """Count the comments on a draft that nobody has resolved."""
    is_open = (Comment.draft_id == draft_id, Comment.resolved_at.is_(None))
    return session.scalar(select(func.count()).where(*is_open)) or 0


_AT_WORD = re.compile(r"(?<![\w.])@[\w.'’-]*\w")


class Mentioned(NamedTuple):
    """The people whom a text names, and the words after an @ that name nobody, or several."""

    people: list[Person]
    nobody: list[str]
    several: list[str]


def find_mentioned(text: str, people: Collection[Person]) -> Mentioned:
    """Find who of these people is named in a text, by an @ before a name or an e-mail address.

    A first name will do where it is that of one alone. Where one name is the beginning of another,
    the longer one counts: @Ann Lee is not Ann.
    """
    names = {person.label: _list_names(person, people) for person in people}
    known = {name for of_one in names.values() for name in of_one}
    longest_first = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    mention = rf"(?<![\w.])@({longest_first})(?![\w@]|[-.'’]\w)" if known else "(?!)"
    text = normalize("NFC", text)
    folded = text.casefold()
    mentions = {*re.findall(mention, folded)}
    # Folding can change a text's length, so a word is found again by its letters.
    typed = {word.casefold(): word for word in _AT_WORD.findall(text)}
    others = _AT_WORD.findall(re.sub(mention, " ", folded))
    shared = {f"@{_find_first_name(person)}" for person in people}
    return Mentioned(
        [person for person in people if names[person.label] & mentions],
        nobody=[typed.get(word, word) for word in others if word not in shared],
        several=[typed.get(word, word) for word in others if word in shared],
    )


def _find_first_name(person: Person) -> str:
    return _fold(person.name).partition(" ")[0]


def _fold(name: str) -> str:
    return normalize("NFC", name).casefold()


def _list_names(person: Person, people: Collection[Person]) -> set[str]:
    """List by what somebody can be named among these people, in lower case."""
    first = _find_first_name(person)
    others = [other for other in people if other.label != person.label]
    is_theirs = not any(_find_first_name(other) == first for other in others)
    return {_fold(person.name), person.email.casefold(), first if is_theirs else ""} - {""}


def add(
    session: Session, draft_id: str, text: str, mentioned: Sequence[Person], *, who: str
) -> Comment:
    """Keep a comment on a draft, for those to read who are *mentioned*."""
    comment = Comment(draft_id=draft_id, who=who, text=text, at=datetime.now(UTC))
    session.add(comment)
    session.flush()
    session.add_all(
        Mention(comment_id=comment.id, account_id=person.account_id) for person in mentioned
    )
    _record(
        session,
        EventKind.COMMENTED,
        draft_id,
        who,
        comment=comment.id,
        text=text,
        mentioned=[person.label for person in mentioned],
    )
    return comment


def resolve(session: Session, draft_id: str, comment_id: int, *, who: str) -> None:
    """Say that nothing is open any more about a comment; raises `NoSuchComment`."""
    comment = _find(session, draft_id, comment_id)
    if comment.resolved_at is None:
        comment.resolved_by, comment.resolved_at = who, datetime.now(UTC)
        _record(session, EventKind.COMMENT_RESOLVED, draft_id, who, comment=comment_id)


def reopen(session: Session, draft_id: str, comment_id: int, *, who: str) -> None:
    """Take back that a comment is resolved, so that it waits again for those whom it names.

    Raises `NoSuchComment`.
    """
    comment = _find(session, draft_id, comment_id)
    if comment.resolved_at is not None:
        comment.resolved_by, comment.resolved_at = "", None
        _record(session, EventKind.COMMENT_REOPENED, draft_id, who, comment=comment_id)


def _find(session: Session, draft_id: str, comment_id: int) -> Comment:
    comment = session.get(Comment, comment_id)
    if comment is None or comment.draft_id != draft_id:
        raise NoSuchComment(comment_id)
    return comment


def find_assignee(session: Session, draft_id: str) -> Account | None:
    """Find who looks after a draft next."""
    assignment = session.get(Assignment, draft_id)
    return session.get(Account, assignment.account_id) if assignment else None


def assign(session: Session, draft_id: str, to: Person | None, *, who: str) -> None:
    """Let somebody look after a draft next, or nobody in particular."""
    assignment = session.get(Assignment, draft_id)
    if (assignment.account_id if assignment else None) == (to.account_id if to else None):
        return
    if assignment is not None:
        session.delete(assignment)
        session.flush()
    if to is not None:
        now = datetime.now(UTC)
        session.add(Assignment(draft_id=draft_id, account_id=to.account_id, at=now))
    _record(session, EventKind.ASSIGNED, draft_id, who, to=to.label if to else "")


def note_presence(session: Session, draft_id: str, account_id: int) -> None:
    """Note that somebody has a draft open."""
    now = datetime.now(UTC)
    is_over = Presence.seen_at < now - _KEPT
    session.execute(delete(Presence).where(Presence.draft_id == draft_id, is_over))
    session.merge(Presence(draft_id=draft_id, account_id=account_id, seen_at=now))


def list_present(session: Session, draft_id: str, but: int | None) -> list[str]:
    """Name who has a draft open, but for one account."""
    since = datetime.now(UTC) - HERE_FOR
    query = (
        select(Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(Presence.draft_id == draft_id, Presence.seen_at > since, Account.id != but)
    )
    return list(session.scalars(query.order_by(Account.name)))


_MENTIONS = (
    select(Comment, Draft)
    .join(Mention, Mention.comment_id == Comment.id)
    .join(Draft, Draft.id == Comment.draft_id)
    .where(
        Mention.account_id == bindparam("account"),
        Comment.resolved_at.is_(None),
        Draft.deleted_at.is_(None),
    )
    .order_by(Comment.id)
)
_ASSIGNED = (
    select(Assignment, Draft)
    .join(Draft, Draft.id == Assignment.draft_id)
    .where(
        Assignment.account_id == bindparam("account"),
        Draft.deleted_at.is_(None),
        Draft.state.is_(None) | (Draft.state != State.CREATED),
    )
    .order_by(Assignment.at)
)


def iterate_mentions(session: Session, account_id: int) -> Iterator[tuple[Comment, Draft]]:
    """Iterate the open comments that name an account, the oldest first, each with its draft."""
    for row in session.execute(_MENTIONS, {"account": account_id}):
        yield row[0], row[1]


def iterate_assigned(session: Session, account_id: int) -> Iterator[tuple[Assignment, Draft]]:
    """Iterate what an account looks after and is not created yet, the oldest first."""
    for row in session.execute(_ASSIGNED, {"account": account_id}):
        yield row[0], row[1]


def _record(session: Session, kind: EventKind, draft_id: str, who: str, **details: object) -> None:
    audit_trail.record(session, kind, name_draft_chain(draft_id), who=who, **details)
