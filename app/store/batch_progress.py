"""How far a batch is: what of it waits, is under way, and has ended how."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.store import batches, queued, throttles
from app.store.base import ItemState, State
from app.store.batch_models import Batch

_RATE_OVER = timedelta(seconds=20)


@dataclass(frozen=True)
class Progress:
    """How far a batch is, in campaigns.

    `rate` is campaigns a second; `seconds` is about how long the rest takes, `None` without a rate.
    """

    count: int
    unchecked: int
    ready: int
    unfit: int
    left_out: int
    waiting: int
    sending: int
    done: int
    failed: int
    taken_back: int
    unknown: int
    rate: float
    seconds: int | None

    @property
    def left(self) -> int:
        """How many are still to be sent."""
        return self.waiting + self.sending

    @property
    def ended(self) -> int:
        """How many are not under way any more."""
        return self.done + self.failed + self.taken_back + self.unknown


def measure_progress(session: Session, batch: Batch) -> Progress:
    """Measure how far a batch is by what its items and their submissions say."""
    items = batches.count_items(session, batch.id)
    sent = batches.count_submissions(session, batch.id)
    waiting = (items[ItemState.READY] if batch.confirmed_at else 0) + sent[State.QUEUED]
    left = waiting + sent[State.SENDING]
    rate = 0.0 if _is_held(session, batch) else _measure_rate(session, batch)
    taken_back = batches.count_taken_back(session, batch.id) if batch.stopped_at else 0
    return Progress(
        count=sum(items.values()),
        unchecked=items[ItemState.NEW],
        ready=items[ItemState.READY],
        unfit=items[ItemState.UNFIT],
        left_out=items[ItemState.LEFT_OUT] + (items[ItemState.UNFIT] if batch.confirmed_at else 0),
        waiting=waiting,
        sending=sent[State.SENDING],
        done=sent[State.CREATED],
        failed=sent[State.REFUSED] + sent[State.UNSENT] - taken_back,
        taken_back=taken_back,
        unknown=sent[State.UNKNOWN],
        rate=round(rate, 1),
        seconds=round(left / rate) if rate else None,
    )


def _is_held(session: Session, batch: Batch) -> bool:
    """Tell whether nothing goes now: somebody has paused the batch, or the API asked to wait."""
    now = datetime.now(UTC)
    until = queued.find_end_of_wait(session, batch.connection_key, now)
    return batch.paused_at is not None or until is not None


def _measure_rate(session: Session, batch: Batch) -> float:
    """Measure the outcomes a second of the last 20 seconds, no more than the connection's pace."""
    now = datetime.now(UTC)
    since = max(now - _RATE_OVER, batch.confirmed_at or now)
    seconds = (now - since).total_seconds()
    settled = batches.count_settled_since(session, batch.id, since)
    throttle = throttles.find_if_there(session, batch.connection_key)
    if not seconds or (throttle and throttle.paused_at):
        return 0.0
    measured = settled / seconds
    # A burst at the start says nothing of how it goes on.
    return min(measured, throttle.rate) if throttle and throttle.rate else measured
