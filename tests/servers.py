"""Real servers on free ports of this machine, for as long as a test needs one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow
from socket import create_server as listen
from threading import Event, Thread
from typing import Any

from waitress import create_server
from waitress.wasyncore import close_all

from app.settings_table import SETTINGS


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(application: Callable[..., Any], threads: int = 8) -> Iterator[Address]:
    """Serve a WSGI application until the block ends."""
    connections: dict[int, Any] = {}
    server = create_server(application, map=connections, host="127.0.0.1", port=0, threads=threads)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Address(server.effective_port)
    finally:
        server.task_dispatcher.shutdown(timeout=10)
        with suppress(OSError):  # The loop can be woken, and so ended, before we wake it.
            server.trigger.pull_trigger(lambda: close_all(connections))
        thread.join(timeout=10)


@contextmanager
def answering(*answers: bytes, once: Event | None = None) -> Iterator[tuple[Address, list[bytes]]]:
    """Listen, and give each caller the next of these raw answers; b"" hangs up without one.

    Who calls is kept waiting until *once* is set. Gives the address and the requests that
    came, as raw bytes.
    """
    came: list[bytes] = []
    with listen(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = Thread(target=_answer, args=(server, answers, came, once), daemon=True)
        thread.start()
        yield Address(server.getsockname()[1]), came
        thread.join(timeout=10)


def _answer(server: Any, answers: tuple[bytes, ...], came: list[bytes], once: Event | None) -> None:
    if once:
        once.wait(10)
    for answer in answers:
        caller, _ = server.accept()
        with caller:
            caller.settimeout(10)
            came.append(_request(caller))
            caller.sendall(answer)


def _request(caller: Any) -> bytes:
    """Read one request to its end, which its Content-Length tells."""
    content = b""
    while b"\r\n\r\n" not in content:
        content += caller.recv(65536)
    head, _, body = content.partition(b"\r\n\r\n")
    lengths = (
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    length = next(lengths, 0)
    while len(body) < length:
        body += caller.recv(65536)
    return head + b"\r\n\r\n" + body


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """Give this environment, with only these settings in it."""
    ours = {setting.name for setting in SETTINGS}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONUTF8": "1", "INSTANCE": str(instance)} | settings


def free_port() -> str:
    """Find a port below those that systems give to clients, who could take it meanwhile."""
    while True:
        port = 10_000 + randbelow(20_000)
        with suppress(OSError), listen(("127.0.0.1", port)):
            return str(port)
