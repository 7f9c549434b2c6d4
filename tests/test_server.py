"""The server: what it refuses, whom it lets go, and who never waits for anybody."""

import resource
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from waitress.adjustments import Adjustments

from app.server import HEALTH, Limits, RefusableRequest, Server, raise_open_file_limit
from tests.faults.bed import wait_until

pytestmark = pytest.mark.slow

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


class TestSize:
    def test_a_body_as_large_as_may_be_is_read(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            head = f"Content-Length: {LIMIT}\r\nConnection: close\r\n\r\n".encode()
            connection.sendall(POSTS + head + b"x" * LIMIT)

            assert everything(connection).endswith(str(LIMIT).encode())

    def test_a_larger_one_is_refused_before_it_is_sent(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(POSTS + f"Content-Length: {LIMIT + 1}\r\n\r\n".encode())

            assert everything(connection).startswith(b"HTTP/1.1 413 ")

    def test_who_has_sent_it_all_the_same_reads_that_it_is_refused(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            head = f"Content-Length: {len(MEGABYTE)}\r\n\r\n".encode()
            connection.sendall(POSTS + head + MEGABYTE)

            assert everything(connection).startswith(b"HTTP/1.1 413 ")

    def test_who_is_refused_and_sends_on_is_cut_off(self) -> None:
        head = POSTS + f"Content-Length: {LIMIT + 1}\r\n\r\n".encode()
        with (
            serving(echo_length) as port,
            connected(port) as connection,
            dripping(connection, head, b"x") as thread,
        ):
            thread.join(timeout=5)

            assert not thread.is_alive()

    def test_chunks_without_end_are_refused_as_soon_as_they_are_too_much(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(POSTS + b"Transfer-Encoding: chunked\r\n\r\n")
            connection.sendall(chunked(b"x" * LIMIT))

            assert everything(connection).startswith(b"HTTP/1.1 413 ")

    def test_headers_without_end_are_refused(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(GET + b"X: " + b"x" * 32 * 1024)

            assert everything(connection).startswith(b"HTTP/1.0 431 ")


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


class TestTime:
    @pytest.mark.parametrize(
        ("first", "drop"),
        [
            (GET, b"x"),
            (POSTS + b"Content-Length: 9999\r\n\r\n", b"x"),
            (POSTS + b"Transfer-Encoding: chunked\r\n\r\n", chunked(b"x")),
            (b"", b"\r\n\r\n"),
        ],
        ids=["headers", "a body", "chunks", "blank lines"],
    )
    def test_a_request_that_comes_byte_by_byte_is_ended(self, first: bytes, drop: bytes) -> None:
        with (
            serving(echo_length, request_seconds=0.3) as port,
            connected(port) as connection,
            dripping(connection, first, drop) as thread,
        ):
            thread.join(timeout=5)

            assert not thread.is_alive()

    def test_a_complete_request_is_never_ended_whether_worked_on_or_queued(self) -> None:
        held = Held()
        with (
            serving(held, threads=1, request_seconds=0.3, idle_seconds=1) as port,
            connected(port, 3.5) as worked_on,
            connected(port) as queued,
        ):
            worked_on.sendall(ASKS)
            wait_until(lambda: held.began)
            queued.sendall(ASKS)
            with pytest.raises(TimeoutError):
                worked_on.recv(1)
            held.may_answer.set()

            assert status(worked_on) == status(queued) == b"HTTP/1.1 200 OK"

    def test_the_time_of_a_request_does_not_run_while_an_earlier_one_is_worked_on(self) -> None:
        held = Held()
        with (
            serving(held, request_seconds=2) as port,
            connected(port, 3.5) as connection,
        ):
            connection.sendall(ASKS + GET)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            held.may_answer.set()
            assert status(connection) == b"HTTP/1.1 200 OK"
            connection.sendall(b"\r\n")

            assert status(connection) == b"HTTP/1.1 200 OK"

    @pytest.mark.parametrize("first", [b"", ASKS], ids=["at first", "after an answer"])
    def test_a_connection_on_which_nothing_comes_is_ended(self, first: bytes) -> None:
        with serving(echo_length, idle_seconds=1) as port, connected(port) as connection:
            connection.sendall(first)

            everything(connection)

    def test_an_answer_that_nobody_reads_holds_no_thread(self) -> None:
        endless = Endless()
        with serving(endless, idle_seconds=1) as port, connected(port) as connection:
            connection.sendall(ASKS)

            assert endless.ended.wait(10)


class TestMany:
    def test_who_sends_half_a_line_holds_nobody_up(self) -> None:
        with serving(echo_length) as port, ExitStack() as others:
            for _ in range(120):
                others.enter_context(connected(port)).sendall(b"GET /")
            with connected(port) as connection:
                connection.sendall(GET + b"Connection: close\r\n\r\n")

                assert everything(connection).startswith(b"HTTP/1.1 200 OK")

    def test_no_more_are_let_in_than_there_is_room_for(self) -> None:
        with serving(echo_length, connections=4) as port, ExitStack() as others:
            for _ in range(4):
                others.enter_context(connected(port)).sendall(b"GET /")
            with connected(port, 1.5) as connection:
                connection.sendall(GET + b"Connection: close\r\n\r\n")
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                others.close()

                assert everything(connection).startswith(b"HTTP/1.1 200 OK")

    def test_there_are_files_enough_for_all(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            raise_open_file_limit()
            room = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        assert room == hard or room > 1000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_told_while_every_thread_is_busy(method: str) -> None:
    held = Held()
    with serving(held, threads=16) as port, ExitStack() as others:
        busy = [others.enter_context(connected(port)) for _ in range(17)]
        for connection in busy:
            connection.sendall(ASKS)
        wait_until(lambda: len(held.began) == 16)
        with connected(port) as connection:
            connection.sendall(
                f"{method} {HEALTH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            )
            assert everything(connection).startswith(b"HTTP/1.1 200 OK")
        assert len(held.began) == 17
        held.may_answer.set()

        assert {status(connection) for connection in busy} == {b"HTTP/1.1 200 OK"}


def test_the_app_tells_its_health_to_the_same_address(app: Flask) -> None:
    assert app.test_client().head(HEALTH).status_code == 200


def test_a_refused_request_has_a_path_for_the_log() -> None:
    """Waitress names it where the caller has gone before the refusal is written."""
    request = RefusableRequest(Adjustments())

    request.received(b"no request at all\r\n\r\n")

    assert request.error
    assert request.path == ""
