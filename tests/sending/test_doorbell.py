"""A message wakes who listens, here or elsewhere; one that is lost or forged changes nothing."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

from app.sending.doorbell import FILE, Doorbell
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


def test_a_queue_that_cannot_be_written_is_no_error_of_who_presses(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "nowhere", heard) as doorbell:
        doorbell.ring("client")
        assert heard.next() == "client"
    assert "looked for in a minute" in caplog.text


def test_a_server_that_cannot_be_reached_is_no_error_of_who_presses(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, heard, url=f"redis://127.0.0.1:{free_port()}/0") as doorbell:
        doorbell.ring("client")
    assert "looked for in a minute" in caplog.text
    assert heard.empty()


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


def test_it_stops_listening(tmp_path: Path, heard: Heard) -> None:
    logging.getLogger("huey").setLevel(logging.WARNING)
    with opened(tmp_path, heard) as doorbell:
        doorbell.ring("client")
        assert heard.next() == "client"
        doorbell.stop()
        doorbell.stop()
        doorbell.ring("again")  # Who rings again listens again.
        assert heard.next() == "again"


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
