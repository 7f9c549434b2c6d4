"""The time that the server gives a request, and how it ends one that takes longer."""

import pytest

from tests.faults.bed import wait_until
from tests.raw_http import (
    ASKS,
    GET,
    POSTS,
    Endless,
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
