"""Confirm a batch: one person, once, for all that is ready."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.connections import Connection
from app.rights import Person
from app.sending.approval import Standing, find_standing_of_batch, settle_grounds
from app.sending.batch_check import NothingReady
from app.sending.confirmation import (
    NotConfirmed,
    StaleReview,
    check_destination,
    check_may_send,
    check_sender,
)
from app.sending.press import write_grounds
from app.store import audit_trail, batch_summary, batches, seals
from app.store.audit_trail import EventKind, name_batch_chain
from app.store.base import QUEUED_AT_MOST, ItemState
from app.store.batch_models import Batch
from app.store.database import Store


class Discarded(Exception):
    """Nothing of this batch is sent any more."""


class NotChecked(Exception):
    """Items of the batch have not been checked yet."""


class NotCounted(NotConfirmed):
    """The number of campaigns that go to a live connection was not typed."""


@dataclass(frozen=True, kw_only=True)
class BatchRequest:
    """What a person confirms by one press: all that is ready, by the digest over it.

    *stamp* is the connection's as it was seen; *named* and *counted* are what was typed for a
    live one, and *without_approval* is why it is sent without that; *mark* is the `Standing.mark`
    of what others had said by then. *person* is who presses, as they were let in.
    """

    batch_id: int
    reviewed: str
    to: Connection
    stamp: str
    named: str = ""
    counted: str = ""
    without_approval: str = ""
    mark: str = ""
    who: str = ""
    person: Person | None = None


def confirm_batch(batch_request: BatchRequest, store: Store) -> bool:
    """Confirm all that is ready; tells whether it was not confirmed before.

    Raises `NoSuchBatch`, `Discarded`, `NotChecked`, `NothingReady`, `StaleReview` or a
    `NotConfirmed`.
    """
    # What is set while this looks around comes later, so whatever it says holds when it is sent.
    now = datetime.now(UTC)
    chain = name_batch_chain(batch_request.batch_id)
    with store.writing(chain) as session:
        batch = batches.find(session, batch_request.batch_id)
        if batch.confirmed_at:
            return False
        standing = _check_confirmation(session, batch, batch_request, now)
        batch.confirmed_at, batch.who = now, batch_request.who
        batch_summary.keep_summary(batch, batch_summary.summarise(session, batch))
        grounds = settle_grounds(
            session, standing, batch_request.without_approval, batch_request.who
        )
        batch.approved_by, batch.without_approval = grounds.approved_by, grounds.without_approval
        audit_trail.record(
            session,
            EventKind.BATCH_CONFIRMED,
            chain,
            who=batch_request.who,
            connection=batch.connection,
            count=batches.count_items(session, batch.id)[ItemState.READY],
            digest=batch.digest,
            **write_grounds(batch),
        )
        seals.seal(session)
        return True


def _check_confirmation(
    session: Session, batch: Batch, batch_request: BatchRequest, now: datetime
) -> Standing | None:
    if batch.stopped_at:
        raise Discarded
    counts, to = batches.count_items(session, batch.id), batch_request.to
    if counts[ItemState.NEW]:
        raise NotChecked
    if not counts[ItemState.READY]:
        raise NothingReady
    is_new = now - batch.created_at < QUEUED_AT_MOST
    is_as_seen = is_new and batch.stamp == to.stamp == batch_request.stamp
    if not is_as_seen or batch_summary.compute_digest(session, batch.id) != batch_request.reviewed:
        raise StaleReview
    check_may_send(session, batch_request.person, to)
    standing = find_standing_of_batch(session, batch, to)
    check_destination(session, to, standing, batch_request.without_approval, batch_request.mark)
    check_sender(to, named=batch_request.named, who=batch_request.who)
    if not to.is_sandbox and _read_count(batch_request.counted) != counts[ItemState.READY]:
        raise NotCounted
    return standing


def _read_count(typed: str) -> int | None:
    digits = typed.replace(",", "").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None
