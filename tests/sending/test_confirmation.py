"""What a press has to confirm before anything is sent."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.connections import Connection
from app.remote.errors import Refused
from app.sending.confirmation import (
    Disabled,
    LooksCreated,
    NoSender,
    NotNamed,
    StaleReview,
    TooSoon,
    check_sender,
)
from app.sending.queue import enqueue
from app.store import audit_trail, drafts
from app.store.acceptances import judge
from app.store.audit_trail import read_details
from app.store.base import State
from app.store.database import Store
from tests.factories import outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.sending.presses import destination, press, submit

REVIEWED = compute_digest(encode_payload(build_payload(outbound())))
TO = destination(FakeApi())
DRAFT = "a1a1a1a1a1a1a1a1"
Saved = Callable[..., str]


def refused(store: Store, draft_id: str, to: Connection = TO, **more: object) -> None:
    enqueue(press(draft_id, reviewed=REVIEWED, to=to, **more), store=store)


def state(store: Store, draft_id: str) -> State | None:
    with store.reading() as session:
        return drafts.find(session, draft_id).state


@pytest.mark.parametrize(
    ("typed_name", "is_it"),
    [
        ("Client A", True),
        (" Client A ", True),
        ("client a", False),
        ("Client  A", True),  # As a browser shows two spaces.
        ("Client", False),
        ("", False),
        ("Client B", False),
    ],
)
def test_a_live_connection_is_named_as_it_stands_there(typed_name: str, is_it: bool) -> None:
    live = replace(TO, name="Client A")
    with nullcontext() if is_it else pytest.raises(NotNamed):
        check_sender(live, named=typed_name, who="Ada")
    check_sender(replace(live, is_sandbox=True), named=typed_name, who="")


def test_a_name_that_looks_the_same_is_the_same() -> None:
    decomposed = replace(TO, name="Cafe\u0301  A")  # As one that was kept before may be.
    check_sender(decomposed, named="Café A", who="Ada")


def test_a_live_connection_that_is_not_named_gets_nothing(store: Store, saved: Saved) -> None:
    with pytest.raises(NotNamed):
        refused(store, draft_id := saved(), named="Client B")
    assert state(store, draft_id) is None


def test_a_connection_that_is_disabled_gets_nothing(store: Store, saved: Saved) -> None:
    with pytest.raises(Disabled):
        refused(store, saved(), replace(TO, is_enabled=False))


@pytest.mark.parametrize(
    "changed", [{"base_url": "https://other.example"}, {"version": 2}, {"name": "Client B"}]
)
def test_a_connection_that_is_not_as_it_was_seen_gets_nothing(
    store: Store, saved: Saved, changed: dict[str, Any]
) -> None:
    with pytest.raises(StaleReview):
        refused(store, saved(), replace(TO, **changed), stamp=TO.stamp)


def test_a_draft_that_goes_elsewhere_meanwhile_is_not_sent(store: Store) -> None:
    with store.writing() as session:
        drafts.save(
            session, DRAFT, judge(typed(outbound()) | {"connection": "another"}), expected_version=0
        )
    with pytest.raises(StaleReview):
        refused(store, DRAFT)


def test_the_same_payload_to_the_same_connection_is_asked_about_for_a_day(
    store: Store, saved: Saved
) -> None:
    api = FakeApi(*[ANSWERS[State.CREATED]] * 3)
    first = submit(saved(), reviewed=REVIEWED, store=store, api=api)

    with pytest.raises(LooksCreated) as asked:
        refused(store, saved())
    assert asked.value.submission_id == first
    submit(saved(), reviewed=REVIEWED, store=store, api=api, in_spite_of=first)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, seconds=1)):
        submit(saved(), reviewed=REVIEWED, store=store, api=api)
    assert len(api.asked) == 3


@pytest.mark.parametrize("answer", [State.REFUSED, State.UNSENT])
def test_what_was_not_created_is_nothing_to_ask_about(
    store: Store, saved: Saved, answer: State
) -> None:
    api = FakeApi(ANSWERS[answer], ANSWERS[State.CREATED])
    submit(saved(), reviewed=REVIEWED, store=store, api=api)
    submit(saved(), reviewed=REVIEWED, store=store, api=api)
    assert len(api.asked) == 2


def test_the_same_payload_to_another_client_is_another_campaign(store: Store, saved: Saved) -> None:
    submit(saved(), reviewed=REVIEWED, store=store, api=FakeApi(ANSWERS[State.CREATED]))
    refused(store, draft_id := saved(), replace(TO, key="another"))
    assert state(store, draft_id) is State.QUEUED


def test_an_api_that_asks_to_wait_is_left_alone_until_then(store: Store, saved: Saved) -> None:
    busy = Refused("Too often.", status=429, retry_after=60)
    submit(saved(), reviewed=REVIEWED, store=store, api=FakeApi(busy))

    with pytest.raises(TooSoon) as raised:
        refused(store, saved())
    assert timedelta(seconds=55) < raised.value.until - datetime.now(UTC) <= timedelta(seconds=60)
    refused(store, saved(), replace(TO, key="another"))
    with pytest.raises(TooSoon):
        refused(store, saved(), hurry="I cannot wait a minute.")
    with time_machine.travel(raised.value.until):
        refused(store, saved())


def test_a_wait_of_hours_is_ended_by_a_person_who_says_why(store: Store, saved: Saved) -> None:
    busy = Refused("Too often.", status=429, retry_after=7 * 3600)
    submit(saved(), reviewed=REVIEWED, store=store, api=FakeApi(busy))

    with pytest.raises(TooSoon) as raised:
        refused(store, draft_id := saved())
    assert raised.value.wants_reason
    refused(store, draft_id, hurry="Their support says that it is a mistake.")
    with store.reading() as session:
        sent = read_details(audit_trail.read_draft_events(session, draft_id)[-1])
    assert sent["in_spite_of_the_wait"] == "Their support says that it is a mistake."


def test_whoever_sends_to_a_live_connection_says_who_they_are(store: Store, saved: Saved) -> None:
    with pytest.raises(NoSender):
        refused(store, draft_id := saved(), who="")
    refused(store, draft_id, replace(TO, is_sandbox=True), who="")
