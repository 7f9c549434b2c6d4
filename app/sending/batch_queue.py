"""The items of a batch on their way: into the queue, held there, and out of it again."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.connections import Connection, ConnectionRegistry
from app.sending.batch_check import find_batch_obstacle
from app.sending.confirmation import describe_duplicate, find_duplicate
from app.sending.press import make_submission, record_press
from app.sending.queue import withdraw
from app.store import audit_trail, batches, drafts, seals
from app.store.audit_trail import EventKind, name_batch_chain, name_draft_chain
from app.store.base import ItemState, State
from app.store.batch_models import Batch, BatchItem
from app.store.batch_progress import measure_progress
from app.store.database import Store
from app.store.models import Draft, Submission
from app.store.submissions import name_payload_subject

_AT_ONCE = 50
_CHANGED = "It was changed after the batch was reviewed."


def queue_items(batch_id: int, store: Store, connections: ConnectionRegistry) -> bool:
    """Queue some items that are ready; tells whether there were any. Raises `NoSuchBatch`."""
    with store.reading() as session:
        to = connections.find(batches.find(session, batch_id).connection_key)
        items = batches.read_items(session, batch_id, (ItemState.READY,), _AT_ONCE)
    if not items:
        return False
    payloads = (name_payload_subject(item.digest, to.key) for item in items)
    chains = (name_draft_chain(item.draft_id) for item in items)
    with store.writing(name_batch_chain(batch_id), *chains, *payloads) as session:
        batch = batches.find(session, batch_id)
        if batch.stopped_at or not batch.confirmed_at:
            return False
        positions = {item.position for item in items}
        ready = batches.read_items(session, batch_id, (ItemState.READY,), _AT_ONCE)
        _queue(session, batch, to, [item for item in ready if item.position in positions])
        seals.seal(session)
    return True


def _queue(session: Session, batch: Batch, to: Connection, items: list[BatchItem]) -> None:
    now, made = datetime.now(UTC), list[tuple[BatchItem, Submission]]()
    for item in items:
        draft = drafts.find(session, item.draft_id)
        if reason := _find_change(batch, item, draft, to):
            item.state, item.reason = ItemState.LEFT_OUT, reason
            continue
        if reason := _find_repetition(session, item, to, now):
            item.state, item.reason = ItemState.UNFIT, reason
            continue
        submission = make_submission(
            draft,
            to,
            item.body,
            pressed_at=batch.confirmed_at or now,
            who=batch.who,
            batch_id=batch.id,
            approved_by=batch.approved_by,
            without_approval=batch.without_approval,
        )
        draft.state = State.QUEUED
        session.add(submission)
        made.append((item, submission))
    session.flush()
    for item, submission in made:
        item.state, item.submission_id = ItemState.QUEUED, submission.id
        record_press(session, submission, in_spite_of=None, batch=batch.id, **item.judged)


def _find_change(batch: Batch, item: BatchItem, draft: Draft, to: Connection) -> str:
    if to.stamp != batch.stamp or not to.is_enabled:
        return "The connection was changed after the batch was reviewed."
    if reason := find_batch_obstacle(draft, batch, to):
        return reason
    return "" if batches.name_version(draft) == item.seen else _CHANGED


def _find_repetition(session: Session, item: BatchItem, to: Connection, now: datetime) -> str:
    duplicate = find_duplicate(session, item.digest, to, now)
    return describe_duplicate(duplicate) if duplicate else ""


def pause_batch(batch_id: int, store: Store, who: str) -> None:
    """Send nothing more of a batch until somebody lets it go on; does nothing if it has ended."""
    _change(batch_id, store, who, EventKind.BATCH_PAUSED)


def resume_batch(batch_id: int, store: Store, who: str) -> None:
    """Let a batch go on that was paused, unless it has ended."""
    _change(batch_id, store, who, EventKind.BATCH_RESUMED)


def discard_batch(batch_id: int, store: Store, who: str) -> bool:
    """Send nothing of a batch that nobody has confirmed; tells whether that is so."""
    _change(batch_id, store, who, EventKind.BATCH_STOPPED, unless_confirmed=True)
    with store.reading() as session:
        return batches.find(session, batch_id).confirmed_at is None


def stop_batch(batch_id: int, store: Store, who: str) -> None:
    """Take back all of a batch that is not under way, for good, unless it has ended."""
    _change(batch_id, store, who, EventKind.BATCH_STOPPED)


def _change(
    batch_id: int, store: Store, who: str, kind: EventKind, *, unless_confirmed: bool = False
) -> None:
    now, chain = datetime.now(UTC), name_batch_chain(batch_id)
    with store.writing(chain) as session:
        batch = batches.find(session, batch_id)
        if not _is_change(session, batch, kind) or (unless_confirmed and batch.confirmed_at):
            return
        is_paused = batch.paused_at is not None
        if kind is EventKind.BATCH_STOPPED:
            batch.stopped_at = now
        else:
            batch.paused_at = None if is_paused else now
        audit_trail.record(session, kind, chain, who=who)


def _is_change(session: Session, batch: Batch, kind: EventKind) -> bool:
    """Tell whether there is something of a batch left to hold, to let go on or to stop."""
    if batch.stopped_at:
        return False
    if not batch.confirmed_at:  # It can only be discarded.
        return kind is EventKind.BATCH_STOPPED
    if not measure_progress(session, batch).left:
        return False
    is_paused = batch.paused_at is not None
    return kind is EventKind.BATCH_STOPPED or is_paused is (kind is EventKind.BATCH_RESUMED)


def take_back(batch_id: int, store: Store) -> bool:
    """Leave out some of a stopped batch, and take some out of the queue; tells whether any were."""
    with store.writing(name_batch_chain(batch_id)) as session:
        were_left = batches.leave_out_some(session, batch_id, batches.TAKEN_BACK)
        waiting = batches.list_queued(session, batch_id, _AT_ONCE)
    for submission_id in waiting:
        withdraw(submission_id, batches.TAKEN_BACK, store=store)
    return were_left or bool(waiting)
