"""Submissions: found by what is asked of them, and written out as they are kept in evidence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.store import request_log
from app.store.audit_trail import INSTANCE, name_draft_chain
from app.store.base import MAY_EXIST, PENDING, State
from app.store.chains import hash_document
from app.store.dialects import queries
from app.store.models import IS_OPEN, IS_QUEUED, Draft, Submission
from app.store.records import LoggedCall

_MOST_OPEN = 20

_IS_OVERDUE = and_(
    IS_OPEN,
    Submission.state == State.SENDING,
    or_(Submission.lease_boot != bindparam("boot"), Submission.lease_ends <= bindparam("seconds")),
)
_OPEN = (
    select(Submission.id, Submission.state, Draft.name, _IS_OVERDUE.label("is_overdue"))
    .join(Draft)
    .where(IS_OPEN)
    .order_by(_IS_OVERDUE.desc(), Submission.id)
    .limit(_MOST_OPEN)
)
_OVERDUE = select(Submission).where(_IS_OVERDUE)


class OpenSubmission(NamedTuple):
    """One that somebody has to know of; if *is_overdue*, its outcome can no longer come."""

    id: int
    state: State
    name: str
    is_overdue: bool


def find_open(session: Session, keys: frozenset[str] | None = None) -> list[OpenSubmission]:
    """Find submissions that are under way or UNKNOWN, 20 at most: overdue ones first, then by id.

    *keys* are those of the connections that are asked about, all if there are none.
    """
    query = _OPEN if keys is None else _OPEN.where(Submission.connection_key.in_(keys))
    rows = session.execute(query, _now(session))
    return [
        OpenSubmission(number, state, name, bool(is_overdue))
        for number, state, name, is_overdue in rows
    ]


_UNKNOWN = (
    select(Submission)
    .where(IS_OPEN, Submission.state == State.UNKNOWN)
    .options(joinedload(Submission.draft))
    .order_by(Submission.id)
    .limit(bindparam("most"))
)
_UNKNOWN_THERE = _UNKNOWN.where(Submission.connection_key.in_(bindparam("keys", expanding=True)))


def find_unknown(session: Session, keys: frozenset[str] | None, most: int) -> list[Submission]:
    """Find those that nobody knows the outcome of, the oldest first, with their drafts.

    *keys* are as in `find_open`.
    """
    query = _UNKNOWN if keys is None else _UNKNOWN_THERE
    return list(session.scalars(query, {"most": most, "keys": keys}))


def name_campaigns(session: Session, ids: Iterable[int | None]) -> dict[int, tuple[str, str]]:
    """Name what was sent, as it was sent: (draft id, name) by the submission's id."""
    rows = session.scalars(select(Submission).where(Submission.id.in_(ids)))
    return {submission.id: (submission.draft_id, submission.name) for submission in rows}


def find_to_settle(session: Session, ids: Iterable[int]) -> dict[int, Submission]:
    """Find submissions by their ids, each with as much of its draft as an outcome changes."""
    rows = session.scalars(_TO_SETTLE, {"ids": list(ids)})
    return {submission.id: submission for submission in rows}


_TO_SETTLE = (
    select(Submission)
    .where(Submission.id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Submission.draft).load_only(Draft.state))
)


def name_chain(session: Session, submission_id: int) -> str:
    """Name the chain of a submission's draft; of one that is not there, the instance's."""
    draft_id = session.scalar(select(Submission.draft_id).where(Submission.id == submission_id))
    return name_draft_chain(draft_id) if draft_id else INSTANCE


def find_overdue(session: Session) -> list[Submission]:
    """Find those whose outcome can no longer come."""
    return list(session.scalars(_OVERDUE, _now(session)))


def _now(session: Session) -> dict[str, Any]:
    return queries(session).read_clock(session)._asdict()


def find_under_way(session: Session) -> list[Submission]:
    """Find those whose outcome nobody has written down, whether it can still come or not.

    Those that wait to be sent are among them.
    """
    is_sending = and_(IS_OPEN, Submission.state == State.SENDING)
    waiting, sending = (
        session.scalars(select(Submission).where(is_it)) for is_it in (IS_QUEUED, is_sending)
    )
    return [*waiting, *sending]


def name_payload_subject(digest: str, connection_key: str) -> str:
    """Name what a writer locks who sends a payload (its SHA-256) to a connection."""
    return f"{digest} to {connection_key}"


def find_repeated(
    session: Session, digest: str, connection_key: str, since: datetime
) -> Submission | None:
    """Find the newest submission since *since* of the same payload to the same connection.

    It counts from when its outcome was known, as it may have waited for long. *digest* is the
    payload's SHA-256; only submissions that may have created a campaign count.
    """
    query = select(Submission).where(
        Submission.digest == digest,
        Submission.connection_key == connection_key,
        Submission.state.in_(MAY_EXIST),
        or_(
            func.coalesce(Submission.settled_at, Submission.pressed_at) > since,
            Submission.state.in_(PENDING),
        ),
    )
    return session.scalars(query.order_by(Submission.id.desc()).limit(1)).first()


def count_tries(session: Session, submission: Submission) -> int:
    """Count how often the same press has sent the draft: this time, and each before it."""
    query = select(func.count()).where(
        Submission.draft_id == submission.draft_id, Submission.pressed_at == submission.pressed_at
    )
    return session.scalar(query) or 0


def find_others_with_id(
    session: Session, submission: Submission, campaign_id: str | None
) -> list[Submission]:
    """Find submissions of other drafts to the same connection that have this campaign's id."""
    if not campaign_id:
        return []
    query = select(Submission).where(
        Submission.campaign_id == campaign_id,
        Submission.connection_key == submission.connection_key,
        Submission.draft_id != submission.draft_id,
    )
    return list(session.scalars(query.order_by(Submission.id)))


def write_document(submission: Submission) -> dict[str, Any]:
    """Write a submission out as JSON has it; times are ISO 8601 in UTC.

    Digests in the trail bind these names, so they outlive those of the columns.
    """
    return {
        "id": submission.id,
        "draft_id": submission.draft_id,
        "state": submission.state.value,
        "connection": submission.connection,
        "destination": submission.connection_key,
        "is_sandbox": submission.is_sandbox,
        "url": submission.url,
        "draft_version": submission.draft_version,
        "payload": submission.body.decode(),
        "sha256": submission.digest,
        "pressed_at": submission.pressed_at.isoformat(),
        "pressed_by": submission.who,
        "known_at": submission.settled_at.isoformat() if submission.settled_at else None,
        "message": submission.message,
        "http_status": submission.http_status,
        "errors": submission.errors,
        "answer": submission.answer,
        "campaign_id": submission.campaign_id,
        "campaign_name": submission.campaign_name,
        "campaign_type": submission.campaign_type,
        "campaign_status": submission.campaign_status,
        "retry_at": submission.retry_at.isoformat() if submission.retry_at else None,
        "looked_up_at": submission.resolved_at.isoformat() if submission.resolved_at else None,
        "looked_up_by": submission.resolved_by,
    }


def bind_submission(session: Session, submission: Submission) -> dict[str, Any]:
    """Write the digests of a submission and its call, to bind both to an event."""
    session.flush()
    return bind_to_call(submission, request_log.find_of_submission(session, submission.id))


def bind_to_call(submission: Submission, call: LoggedCall | None) -> dict[str, Any]:
    """Write the digests of a submission and its call, as they have been written."""
    return {
        "submission": submission.id,
        "submission_digest": hash_document(write_document(submission)),
        "call": call.id if call else None,
        "call_digest": hash_document(request_log.write_document(call)) if call else None,
    }
