"""What is said to be known of a campaign of a batch, and by whose word."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from app.connections import SANDBOX
from app.sending.outcome import Outcome
from app.sending.recording import Claim, record_outcome
from app.services import find_services
from app.store import batch_results
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from tests.sending.batch_of import make_confirmed, queue_all, save_many
from tests.sending.claims import CREATED
from tests.sending.presses import claim_next, journal, look_up

Saved = Callable[..., str]


@pytest.fixture
def unknown(app: Flask, store: Store, saved: Saved) -> tuple[int, Claim]:
    """Send a batch of one campaign, of whose outcome nothing is known; give its number."""
    connections = find_services(app).connections
    batch_id = make_confirmed(store, connections, save_many(saved, 1))
    queue_all(store, connections, batch_id)
    claim = claim_next(connections.find(SANDBOX), store=store)
    assert isinstance(claim, Claim)
    late = replace(claim, lease=grant_lease(0))
    record_outcome(late, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    return batch_id, late


def read_known(store: Store, batch_id: int) -> str:
    with store.reading() as session:
        (result,) = batch_results.read_results(session, batch_id, 10)
        (row,) = batch_results.iterate_results(session, batch_id)
    assert row["campaign_id"] == result.campaign_id
    assert not result.looked_up_at or row["message"] == result.known
    return result.known


@pytest.mark.parametrize(
    ("campaign_id", "known"),
    [
        (None, "Ada looked, and it is not there"),
        ("Vm9pY2VDYW1wYWlnbjo4", "Vm9pY2VDYW1wYWlnbjo4: Ada found it"),
    ],
)
def test_what_somebody_looked_up_is_told_with_who_did(
    store: Store, unknown: tuple[int, Claim], campaign_id: str | None, known: str
) -> None:
    batch_id, claim = unknown
    assert read_known(store, batch_id) == "Silence."
    look_up(store, claim.submission_id, campaign_id)
    assert read_known(store, batch_id) == known


def test_a_late_answer_is_not_told_as_what_somebody_found(
    store: Store, unknown: tuple[int, Claim]
) -> None:
    batch_id, claim = unknown
    look_up(store, claim.submission_id, None)
    record_outcome(claim, CREATED, store, journal(store))
    assert read_known(store, batch_id) == "Vm9pY2VDYW1wYWlnbjo3"
