"""Batches and their items: made, found and counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased, load_only

from app.store.acceptances import stamp_statements
from app.store.base import ENDED, NOT_CREATED, QUEUED_AT_MOST, ItemState, State
from app.store.batch_models import Batch, BatchItem
from app.store.batch_summary import keep_summary
from app.store.models import IS_QUEUED, IS_UNLOCKED, Draft, Submission

MOST_ITEMS = 100_000
"""Campaigns in one batch."""

TAKEN_BACK = "The batch was stopped before it was sent."
"""Why a campaign was not sent that somebody took back with its batch; they are counted by it."""

_AT_ONCE = 1000


class NoSuchBatch(LookupError):
    """No batch has this number."""


def create(session: Session, *, made_by: str = "", **connection: Any) -> Batch:
    """Make a batch without items; *connection* is how it is kept in the batch."""
    batch = Batch(created_at=datetime.now(UTC), digest="", who="", made_by=made_by, **connection)
    session.add(batch)
    session.flush()
    return batch


def add_items(session: Session, batch_id: int, first: int, draft_ids: Iterable[str]) -> None:
    """Add these drafts in this order, numbered on from *first*."""
    rows = [
        {"batch_id": batch_id, "position": position, "draft_id": draft_id, **_NEW}
        for position, draft_id in enumerate(draft_ids, first)
    ]
    session.execute(insert(BatchItem), rows)


_NEW: Mapping[str, Any] = {
    "name": "",
    "seen": "",
    "body": b"",
    "digest": "",
    "judged": {},
    "findings": {},
    "calling_days": 0,
    "state": ItemState.NEW,
    "reason": "",
}


def find(session: Session, batch_id: int) -> Batch:
    """Find a batch; raises `NoSuchBatch`."""
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise NoSuchBatch(batch_id)
    return batch


PAGE = 50
"""Batches that are listed at once."""


def list_newest(
    session: Session, keys: frozenset[str] | None = None, before: int | None = None
) -> tuple[list[Batch], int | None]:
    """List a page of batches, the last one first: those to the connections of *keys*, or all.

    They are those *before* a number, if there is one; gives before which the next page is, too.
    """
    query = select(Batch).order_by(Batch.id.desc()).limit(PAGE + 1)
    if keys is not None:
        query = query.where(Batch.connection_key.in_(keys))
    if before is not None:
        query = query.where(Batch.id < before)
    newest = list(session.scalars(query))
    return newest[:PAGE], newest[PAGE - 1].id if len(newest) > PAGE else None


def read_items(
    session: Session, batch_id: int, states: Sequence[ItemState], most: int
) -> list[BatchItem]:
    """Read the first items in these states, in the order of the batch."""
    query = select(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.state.in_(states))
    return list(session.scalars(query.order_by(BatchItem.position).limit(most)))


def list_reviewed_with(session: Session, draft: Draft, now: datetime) -> list[int]:
    """List the batches with a draft, as it is, that are being reviewed and not confirmed."""
    query = (
        select(Batch.id)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .where(
            BatchItem.draft_id == draft.id,
            BatchItem.state == ItemState.READY,
            BatchItem.seen == name_version(draft),
            Batch.confirmed_at.is_(None),
            Batch.stopped_at.is_(None),
            Batch.created_at > now - QUEUED_AT_MOST,
        )
    )
    return list(session.scalars(query.order_by(Batch.id)))


def count_shared(session: Session, batch_id: int, now: datetime) -> dict[int, int]:
    """Count what is ready in a batch, and in the same version in each other that can send it.

    Gives ``{number: count}``, of batches to the same connection alone.
    """
    is_ready = exists().where(BatchItem.batch_id == Batch.id, BatchItem.state == ItemState.READY)
    others = session.scalars(
        select(Batch.id).where(
            Batch.id != batch_id,
            Batch.connection_key == find(session, batch_id).connection_key,
            Batch.stopped_at.is_(None),
            or_(Batch.confirmed_at.is_not(None), Batch.created_at > now - QUEUED_AT_MOST),
            is_ready,
        )
    )
    other = aliased(BatchItem)
    query = (
        select(other.batch_id, func.count())
        .join(BatchItem, BatchItem.draft_id == other.draft_id)
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.state == ItemState.READY,
            other.batch_id.in_(others.all()),
            other.state == ItemState.READY,
            other.seen == BatchItem.seen,
        )
    )
    return dict(session.execute(query.group_by(other.batch_id).order_by(other.batch_id)).all())


def count_items(session: Session, batch_id: int) -> dict[ItemState, int]:
    """Count the items by their states."""
    query = select(BatchItem.state, func.count()).where(BatchItem.batch_id == batch_id)
    counts = dict.fromkeys(ItemState, 0)
    rows = session.execute(query.group_by(BatchItem.state)).all()
    return counts | dict(rows)


def name_version(draft: Draft) -> str:
    """Name a draft's version, and what was said of its findings."""
    return f"{draft.version} {stamp_statements(draft)}"


def count_changed(session: Session, batch_id: int) -> int:
    """Count what is ready in a batch and is not any more what was checked."""
    query = (
        select(BatchItem.seen, Draft)
        .join(Draft, Draft.id == BatchItem.draft_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY)
        .options(load_only(Draft.version, Draft.accepted, Draft.deleted_at, Draft.state))
    )
    return sum(
        draft.is_locked or draft.deleted_at is not None or seen != name_version(draft)
        for seen, draft in session.execute(query)
    )


def count_submissions(session: Session, batch_id: int) -> dict[State, int]:
    """Count the submissions of a batch by their states."""
    query = select(Submission.state, func.count()).where(Submission.batch_id == batch_id)
    counts = dict.fromkeys(State, 0)
    rows = session.execute(query.group_by(Submission.state)).all()
    return counts | dict(rows)


def count_taken_back(session: Session, batch_id: int) -> int:
    """Count the submissions of a batch that were taken out of the queue, for `TAKEN_BACK`."""
    query = select(func.count()).where(
        Submission.batch_id == batch_id,
        Submission.state == State.UNSENT,
        Submission.message == TAKEN_BACK,
    )
    return session.scalar(query) or 0


def count_settled_since(session: Session, batch_id: int, since: datetime) -> int:
    """Count the submissions whose outcome is known since then (aware)."""
    has_ended = Submission.state.in_(ENDED)
    query = select(func.count()).where(
        Submission.batch_id == batch_id, has_ended, Submission.settled_at > since
    )
    return session.scalar(query) or 0


def has_item(session: Session, batch_id: int, submission: Submission) -> bool:
    """Tell whether a submission is that of an item of a batch."""
    query = select(BatchItem.position).where(
        BatchItem.batch_id == batch_id,
        BatchItem.draft_id == submission.draft_id,  # There is an index of both.
        BatchItem.submission_id == submission.id,
    )
    return session.scalars(query).first() is not None


def find_item_of(session: Session, submission_id: int) -> BatchItem | None:
    """Find the item of a submission's batch, if that was not stopped."""
    query = (
        select(BatchItem)
        .join(Batch, Batch.id == BatchItem.batch_id)
        .join(Submission, Submission.batch_id == Batch.id)
        .where(
            Submission.id == submission_id,
            BatchItem.draft_id == Submission.draft_id,
            BatchItem.submission_id == submission_id,
            Batch.stopped_at.is_(None),
        )
    )
    return session.scalars(query).first()


def find_same_payload(session: Session, item: BatchItem, digest: str) -> BatchItem | None:
    """Find an item before this one that has the same bytes."""
    query = select(BatchItem).where(
        BatchItem.batch_id == item.batch_id,
        BatchItem.digest == digest,
        BatchItem.position < item.position,
    )
    return session.scalars(query.order_by(BatchItem.position).limit(1)).first()


def leave_out_some(session: Session, batch_id: int, reason: str) -> bool:
    """Leave out some items that are not in the queue yet; tells whether there were any."""
    positions = (
        select(BatchItem.position)
        .where(
            BatchItem.batch_id == batch_id, BatchItem.state.in_((ItemState.NEW, ItemState.READY))
        )
        .limit(_AT_ONCE)
    )
    some = BatchItem.position.in_(list(session.scalars(positions)))
    change = update(BatchItem).where(BatchItem.batch_id == batch_id, some)
    changed = session.execute(change.values(state=ItemState.LEFT_OUT, reason=reason))
    return bool(cast(CursorResult[Any], changed).rowcount)


def list_going(session: Session) -> list[Batch]:
    """List the batches that go on, and of which something is left to queue."""
    is_left = (
        select(BatchItem.position)
        .where(BatchItem.batch_id == Batch.id, BatchItem.state == ItemState.READY)
        .exists()
    )
    query = select(Batch).where(
        Batch.confirmed_at.is_not(None), Batch.stopped_at.is_(None), is_left
    )
    return list(session.scalars(query))


def check_anew(session: Session, batch: Batch, **connection: Any) -> None:
    """Let all items be checked again; *connection* is how the batch keeps it now."""
    for name, value in connection.items():
        setattr(batch, name, value)
    batch.created_at = datetime.now(UTC)
    keep_summary(batch, None)
    anew = update(BatchItem).where(BatchItem.batch_id == batch.id)
    session.execute(anew.values(_NEW))


def list_queued(session: Session, batch_id: int, most: int) -> list[int]:
    """List the first submissions of a batch that wait to be sent."""
    query = select(Submission.id).where(Submission.batch_id == batch_id, IS_QUEUED)
    return list(session.scalars(query.order_by(Submission.id).limit(most)))


def list_unfinished(session: Session, now: datetime) -> list[int]:
    """List the batches of which something is left to check, to queue or to take back."""

    def has_items(*states: ItemState) -> Any:
        query = select(BatchItem.position)
        return query.where(BatchItem.batch_id == Batch.id, BatchItem.state.in_(states)).exists()

    has_queued = select(Submission.id).where(Submission.batch_id == Batch.id, IS_QUEUED).exists()
    is_new = Batch.created_at > now - QUEUED_AT_MOST
    query = select(Batch.id).where(
        or_(
            Batch.stopped_at.is_not(None)
            & (has_queued | has_items(ItemState.NEW, ItemState.READY)),
            Batch.stopped_at.is_(None)
            & Batch.confirmed_at.is_not(None)
            & has_items(ItemState.READY),
            Batch.confirmed_at.is_(None) & is_new & has_items(ItemState.NEW),
        )
    )
    return list(session.scalars(query.order_by(Batch.id)))


def list_waiting(session: Session) -> list[int]:
    """List the batches of which something waits to be sent."""
    has_queued = select(Submission.id).where(Submission.batch_id == Batch.id, IS_QUEUED)
    return list(session.scalars(select(Batch.id).where(has_queued.exists())))


def list_to_repeat(session: Session, batch_id: int) -> list[str]:
    """List the drafts that were not created by a batch, and may be sent now.

    What was left out as it is the same as another campaign is not among them.
    """
    query = _select_to_repeat(batch_id).order_by(BatchItem.position)
    return list(session.scalars(query))


def count_to_repeat(session: Session, batch_id: int) -> int:
    """Count what `list_to_repeat` lists."""
    drafts = _select_to_repeat(batch_id).subquery()
    return session.scalar(select(func.count()).select_from(drafts)) or 0


def _select_to_repeat(batch_id: int) -> Select[str]:
    was_not_created = Submission.state.in_(NOT_CREATED)
    return (
        select(BatchItem.draft_id)
        .join(Draft, Draft.id == BatchItem.draft_id)
        .outerjoin(Submission, Submission.id == BatchItem.submission_id)
        .where(
            BatchItem.batch_id == batch_id,
            Draft.deleted_at.is_(None),
            IS_UNLOCKED,
            or_(
                (BatchItem.state == ItemState.UNFIT) & (BatchItem.digest == ""),
                BatchItem.state == ItemState.LEFT_OUT,
                was_not_created,
            ),
        )
    )


def write_document(batch: Batch) -> dict[str, Any]:
    """Write a batch out as JSON has it; times are ISO 8601 in UTC."""
    times = {
        name: at.isoformat() if (at := getattr(batch, name)) else None
        for name in ("created_at", "confirmed_at", "paused_at", "stopped_at")
    }
    return {
        "id": batch.id,
        "connection": batch.connection,
        "destination": batch.connection_key,
        "is_sandbox": batch.is_sandbox,
        "digest": batch.digest,
        "confirmed_by": batch.who,
        **times,
    }


def write_item_document(item: BatchItem) -> dict[str, Any]:
    """Write an item of a batch out as JSON has it."""
    return {
        "batch_id": item.batch_id,
        "position": item.position,
        "draft_id": item.draft_id,
        "name": item.name,
        "payload": item.body.decode(),
        "sha256": item.digest,
        "judged": item.judged,
        "findings": item.findings,
        "calling_days": item.calling_days,
        "state": item.state.value,
        "reason": item.reason,
        "submission_id": item.submission_id,
    }
