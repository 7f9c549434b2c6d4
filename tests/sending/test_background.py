"""Sending goes on beside the request that asked for it, and a stop waits for it."""

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.sending.background import Sender
from app.sending.confirmation import StaleReview
from app.store.base import State
from app.store.database import Store
from app.store.file_lock import Busy, hold_exclusively
from app.store.models import Submission
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.log_lines import Log
from tests.sending.presses import destination, journal, press
from tests.store.files import writers_lock_of

REVIEWED = compute_digest(encode_payload(build_payload(outbound())))


class Hanging(FakeApi):
    """An API that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__(ANSWERS[State.CREATED])
        self.began, self.may_answer = Event(), Event()

    def create_campaign(self, body: bytes) -> Created:
        self.began.set()
        assert self.may_answer.wait(10)
        return super().create_campaign(body)


@pytest.fixture
def api() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.may_answer.set()


def state(store: Store, submission_id: int) -> State:
    with store.reading() as session:
        return session.get_one(Submission, submission_id).state


def test_whoever_presses_need_not_wait(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    sender = Sender(store, journal(store))
    submission_id = sender.send(press(saved(), reviewed=REVIEWED, to=destination(api)), api)

    assert api.began.wait(10)
    assert state(store, submission_id) is State.SENDING
    assert not sender.drain(0)
    assert sender.list_under_way() == [submission_id]
    api.may_answer.set()
    assert sender.drain(10)
    assert sender.list_under_way() == []
    assert state(store, submission_id) is State.CREATED


def test_nothing_under_way_is_nothing_to_wait_for(store: Store) -> None:
    assert Sender(store, journal(store)).drain(0)


@pytest.mark.sqlite
def test_no_backup_is_brought_back_while_a_campaign_is_sent(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    sender = Sender(store, journal(store))
    sender.send(press(saved(), reviewed=REVIEWED, to=destination(api)), api)
    assert api.began.wait(10)
    with pytest.raises(Busy), hold_exclusively(writers_lock_of(store), 0.1):
        pass
    api.may_answer.set()
    assert sender.drain(10)
    with hold_exclusively(writers_lock_of(store), 1):
        pass


def test_a_press_that_is_not_taken_leaves_nothing_held(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    sender = Sender(store, journal(store))
    with pytest.raises(StaleReview):
        sender.send(press(saved(), reviewed="another", to=destination(api)), api)
    with hold_exclusively(writers_lock_of(store), 1):
        pass


def test_what_fails_beside_a_request_ends_there(store: Store) -> None:
    sender = Sender(store, journal(store))

    def fail() -> None:
        raise ZeroDivisionError

    sender.run("test of a", fail)
    assert sender.drain(10)
    assert not sender.is_running("test of a")


def test_a_failure_beside_a_request_is_logged_with_its_submission(store: Store, log: Log) -> None:
    sender = Sender(store, journal(store))

    def fail() -> None:
        raise ZeroDivisionError

    for name in (7, "test of a"):
        sender.run(name, fail)
        assert sender.drain(10)

    assert [line.get("submission") for line in log.lines()] == [7, None]
    assert all("ZeroDivisionError" in line["exception"] for line in log.lines())


def test_what_could_not_be_begun_can_be_begun_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, done = Sender(store, journal(store)), Event()

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as crowded:
        crowded.setattr(Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            sender.run("test of a", done.set)
    assert not sender.is_running("test of a")

    sender.run("test of a", done.set)
    assert sender.drain(10)
    assert done.is_set()
