"""Send what waits in the queue, in as many threads as its connections allow.

A thread claims for one connection, sends, and claims again until nothing is left to claim;
then it ends. While more waits than it can take, it starts another beside itself. So there are
threads only while there is work, and who ends a call takes the place that it leaves.

Threads that claim for the same connection while another is claiming do so together next: as
many submissions are claimed as threads wait for one, so each is sent at once.
"""

import logging
from collections.abc import Sequence
from functools import partial
from itertools import count
from threading import Condition
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.connections import Connection, ConnectionRegistry
from app.remote.connection import BadConnection
from app.sending.background import Background
from app.sending.brought_back import Witness
from app.sending.journal import Journal
from app.sending.outcome import Api, Outcome
from app.sending.queue import withdraw
from app.sending.recording import Claim, record_outcome
from app.sending.submission import Turn, Unsendable, Wait, claim, deliver
from app.sending.together import Together
from app.store.base import State
from app.store.database import Store
from app.store.saved_connections import NoSuchConnection

MOST_THREADS = 32
"""Threads that send at once in one process, to however many connections."""

_LOOK_AGAIN = 1.0
"""Seconds after which a database is asked again that did not answer."""

_LONGEST_WAIT = 60.0
"""Seconds after which it is looked whether what has to be waited for has changed."""

_log = logging.getLogger(__name__)


class _Opened(NamedTuple):
    """A turn of a thread, the connection it is for, and the way to call over that."""

    turn: Turn
    to: Connection
    api: Api | BadConnection


class Sender:
    """Sends what waits, from when it is woken until nothing does."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        connections: ConnectionRegistry,
        *,
        is_one_of_many: bool = False,
        witness: Witness | None = None,
    ) -> None:
        """Send what waits in *store*, as long as its *witness* misses nothing there.

        With *is_one_of_many*, what this machine cannot send stays in the queue: the settings of
        another machine may be right.
        """
        self._is_one_of_many = is_one_of_many
        self._store = store
        self._journal = journal
        self._connections = connections
        self._background = Background()
        self._witness = witness
        self._claims = Together[str, None, _Opened](self._claim, MOST_THREADS)
        self._changed = Condition()
        self._threads = 0
        self._numbers = count(1)
        self._rung: set[str] = set()
        self._waiting: set[str] = set()
        self._under_way: set[int] = set()
        self._is_stopping = False

    def wake(self, connection_key: str) -> None:
        """Look, beside the caller, whether something waits to be sent to a connection."""
        with self._changed:
            self._start(connection_key)

    def stop(self) -> None:
        """Claim nothing more; what is under way goes on, and what waits stays in the queue."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait for all threads, *seconds* at most; tell whether all ended in time."""
        return self._background.drain(seconds)

    def list_under_way(self) -> list[int]:
        """List the ids of the submissions that are being sent, in ascending order."""
        with self._changed:
            return sorted(self._under_way)

    def _start(self, key: str) -> None:
        """Start a thread for a connection, or let one that runs look again; the lock is held."""
        if self._is_stopping:
            return
        self._changed.notify_all()
        if self._threads < MOST_THREADS:
            try:
                self._background.run(f"send {next(self._numbers)}", partial(self._work, key))
            except RuntimeError:
                _log.exception("No further thread can be started; those that run go on.")
            else:
                self._threads += 1
                return
        self._rung.add(key)

    def _work(self, key: str) -> None:
        """Send to one connection until nothing is left to claim."""
        try:
            while not self._is_stopping:
                turn = self._take_turn(key)
                if not isinstance(turn, Claim | Unsendable) and not self._wait(key, turn):
                    break
        finally:
            with self._changed:
                self._threads -= 1
                left = sorted(self._rung)
                self._rung.clear()
                for rung in left:  # There is room for a thread now.
                    self._start(rung)

    def _wait(self, key: str, turn: Wait | None) -> bool:
        """Wait to claim again; tells whether to, as one thread waits for each connection."""
        with self._changed:
            if turn is None or key in self._waiting or self._is_stopping:
                return False
            self._waiting.add(key)
            self._changed.wait(min(turn.seconds, _LONGEST_WAIT))
            self._waiting.discard(key)
            return True

    def _take_turn(self, key: str) -> Turn:
        """Send what waits longest, or tell why nothing is sent."""
        try:
            # No backup is brought back meanwhile: it would not know of the campaign.
            with self._store.kept_in_place():
                turn, _, api = self._claims.ask(key, None)
                if isinstance(turn, Claim):
                    self._send(turn, api)
            if isinstance(turn, Unsendable):
                withdraw(turn.submission_id, turn.reason, store=self._store)
        except (DatabaseError, NoConnection):
            _log.warning("The queue cannot be read just now.", exc_info=True)
            return Wait(_LOOK_AGAIN)
        return turn

    def _claim(self, key: str, threads: Sequence[None]) -> list[_Opened]:
        """Claim for one connection, a submission for each thread that waits for one."""
        if self._witness:
            self._witness.check()
        to, api = self._open(key)
        turns: list[Turn] = [None] * len(threads)
        if self._is_one_of_many and isinstance(api, BadConnection):
            _log.error("This process cannot send to the connection %s", key)
        elif not self._is_stopping:
            deadline = self._connections.network.deadline
            turns = claim(
                to,
                store=self._store,
                deadline=deadline,
                threads=len(threads),
                leaves_others=self._is_one_of_many and to.is_fixed,
            )
        claimed = [turn.submission_id for turn in turns if isinstance(turn, Claim)]
        if self._witness and not self._witness.note_claims(claimed):
            turns = [None] * len(threads)
        return [_Opened(turn, to, api) for turn in turns]

    def _open(self, key: str) -> tuple[Connection, Api | BadConnection]:
        """Read a connection, and open the way to call over it as it is at that moment."""
        with self._store.reading():
            try:
                return self._connections.find(key), self._connections.open_api(key)
            except NoSuchConnection:
                return self._connections.find(key), BadConnection("This connection is gone.")
            except BadConnection as error:
                return self._connections.find(key), error

    def _send(self, claimed: Claim, api: Api | BadConnection) -> None:
        with self._changed:
            self._under_way.add(claimed.submission_id)
            if claimed.is_followed:
                self._start(claimed.connection_key)
        try:
            if isinstance(api, BadConnection):
                unsent = Outcome(State.UNSENT, str(api))
                record_outcome(claimed, unsent, self._store, self._journal)
            else:
                deliver(claimed, store=self._store, api=api, journal=self._journal)
        except Exception:  # noqa: BLE001  Its outcome is on record; the next one goes all the same.
            _log.exception("Failed to send", extra={"submission": claimed.submission_id})
        finally:
            with self._changed:
                self._under_way.discard(claimed.submission_id)
