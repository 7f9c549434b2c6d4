"""Work goes on beside the request that asked for it, and a stop waits for it."""

from threading import Event, Thread

import pytest

from app.sending.background import Background
from tests.log_lines import Log


def test_what_fails_beside_a_request_ends_there() -> None:
    background = Background()

    def fail() -> None:
        raise ZeroDivisionError

    background.run("test of a", fail)
    assert background.drain(10)
    assert background.drain(0)


def test_what_ends_its_thread_keeps_nothing_else_of_its_name_from_running() -> None:
    background, done = Background(), Event()

    def leave() -> None:
        raise SystemExit

    background.run("test of a", leave)
    assert background.drain(10)
    background.run("test of a", done.set)
    assert background.drain(10)
    assert done.is_set()


def test_a_failure_beside_a_request_is_logged(log: Log) -> None:
    background = Background()

    def fail() -> None:
        raise ZeroDivisionError

    background.run("test of a", fail)
    assert background.drain(10)

    (line,) = log.lines()
    assert line["event"] == "Failed beside the request: test of a"
    assert "ZeroDivisionError" in line["exception"]


def test_what_could_not_be_begun_can_be_begun_later(monkeypatch: pytest.MonkeyPatch) -> None:
    background, done = Background(), Event()

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as crowded:
        crowded.setattr(Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            background.run("test of a", done.set)
    assert background.drain(0)

    background.run("test of a", done.set)
    assert background.drain(10)
    assert done.is_set()


def test_what_is_asked_for_while_it_runs_is_done_once_more() -> None:
    background, begun, goes_on, times = Background(), Event(), Event(), list[str]()

    def work() -> None:
        times.append("worked")
        begun.set()
        assert goes_on.wait(10)

    background.run("batch 1", work)
    assert begun.wait(10)
    for _ in range(3):
        background.run("batch 1", work)
    goes_on.set()

    assert background.drain(10)
    assert times == ["worked"] * 2
