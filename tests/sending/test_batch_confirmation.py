"""One person confirms a batch, once, and exactly what was reviewed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.connections import SANDBOX, Connection, ConnectionRegistry
from app.sending.batch_check import NothingReady, check_items
from app.sending.batch_confirmation import NotChecked, NotCounted, confirm_batch
from app.sending.confirmation import Disabled, NoSender, NotNamed, Paused, StaleReview
from app.services import find_services
from app.store import batch_summary, batches, drafts, throttles
from app.store.audit_trail import EventKind, name_batch_chain
from app.store.base import QUEUED_AT_MOST
from app.store.database import Store
from app.store.records import Event
from app.store.throttles import GENTLE, MOST_FAILURES
from app.store.verification import verify
from tests.factories import outbound
from tests.sending.batch_of import check_all, make, request

Saved = Callable[..., str]


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    return find_services(app).connections


@pytest.fixture
def client(connections: ConnectionRegistry, add_connection: Callable[..., str]) -> Connection:
    return connections.find(add_connection())


@pytest.fixture
def batch_id(
    store: Store, saved: Saved, connections: ConnectionRegistry, client: Connection
) -> int:
    """Give a batch of two campaigns to a live connection that is checked."""
    ids = [saved(outbound(name=name), connection=client.key) for name in ("One", "Two")]
    made = make(store, connections, ids)
    check_all(store, connections, made)
    return made


def test_what_was_reviewed_is_confirmed_once_and_on_record(
    store: Store, batch_id: int, client: Connection
) -> None:
    confirmed = request(store, batch_id, client)
    assert confirm_batch(confirmed, store)
    assert not confirm_batch(replace(confirmed, who="Bob"), store)

    with store.reading() as session:
        batch = batches.find(session, batch_id)
        assert (batch.who, batch.digest) == ("Ada", confirmed.reviewed)
        chain = session.query(Event).filter(Event.chain == name_batch_chain(batch_id))
        assert [event.kind for event in chain] == [EventKind.BATCH_CONFIRMED]


def test_what_it_comes_to_is_kept_also_if_nobody_has_added_it_up_before(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make(store, connections, [saved(outbound())])
    assert check_items(batch_id, store, connections)  # And not once more, when it is added up.
    with store.reading() as session:
        reviewed = batch_summary.summarise(session, batches.find(session, batch_id))
    assert confirm_batch(request(store, batch_id, connections.find(SANDBOX)), store)

    with store.reading() as session:
        batch = batches.find(session, batch_id)
        assert batch_summary.summarise(session, batch) == reviewed
        assert batch.calling_days > 0
        assert verify(session).fault == ""


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reviewed": "0" * 64}, StaleReview),
        ({"stamp": "another"}, StaleReview),
        ({"named": "Client B"}, NotNamed),
        ({"counted": "3"}, NotCounted),
        ({"counted": "two"}, NotCounted),
        ({"counted": ""}, NotCounted),
        ({"who": ""}, NoSender),
    ],
)
def test_nothing_is_sent_without_all_that_is_asked(
    store: Store,
    batch_id: int,
    client: Connection,
    changes: dict[str, Any],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        confirm_batch(request(store, batch_id, client, **changes), store)
    with store.reading() as session:
        assert batches.find(session, batch_id).confirmed_at is None


def test_a_count_may_have_commas_as_it_is_shown(
    store: Store, batch_id: int, client: Connection
) -> None:
    assert confirm_batch(request(store, batch_id, client, counted=" 0,002 "), store)


def test_nothing_is_sent_to_a_connection_that_may_not_be_used(
    store: Store, batch_id: int, client: Connection
) -> None:
    with pytest.raises(Disabled):
        confirm_batch(request(store, batch_id, replace(client, is_enabled=False)), store)
    with store.writing() as session:
        throttles.find(session, client.key, GENTLE)
    for _ in range(MOST_FAILURES):
        with store.writing() as session:
            throttles.count_failure(session, client.key, "Silence.")
    with pytest.raises(Paused):
        confirm_batch(request(store, batch_id, client), store)


def test_what_is_not_checked_or_not_ready_cannot_be_confirmed(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make(store, connections, [draft_id := saved(outbound(name="One"))])
    with pytest.raises(NotChecked):
        confirm_batch(request(store, batch_id, connections.default), store)
    with store.writing() as session:
        drafts.delete(session, draft_id)
    check_all(store, connections, batch_id)
    with pytest.raises(NothingReady):
        confirm_batch(request(store, batch_id, connections.default), store)


def test_what_was_checked_a_day_ago_is_not_confirmed(
    store: Store, batch_id: int, client: Connection
) -> None:
    with store.writing() as session:
        batches.find(session, batch_id).created_at -= QUEUED_AT_MOST
    with pytest.raises(StaleReview):
        confirm_batch(request(store, batch_id, client), store)
