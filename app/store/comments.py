"""What people say to each other about a draft: comments, who looks after it, who has it open."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

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


def count_open(session: Session, draft_id: str) -> int:
    """Count the comments on a draft that nobody has resolved."""
    is_open = (Comment.draft_id == draft_id, Comment.resolved_at.is_(None))
    return session.scalar(select(func.count()).where(*is_open)) or 0


def find_mentioned(text: str, people: Collection[Person]) -> list[Person]:
    """Find who of these people is named in a text, by an @ before the name or e-mail address.

    Where one name is the beginning of another, the longer one counts: @Ann Lee is not Ann.
    """
    names = {name.casefold() for person in people for name in (person.name, person.email) if name}
    if not names:
        return []
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    mentions = re.findall(rf"(?<![\w.])@({longest_first})(?![\w@]|[-.'’]\w)", text.casefold())
    return [
        person
        for person in people
        if {person.name.casefold(), person.email.casefold()} & {*mentions}
    ]


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
    comment = session.get(Comment, comment_id)
    if comment is None or comment.draft_id != draft_id:
        raise NoSuchComment(comment_id)
    if comment.resolved_at is None:
        comment.resolved_by, comment.resolved_at = who, datetime.now(UTC)
        _record(session, EventKind.COMMENT_RESOLVED, draft_id, who, comment=comment_id)


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
