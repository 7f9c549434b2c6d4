"""Several processes: what they refuse, how they stop, and that nobody notices an upgrade."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from signal import Signals
from subprocess import PIPE, Popen
from threading import Event, Thread
from time import monotonic
from typing import Self

import pytest
import requests

from app.gunicorn_server import Served, Server
from app.sandbox import TOKEN
from app.sandbox.sample import SAMPLE_REQUEST
from app.server import Limits
from tests.faults.bed import wait_until
from tests.raw_http import (
    ASKS,
    GET,
    LIMIT,
    MEGABYTE,
    POSTS,
    Application,
    Environ,
    chunked,
    connected,
    dripping,
    echo_length,
    everything,
)
from tests.servers import Address, environment
from tests.test_main import COMMAND, ROOT, is_open, running

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

SAMPLE = json.dumps(SAMPLE_REQUEST).encode()
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""
IN_CHUNKS = POSTS + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSES = GET + b"Connection: close\r\n\r\n"


@contextmanager
def serving(application: Application, **limits: float) -> Iterator[int]:
    """Serve from one process of gunicorn's until the block ends, and give the port."""
    with started(application, **limits) as (_, port):
        yield port


@contextmanager
def started(application: Application, **limits: float) -> Iterator[tuple[ForkProcess, int]]:
    """Serve until the block ends or the parent is stopped; gives that, and the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        Server(
            lambda: Served(application, drain=lambda _seconds: True, describe=str),
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


def children(process: Popen[str]) -> set[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(pid) for pid in listed.split()}


class TestCaller:
    def test_who_is_silent_holds_nobody_up(self) -> None:
        with serving(echo_length) as port, ExitStack() as others:
            for _ in range(20):
                others.enter_context(connected(port))
            with connected(port, 3) as connection:
                connection.sendall(CLOSES)

                assert everything(connection).startswith(b"HTTP/1.1 200 OK")

    def test_who_does_not_ask_in_time_is_let_go(self) -> None:
        with serving(echo_length, idle_seconds=1) as port, connected(port) as connection:
            assert everything(connection) == b""

    def test_a_request_that_comes_byte_by_byte_ends(self) -> None:
        with (
            serving(echo_length, request_seconds=0.5) as port,
            connected(port) as connection,
            dripping(connection, GET + b"X: ", b"x") as thread,
        ):
            thread.join(timeout=5)

            assert not thread.is_alive()

    def test_so_does_a_body(self) -> None:
        with (
            serving(echo_length, request_seconds=0.5) as port,
            connected(port) as connection,
            dripping(connection, POSTS + b"Content-Length: 10000\r\n\r\n", b"x") as thread,
        ):
            thread.join(timeout=5)

            assert not thread.is_alive()

    @pytest.mark.parametrize(
        "first",
        [GET + b"X: ", POSTS + b"Content-Length: 10000\r\n\r\n", IN_CHUNKS + b"2710\r\n"],
        ids=["a head", "a body", "a chunk"],
    )
    def test_who_sends_byte_by_byte_holds_nobody_up_and_is_let_go(self, first: bytes) -> None:
        with serving(echo_length, request_seconds=1.5) as port, ExitStack() as others:
            slow = [others.enter_context(connected(port)) for _ in range(20)]
            drips = [others.enter_context(dripping(caller, first, b"x")) for caller in slow]
            began = monotonic()
            for _ in range(10):
                with connected(port, 1) as connection:
                    connection.sendall(CLOSES)
                    assert everything(connection).startswith(b"HTTP/1.1 200 OK")
            assert monotonic() - began < 1
            assert all(drip.is_alive() for drip in drips)

            for drip in drips:
                drip.join(timeout=5)

            assert not any(drip.is_alive() for drip in drips)
            assert monotonic() - began < 4

    def test_who_stays_after_any_answer_holds_nobody_up(self) -> None:
        with serving(echo_length) as port, ExitStack() as others:
            for _ in range(20):
                stays = others.enter_context(connected(port))
                stays.sendall(CLOSES)
                assert everything(stays)
            with connected(port, 1) as connection:
                connection.sendall(CLOSES)

                assert everything(connection).startswith(b"HTTP/1.1 200 OK")

    def test_an_answer_that_fails_halfway_is_cut_off_and_others_are_answered(self) -> None:
        def fail(environ: Environ, start_response: Callable[..., object]) -> Iterator[bytes]:
            start_response("200 OK", [("Content-Length", "3")])
            yield b"1"
            if environ["PATH_INFO"] == "/fail":
                raise ZeroDivisionError
            yield b"23"

        with serving(fail, connections=3) as port:
            for _ in range(5):
                with connected(port) as connection:
                    connection.sendall(b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n")
                    assert everything(connection).endswith(b"\r\n\r\n1")
            with connected(port) as connection:
                connection.sendall(CLOSES)

                assert everything(connection).endswith(b"\r\n\r\n123")

    def test_requests_that_come_at_once_are_answered_one_by_one(self) -> None:
        first = POSTS + b"Content-Length: 2\r\n\r\nok"
        second = IN_CHUNKS + chunked(b"hello") + chunked(b"")
        with serving(echo_length) as port, connected(port) as connection:
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
    def test_what_stands_in_a_body_is_never_answered_as_a_request(self, hidden: bytes) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(POSTS + hidden)
            assert connection.recv(65536).startswith(b"HTTP/1.1 4")
            with suppress(OSError):  # It may be gone.
                connection.sendall(CLOSES)

                assert b"HTTP/1.1 200 OK" not in everything(connection)

    def test_who_asks_before_a_body_is_told_to_go_ahead(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            head = b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
            connection.sendall(POSTS + head)
            assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(b"ok")

            assert everything(connection).endswith(b"\r\n\r\n2")

    def test_the_time_in_which_the_app_works_does_not_count(self) -> None:
        def read_late(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
            Event().wait(0.6)
            return echo_length(environ, start_response)

        with (
            serving(read_late, request_seconds=0.5) as port,
            connected(port) as connection,
        ):
            connection.sendall(POSTS + b"Content-Length: 2\r\nConnection: close\r\n\r\nok")

            assert everything(connection).endswith(b"\r\n\r\n2")

    def test_who_does_not_read_the_answer_holds_nobody_up_for_long(self) -> None:
        def flood(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
            if environ["PATH_INFO"] == "/":
                return echo_length(environ, start_response)
            start_response("200 OK", [("Content-Length", str(len(MEGABYTE) * 20))])
            return [MEGABYTE * 20]

        with (
            serving(flood, idle_seconds=1) as port,
            connected(port) as unread,
            connected(port) as connection,
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
    def test_a_head_that_is_too_large_is_refused(self, head: bytes, status: bytes) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(head)

            assert everything(connection).startswith(b"HTTP/1.1 " + status)

    def test_a_body_as_large_as_may_be_is_read_in_chunks_too(self) -> None:
        with serving(echo_length) as port, connected(port) as connection:
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
        self, head: bytes, body: bytes
    ) -> None:
        with serving(echo_length) as port, connected(port) as connection:
            connection.sendall(POSTS + head + b"\r\n\r\n" + body)

            assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")

    def test_who_stays_after_the_last_answer_holds_nobody_up(self) -> None:
        with serving(echo_length, threads=2) as port, ExitStack() as others:
            stays = others.enter_context(connected(port))
            stays.sendall(CLOSES)
            assert everything(stays)
            with connected(port, 1) as connection:
                connection.sendall(CLOSES)

                assert everything(connection).startswith(b"HTTP/1.1 200 OK")


def test_who_is_connected_when_it_stops_is_still_answered() -> None:
    with started(echo_length) as (process, port), connected(port) as kept:
        for _ in range(3):
            with connected(port) as connection:
                connection.sendall(CLOSES)
                assert everything(connection)
        kept.sendall(ASKS)
        assert kept.recv(65536).startswith(b"HTTP/1.1 200 OK")
        process.terminate()
        wait_until(lambda: not is_open(Address(port)))

        kept.sendall(ASKS)

        assert b"Connection: close" in everything(kept)


def test_it_serves_from_as_many_processes_as_are_set_and_replaces_one_that_dies(
    instance: Path,
) -> None:
    with running(instance, PROCESSES="2") as (process, address):
        wait_until(lambda: len(children(process)) == 2)
        assert requests.get(f"{address.url}/readyz", timeout=10).status_code == 200
        before = children(process)

        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: len(children(process) - {min(before)}) == 2)

        assert requests.get(f"{address.url}/readyz", timeout=10).status_code == 200


@pytest.mark.parametrize("number", [Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP])
def test_a_stop_lets_a_request_end_that_is_under_way_and_nobody_new_in(
    instance: Path, number: Signals
) -> None:
    with (
        running(instance, PROCESSES="2") as (process, address),
        connected(address.port, 20) as connection,
    ):
        assert requests.get(f"{address.url}/healthz", timeout=20).text == "ok"
        path = b"POST /sandbox/api/v2/voice-campaigns HTTP/1.1\r\nHost: localhost\r\n"
        token = f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n".encode()
        connection.sendall(path + token + f"Content-Length: {len(SAMPLE)}\r\n\r\n".encode())
        connection.sendall(SAMPLE[:10])
        process.send_signal(number)
        wait_until(lambda: not is_open(address))
        assert process.poll() is None

        connection.sendall(SAMPLE[10:])

        assert everything(connection).startswith(b"HTTP/1.1 201 CREATED")
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(("proxy", "is_believed"), [("127.0.0.1", True), ("10.0.0.1", False)])
def test_only_the_trusted_proxy_is_believed_that_a_request_came_over_tls(
    instance: Path, proxy: str, *, is_believed: bool
) -> None:
    settings = {"TRUSTED_PROXY": proxy, "TRUSTED_HOSTS": "campaigns.example"}
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "campaigns.example"}
    with running(instance, PROCESSES="2", **settings) as (_, address):
        answer = requests.get(f"{address.url}/healthz", headers=headers, timeout=10)

    assert ("Strict-Transport-Security" in answer.headers) == is_believed


@contextmanager
def handed_over(instance: Path, listening: socket.socket) -> Iterator[Popen[str]]:
    """Start the app as systemd does, with a socket that listens already."""
    file = listening.fileno()
    with Popen(  # noqa: S603  # It is our own program.
        (sys.executable, "-c", HAND_OVER, str(file), *COMMAND),
        cwd=ROOT,
        env=environment(instance, PROCESSES="2", PORT="1"),
        pass_fds=[file],
        stdout=PIPE,
        stderr=sys.stderr,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Campaign Builder: ")
            yield process
        finally:
            process.terminate()


class Load:
    """People who go on asking until told to stop, on connections that are kept and on new ones."""

    most = 20_000

    def __init__(self, url: str) -> None:
        self._url = url
        self._is_over = Event()
        self.statuses: list[int | str] = []
        self._threads = [Thread(target=self._ask, args=(index % 2,)) for index in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(30)

    def go_on(self) -> None:
        """Wait until some more have been answered."""
        enough = len(self.statuses) + 40
        wait_until(lambda: len(self.statuses) >= enough)

    def _ask(self, is_kept: int) -> None:
        with requests.Session() as session:
            session.headers["Connection"] = "keep-alive" if is_kept else "close"
            while not self._is_over.is_set() and len(self.statuses) < self.most:
                try:
                    self.statuses.append(session.get(self._url, timeout=20).status_code)
                except requests.RequestException as error:
                    self.statuses.append(repr(error))


def test_a_new_server_takes_over_from_an_old_one_without_a_failed_request(instance: Path) -> None:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100))
        old = stack.enter_context(handed_over(instance, listening))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with Load(url) as load:
            load.go_on()
            new = stack.enter_context(handed_over(instance, listening))
            load.go_on()
            old.send_signal(signal.SIGTERM)
            assert old.wait(timeout=30) == 0
            load.go_on()
            assert new.poll() is None

    assert set(load.statuses) == {200}
