"""A server, and connections that speak HTTP to it byte by byte."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from app.server import HEALTH, Limits, Server

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
ASKS = GET + b"\r\n"
POSTS = b"POST / HTTP/1.1\r\nHost: x\r\n"
LIMIT = 256 * 1024
MEGABYTE = b"x" * 1024 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


def echo_length(environ: Environ, start_response: Any) -> list[bytes]:
    """Answer with the length of what came."""
    length = str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [("Content-Length", str(len(length)))])
    return [length]


class Held:
    """An application that answers when it is told to, and nothing but health before that."""

    def __init__(self) -> None:
        self.may_answer = Event()
        self.began: list[str] = []

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.began.append(path)
        if path != HEALTH:
            assert self.may_answer.wait(20)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]


class Endless:
    """An application whose answer is more than any buffer holds, and that sees its end."""

    def __init__(self) -> None:
        self.ended = Event()

    def __call__(self, environ: Environ, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", str(len(MEGABYTE) * 100))])
        try:
            for _ in range(100):
                yield MEGABYTE
        finally:
            self.ended.set()


@contextmanager
def serving(application: Application, **limits: Any) -> Iterator[int]:
    """Serve until the block ends, and give the port."""
    server = Server(
        application,
        Limits(**{"body": LIMIT, "threads": 2} | limits),
        host="127.0.0.1",
        port=0,
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()


def connected(port: int, seconds: float = 5) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def everything(connection: socket.socket) -> bytes:
    """Read until the server ends the connection."""
    parts: list[bytes] = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def status(connection: socket.socket) -> bytes:
    """Read one answer of this file's applications, and give its status line."""
    content = b""
    while not content.endswith(b"ok"):
        part = connection.recv(65536)
        assert part, "It was cut off."
        content += part
    return content.partition(b"\r\n")[0]


def chunked(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


@contextmanager
def dripping(connection: socket.socket, first: bytes, drop: bytes) -> Iterator[Thread]:
    """Send *first*, and then *drop* again and again until the connection or the block ends."""
    is_over = Event()

    def drip() -> None:
        try:
            connection.sendall(first)
            while not is_over.wait(0.02):
                connection.sendall(drop)
        except OSError:
            return

    thread = Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        is_over.set()
        thread.join(timeout=5)
