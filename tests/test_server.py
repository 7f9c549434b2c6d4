"""The server: what it refuses, whom it lets go, and that its health is told."""

import resource
import socket
from contextlib import ExitStack

import pytest
from flask import Flask
from waitress.adjustments import Adjustments

from app.server import HEALTH, RefusableRequest, raise_open_file_limit
from tests.faults.bed import wait_until
from tests.raw_http import (
    ASKS,
    GET,
    LIMIT,
    MEGABYTE,
    POSTS,
    Held,
    chunked,
    connected,
    dripping,
    echo_length,
    everything,
    serving,
    status,
)

pytestmark = pytest.mark.slow


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


def test_no_answer_names_its_server() -> None:
    for asked in (ASKS, b"nonsense\r\n\r\n"):
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(asked)
            connection.shutdown(socket.SHUT_WR)
            head = everything(connection).partition(b"\r\n\r\n")[0].lower()
            assert head.startswith(b"http/1.")
            assert b"\nserver:" not in head
            assert b"waitress" not in head
