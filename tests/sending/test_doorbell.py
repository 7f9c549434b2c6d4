"""A message wakes who listens, here or elsewhere; one that is lost or forged changes nothing."""

import logging
import socket
import socketserver
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import ClassVar

import psycopg
import pytest

from app.sending.doorbell import FILE, PATIENCE, Doorbell
from tests.log_lines import Log
from tests.servers import free_port

SECRET = "a secret of this test"
Open = Callable[..., Doorbell]


class Heard(SimpleQueue[str]):
    """The connections that somebody was woken for."""

    def next(self) -> str:
        """Wait for the next one."""
        return self.get(timeout=10)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@contextmanager
def opened(folder: Path, heard: Heard, secret: str = SECRET, url: str = "") -> Iterator[Doorbell]:
    doorbell = Doorbell(url, folder, secret, heard.put)
    try:
        yield doorbell
    finally:
        doorbell.stop()


def test_who_rings_without_a_server_is_heard_by_itself(tmp_path: Path, heard: Heard) -> None:
    with opened(tmp_path, heard) as doorbell:
        for key in ("client", "another"):
            doorbell.ring(key)
            assert heard.next() == key


def test_another_process_with_the_same_file_hears_it(tmp_path: Path, heard: Heard) -> None:
    with opened(tmp_path, heard) as listens, opened(tmp_path, Heard()) as rings:
        listens.listen()
        rings._messages[1]("client")  # noqa: SLF001  As a process does that does not listen.
        assert heard.next() == "client"


def test_a_message_that_another_key_signed_wakes_nobody(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, Heard(), secret="another secret") as forger:
        forger._messages[1]("forged")  # noqa: SLF001  Without listening.
    with opened(tmp_path, heard) as doorbell:
        doorbell.ring("client")
        assert heard.next() == "client"
        with pytest.raises(Empty):
            heard.get_nowait()
    assert "mismatch" in caplog.text


def test_a_message_has_an_id_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path, Heard()) as doorbell:
        doorbell._messages[1]("client")  # noqa: SLF001  Without listening.
        with closing(sqlite3.connect(tmp_path / FILE)) as file:
            ((message,),) = file.execute("SELECT data FROM task").fetchall()
    assert b"client" in message
    assert len(message) < 300
    assert len(message.rpartition(b":")[2]) * 4 == 256  # Of its signature.


def test_a_queue_that_cannot_be_written_is_no_error_of_who_presses(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "nowhere", heard) as doorbell:
        doorbell.ring("client")
        assert heard.next() == "client"
    assert "who sends is told without" in caplog.text


def test_a_server_that_cannot_be_reached_is_no_error_of_who_presses(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, heard, url=f"redis://127.0.0.1:{free_port()}/0") as doorbell:
        doorbell.ring("client")
        assert doorbell._ringing.drain(10)  # noqa: SLF001  Who rings does not wait.
    assert "it is found in a minute" in caplog.text
    assert heard.empty()


@pytest.mark.parametrize("scheme", ["redis", "postgresql"])
def test_nobody_waits_for_a_server_that_is_silent(
    tmp_path: Path, heard: Heard, scheme: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0"
        with opened(tmp_path, heard, url=url) as doorbell:
            began = monotonic()
            doorbell.ring("client")
            assert monotonic() - began < PATIENCE / 2
            assert doorbell._ringing.drain(15)  # noqa: SLF001


def test_a_queue_that_is_no_database_is_made_anew(tmp_path: Path, heard: Heard) -> None:
    (tmp_path / FILE).write_text("This is none. " * 100)
    with opened(tmp_path, heard) as doorbell:
        doorbell.listen()
        doorbell.ring("client")
        assert heard.next() == "client"
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_where_the_queue_cannot_be_used_it_is_swept_all_the_same(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sending.doorbell._EVERY", 0.01)
    with opened(tmp_path / "nowhere", heard) as doorbell:
        doorbell.sweep = partial(heard.put, "swept")
        doorbell.listen()
        assert heard.next() == "swept"


class Redis(socketserver.StreamRequestHandler):
    """As much of Redis as answers whether it is there; *answers* are given one to each command."""

    answers: ClassVar[dict[bytes, bytes]] = {b"PING": b"+PONG"}

    def handle(self) -> None:
        while head := self.rfile.readline():
            words = [self._read_word() for _ in range(int(head[1:]))]
            self.wfile.write(self.answers.get(words[0].upper(), b"+OK") + b"\r\n")

    def _read_word(self) -> bytes:
        length = int(self.rfile.readline()[1:])
        return self.rfile.read(length + 2)[:-2]


class Full(Redis):
    """One that is there and takes nobody in."""

    answers: ClassVar = {b"PING": b"-ERR max number of clients reached"}


@contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    """Listen until the block ends, and give the port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silent() -> Iterator[int]:
    """Take connections and never say a word, as a frozen server does; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def is_reachable(url: str, folder: Path) -> bool:
    with opened(folder, Heard(), url=url) as doorbell:
        assert doorbell.has_server
        return doorbell.is_reachable()


def test_a_file_is_no_server(tmp_path: Path) -> None:
    with opened(tmp_path, Heard()) as doorbell:
        assert not doorbell.has_server


def test_a_server_that_answers_is_reachable(tmp_path: Path) -> None:
    with listening(Redis) as port:
        assert is_reachable(f"redis://127.0.0.1:{port}/0", tmp_path)


def test_a_server_that_refuses_is_not_reachable(tmp_path: Path) -> None:
    with listening(Full) as port:
        assert not is_reachable(f"redis://127.0.0.1:{port}/0", tmp_path)


@pytest.mark.parametrize("kind", ["redis", "postgresql"])
def test_a_server_that_is_not_there_is_not_reachable(tmp_path: Path, kind: str) -> None:
    assert not is_reachable(f"{kind}://127.0.0.1:{free_port()}/0", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["redis", "postgresql"])
def test_a_server_that_is_silent_is_waited_for_no_longer_than_that(
    tmp_path: Path, kind: str
) -> None:
    with silent() as port:
        began = monotonic()
        assert not is_reachable(f"{kind}://127.0.0.1:{port}/0", tmp_path)
        assert monotonic() - began < PATIENCE + 1


@pytest.mark.parametrize("url", ["redis://127.0.0.1:port/0", "postgresql://[", "rediss://"])
def test_an_address_that_cannot_be_read_is_not_reachable(tmp_path: Path, url: str) -> None:
    assert not is_reachable(url, tmp_path)


@pytest.mark.postgresql
def test_postgresql_is_reachable_by_who_may_use_it(database_url: str, tmp_path: Path) -> None:
    assert is_reachable(database_url, tmp_path)
    assert not is_reachable(database_url + "_that_is_not_there", tmp_path)


@pytest.mark.postgresql
def test_a_server_carries_it_from_one_machine_to_another(
    database_url: str, tmp_path: Path, heard: Heard
) -> None:
    with (
        opened(tmp_path / "one", heard, url=database_url) as listens,
        opened(tmp_path / "two", Heard(), url=database_url) as rings,
    ):
        listens.listen()
        rings.ring("client")
        assert heard.next() == "client"
    assert not (tmp_path / "one").exists()


@pytest.mark.postgresql
def test_who_opens_it_while_another_makes_its_tables_can_ring(
    database_url: str, tmp_path: Path, heard: Heard, log: Log
) -> None:
    drop = "DROP TABLE IF EXISTS huey_kv, huey_schedule, huey_task, huey_counter CASCADE"
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    with (
        psycopg.connect(database_url, autocommit=True) as server,
        psycopg.connect(database_url) as another,
        opened(tmp_path, heard, url=database_url) as doorbell,
        ThreadPoolExecutor(1) as pool,
    ):
        server.execute(drop)
        another.execute(
            "CREATE TABLE huey_kv (queue text NOT NULL, key text NOT NULL, value bytea NOT NULL,"
            " PRIMARY KEY (queue, key))"
        )
        ringing = pool.submit(doorbell._tell_server, "client")  # noqa: SLF001
        while server.execute(waits, [server.info.dbname]).fetchone() == (0,):
            assert not ringing.done()
        another.commit()
        ringing.result()
        server.execute(drop)
    # Who listened in an earlier test may be losing the tables as well.
    assert not [line for line in log.lines() if line["logger"] == "app.sending.doorbell"]


def test_a_server_that_stays_away_is_told_in_one_line_a_minute(log: Log) -> None:
    for _ in range(3):
        gone = ConnectionRefusedError("the server has gone")
        logging.getLogger("huey.consumer").error("Error reading from queue", exc_info=gone)
    (line,) = log.lines()
    assert line["event"] == "Error reading from queue: ConnectionRefusedError"
    assert "exception" not in line


def test_it_stops_listening(tmp_path: Path, heard: Heard) -> None:
    with opened(tmp_path, heard) as doorbell:
        doorbell.ring("client")
        assert heard.next() == "client"
        doorbell.stop()
        doorbell.stop()
        doorbell.ring("again")
        doorbell.listen()
        assert doorbell._consumer is None  # noqa: SLF001  Nothing else would show it.


def test_who_got_no_thread_listens_the_next_time(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with opened(tmp_path, heard) as doorbell:
        with monkeypatch.context() as crowded:
            crowded.setattr(Thread, "start", refuse)
            doorbell.ring("client")
            assert heard.next() == "client"
        doorbell.ring("another")
        assert heard.next() == "another"
