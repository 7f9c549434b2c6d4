"""Who tells people and hooks what waits: one machine looks every five minutes.

It tells beside the requests and beside the sweep, neither of which waits for a server of others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.connections import ConnectionRegistry
from app.notices.digest import tell_people
from app.notices.hook_calls import deliver, tell_hooks
from app.notices.items import ListWaiting
from app.people.mail import Outbox
from app.store import periodic_tasks
from app.store.audit_trail import INSTANCE
from app.store.database import Store

EVERY = 5 * 60
"""Seconds between two looks at what waits."""

_LEASE = EVERY - 10.0


@dataclass(frozen=True)
class Teller:
    """What tells people and programs of what waits; *start* is `Background.run`."""

    store: Store
    connections: ConnectionRegistry
    outbox: Outbox
    public_url: str
    list_waiting: ListWaiting
    start: Callable[[str, Callable[[], object]], object]

    def look(self) -> None:
        """Tell what is to be told now, and make the calls that are due; raises `DatabaseError`.

        To be called each minute or so on every machine: each look and each call is one machine's.
        """
        with self.store.writing(f"{INSTANCE} digest") as session:
            is_time = periodic_tasks.take(session, "digest", _LEASE)
        if is_time:
            self.start("digests", self._tell_people)
            self.start("hook digests", self._tell_hooks)
        self.start("hook calls", self._call_hooks)

    def _tell_people(self) -> None:
        now = datetime.now(UTC)
        tell_people(self.store, self.list_waiting, self.outbox, self.public_url, now)

    def _tell_hooks(self) -> None:
        tell_hooks(self.store, self.list_waiting, self.public_url, datetime.now(UTC))

    def _call_hooks(self) -> None:
        deliver(self.store, self.connections.vault, self.connections.network)
