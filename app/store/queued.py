"""What waits to be sent: in which order, for how long, and taken by one alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, and_, bindparam, func, or_, select, true, update
from sqlalchemy.orm import Session

from app.store.base import State
from app.store.batch_models import Batch
from app.store.leases import Lease, Moment
from app.store.models import IS_OPEN, IS_QUEUED, Draft, Submission

_AT_ONCE = 500


class Waiting(NamedTuple):
    """A submission that waits to be sent; it *has_grounds* if somebody approved or overrode."""

    id: int
    stamp: str
    pressed_at: datetime
    has_grounds: bool


_NEXT = (
    select(
        Submission.id,
        Submission.stamp,
        Submission.pressed_at,
        or_(Submission.approved_by != "", Submission.without_approval != ""),
    )
    .where(IS_QUEUED, Submission.connection_key == bindparam("key"))
    .order_by(Submission.batch_id, Submission.id)
    .limit(bindparam("most"))
)
_NEXT_ALONE = _NEXT.where(Submission.batch_id.is_(None))
_NEXT_HURRYING = _NEXT_ALONE.where(Submission.hurries)
_NEXT_OF_BATCH = _NEXT.where(Submission.batch_id == bindparam("batch"))
_GOING_BATCHES = (
    select(Batch.id)
    .where(
        Batch.connection_key == bindparam("key"),
        Batch.confirmed_at.is_not(None),
        Batch.paused_at.is_(None),
        Batch.stopped_at.is_(None),
        select(Submission.id).where(Submission.batch_id == Batch.id, IS_QUEUED).exists(),
    )
    .order_by(Batch.id)
    .limit(bindparam("most"))
)


def find_next(
    session: Session, connection_key: str, most: int, *, only_hurrying: bool, stamp: str = ""
) -> list[Waiting]:
    """Find what goes next to this connection, *most* at most and the first one first.

    That is what was sent by itself, then the oldest batch, then the next. With *only_hurrying*,
    only what does not wait as long as the API wants; with a *stamp* of the connection, only what
    was confirmed for it as it was then.
    """
    to = {"key": connection_key, "most": most}
    connection = session.connection()
    is_it = Submission.stamp == stamp if stamp else true()
    alone = _NEXT_HURRYING if only_hurrying else _NEXT_ALONE
    rows = list(connection.execute(alone.where(is_it) if stamp else alone, to))
    if len(rows) < most and not only_hurrying:
        for batch_id in connection.scalars(_GOING_BATCHES, to).all():
            left = most - len(rows)
            if left:
                of_batch = _NEXT_OF_BATCH.where(is_it) if stamp else _NEXT_OF_BATCH
                rows += connection.execute(of_batch, to | {"batch": batch_id, "most": left})
    return [Waiting(*row) for row in rows]


_IN_FLIGHT = select(func.count()).where(
    IS_OPEN,
    Submission.state == State.SENDING,
    Submission.connection_key == bindparam("key"),
    Submission.lease_boot == bindparam("boot"),
    Submission.lease_ends > bindparam("seconds"),
)


def count_in_flight(session: Session, connection_key: str, now: Moment) -> int:
    """Count the submissions to this connection whose outcome can still come."""
    return session.connection().scalar(_IN_FLIGHT, {"key": connection_key, **now._asdict()}) or 0


def list_waiting_connections(session: Session) -> list[str]:
    """List the keys of the connections to which something waits to be sent."""
    query = select(Submission.connection_key).where(IS_QUEUED).distinct()
    return list(session.scalars(query))


_END_OF_WAIT = (
    select(Submission.retry_at)
    .where(Submission.connection_key == bindparam("key"), Submission.retry_at > bindparam("now"))
    .order_by(Submission.retry_at.desc())
    .limit(1)
)


def find_end_of_wait(session: Session, connection_key: str, now: datetime) -> datetime | None:
    """Find until when (aware) a connection's API asked to wait; `None` if it does not."""
    return session.connection().scalar(_END_OF_WAIT, {"key": connection_key, "now": now})


class Taken(NamedTuple):
    """A submission that its *token* has taken out of the queue, to be sent: its *body* to *url*."""

    id: int
    token: str
    draft_id: str
    body: bytes
    connection_key: str
    connection: str
    url: str


_TAKE = (
    update(Submission)
    .where(Submission.id == bindparam("submission"), Submission.state == State.QUEUED)
    .values(
        state=State.SENDING,
        token=bindparam("token"),
        lease_boot=bindparam("boot"),
        lease_ends=bindparam("ends"),
        lease_until=bindparam("until"),
    )
)
_TAKEN = (
    select(
        Submission.id,
        Submission.token,
        Submission.draft_id,
        Submission.body,
        Submission.connection_key,
        Submission.connection,
        Submission.url,
    )
    .where(Submission.id.in_(bindparam("ids", expanding=True)))
    .order_by(Submission.id)
)
_MARK_DRAFT = update(Draft).where(Draft.id == bindparam("draft")).values(state=State.SENDING)


def take(
    session: Session, tokens: Mapping[int, str], lease: Lease, until: datetime
) -> dict[int, Taken]:
    """Change QUEUED to SENDING, each under its own of the *tokens*, by the submission's id.

    The *lease* is by the clock of the database, and ends at *until* (aware). Gives what was taken,
    by its id too: whatever somebody else took, to send it or out of the queue, is not there.
    """
    if not tokens:
        return {}
    leased = {"boot": lease.boot, "ends": lease.ends, "until": until}
    connection = session.connection()
    connection.execute(
        _TAKE,
        [{"submission": number, "token": token, **leased} for number, token in tokens.items()],
    )
    rows = (Taken(*row) for row in connection.execute(_TAKEN, {"ids": list(tokens)}))
    taken = {row.id: row for row in rows if row.token == tokens[row.id]}
    if taken:
        drafts = sorted(row.draft_id for row in taken.values())
        connection.execute(_MARK_DRAFT, [{"draft": draft_id} for draft_id in drafts])
    return taken


def can_any_go(session: Session, draft_ids: Sequence[str]) -> bool:
    """Tell whether of these drafts one waits to be sent by itself, or in a batch that goes on."""
    goes_on = or_(
        Submission.batch_id.is_(None), and_(Batch.paused_at.is_(None), Batch.stopped_at.is_(None))
    )
    waiting = select(Submission.id).outerjoin(Batch, Batch.id == Submission.batch_id)
    return any(
        session.scalar(
            waiting.where(
                IS_QUEUED,
                goes_on,
                Submission.draft_id.in_(draft_ids[start : start + _AT_ONCE]),
            ).limit(1)
        )
        for start in range(0, len(draft_ids), _AT_ONCE)
    )


def select_waiting(session: Session, ids: Sequence[int]) -> set[int]:
    """Select from these submissions those that wait to be sent."""
    return {
        number
        for start in range(0, len(ids), _AT_ONCE)
        for number in session.scalars(
            select(Submission.id).where(Submission.id.in_(ids[start : start + _AT_ONCE]), IS_QUEUED)
        )
    }


def take_back(session: Session, submission_id: int) -> bool:
    """Change QUEUED to UNSENT; tells whether it still waited."""
    is_it = (Submission.id == submission_id, Submission.state == State.QUEUED)
    change = update(Submission).where(*is_it).values(state=State.UNSENT)
    return bool(cast(CursorResult[Any], session.execute(change)).rowcount)
