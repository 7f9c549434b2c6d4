"""What waits is sent beside the request that asked for it, and a stop waits for that."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Condition, Event
from typing import Any

import pytest
import time_machine

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.connections import Connection, ConnectionRegistry, Network
from app.remote.answers import Created
from app.remote.connection import BadConnection
from app.sending.queue import enqueue
from app.sending.sender import Sender
from app.store import approvals, throttles
from app.store.base import QUEUED_AT_MOST, State
from app.store.database import Store
from app.store.file_lock import Busy, hold_exclusively
from app.store.models import Submission
from app.store.throttles import GENTLE, Pace
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.log_lines import Log
from tests.sending.presses import destination, failing, journal, press
from tests.store.files import writers_lock_of


class Hanging(FakeApi):
    """An API that answers when it is told to; *most* is how many it was asked at once."""

    def __init__(self) -> None:
        super().__init__(*[ANSWERS[State.CREATED]] * 20)
        self.may_answer, self.changed = Event(), Condition()
        self.under_way = self.most = 0

    def create_campaign(self, body: bytes) -> Created:
        with self.changed:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.changed.notify_all()
        assert self.may_answer.wait(10)
        with self.changed:
            self.under_way -= 1
        return super().create_campaign(body)

    def wait_for(self, count: int) -> None:
        """Wait until it was asked so many at once."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.under_way >= count, 10)


class OneConnection(ConnectionRegistry):
    """A registry of one connection, whose API is a stand-in."""

    def __init__(self, api: FakeApi) -> None:
        self.api, self.to, self.network = api, destination(api), Network({}, api.deadline)

    def find(self, key: str) -> Connection:
        return self.to

    def open_api(self, key: str) -> Any:
        return self.api


@pytest.fixture
def api() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.may_answer.set()


def message(store: Store, submission_id: int) -> str:
    with store.reading() as session:
        return session.get_one(Submission, submission_id).message


def state(store: Store, submission_id: int) -> State:
    with store.reading() as session:
        return session.get_one(Submission, submission_id).state


@pytest.fixture
def sender(store: Store, api: Hanging) -> Sender:
    return Sender(store, journal(store), OneConnection(api))


def queue(store: Store, saved: Callable[..., str], to: Connection, name: str = "") -> int:
    """Queue a campaign of this name."""
    values = outbound(name=name) if name else outbound()
    reviewed = compute_digest(encode_payload(build_payload(values)))
    return enqueue(press(saved(values), reviewed=reviewed, to=to), store=store)


def set_pace(store: Store, to: Connection, pace: Pace) -> None:
    with store.writing() as session:
        throttles.set_pace(session, throttles.find(session, to.key, GENTLE), pace, "Ada")


def test_whoever_presses_need_not_wait(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    submission_id = queue(store, saved, to := destination(api))
    assert state(store, submission_id) is State.QUEUED
    sender.wake(to.key)

    api.wait_for(1)
    assert state(store, submission_id) is State.SENDING
    assert not sender.drain(0)
    assert sender.list_under_way() == [submission_id]
    api.may_answer.set()
    assert sender.drain(10)
    assert sender.list_under_way() == []
    assert state(store, submission_id) is State.CREATED


def test_nothing_that_waits_is_nothing_to_send(sender: Sender, api: Hanging) -> None:
    sender.wake("client")
    assert sender.drain(10)
    assert api.asked == []


def test_as_many_go_at_once_as_the_connection_takes(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    set_pace(store, to := destination(api), Pace(rate=0, burst=1, concurrency=3))
    waiting = [queue(store, saved, to, f"Campaign {number}") for number in range(7)]
    sender.wake(to.key)

    api.wait_for(3)
    assert [state(store, number) for number in waiting].count(State.QUEUED) == 4
    api.may_answer.set()
    assert sender.drain(10)
    assert {state(store, number) for number in waiting} == {State.CREATED}
    assert (api.most, len(api.asked)) == (3, 7)


def test_what_waits_at_a_stop_stays_in_the_queue(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    set_pace(store, to := destination(api), Pace(rate=0, burst=1, concurrency=1))
    first, second = (queue(store, saved, to, name) for name in ("First", "Second"))
    sender.wake(to.key)
    api.wait_for(1)
    sender.stop()
    api.may_answer.set()

    assert sender.drain(10)
    sender.wake(to.key)
    assert sender.drain(10)
    assert [state(store, number) for number in (first, second)] == [State.CREATED, State.QUEUED]


def test_what_goes_over_a_connection_that_was_changed_is_not_sent(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    registry = OneConnection(api)
    changed, disabled = queue(store, saved, registry.to), replace(registry.to, is_enabled=False)
    registry.to = replace(registry.to, base_url="https://elsewhere.example")
    sender = Sender(store, journal(store), registry)
    sender.wake(registry.to.key)
    assert sender.drain(10)
    assert (state(store, changed), api.asked) == (State.UNSENT, [])
    assert "Review the campaign again" in message(store, changed)

    registry.to = destination(api)
    off = queue(store, saved, registry.to, "Another")
    registry.to = disabled
    sender.wake(disabled.key)
    assert sender.drain(10)
    assert (state(store, off), api.asked) == (State.UNSENT, [])
    assert "switched off" in message(store, off)


def test_what_waited_for_a_day_is_not_sent(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    with time_machine.travel(datetime.now(UTC) - QUEUED_AT_MOST - timedelta(seconds=1)):
        old = queue(store, saved, to := destination(api), "Old")
    sender.wake(to.key)
    assert sender.drain(10)

    assert (state(store, old), api.asked) == (State.UNSENT, [])
    assert "dates may have passed" in message(store, old)


def test_a_token_that_cannot_be_read_is_said(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    class Unreadable(OneConnection):
        def open_api(self, key: str) -> Any:
            raise BadConnection("The token of Client A can no longer be read. Enter it again.")

    sender = Sender(store, journal(store), Unreadable(api))
    submission_id = queue(store, saved, to := destination(api))
    sender.wake(to.key)
    assert sender.drain(10)

    assert state(store, submission_id) is State.UNSENT
    assert message(store, submission_id).startswith("The token of Client A")


def test_a_database_that_is_locked_at_the_claim_is_asked_again(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    submission_id = queue(store, saved, to := destination(api))
    api.may_answer.set()
    with failing(store, sqlite3.OperationalError("database is locked")) as failed:
        sender.wake(to.key)
        assert failed.wait(10)
    assert sender.drain(10)

    assert state(store, submission_id) is State.CREATED


def test_a_failure_of_ours_is_logged_with_its_submission(
    store: Store, saved: Callable[..., str], log: Log
) -> None:
    api = FakeApi(ZeroDivisionError(), ANSWERS[State.CREATED])
    sender = Sender(store, journal(store), OneConnection(api))
    failed, good = (queue(store, saved, destination(api), name) for name in ("First", "Second"))
    set_pace(store, destination(api), Pace(rate=0, burst=1, concurrency=1))
    sender.wake(destination(api).key)
    assert sender.drain(10)

    assert [state(store, number) for number in (failed, good)] == [State.UNKNOWN, State.CREATED]
    (line,) = log.lines()
    assert (line["event"], line["submission"]) == ("Failed to send", failed)


@pytest.mark.sqlite
def test_no_backup_is_brought_back_while_a_campaign_is_sent(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    queue(store, saved, to := destination(api))
    sender.wake(to.key)
    api.wait_for(1)
    with pytest.raises(Busy), hold_exclusively(writers_lock_of(store), 0.1):
        pass
    api.may_answer.set()
    assert sender.drain(10)
    with hold_exclusively(writers_lock_of(store), 1):
        pass


def test_one_of_many_machines_takes_nothing_back_that_only_it_cannot_send(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    class Unreadable(OneConnection):
        def open_api(self, key: str) -> Any:
            raise BadConnection("The token can no longer be read.")

    waiting = queue(store, saved, to := destination(api))
    misled = OneConnection(api)
    misled.to = replace(to, base_url="https://elsewhere.example")
    for registry in (Unreadable(api), misled):
        sender = Sender(store, journal(store), registry, is_one_of_many=True)
        sender.wake(to.key)
        assert sender.drain(10)
        assert (state(store, waiting), api.asked) == (State.QUEUED, [])


def test_what_one_of_many_machines_leaves_to_others_lets_the_rest_pass(
    store: Store, saved: Callable[..., str], api: Hanging
) -> None:
    api.may_answer.set()
    to = destination(api)
    before = queue(store, saved, replace(to, base_url="https://elsewhere.example"))
    after = queue(store, saved, to, name="After")
    sender = Sender(store, journal(store), OneConnection(api), is_one_of_many=True)
    sender.wake(to.key)
    assert sender.drain(10)
    assert [state(store, number) for number in (before, after)] == [State.QUEUED, State.CREATED]

    with time_machine.travel(datetime.now(UTC) + QUEUED_AT_MOST + timedelta(hours=1)):
        sender.wake(to.key)
        assert sender.drain(10)
    assert state(store, before) is State.UNSENT


def test_what_was_confirmed_before_it_had_to_be_approved_is_not_sent(
    store: Store, saved: Callable[..., str], api: Hanging, sender: Sender
) -> None:
    api.may_answer.set()
    waiting = queue(store, saved, to := destination(api))
    with store.writing() as session:
        approvals.set_rule(session, to.key, "", who="Olga")
    sender.wake(to.key)
    assert sender.drain(10)
    assert (state(store, waiting), api.asked) == (State.UNSENT, [])
    assert "has to be approved" in message(store, waiting)
