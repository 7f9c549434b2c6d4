"""A batch goes on beside the requests, from wherever it was left."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.connections import SANDBOX, ConnectionRegistry
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


def test_a_new_one_is_checked(
    store: Store, saved: Saved, connections: ConnectionRegistry, go_on: GoOn, rung: list[str]
) -> None:
    batch_id = make(store, connections, save_many(saved, 3))
    go_on(batch_id)
    assert (states(store, batch_id), rung) == ([ItemState.READY] * 3, [])


def test_a_confirmed_one_is_queued_and_rung_for(
    store: Store, saved: Saved, connections: ConnectionRegistry, go_on: GoOn, rung: list[str]
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 3))
    go_on(batch_id)
    assert (states(store, batch_id), rung) == ([State.QUEUED] * 3, [SANDBOX])


def test_a_stopped_one_is_taken_back(
    store: Store, saved: Saved, connections: ConnectionRegistry, go_on: GoOn, rung: list[str]
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 3))
    queue_all(store, connections, batch_id)
    stop_batch(batch_id, store, "Ada")
    go_on(batch_id)
    assert (states(store, batch_id), rung) == ([State.UNSENT] * 3, [])
