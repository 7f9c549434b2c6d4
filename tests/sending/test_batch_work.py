"""A batch goes on beside the requests, from wherever it was left."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.connections import SANDBOX, ConnectionRegistry
from app.sending import batch_queue
from app.sending.background import Background
from app.sending.batch_queue import stop_batch
from app.sending.batch_work import BatchWork
from app.services import find_services
from app.store.base import ItemState, State
from app.store.database import Store
from tests.sending.batch_of import make, make_confirmed, queue_all, save_many, states

Saved = Callable[..., str]
GoOn = Callable[[int], None]


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def background() -> Background:
    return Background()


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    return find_services(app).connections


@pytest.fixture
def go_on(
    store: Store, connections: ConnectionRegistry, background: Background, rung: list[str]
) -> GoOn:
    """Go on with a batch until nothing is left to do."""

    def go(batch_id: int) -> None:
        BatchWork(store, connections, background, rung.append).start(batch_id)
        assert background.drain(10)

    return go


@pytest.fixture
def confirmed(store: Store, saved: Saved, connections: ConnectionRegistry) -> int:
    """Confirm a batch of three."""
    return make_confirmed(store, connections, save_many(saved, 3))


def test_a_new_one_is_checked(
    store: Store, saved: Saved, connections: ConnectionRegistry, go_on: GoOn, rung: list[str]
) -> None:
    batch_id = make(store, connections, save_many(saved, 3))
    go_on(batch_id)
    assert (states(store, batch_id), rung) == ([ItemState.READY] * 3, [])


def test_a_confirmed_one_is_queued_and_rung_for(
    store: Store, confirmed: int, go_on: GoOn, rung: list[str]
) -> None:
    go_on(confirmed)
    assert (states(store, confirmed), rung) == ([State.QUEUED] * 3, [SANDBOX])


def test_a_long_one_is_rung_for_as_soon_as_some_of_it_is_queued(
    confirmed: int, go_on: GoOn, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_queue, "_AT_ONCE", 1)
    go_on(confirmed)
    assert rung == [SANDBOX] * 3


def test_a_stopped_one_is_taken_back(
    store: Store, connections: ConnectionRegistry, confirmed: int, go_on: GoOn, rung: list[str]
) -> None:
    queue_all(store, connections, confirmed)
    stop_batch(confirmed, store, "Ada")
    go_on(confirmed)
    assert (states(store, confirmed), rung) == ([State.UNSENT] * 3, [])
