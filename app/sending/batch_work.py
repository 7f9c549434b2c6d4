"""What is done of batches beside the requests: checking, queueing, taking back."""

from collections.abc import Callable
from functools import partial

from app.connections import ConnectionRegistry
from app.sending.background import Background
from app.sending.batch_check import check_items
from app.sending.batch_queue import queue_items, take_back
from app.store import batches
from app.store.database import Store


class BatchWork:
    """Goes on with batches, each in a thread of its own, from wherever they are."""

    def __init__(
        self,
        store: Store,
        connections: ConnectionRegistry,
        background: Background,
        ring: Callable[[str], None],
    ) -> None:
        """Say by *ring* that something waits to be sent to a connection."""
        self._store = store
        self._connections = connections
        self._background = background
        self._ring = ring

    def start(self, batch_id: int) -> None:
        """Go on with a batch, beside the caller, until nothing is left to do."""
        self._background.run(f"batch {batch_id}", partial(self._work, batch_id))

    def _work(self, batch_id: int) -> None:
        while self._do_some(batch_id):
            pass

    def _do_some(self, batch_id: int) -> bool:
        """Do the next that has to be done; tells whether there was anything."""
        with self._store.reading() as session:
            batch = batches.find(session, batch_id)
        if batch.stopped_at:
            return take_back(batch_id, self._store)
        if not batch.confirmed_at:
            return check_items(batch_id, self._store, self._connections)
        has_queued = queue_items(batch_id, self._store, self._connections)
        if has_queued:
            self._ring(batch.connection_key)
        return has_queued
