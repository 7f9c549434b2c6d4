"""What a caller can do to a server of several processes, in plain and over TLS."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests import raw_http
from tests.gunicorn_serving import serving
from tests.raw_http import (
    GET,
    LIMIT,
    MEGABYTE,
    POSTS,
    Application,
    Environ,
    chunked,
    dripping,
    echo_length,
    everything,
)
from tests.sending.webhook_receiver import make_certificate

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

IN_CHUNKS = POSTS + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSES = GET + b"Connection: close\r\n\r\n"


class Wire:
    """How callers and a server are connected: with a certificate, over TLS."""

    def __init__(self, certificate: Path | None) -> None:
        self._server = self._client = None
        if certificate:
            self._server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._server.load_cert_chain(certificate)
            self._client = ssl.create_default_context(cafile=str(certificate))

    def serving(self, application: Application, **limits: Any) -> AbstractContextManager[int]:
        return serving(application, self._server, **limits)

    def connected(self, port: int, seconds: float = 5) -> socket.socket:
        raw = raw_http.connected(port, seconds)
        return self._client.wrap_socket(raw, server_hostname="127.0.0.1") if self._client else raw


@pytest.fixture(params=["plain", "TLS"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Wire:
    is_plain = request.param == "plain"
    return Wire(None if is_plain else make_certificate(tmp_path / "server.pem"))


def test_who_is_silent_holds_nobody_up(wire: Wire) -> None:
    with wire.serving(echo_length) as port, ExitStack() as others:
        for _ in range(20):
            others.enter_context(wire.connected(port))
        with wire.connected(port, 3) as connection:
            connection.sendall(CLOSES)

            assert everything(connection).startswith(b"HTTP/1.1 200 OK")


def test_who_does_not_ask_in_time_is_let_go(wire: Wire) -> None:
    with wire.serving(echo_length, idle_seconds=1) as port, wire.connected(port) as connection:
        assert everything(connection) == b""


def test_a_request_that_comes_byte_by_byte_ends(wire: Wire) -> None:
    with (
        wire.serving(echo_length, request_seconds=0.5) as port,
        wire.connected(port) as connection,
        dripping(connection, GET + b"X: ", b"x") as thread,
    ):
        thread.join(timeout=5)

        assert not thread.is_alive()


def test_a_body_that_drips_is_ended(wire: Wire) -> None:
    with (
        wire.serving(echo_length, request_seconds=0.5) as port,
        wire.connected(port) as connection,
        dripping(connection, POSTS + b"Content-Length: 10000\r\n\r\n", b"x") as thread,
    ):
        thread.join(timeout=5)

        assert not thread.is_alive()


@pytest.mark.parametrize(
    "first",
    [GET + b"X: ", POSTS + b"Content-Length: 10000\r\n\r\n", IN_CHUNKS + b"2710\r\n"],
    ids=["a head", "a body", "a chunk"],
)
def test_who_sends_byte_by_byte_holds_nobody_up_and_is_let_go(wire: Wire, first: bytes) -> None:
    with wire.serving(echo_length, request_seconds=1.5) as port, ExitStack() as others:
        slow = [others.enter_context(wire.connected(port)) for _ in range(20)]
        drips = [others.enter_context(dripping(caller, first, b"x")) for caller in slow]
        began = monotonic()
        for _ in range(10):
            with wire.connected(port, 1) as connection:
                connection.sendall(CLOSES)
                assert everything(connection).startswith(b"HTTP/1.1 200 OK")
        assert monotonic() - began < 1
        assert all(drip.is_alive() for drip in drips)

        for drip in drips:
            drip.join(timeout=5)

        assert not any(drip.is_alive() for drip in drips)
        assert monotonic() - began < 4


@pytest.mark.parametrize(("threads", "callers"), [(1, 20), (2, 1)])
def test_who_stays_after_an_answer_holds_nobody_up(wire: Wire, threads: int, callers: int) -> None:
    with wire.serving(echo_length, threads=threads) as port, ExitStack() as others:
        for _ in range(callers):
            stays = others.enter_context(wire.connected(port))
            stays.sendall(CLOSES)
            assert everything(stays)
        with wire.connected(port, 1) as connection:
            connection.sendall(CLOSES)

            assert everything(connection).startswith(b"HTTP/1.1 200 OK")


def test_an_answer_that_fails_halfway_is_cut_off_and_others_are_answered(wire: Wire) -> None:
    def fail(environ: Environ, start_response: Callable[..., object]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "3")])
        yield b"1"
        if environ["PATH_INFO"] == "/fail":
            raise ZeroDivisionError
        yield b"23"

    with wire.serving(fail, connections=3) as port:
        for _ in range(5):
            with wire.connected(port) as connection:
                connection.sendall(b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n")
                assert everything(connection).endswith(b"\r\n\r\n1")
        with wire.connected(port) as connection:
            connection.sendall(CLOSES)

            assert everything(connection).endswith(b"\r\n\r\n123")


def test_requests_that_come_at_once_are_answered_one_by_one(wire: Wire) -> None:
    first = POSTS + b"Content-Length: 2\r\n\r\nok"
    second = IN_CHUNKS + chunked(b"hello") + chunked(b"")
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        connection.sendall((first + second) * 3 + CLOSES)

        answers = everything(connection)

    bodies = [part[:1] for part in answers.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"2", b"5"] * 3 + [b"0"]


@pytest.mark.parametrize(
    "hidden",
    [
        f"Content-Length: {LIMIT + 1}\r\n\r\n".encode(),
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
    ],
    ids=["too large", "two ways", "two lengths"],
)
def test_what_stands_in_a_body_is_never_answered_as_a_request(wire: Wire, hidden: bytes) -> None:
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        connection.sendall(POSTS + hidden)
        assert connection.recv(65536).startswith(b"HTTP/1.1 4")
        with suppress(OSError):  # It may be gone.
            connection.sendall(CLOSES)

            assert b"HTTP/1.1 200 OK" not in everything(connection)


def test_who_asks_before_a_body_is_told_to_go_ahead(wire: Wire) -> None:
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        head = b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        connection.sendall(POSTS + head)
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")

        assert everything(connection).endswith(b"\r\n\r\n2")


def test_the_time_in_which_the_app_works_does_not_count(wire: Wire) -> None:
    def read_late(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
        Event().wait(0.6)
        return echo_length(environ, start_response)

    with (
        wire.serving(read_late, request_seconds=0.5) as port,
        wire.connected(port) as connection,
    ):
        connection.sendall(POSTS + b"Content-Length: 2\r\nConnection: close\r\n\r\nok")

        assert everything(connection).endswith(b"\r\n\r\n2")


def test_who_does_not_read_the_answer_holds_nobody_up_for_long(wire: Wire) -> None:
    def flood(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
        if environ["PATH_INFO"] == "/":
            return echo_length(environ, start_response)
        start_response("200 OK", [("Content-Length", str(len(MEGABYTE) * 20))])
        return [MEGABYTE * 20]

    with (
        wire.serving(flood, idle_seconds=1) as port,
        wire.connected(port) as unread,
        wire.connected(port) as connection,
    ):
        unread.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        unread.recv(1)  # Its only thread is writing.
        connection.sendall(CLOSES)

        assert everything(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n", b"414"),
        (GET + b"X: " + b"x" * 9000 + b"\r\n\r\n", b"431"),
        (GET + b"X: x\r\n" * 80 + b"\r\n", b"431"),
    ],
    ids=["a line", "a header", "headers"],
)
def test_a_head_that_is_too_large_is_refused(wire: Wire, head: bytes, status: bytes) -> None:
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        connection.sendall(head)

        assert everything(connection).startswith(b"HTTP/1.1 " + status)


def test_a_body_as_large_as_may_be_is_read_in_chunks_too(wire: Wire) -> None:
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        head = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        connection.sendall(POSTS + head + chunked(b"x" * LIMIT) + chunked(b""))

        assert everything(connection).endswith(str(LIMIT).encode())


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"Content-Length: {LIMIT + 1}".encode(), b""),
        (b"Transfer-Encoding: chunked", chunked(b"x" * (LIMIT + 1))),
    ],
    ids=["whole", "in chunks"],
)
def test_a_larger_one_is_refused_before_all_of_it_has_come(
    wire: Wire, head: bytes, body: bytes
) -> None:
    with wire.serving(echo_length) as port, wire.connected(port) as connection:
        connection.sendall(POSTS + head + b"\r\n\r\n" + body)

        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_who_speaks_no_tls_is_not_answered(tmp_path: Path) -> None:
    wire = Wire(make_certificate(tmp_path / "server.pem"))
    with wire.serving(echo_length) as port, raw_http.connected(port) as plain:
        plain.sendall(CLOSES)
        assert b"HTTP" not in everything(plain)
        with wire.connected(port) as connection:
            connection.sendall(CLOSES)
            assert everything(connection).startswith(b"HTTP/1.1 200 OK")


def test_who_does_not_go_on_with_the_handshake_is_let_go(tmp_path: Path) -> None:
    wire = Wire(make_certificate(tmp_path / "server.pem"))
    with wire.serving(echo_length, idle_seconds=1) as port, raw_http.connected(port) as silent:
        silent.sendall(b"\x16\x03\x01\x02\x00")
        assert everything(silent) == b""


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_end_is_told_by_tls_too_so_that_nobody_can_cut_an_answer_short(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    client = ssl.create_default_context(cafile=str(certificate))
    client.minimum_version = client.maximum_version = version
    with Wire(certificate).serving(echo_length) as port:
        raw = raw_http.connected(port)
        connection = client.wrap_socket(
            raw, server_hostname="127.0.0.1", suppress_ragged_eofs=False
        )
        with connection:
            connection.sendall(CLOSES)
            assert everything(connection).endswith(b"0")
