"""How fast a batch goes is never said to be faster than it can."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from app.services import find_services
from app.store import batches, throttles
from app.store.batch_progress import Progress, measure_progress
from app.store.database import Store
from app.store.throttles import Pace
from tests.pages import drain
from tests.sending.batch_of import make_confirmed, queue_all, save_many

PACE = Pace(0.1, 10, 10)


def look(store: Store, batch_id: int) -> Progress:
    with store.reading() as session:
        return measure_progress(session, batches.find(session, batch_id))


def test_a_burst_at_the_start_is_no_speed_and_what_is_paused_has_none(
    app: Flask, store: Store, saved: Callable[..., str]
) -> None:
    connections = find_services(app).connections
    batch_id = make_confirmed(store, connections, save_many(saved, 8))
    queue_all(store, connections, batch_id)
    drain(app)  # All eight go at once.
    assert look(store, batch_id).done == 8
    assert look(store, batch_id).rate > PACE.rate

    with store.writing() as session:
        throttles.find(session, "sandbox", PACE).rate = PACE.rate
    assert look(store, batch_id).rate == PACE.rate
    with store.writing() as session:
        batches.find(session, batch_id).paused_at = datetime.now(UTC)
    assert (look(store, batch_id).rate, look(store, batch_id).seconds) == (0, None)
    with store.writing() as session:
        batches.find(session, batch_id).paused_at = None
        throttles.pause(session, "sandbox", PACE, "Five in a row failed.")
    assert look(store, batch_id).rate == 0
