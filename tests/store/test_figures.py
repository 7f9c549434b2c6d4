"""The figures of the queue are those of its rows, and are read from indexes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from app.connections import ConnectionRegistry
from app.sending.batch_queue import pause_batch, stop_batch, take_back
from app.services import find_services
from app.store import throttles
from app.store.base import SETTLED, State
from app.store.database import Store
from app.store.dialects import queries
from app.store.figures import ConnectionFigures, Figures, read_figures
from app.store.models import Submission
from app.store.throttles import MOST_FAILURES, Pace
from tests.sending.batch_of import (
    Saved,
    check_all,
    make,
    make_confirmed,
    queue_all,
    save_many,
)
from tests.sending.presses import look_up

Sent = Callable[[State], int]
CLIENT = "client"


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    registry: ConnectionRegistry = find_services(app).connections
    return registry


def read(store: Store, later: timedelta = timedelta()) -> Figures:
    with store.reading() as session:
        return read_figures(session, datetime.now(UTC) + later)


def read_client(store: Store, later: timedelta = timedelta()) -> ConnectionFigures:
    return read(store, later).connections[CLIENT]


def test_where_nothing_was_sent_there_is_nothing_to_tell(store: Store) -> None:
    assert read(store) == Figures({}, 0)


@pytest.mark.parametrize("state", State)
def test_a_submission_is_counted_where_it_stands(store: Store, sent: Sent, state: State) -> None:
    sent(state)

    counts = read_client(store).counts
    assert {of: number for of, number in counts.items() if number} == {state: 1}


def test_each_connection_has_figures_of_its_own(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    with store.writing() as session:
        session.execute(update(Submission).values(connection_key="another"))
    sent(State.REFUSED)

    connections = read(store).connections
    assert connections["another"].counts[State.CREATED] == 1
    assert connections[CLIENT].counts[State.REFUSED] == 1
    assert connections[CLIENT].counts[State.CREATED] == 0


def test_the_age_is_that_of_the_first_in_the_queue(store: Store, sent: Sent) -> None:
    sent(State.REFUSED)
    first, _ = sent(State.QUEUED), sent(State.QUEUED)
    with store.writing() as session:
        session.get_one(Submission, first).pressed_at -= timedelta(hours=1)

    assert 3600 <= read_client(store).oldest_age < 3660
    assert read_client(store, timedelta(hours=-2)).oldest_age == 0  # A clock was set back.


def test_an_empty_queue_has_no_age(store: Store, sent: Sent) -> None:
    sent(State.CREATED)

    assert read_client(store, timedelta(hours=1)).oldest_age == 0


@pytest.mark.parametrize("campaign_id", [None, "Q2FtcGFpZ246OQ=="])
def test_no_count_of_outcomes_falls_when_a_person_says_or_corrects_one(
    store: Store, sent: Sent, campaign_id: str | None
) -> None:
    for state in (*SETTLED, State.UNKNOWN):
        number = sent(state)
    before = read_client(store)

    look_up(store, number, campaign_id)
    assert read_client(store).looked_up == 1
    look_up(store, number, "Q2FtcGFpZ246Mg==")

    after = read_client(store)
    assert (after.counts[State.UNKNOWN], after.looked_up) == (0, 1)
    for state in SETTLED:
        assert after.counts[state] == before.counts[state] == 1


def test_a_pause_and_the_wait_of_the_rate_are_told(store: Store) -> None:
    with store.writing() as session:
        throttles.find(session, CLIENT, Pace(rate=0.1, burst=1, concurrency=1))
        session.flush()
        for _ in range(MOST_FAILURES):
            throttles.count_failure(session, CLIENT, "Nobody answered.")
    assert (read_client(store).is_paused, read_client(store).wait) == (True, 0)

    with store.writing() as session:
        throttle = throttles.find(session, CLIENT, throttles.GENTLE)
        throttles.resume(session, CLIENT, "Ada")
        throttles.take(throttle, queries(session).read_clock(session))
    assert not read_client(store).is_paused
    assert 8 < read_client(store).wait <= 10


def test_the_pace_of_trying_webhook_addresses_out_is_no_connections(store: Store) -> None:
    with store.writing() as session:
        throttles.find(session, throttles.WEBHOOK_CHECK, throttles.GENTLE)
    assert throttles.WEBHOOK_CHECK not in read(store).connections


def test_a_batch_is_unfinished_until_nothing_of_it_is_left(
    store: Store, connections: ConnectionRegistry, saved: Saved
) -> None:
    def unfinished() -> int:
        return read(store).unfinished_batches

    unchecked = make(store, connections, save_many(saved, 2))
    assert unfinished() == 1
    check_all(store, connections, unchecked)
    assert unfinished() == 0  # It waits for a person.

    batch_id = make_confirmed(store, connections, [saved()])
    assert unfinished() == 1
    queue_all(store, connections, batch_id)
    pause_batch(batch_id, store, "Ada")
    assert unfinished() == 1  # It waits to be sent.

    stop_batch(batch_id, store, "Ada")
    assert unfinished() == 1
    take_back(batch_id, store)
    assert unfinished() == 0


@pytest.mark.sqlite
def test_no_row_of_a_submission_is_read(store: Store, sent: Sent) -> None:
    sent(State.QUEUED)
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    read(store)
    event.remove(store.engine, "before_cursor_execute", note)

    steps = [step for statement in statements for step in explain(store, *statement)]
    about = [step for step in steps if " submission " in f"{step} " or " batch_item " in f"{step} "]
    assert len(about) > 4
    assert [step for step in about if "USING COVERING INDEX" not in step] == []


def explain(store: Store, statement: str, parameters: Any) -> list[str]:
    """Say how SQLite goes about a statement."""
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[-1] for row in rows.fetchall()]
