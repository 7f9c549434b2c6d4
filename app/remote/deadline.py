"""One deadline for a whole call: connection, greeting, request, headers and body.

The time-outs of sockets begin anew with every byte, so a server that sends one byte at a
time is never too slow for them. Here a timer shuts the connection down instead.
"""

import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Thread, Timer
from time import monotonic, time
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from app.remote.addresses import AllowedHosts, resolve
from app.remote.answer_head import FinalAnswer

Result = TypeVar("Result")


class Deadline:
    """A moment some seconds from now, and the connections that end with it."""

    def __init__(self, seconds: float) -> None:
        self._monotonic, self._wall = monotonic() + seconds, time() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin; raises `OSError` where no thread can be started that ends it."""
        try:
            self._timer.start()
        except RuntimeError as error:
            raise OSError(str(error)) from error
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0.001: a time-out of 0 is not allowed."""
        return max(0.001, min(self._monotonic - monotonic(), self._wall - time()))

    @property
    def has_passed(self) -> bool:
        """Whether either clock says so: one stands still in sleep, and the other can be set."""
        return monotonic() >= self._monotonic or time() >= self._wall

    def wait_for(self, act: Callable[[], Result]) -> Result:
        """Do something that has no time-out of its own; raises what it does.

        Raises `TimeoutError` once the moment has passed, and `OSError` if no thread can be started.
        """
        done: Future[Result] = Future()

        def work() -> None:
            try:
                done.set_result(act())
            except BaseException as error:  # noqa: BLE001  It is raised again by who waits.
                done.set_exception(error)

        try:
            Thread(target=work, daemon=True).start()
        except RuntimeError as error:
            raise OSError(str(error)) from error
        return done.result(self.left)

    def watch(self, connection: socket.socket) -> None:
        """End this connection with the deadline, whatever is wrapped around it by then."""
        self._sockets.append(connection.dup())
        if self.has_passed:
            self._end()

    def _end(self) -> None:
        for connection in list(self._sockets):
            with suppress(OSError):  # It has ended already.
                connection.shutdown(socket.SHUT_RDWR)


class _Watch(NamedTuple):
    """What watches a connection: when it ends, where it may go, and who is told that it stands."""

    deadline: Deadline
    allowed: AllowedHosts
    note_connection: Callable[[socket.socket], None]


class _Watched(HTTPConnection):
    """A connection to the first allowed address that answers; it ends with its deadline."""

    _dns_host: str  # The base's: only its connection to the network is by this name.
    response_class = FinalAnswer

    def __init__(self, *args: Any, watch: _Watch, **options: Any) -> None:
        super().__init__(*args, **options)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        deadline, allowed = self._watch.deadline, self._watch.allowed
        addresses = deadline.wait_for(partial(resolve, self._dns_host, self.port, allowed))
        connection = self._connect(addresses)
        deadline.watch(connection)
        return connection

    def connect(self) -> None:
        super().connect()
        self._watch.note_connection(self.sock)

    def _connect(self, addresses: list[str]) -> socket.socket:
        """Connect to the first address that answers; the name stays for everything else."""
        name, patience = self._dns_host, self.timeout
        try:
            for self._dns_host in addresses[:-1]:
                with suppress(NewConnectionError, ConnectTimeoutError):
                    return self._connect_in_time(patience)
            self._dns_host = addresses[-1]
            return self._connect_in_time(patience)
        finally:
            self._dns_host = name

    def _connect_in_time(self, patience: Any) -> socket.socket:
        """Connect within *patience* seconds, and before the deadline."""
        if self._watch.deadline.has_passed:
            raise ConnectTimeoutError(self, "There was no time left to connect.")
        left = self._watch.deadline.left
        self.timeout = min(patience, left) if isinstance(patience, int | float) else left
        return super()._new_conn()


class _WatchedTls(_Watched, HTTPSConnection):
    """A watched connection that is encrypted."""


class WatchedAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections go where they may, and end with a deadline."""

    def __init__(
        self,
        deadline: Deadline,
        allowed: AllowedHosts,
        note_connection: Callable[[socket.socket], None],
    ) -> None:
        """Call *note_connection* with every connection that stands, its certificate accepted."""
        super().__init__()
        self._watch = _Watch(deadline, allowed, note_connection)

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """Give a pool whose connections are watched."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _WatchedTls if pool.scheme == "https" else _Watched
        pool.conn_kw["watch"] = self._watch
        return pool
