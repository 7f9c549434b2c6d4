"""Serve a WSGI application by waitress, within limits that no caller can stretch.

Waitress bounds size by itself, and silence too: `channel_timeout` ends a connection on which
nothing moves. It has no bound for these, which the subclasses here add:

    a request that comes byte by byte    each byte restarts `channel_timeout`, so the time of a
                                         request is counted from its first byte
    an answer that nobody reads          waitress closes a connection once it is writable, which
                                         one with a full buffer never is
    a health check behind slow views     there is one queue for all, so `/healthz` has its own,
                                         with a thread of its own

What is complete is never ended, however long it waits or is worked on. All bounds are looked
at once a second, so each may be exceeded by as much.

A signal handler that raises would leave waitress' loop in the middle of whatever it does.
Ours only asks the loop to end after its turn.
"""

import ctypes
import logging
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import BadRequest

HEALTH = "/healthz"
_CONNECTIONS = 1000
_OTHER_FILES = 512  # Databases, in each thread, and what is read or sent.
_LINGER_SECONDS = 2
_M_ARENA_MAX, _ARENAS = -8, 2  # The first of each pair is from <malloc.h>.
_M_MMAP_THRESHOLD, _MMAP_BYTES = -3, 128 * 1024
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Limits:
    """What a caller may use: bytes of a body and of headers, seconds, connections and threads."""

    body: int
    threads: int
    headers: int = 32 * 1024
    request_seconds: float = 30.0
    idle_seconds: int = 60
    connections: int = _CONNECTIONS


class Server:
    """A WSGI application that listens, from when it is made until it is stopped."""

    def __init__(self, application: Callable[..., Any], limits: Limits, **listen: object) -> None:
        """Listen where *listen* says, in the words of waitress.

        Raises `OSError` or `ValueError` for where nobody can listen.
        """
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # To wait is no fault.
        adjustments = _adjustments(limits, listen)
        self._map: dict[int, Any] = {}
        self._dispatcher = _Dispatcher(limits.threads)
        self._listeners = [
            _Listener(
                application,
                self._map,
                dispatcher=self._dispatcher,
                adj=adjustments,
                sockinfo=where,
                request_seconds=limits.request_seconds,
            )
            for where in adjustments.listen  # A name may stand for several addresses.
        ]
        self._is_stopping = False

    @property
    def port(self) -> int:
        return int(self._listeners[0].effective_port)

    def run(self) -> None:
        """Serve until `stop`, then give the requests that are worked on a moment to end."""
        while not self._is_stopping:
            # select() cannot watch as many connections as may come.
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
        self._dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Ask `run` to end; may be called once, from a signal handler or another thread."""
        self._is_stopping = True
        self._listeners[0].pull_trigger()


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call *stop* at the first signal; a further one raises `KeyboardInterrupt`.

    Except for a hang-up after a hang-up: a terminal that closes sends one and its shell
    another. What is ignored from the start, as under nohup, stays so.
    """

    def hear(number: int, _frame: FrameType | None) -> None:
        for later in heard:
            is_echo = number == later == signal.SIGHUP
            signal.signal(later, signal.SIG_IGN if is_echo else signal.default_int_handler)
        stop()

    heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, hear)


def limit_malloc_arenas() -> None:
    """Let all threads allocate from few arenas, and large blocks go back when they are freed.

    The C library of GNU gives each thread its own arena, which keeps as much as the largest
    request that ever came there took, and it keeps freed blocks of a size that was once freed.
    Setting the threshold, even to its default, turns that off. Other libraries have no such
    setting.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)


def raise_open_file_limit() -> None:
    """Let this process open the files that all connections need, as far as the system lets it.

    Usual is 1024, and a database that cannot be opened is worse than a caller who waits.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = _CONNECTIONS + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _adjustments(limits: Limits, listen: dict[str, object]) -> Any:
    return Adjustments(
        **listen,
        ident=None,
        threads=limits.threads,
        max_request_body_size=limits.body + 1,  # Waitress refuses what is as large as this.
        max_request_header_size=limits.headers,
        channel_timeout=limits.idle_seconds,
        cleanup_interval=1,
        connection_limit=limits.connections,
        backlog=limits.connections,
    )


class RefusableRequest(HTTPRequestParser):
    """A request that knows when it began, and has a path even if none could be read."""

    empty: bool
    error: Any
    path = ""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = monotonic()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.empty:  # Waitress skips blank lines, and each would begin the time anew.
            self.empty, self.error = False, BadRequest("There is no request in it.")
        return consumed


class _Channel(HTTPChannel):
    """A connection that reads on for a moment after it has refused a request.

    Closed with bytes unread, it would be reset, and the caller might never see the answer.
    """

    parser_class = RefusableRequest
    close_when_flushed: bool
    is_refusing = False
    lingers_until = 0.0

    def service(self) -> None:
        self.is_refusing = bool(self.requests[0].error)
        super().service()

    def handle_write(self) -> None:
        if self.will_close or not (self.is_refusing and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if not self.total_outbufs_len:
            self.close_when_flushed = False
            self.lingers_until = monotonic() + _LINGER_SECONDS
            self.socket.shutdown(socket.SHUT_WR)

    def received(self, data: bytes) -> bool:
        return False if self.lingers_until else bool(super().received(data))


class _Listener(TcpWSGIServer):
    """Ends, once a second, the connections that are too slow to send or to read."""

    channel_class = _Channel

    def __init__(self, *args: Any, request_seconds: float, **options: Any) -> None:
        self._request_seconds = request_seconds
        super().__init__(*args, **options)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if self._is_late(channel):
                channel.will_close = True
            self._end_unread(channel, now - self.adj.channel_timeout)

    def _is_late(self, channel: Any) -> bool:
        """Tell whether a request takes too long to come; while nobody reads it, no time counts."""
        if channel.lingers_until:
            return bool(monotonic() > channel.lingers_until)
        request = channel.request
        if request is None:
            return False
        if not channel.readable():
            request.began = monotonic()
        return bool(monotonic() - request.began > self._request_seconds)

    def _end_unread(self, channel: Any, cutoff: float) -> None:
        with channel.outbuf_lock:  # Or a first byte that is just being sent would count.
            if channel.total_outbufs_len and channel.last_activity < cutoff:
                channel.handle_close()


class _Dispatcher(ThreadedTaskDispatcher):
    """Gives work to threads, and a question for health to a thread that does nothing else."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._health = ThreadedTaskDispatcher()
        self._health.set_thread_count(1)
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        if _asks_for_health(task.requests[0]):
            self._health.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        self._health.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))


def _asks_for_health(request: Any) -> bool:
    if request.error:  # It may have neither a method nor a path.
        return False
    return request.command in ("GET", "HEAD") and request.path == HEALTH
