"""A batch whose API has asked to wait says so, and what was sent before that is not denied."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.connections import SANDBOX
from app.remote.errors import Refused
from app.sending.batch_queue import stop_batch, take_back
from app.sending.recording import Claim
from app.sending.submission import deliver
from app.services import find_services
from app.store.base import State
from app.store.database import Store
from tests.fakes import ANSWERS, FakeApi
from tests.pages import Visitor, text
from tests.sending.batch_of import items, make_confirmed, queue_all, save_many
from tests.sending.presses import claim_next, journal

Saved = Callable[..., str]
BUSY = Refused("Later.", status=429, retry_after=300)


@pytest.fixture
def batch_id(app: Flask, store: Store, saved: Saved) -> int:
    """Send a batch of two campaigns, of which the API takes no second one for five minutes."""
    connections = find_services(app).connections
    number = make_confirmed(store, connections, save_many(saved, 2))
    queue_all(store, connections, number)
    for answer in (ANSWERS[State.CREATED], BUSY):
        claim = claim_next(connections.find(SANDBOX), store=store)
        assert isinstance(claim, Claim)
        deliver(claim, store=store, api=FakeApi(answer), journal=journal(store))
    return number


def read_state(visitor: Visitor, batch_id: int) -> dict[str, Any]:
    state = visitor.client.get(f"/batches/{batch_id}/state").json
    assert state
    return dict(state)


def test_the_batch_and_its_campaign_say_until_when_nothing_goes(
    visitor: Visitor, store: Store, batch_id: int
) -> None:
    submission_id = items(store, batch_id)[1].submission_id
    for address in (f"/batches/{batch_id}", f"/submissions/{submission_id}"):
        page = visitor.client.get(address).text
        assert "The sandbox asked to wait: nothing goes there before" in page
        assert "data-countdown" in page


def test_no_time_that_is_left_is_foretold_while_nothing_goes(
    visitor: Visitor, batch_id: int
) -> None:
    state = read_state(visitor, batch_id)
    assert (state["held"], state["rate"], state["seconds"]) == (True, 0.0, None)


def test_nobody_is_said_to_have_pressed_when_the_app_queued_it_again(
    visitor: Visitor, store: Store, batch_id: int
) -> None:
    draft_id = items(store, batch_id)[1].draft_id
    history = visitor.open(f"/drafts/{draft_id}/history")
    assert history.text.count("Send pressed") == 1
    (again,) = [text(entry) for entry in history.soup.select(".events li") if "again" in str(entry)]
    assert again.startswith("Queued again by the app, to the sandbox")
    assert "Ada" not in again


def test_what_was_sent_before_it_was_taken_back_is_not_said_never_to_have_left(
    visitor: Visitor, store: Store, batch_id: int
) -> None:
    stop_batch(batch_id, store, "Ada")
    while take_back(batch_id, store):
        pass
    page = visitor.open(f"/submissions/{items(store, batch_id)[1].submission_id}")
    assert "Nothing left this machine" not in page.text
    assert "the API asked to wait (429)" in page.text
