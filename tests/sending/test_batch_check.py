"""Each draft of a batch is checked as if it were sent by itself, and its bytes are kept."""

from collections import Counter
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.campaign.explanation import explain
from app.connections import SANDBOX, Connection, ConnectionRegistry
from app.sending.batch_check import check_anew, check_items, sort_by_destination
from app.sending.batch_confirmation import confirm_batch
from app.services import find_services
from app.store import batch_summary, batches, drafts
from app.store.base import ItemState, State
from app.store.batch_models import Batch, BatchItem
from app.store.batch_summary import Summary
from app.store.database import Store
from app.store.models import Draft, Submission
from app.store.verification import verify
from tests.factories import outbound
from tests.sending.batch_of import check_all, items, make, request, save_many, states

Saved = Callable[..., str]


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    return find_services(app).connections


def test_what_is_ready_is_kept_as_it_is_sent(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make(store, connections, [saved(values := outbound(name="Q4"))])
    check_all(store, connections, batch_id)

    (item,) = items(store, batch_id)
    body = encode_payload(build_payload(values))
    assert (item.state, item.name, item.reason) == (ItemState.READY, "Q4", "")
    assert (item.body, item.digest) == (body, compute_digest(body))
    assert item.calling_days > 0
    assert item.judged["findings"]
    with store.reading() as session:
        summary = batch_summary.summarise(session, batches.find(session, batch_id))
        assert (summary.calling_days, summary.findings) == (item.calling_days, item.findings)
        assert batches.find(session, batch_id).connection_key == SANDBOX


def read_kept(store: Store, batch_id: int) -> Summary:
    with store.reading() as session:
        batch = batches.find(session, batch_id)
        return Summary(batch.digest, batch.calling_days, Counter(batch.findings), batch.judged)


def add_up(store: Store, batch_id: int) -> Summary:
    """Add up what the items come to, whatever is kept."""
    with store.reading() as session:
        batch = batches.find(session, batch_id)
        session.expunge(batch)
        batch.digest = ""
        return batch_summary.summarise(session, batch)


def test_what_all_items_come_to_is_kept_once_all_are_checked(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    unknown = Summary("", 0, Counter(), "")
    batch_id = make(store, connections, save_many(saved, 2))
    assert check_items(batch_id, store, connections)
    assert read_kept(store, batch_id) == unknown
    assert not check_items(batch_id, store, connections)
    assert read_kept(store, batch_id) == add_up(store, batch_id) != unknown

    third = saved(outbound(name="Third"))
    with store.writing() as session:
        batches.add_items(session, batch_id, 3, [third])
    check_all(store, connections, batch_id)
    assert read_kept(store, batch_id) == add_up(store, batch_id)
    check_anew(batch_id, store, connections)
    assert read_kept(store, batch_id) == unknown


@pytest.mark.parametrize("is_new", [False, True])
def test_what_items_came_to_is_not_kept_if_there_are_others_meanwhile(
    store: Store,
    saved: Saved,
    connections: ConnectionRegistry,
    monkeypatch: pytest.MonkeyPatch,
    is_new: bool,
) -> None:
    """Another process adds an item, or lets all be checked again, while they are added up."""
    batch_id = make(store, connections, save_many(saved, 2))
    assert check_items(batch_id, store, connections)
    more, summarise = saved(outbound(name="Third")), batch_summary.summarise

    def change(session: Session) -> None:
        if is_new:
            batches.check_anew(session, batches.find(session, batch_id))
            session.execute(update(BatchItem).values(state=ItemState.READY))
        else:
            batches.add_items(session, batch_id, 3, [more])

    def summarise_slowly(session: Session, batch: Batch) -> Summary:
        summary = summarise(session, batch)
        with Session(store.engine) as other:
            change(other)
            other.commit()
        return summary

    monkeypatch.setattr(batch_summary, "summarise", summarise_slowly)
    assert not check_items(batch_id, store, connections)
    assert read_kept(store, batch_id).digest == ""


def test_the_odd_ones_out_say_why(
    store: Store,
    saved: Saved,
    sent: Callable[[State], int],
    connections: ConnectionRegistry,
    add_connection: Callable[..., str],
) -> None:
    good, moved = saved(outbound(name="Good")), saved(outbound(name="Moved"))
    incomplete, gone = saved({"name": "Half", "type": "OUTBOUND"}), saved(outbound(name="Gone"))
    twin = saved(outbound(name="Good"))
    submission_id = sent(State.CREATED)
    with store.writing() as session:
        drafts.delete(session, gone)
    with store.reading() as session:
        was_sent = session.get_one(Submission, submission_id).draft_id
    order = [good, moved, incomplete, gone, twin, was_sent]
    batch_id = make(store, connections, order)
    key = add_connection()
    with store.writing() as session:
        draft = session.get_one(Draft, moved)
        draft.connection_key, draft.name = key, "Of Client A"
    check_all(store, connections, batch_id)

    reasons = [item.reason for item in items(store, batch_id)]
    assert states(store, batch_id) == [ItemState.READY] + [ItemState.UNFIT] * 5
    assert "Of Client A" not in [item.name for item in items(store, batch_id)]
    assert reasons[0] == ""
    assert reasons[1] == "It goes to another connection."
    assert reasons[2].endswith(".")
    assert reasons[3] == "It was deleted."
    assert reasons[4] == "It is the same as item 1, so it is left out."
    assert reasons[5] == "It waits to be sent, or was sent already."


def test_a_batch_is_made_of_what_goes_to_one_connection(
    store: Store,
    saved: Saved,
    connections: ConnectionRegistry,
    add_connection: Callable[..., str],
) -> None:
    key = add_connection()
    ids = [saved(connection=key), saved(), saved(outbound(name="Other"), connection=key)]
    sorted_ids = sort_by_destination(ids, store, connections)
    assert sorted_ids == {key: [ids[0], ids[2]], SANDBOX: [ids[1]]}
    batch_id = make(store, connections, sorted_ids[key])
    with store.reading() as session:
        made = batches.find(session, batch_id)

    assert (made.connection_key, made.connection, made.is_sandbox) == (key, "Client A", False)
    assert [item.draft_id for item in items(store, batch_id)] == [ids[0], ids[2]]


def test_what_goes_to_the_sandbox_meanwhile_is_not_sent_to_the_client(
    store: Store,
    saved: Saved,
    connections: ConnectionRegistry,
    add_connection: Callable[..., str],
) -> None:
    key = add_connection()
    stays, moved = saved(connection=key), saved(outbound(name="Moved"), connection=key)
    batch_id = make(store, connections, [stays, moved])
    with store.writing() as session:
        session.get_one(Draft, moved).connection_key = SANDBOX
    check_all(store, connections, batch_id)

    assert states(store, batch_id) == [ItemState.READY, ItemState.UNFIT]


def test_a_draft_is_in_a_batch_once(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    first, second = save_many(saved, 2)
    batch_id = make(store, connections, [first, second, first])

    assert [item.draft_id for item in items(store, batch_id)] == [first, second]
    assert sort_by_destination(["a1a1a1a1a1a1a1a1"], store, connections) == {}


def test_a_check_goes_on_where_it_ended(
    store: Store, saved: Saved, connections: ConnectionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sending.batch_check._AT_ONCE", 2)
    batch_id = make(store, connections, save_many(saved, 5))

    assert check_items(batch_id, store, connections)
    assert states(store, batch_id) == [ItemState.READY] * 2 + [ItemState.NEW] * 3
    with store.reading() as session:
        assert batches.list_unfinished(session, batches.find(session, batch_id).created_at) == [
            batch_id
        ]
    check_all(store, connections, batch_id)
    assert states(store, batch_id) == [ItemState.READY] * 5
    assert not check_items(batch_id, store, connections)


def test_what_is_the_same_as_another_is_not_offered_again_later(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make(store, connections, [saved(), saved(), saved({"name": "Half"})])
    check_all(store, connections, batch_id)
    with store.reading() as session:
        assert batches.list_to_repeat(session, batch_id) == [items(store, batch_id)[2].draft_id]


def test_an_item_that_cannot_be_checked_does_not_hold_the_others_up(
    store: Store, saved: Saved, connections: ConnectionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = saved(outbound(name="Bad")), saved(outbound(name="Good"))

    def fail_for_one(answers: Any, now: Any) -> Any:
        if answers["name"] == "Bad":
            raise ZeroDivisionError
        return explain(answers, now)

    monkeypatch.setattr("app.sending.batch_check.explain", fail_for_one)
    batch_id = make(store, connections, [bad, good])
    check_all(store, connections, batch_id)

    assert states(store, batch_id) == [ItemState.UNFIT, ItemState.READY]
    assert items(store, batch_id)[0].reason.startswith("It could not be checked.")


def test_it_is_checked_again_for_the_connection_as_it_is_now(
    store: Store,
    saved: Saved,
    connections: ConnectionRegistry,
    add_connection: Callable[..., str],
) -> None:
    batch_id = make(store, connections, [saved(connection=add_connection())])
    check_all(store, connections, batch_id)
    with store.writing() as session:
        batches.find(session, batch_id).stamp = "as it was"
    check_anew(batch_id, store, connections)

    assert states(store, batch_id) == [ItemState.NEW]
    check_all(store, connections, batch_id)
    with store.reading() as session:
        batch = batches.find(session, batch_id)
        assert batch.stamp == connections.find(batch.connection_key).stamp


class Overtaken(ConnectionRegistry):
    """Connections of a process that another one overtakes once it has begun to check."""

    def __init__(self, connections: ConnectionRegistry, overtake: Callable[[], None]) -> None:
        vars(self).update(vars(connections))
        self._overtake: list[Callable[[], None]] = [overtake]

    def find(self, key: str) -> Connection:
        while self._overtake:
            other = Thread(target=self._overtake.pop())
            other.start()
            other.join()
        return super().find(key)


def test_who_checks_late_changes_nothing_of_a_batch_that_was_confirmed_meanwhile(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make(store, connections, [saved(outbound(name=name)) for name in ("One", "Two")])

    def check_and_confirm() -> None:
        check_all(store, connections, batch_id)
        assert confirm_batch(request(store, batch_id, connections.find(SANDBOX)), store)

    assert check_items(batch_id, store, Overtaken(connections, check_and_confirm))
    assert read_kept(store, batch_id) == add_up(store, batch_id)
    with store.reading() as session:
        assert batches.find(session, batch_id).confirmed_at
        assert verify(session).fault == ""
