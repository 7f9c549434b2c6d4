"""Serve a WSGI application from several processes, by gunicorn.

All processes accept from one listening socket, which the parent opens or systemd hands over
(`LISTEN_FDS`). So whichever is free takes the next connection, none is lost when a process ends,
and a new server can stand beside an old one on the same socket. A socket for each process
(SO_REUSEPORT) would lose what waits in it when its process ends.

The application is made in each process after the fork: a connection to a database must not be
shared, nor does a thread survive a fork.

Gunicorn bounds the parts of a request's head. It has no bound for these, which `_Worker` adds:

    a caller who connects and is silent    waits beside the threads, not in one
    a request that comes byte by byte      the same, until all of it is here, and in time
    a body                                 one in chunks is read before the application gets it,
                                           since Werkzeug would take its beginning for the whole
    an answer that nobody reads            each part has to be taken in time
    a stop                                 campaigns that are being sent are waited for, and
                                           nobody new is let in whom nobody would answer

So a thread never waits for a caller, except to take in an answer: what gunicorn reads has come
before. A caller who is answered and stays is waited for beside the threads as well.
"""

import logging
import os
import selectors
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import ceil
from multiprocessing import get_context
from ssl import SSLContext
from time import monotonic
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from app.arrival import Arrival
from app.gunicorn_connection import Connection, TlsConnection
from app.server import Limits, raise_open_file_limit

_LONGEST_LINE = 8190  # Gunicorn allows no longer one.
_MOST_FIELDS = 64
_SILENT_SECONDS = 60
_LINGER_SECONDS = 5
_LEAVE_SECONDS = 2
_STOPS = (signal.SIGTERM, signal.SIGQUIT)


@dataclass(frozen=True)
class Served:
    """What a process serves, and what goes on in it beside the requests.

    *drain* waits for that, some seconds at most, and tells whether it has ended; *describe*
    says what would be cut off, or nothing. With *tls* nobody is answered without it.
    """

    application: Callable[..., Any]
    drain: Callable[[float], bool]
    describe: Callable[[], str]
    tls: SSLContext | None = None


class Server(BaseApplication):
    """Processes that serve what *make* makes in each, on sockets that listen already."""

    def __init__(
        self,
        make: Callable[[], Served],
        limits: Limits,
        sockets: list[socket.socket],
        *,
        processes: int,
        drain_seconds: float,
    ) -> None:
        """Take the sockets over; without any, those that systemd has handed over are used."""
        self._make = make
        self.limits = limits
        self._sockets = sockets
        self._processes = processes
        self.drain_seconds = drain_seconds
        self.served: Served
        super().__init__()

    def load_config(self) -> None:
        for name, value in _list_options(self.limits).items():
            self.cfg.set(name, value)
        if self._sockets:
            self.cfg.set("bind", [f"fd://{listening.detach()}" for listening in self._sockets])
        self.cfg.set("workers", self._processes)
        self.cfg.set("graceful_timeout", ceil(self.drain_seconds) + _LINGER_SECONDS)

    def load(self) -> Callable[..., Any]:
        """Make what is served, in the process that serves it."""
        raise_open_file_limit()
        self.served = self._make()
        scheme = "https" if self.served.tls else "http"
        return _bound_body(self.served.application, self.limits.body, scheme)

    def run(self) -> None:
        """Serve until stopped; ends the program."""
        _Arbiter(self).run()


def listen(host: str, port: int, backlog: int) -> list[socket.socket]:
    """Listen on each address that a host has; on none if systemd has handed a socket over.

    Raises `OSError` for a port that cannot be used, and `ValueError` for a host that is not.
    """
    if is_handed_over():
        return []
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise ValueError(host) from error
    addresses = dict.fromkeys((family, address[:2]) for family, *_, address in known)
    return [
        socket.create_server(address, family=family, backlog=backlog)
        for family, address in addresses
    ]


def is_handed_over() -> bool:
    """Tell whether systemd has handed listening sockets over to this process."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and "LISTEN_FDS" in os.environ


def run_apart(work: Callable[[], object]) -> None:
    """Run *work* in a process that ends with it, so that nothing it opens is shared by a fork.

    Where it fails, so does this program: *work* has said why.
    """
    process = get_context("fork").Process(target=work)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(1)


def _bound_body(application: Callable[..., Any], most: int, scheme: str) -> Callable[..., Any]:
    """Refuse what has more than *most* bytes; tell the length of what came in chunks.

    *scheme* is by what it came.
    """

    def bounded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = scheme
        if environ.pop("HTTP_TRANSFER_ENCODING", None):
            body = environ["wsgi.input"].read(most + 1)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if int(environ.get("CONTENT_LENGTH") or 0) <= most:
            return application(environ, start_response)  # type: ignore[no-any-return]
        start_response("413 Request Entity Too Large", [("Content-Length", "0")])
        return []

    return bounded


def _list_options(limits: Limits) -> dict[str, Any]:
    """List gunicorn's settings, also those that the environment would change."""
    return {
        "worker_class": _Worker,
        "threads": limits.threads,
        "timeout": _SILENT_SECONDS,
        "keepalive": limits.idle_seconds,
        "worker_connections": limits.connections,
        "backlog": limits.connections,
        "limit_request_line": _LONGEST_LINE,
        "limit_request_fields": _MOST_FIELDS,
        "limit_request_field_size": _LONGEST_LINE,
        # What a proxy says is read by the application, from the one that is trusted.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "secure_scheme_headers": {},
        "sendfile": False,  # It waits without end for who does not read.
        "control_socket_disable": True,
        "loglevel": "warning",
        "logger_class": _Log,
        "errorlog": None,  # Or it would be written a second time.
    }


class _Log(Logger):
    """Gunicorn's log, written by whatever writes the app's: nothing of a request is in a line."""

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self.error_log.propagate = True
        self.error_log.addFilter(_leave_request_out)


def _leave_request_out(record: logging.LogRecord) -> bool:
    """Keep of a request that failed, or could not be read, no more than that."""
    for start, words in _ABOUT_REQUESTS.items():
        if str(record.msg).startswith(start):
            record.msg, record.args = words, ()
    return True


_ABOUT_REQUESTS = {
    "Invalid request from": "A request could not be read",
    "Error handling request": "A request failed",
}


class _Arbiter(Arbiter):
    """The parent: whichever signal asks it to stop, it lets the processes end in their time.

    A second Ctrl+C, or SIGQUIT, ends them at once.
    """

    handle_int = handle_hup = Arbiter.handle_term

    def init_signals(self) -> None:
        """Go on ignoring what is ignored from the start, as under nohup."""
        ignored = [
            number
            for number in (signal.SIGINT, signal.SIGHUP)
            if signal.getsignal(number) is signal.SIG_IGN
        ]
        super().init_signals()
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)

    def spawn_worker(self) -> Any:
        """Start a process; until that is ready for signals, it gets none that would be lost."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            return super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


class _Worker(ThreadWorker):
    """A process that serves."""

    app: Server
    alive: bool
    pending_conns: deque[Any]
    _ends = 0.0

    def init_signals(self) -> None:
        """Leave what a terminal sends to all processes to the parent."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def run(self) -> None:
        """Serve until stopped, and end only when no campaign is on its way any more."""
        try:
            super().run()
            self._drain()
        finally:
            if cut_off := self.app.served.describe():
                print(cut_off, file=sys.stderr, flush=True)

    def is_parent_alive(self) -> bool:
        """Tell whether there is a parent; without one this process stops as if told to."""
        is_there = bool(super().is_parent_alive())
        self.alive = self.alive and is_there
        return is_there

    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread once a request has come whole, or all that ever will."""
        if not isinstance(conn.sock, Connection):
            self._adopt(conn)
        if conn.sock.take_in():
            conn.data_ready = True
            super().enqueue_req(conn)
            return
        if began := conn.sock.arrival.began:
            conn.timeout = began + self.app.limits.request_seconds
        self._watch(conn, self.on_pending_socket_readable)

    def _adopt(self, conn: Any) -> None:
        limits = self.app.limits
        tls = self.app.served.tls
        fileno = conn.sock.detach()
        conn.sock = TlsConnection(fileno, tls) if tls else Connection(fileno=fileno)
        conn.sock.setblocking(False)
        conn.sock.answer_seconds = limits.idle_seconds
        conn.sock.arrival = Arrival(_LONGEST_LINE + 2, limits.headers, limits.body)
        conn.set_timeout()

    def _watch(self, conn: Any, callback: Callable[..., None]) -> None:
        """Let the loop call back once something has come."""
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(callback, conn))

    def handle(self, conn: Any) -> Any:
        """Answer a request, in a thread; tells whether another may come on the connection."""
        is_kept = super().handle(conn) and conn.sock.arrival.is_read
        if not is_kept:
            with suppress(OSError):  # Of a caller who is gone.
                conn.sock.shutdown(socket.SHUT_WR)
                conn.sock.is_leaving = True
        return is_kept

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Go on with a connection after an answer."""
        if conn.sock.fileno() < 0:  # An answer that failed halfway has closed it.
            self.nr_conns -= 1
            return
        if conn.sock.is_leaving:  # Closed with bytes unread, the end of the answer might be lost.
            conn.sock.setblocking(False)
            conn.timeout = monotonic() + (_LEAVE_SECONDS if self.alive else 1)
            self._watch(conn, self._see_off)
            return
        super().finish_request(conn, fs)
        if conn.sock.fileno() < 0:
            return
        conn.sock.arrival.go_on()
        if conn.sock.arrival.began:  # The next request makes the socket readable no more.
            self.on_client_socket_readable(conn, conn.sock)

    def _see_off(self, conn: Any, _client: object) -> None:
        if conn.sock.is_gone():
            self.poller.unregister(conn.sock)
            self.pending_conns.remove(conn)
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Close those whose time is over; each has a time of its own."""
        self.pending_conns = deque(sorted(self.pending_conns, key=lambda conn: conn.timeout))
        super().murder_pending()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept or not; a process that stops takes in who is connected, and then nobody."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        self._ends = monotonic() + self.app.drain_seconds
        self.app.served.drain(0)  # Nothing more is claimed, however long a caller takes to read.
        while self.sockets:
            listening = self.sockets.pop()
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listening)
            listening.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait no longer for those who have not asked anything yet, either."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if conn.sock.arrival.began is None:
                conn.timeout = min(conn.timeout, deadline)

    def _drain(self) -> None:
        drain = self.app.served.drain
        if drain(0):
            return
        print("Stopping as soon as the campaigns that are being sent are answered.", flush=True)
        while monotonic() < self._ends and not drain(1):
            self.notify()
