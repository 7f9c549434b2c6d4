"""A batch on its way, as the tests of each step need it."""

from collections.abc import Callable, Sequence
from typing import Any

from app.connections import Connection, ConnectionRegistry
from app.sending.batch_check import check_items, make_batch, sort_by_destination
from app.sending.batch_confirmation import BatchRequest, confirm_batch
from app.sending.batch_queue import queue_items
from app.store import batch_results, batch_summary, batches
from app.store.base import ItemState, State
from app.store.batch_models import BatchItem
from app.store.database import Store
from tests.factories import outbound

Saved = Callable[..., str]


def save_many(saved: Saved, count: int) -> list[str]:
    """Save drafts that differ by their names alone."""
    return [saved(outbound(name=f"Campaign {number}")) for number in range(1, count + 1)]


def make(store: Store, connections: ConnectionRegistry, draft_ids: Sequence[str]) -> int:
    ((key, ids),) = sort_by_destination(draft_ids, store, connections).items()
    return make_batch(ids, connections.find(key), store)


def check_all(store: Store, connections: ConnectionRegistry, batch_id: int) -> None:
    while check_items(batch_id, store, connections):
        pass


def queue_all(store: Store, connections: ConnectionRegistry, batch_id: int) -> None:
    while queue_items(batch_id, store, connections):
        pass


def request(store: Store, batch_id: int, to: Connection, **changes: Any) -> BatchRequest:
    """Confirm everything that is asked, but for what a test changes."""
    with store.reading() as session:
        reviewed = batch_summary.compute_digest(session, batch_id)
        count = batches.count_items(session, batch_id)[ItemState.READY]
    confirmed = {"reviewed": reviewed, "stamp": to.stamp, "named": to.name, "who": "Ada"}
    return BatchRequest(batch_id=batch_id, to=to, **confirmed | {"counted": str(count)} | changes)


def make_confirmed(store: Store, connections: ConnectionRegistry, draft_ids: Sequence[str]) -> int:
    """Make a batch, check it, and confirm it."""
    batch_id = make(store, connections, draft_ids)
    check_all(store, connections, batch_id)
    with store.reading() as session:
        to = connections.find(batches.find(session, batch_id).connection_key)
    assert confirm_batch(request(store, batch_id, to), store)
    return batch_id


def items(store: Store, batch_id: int) -> list[BatchItem]:
    with store.reading() as session:
        return batches.read_items(session, batch_id, list(ItemState), 1000)


def states(store: Store, batch_id: int) -> list[State | ItemState]:
    """Read what became of each item."""
    with store.reading() as session:
        results = batch_results.read_results(session, batch_id, 1000)
    return [result.state or result.item for result in results]
