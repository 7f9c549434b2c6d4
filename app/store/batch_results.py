"""What became of the items of a batch."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.store.base import ItemState, State
from app.store.batch_models import BatchItem
from app.store.models import Submission


class Result(NamedTuple):
    """What became of one item."""

    position: int
    draft_id: str
    name: str
    item: ItemState
    reason: str
    submission_id: int | None
    state: State | None
    campaign_id: str | None
    message: str | None
    http_status: int | None
    settled_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str
    campaign_status: str | None
    connection: str | None
    is_sandbox: bool | None
    version: int | None
    sha256: str | None
    pressed_by: str | None
    approved_by: str | None

    @property
    def looked_up_at(self) -> datetime | None:
        """When somebody looked it up, unless the API has said since what became of it."""
        return None if self.campaign_status is not None else self.resolved_at

    @property
    def known(self) -> str:
        """What is known of it, in words: what the API said, or else what somebody looked up."""
        if self.looked_up_at is None:
            return self.campaign_id or self.message or self.reason
        who = self.resolved_by or "Somebody"
        if self.state is State.UNSENT and self.campaign_id:
            return f"{who} looked in vain; it was created after all, as {self.campaign_id}"
        return (
            f"{self.campaign_id}: {who} found it"
            if self.campaign_id
            else (f"{who} looked, and it is not there")
        )

    @property
    def is_waiting(self) -> bool:
        """Whether it is yet to be put into the queue."""
        return self.item is ItemState.READY


_RESULT: Sequence[InstrumentedAttribute[Any]] = (
    BatchItem.position,
    BatchItem.draft_id,
    BatchItem.name,
    BatchItem.state,
    BatchItem.reason,
    Submission.id,
    Submission.state,
    Submission.campaign_id,
    Submission.message,
    Submission.http_status,
    Submission.settled_at,
    Submission.resolved_at,
    Submission.resolved_by,
    Submission.campaign_status,
    Submission.connection,
    Submission.is_sandbox,
    Submission.draft_version,
    Submission.digest,
    Submission.who,
    Submission.approved_by,
)


def _select_results(batch_id: int) -> Select[Any]:
    query = select(*_RESULT).outerjoin(Submission, Submission.id == BatchItem.submission_id)
    return query.where(BatchItem.batch_id == batch_id).order_by(BatchItem.position)


def read_results(
    session: Session, batch_id: int, most: int, states: Sequence[State] = ()
) -> list[Result]:
    """Read what became of the first items; with *states* only of those in one of them."""
    query = _select_results(batch_id).limit(most)
    if states:
        query = query.where(Submission.state.in_(states))
    return [Result(*row) for row in session.execute(query)]


def iterate_results(session: Session, batch_id: int) -> Iterator[dict[str, Any]]:
    """Yield what became of each item as JSON has it; times are ISO 8601 in UTC."""
    rows = session.execute(_select_results(batch_id).execution_options(yield_per=500))
    for row in rows:
        result = Result(*row)
        yield {
            "position": result.position,
            "name": result.name,
            "state": result.state.value if result.state else result.item.value,
            "campaign_id": result.campaign_id,
            "message": result.known if result.looked_up_at else result.message or result.reason,
            "http_status": result.http_status,
            "known_at": at.isoformat()
            if (at := result.looked_up_at or result.settled_at)
            else None,
            "submission": result.submission_id,
            "draft": result.draft_id,
            "connection": result.connection,
            "is_sandbox": result.is_sandbox,
            "version": result.version,
            "sha256": result.sha256,
            "pressed_by": result.pressed_by,
            "approved_by": result.approved_by,
        }
