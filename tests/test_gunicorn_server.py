"""Several processes: what they refuse, how they stop, and that nobody notices an upgrade."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import Signals
from subprocess import PIPE, Popen
from threading import Event, Thread
from typing import Self

import pytest
import requests

from app.sandbox import TOKEN
from app.sandbox.sample import SAMPLE_REQUEST
from tests.faults.bed import wait_until
from tests.gunicorn_serving import started
from tests.log_lines import parse
from tests.raw_http import (
    ASKS,
    GET,
    POSTS,
    connected,
    echo_length,
    everything,
)
from tests.sending.webhook_receiver import make_certificate
from tests.servers import Address, environment
from tests.test_main import COMMAND, ROOT, Process, is_open, refused, running

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


def children(process: Process) -> set[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(pid) for pid in listed.split()}


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


def test_nothing_more_is_claimed_while_somebody_takes_long_to_read(tmp_path: Path) -> None:
    report, body = tmp_path / "told", b"x" * 20_000_000

    def answer(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def drain(_seconds: float) -> bool:
        report.touch()
        return True

    with started(answer, drain=drain) as (process, port), connected(port, 20) as connection:
        connection.sendall(CLOSES)
        assert connection.recv(10)
        process.terminate()
        wait_until(report.exists)

        assert len(everything(connection)) > len(body)


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


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /join/SECRETKEY\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization Bearer SECRETKEY\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nSECRETKEY\r\n",
        b"POST / HTTP/1.1\r\nExpect: SECRETKEY\r\n\r\n",
    ],
    ids=["the address", "a header", "the body", "what is expected"],
)
def test_of_a_request_that_cannot_be_read_nothing_is_in_the_log(
    instance: Path, request_head: bytes
) -> None:
    with running(instance, PROCESSES="2", LOG_FORMAT="json") as (process, address):
        with connected(address.port, 20) as connection:
            connection.sendall(request_head)
            assert everything(connection).startswith(b"HTTP/1.1 4")
        process.terminate()
        assert process.stderr is not None
        lines = parse(process.stderr.read())
    assert "SECRETKEY" not in str(lines)
    assert "A request could not be read" in {line["event"] for line in lines}


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


def test_with_a_certificate_it_speaks_tls_alone_and_pages_know_it(
    instance: Path, tmp_path: Path
) -> None:
    certificate = str(make_certificate(tmp_path / "server.pem"))
    with running(instance, TLS_CERTIFICATE=certificate, TLS_KEY=certificate) as (_, address):
        url = address.url.replace("http", "https")
        with requests.Session() as person:
            person.trust_env, person.verify = False, certificate
            page = person.get(f"{url}/drafts/new", timeout=20)
            names = list(person.cookies.keys())
        assert page.status_code == 200
        assert "Strict-Transport-Security" in page.headers
        assert names
        assert all(name.startswith("__Host-") for name in names)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{address.url}/healthz", timeout=5)


@pytest.mark.parametrize("content", [None, "no certificate", "of another key"])
def test_a_certificate_that_cannot_be_used_is_told(
    instance: Path, tmp_path: Path, content: str | None
) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    key = tmp_path / "key.pem"
    if content == "of another key":
        make_certificate(key)
    elif content:
        key.write_text(content)
    report = refused(instance, TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))
    assert report.startswith(
        "Campaign Builder did not start: TLS_CERTIFICATE and TLS_KEY cannot be used ("
    )
    assert report.endswith("They are files in PEM, the key without a password.\n")


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
