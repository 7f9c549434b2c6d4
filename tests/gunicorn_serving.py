"""Servers of gunicorn's, of one process, for as long as a test needs one."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from ssl import SSLContext

from app.gunicorn_server import Served, Server
from app.server import Limits
from tests.raw_http import LIMIT, Application


@contextmanager
def serving(
    application: Application, tls: SSLContext | None = None, **limits: float
) -> Iterator[int]:
    """Serve from one process of gunicorn's until the block ends, and give the port."""
    with started(application, tls, **limits) as (_, port):  # type: ignore[arg-type]
        yield port


@contextmanager
def started(
    application: Application,
    tls: SSLContext | None = None,
    drain: Callable[[float], bool] = lambda _seconds: True,
    **limits: float,
) -> Iterator[tuple[ForkProcess, int]]:
    """Serve until the block ends or the parent is stopped; gives that, and the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        Server(
            lambda: Served(application, drain, str, tls),
            Limits(**{"body": LIMIT, "threads": 1} | limits),  # type: ignore[arg-type]
            [listening],
            processes=1,
            drain_seconds=1,
        ).run()

    process = get_context("fork").Process(target=serve)
    process.start()
    listening.close()
    try:
        yield process, port
    finally:
        process.terminate()
        process.join(20)
        assert process.exitcode == 0
