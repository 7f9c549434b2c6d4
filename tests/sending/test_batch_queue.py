"""What was confirmed goes as it was reviewed, can be held, and taken back; the rest goes on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.connections import SANDBOX, ConnectionRegistry
from app.remote.errors import NotSent, Refused
from app.sandbox.ledger import Ledger
from app.sending.batch_check import check_anew
from app.sending.batch_queue import discard_batch, pause_batch, resume_batch, stop_batch, take_back
from app.sending.outcome import Outcome
from app.sending.press import MOST_TIMES
from app.sending.recording import Claim, record_outcome
from app.sending.submission import Wait, claim, deliver
from app.services import find_services
from app.store import batches, drafts
from app.store.acceptances import judge
from app.store.base import ItemState, State
from app.store.batch_progress import measure_progress
from app.store.batches import TAKEN_BACK
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.models import Submission
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.fakes import FakeApi
from tests.pages import drain
from tests.sending.batch_of import (
    check_all,
    items,
    make,
    make_confirmed,
    queue_all,
    save_many,
    states,
)
from tests.sending.presses import claim_next, journal, look_up

Saved = Callable[..., str]


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    return find_services(app).connections


def fault(store: Store) -> str:
    with store.reading() as session:
        return verify(session).fault


def take(store: Store, connections: ConnectionRegistry) -> Claim | None:
    taken = claim_next(connections.find(SANDBOX), store=store)
    assert isinstance(taken, Claim | None)
    return taken


def test_all_that_was_confirmed_is_created_once(
    app: Flask, store: Store, saved: Saved, connections: ConnectionRegistry, ledger: Ledger
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 7))
    queue_all(store, connections, batch_id)
    assert states(store, batch_id) == [State.QUEUED] * 7
    queue_all(store, connections, batch_id)
    drain(app)

    assert states(store, batch_id) == [State.CREATED] * 7
    names = sorted(campaign.name for campaign in ledger.read_page(100))
    assert names == [f"Campaign {number}" for number in range(1, 8)]
    assert fault(store) == ""


def test_an_edit_after_the_review_takes_that_item_out(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    edited, deleted, kept = save_many(saved, 3)
    batch_id = make_confirmed(store, connections, [edited, deleted, kept])
    with store.writing() as session:
        answers = typed(outbound(name="Edited"))
        drafts.save(session, edited, judge(answers), expected_version=1)
        drafts.delete(session, deleted)
    queue_all(store, connections, batch_id)

    assert states(store, batch_id) == [ItemState.LEFT_OUT, ItemState.LEFT_OUT, State.QUEUED]
    assert [item.reason for item in items(store, batch_id)] == [
        "It was changed after the batch was reviewed.",
        "It was deleted.",
        "",
    ]


def test_what_was_sent_meanwhile_is_not_sent_again(
    app: Flask, store: Store, saved: Saved, connections: ConnectionRegistry, ledger: Ledger
) -> None:
    ids = save_many(saved, 2)
    first = make_confirmed(store, connections, ids)
    second = make_confirmed(store, connections, ids)
    for batch_id in (first, second):
        queue_all(store, connections, batch_id)
    drain(app)

    assert states(store, first) == [State.CREATED] * 2
    assert states(store, second) == [ItemState.LEFT_OUT] * 2
    assert len(ledger.read_page(10)) == 2


def test_a_changed_connection_holds_it_all_back(
    store: Store, saved: Saved, connections: ConnectionRegistry, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    ids = [saved(outbound(name=name), connection=key) for name in ("One", "Two")]
    batch_id = make_confirmed(store, connections, ids)
    with store.writing() as session:
        batches.find(session, batch_id).stamp = "as it was"
    queue_all(store, connections, batch_id)

    assert states(store, batch_id) == [ItemState.LEFT_OUT] * 2
    assert "connection was changed" in items(store, batch_id)[0].reason


def test_nothing_goes_while_it_is_paused(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 2))
    queue_all(store, connections, batch_id)
    for _ in range(2):
        pause_batch(batch_id, store, "Ada")
    assert take(store, connections) is None
    for _ in range(2):
        resume_batch(batch_id, store, "Ada")
    assert take(store, connections)
    assert fault(store) == ""


def test_what_is_sent_by_itself_goes_before_a_batch(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 2))
    queue_all(store, connections, batch_id)
    later = make_confirmed(store, connections, [saved(outbound(name="Later"))])
    queue_all(store, connections, later)
    with store.writing() as session:  # As if it were no part of a batch.
        alone = batches.list_queued(session, later, 1)[0]
        session.get_one(Submission, alone).batch_id = None
    claims = [take(store, connections) for _ in range(3)]

    ids = [claimed.submission_id for claimed in claims if claimed]
    assert ids == [alone, *sorted(ids[1:])]
    assert len(ids) == 3


def test_of_several_batches_the_oldest_goes_first(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    ids = save_many(saved, 5)
    made = [make_confirmed(store, connections, some) for some in (ids[:2], ids[2:4], ids[4:])]
    for batch_id in reversed(made):
        queue_all(store, connections, batch_id)
    pause_batch(made[1], store, "Ada")
    turns = claim(connections.find(SANDBOX), store=store, deadline=30, threads=4)

    claims = [turn.draft_id for turn in turns if isinstance(turn, Claim)]
    assert claims == [*ids[:2], ids[4]]
    assert turns[3] is None


def test_the_trail_holds_after_a_batch_that_many_threads_have_sent(
    app: Flask, store: Store, saved: Saved, connections: ConnectionRegistry, ledger: Ledger
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 40))
    queue_all(store, connections, batch_id)
    drain(app)

    assert states(store, batch_id) == [State.CREATED] * 40
    assert len({campaign.name for campaign in ledger.read_page(100)}) == 40
    assert len(ledger.read_page(100)) == 40
    assert fault(store) == ""


def test_a_stop_takes_back_what_is_not_under_way(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 3))
    queue_all(store, connections, batch_id)
    assert take(store, connections)
    stop_batch(batch_id, store, "Ada")
    assert take(store, connections) is None
    while take_back(batch_id, store):
        pass
    resume_batch(batch_id, store, "Ada")

    assert states(store, batch_id) == [State.SENDING, State.UNSENT, State.UNSENT]
    assert take(store, connections) is None
    assert fault(store) == ""


def test_a_stop_before_it_is_queued_leaves_all_out(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 2))
    stop_batch(batch_id, store, "Ada")
    queue_all(store, connections, batch_id)
    while take_back(batch_id, store):
        pass

    assert [item.reason for item in items(store, batch_id)] == [TAKEN_BACK] * 2
    with store.reading() as session:
        assert len(batches.list_to_repeat(session, batch_id)) == 2


def test_to_stop_a_batch_leaves_every_other_as_it_is(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    ids = save_many(saved, 6)
    stopped, waiting, queued = (
        make_confirmed(store, connections, ids[first : first + 2]) for first in (0, 2, 4)
    )
    queue_all(store, connections, queued)
    stop_batch(stopped, store, "Ada")
    while take_back(stopped, store):
        pass

    assert states(store, stopped) == [ItemState.LEFT_OUT] * 2
    assert states(store, waiting) == [ItemState.READY] * 2
    assert states(store, queued) == [State.QUEUED] * 2


def test_what_becomes_of_one_batch_counts_for_that_alone(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    ids = save_many(saved, 4)
    stopped, going = (make_confirmed(store, connections, ids[at : at + 2]) for at in (0, 2))
    for batch_id in (stopped, going):
        queue_all(store, connections, batch_id)
    stop_batch(stopped, store, "Ada")
    while take_back(stopped, store):
        pass

    with store.reading() as session:
        long_ago = datetime.now(UTC) - timedelta(days=1)
        taken_back = [batches.count_taken_back(session, number) for number in (stopped, going)]
        settled = [
            batches.count_settled_since(session, number, long_ago) for number in (stopped, going)
        ]
    assert (taken_back, settled) == ([2, 0], [2, 0])


def test_a_change_in_one_batch_is_none_in_another(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    ids = save_many(saved, 2)
    kept, changed = (make(store, connections, [draft_id]) for draft_id in ids)
    for batch_id in (kept, changed):
        check_all(store, connections, batch_id)
    before = [batches.write_item_document(item) for item in items(store, kept)]
    with store.writing() as session:
        drafts.save(session, ids[1], judge(typed(outbound(name="Later"))), expected_version=1)
    with store.reading() as session:
        counts = [batches.count_changed(session, number) for number in (kept, changed)]
        reviewed = [
            batches.list_reviewed_with(session, drafts.find(session, draft_id), datetime.now(UTC))
            for draft_id in ids
        ]
    check_anew(changed, store, connections)

    assert (counts, reviewed) == ([0, 1], [[kept], []])
    assert [batches.write_item_document(item) for item in items(store, kept)] == before
    discard_batch(kept, store, "Ada")
    with store.reading() as session:
        draft = drafts.find(session, ids[0])
        assert batches.list_reviewed_with(session, draft, datetime.now(UTC)) == []


def test_what_came_too_often_is_sent_again_when_the_api_wants(
    app: Flask, store: Store, saved: Saved, connections: ConnectionRegistry, ledger: Ledger
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 1))
    queue_all(store, connections, batch_id)
    busy = FakeApi(Refused("Later.", status=429), Refused("Later.", status=429, retry_after=5))
    for _ in range(2):
        claimed = take(store, connections)
        assert claimed
        deliver(claimed, store=store, api=busy, journal=journal(store))
        assert states(store, batch_id) == [State.QUEUED]
        assert isinstance(claim_next(connections.find(SANDBOX), store=store), Wait)
        with store.writing() as session:  # The time goes by.
            session.execute(update(Submission).values(retry_at=None))
    drain(app)

    assert states(store, batch_id) == [State.CREATED]
    assert len(ledger.read_page(9)) == 1
    with store.reading() as session:
        assert batches.count_submissions(session, batch_id)[State.REFUSED] == 0


def test_it_is_not_sent_again_for_ever_by_any_batch(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    drafts = save_many(saved, 1)
    for _ in range(2):
        batch_id = make_confirmed(store, connections, drafts)
        queue_all(store, connections, batch_id)
        busy = FakeApi(*[Refused("Later.", status=429)] * MOST_TIMES)
        while claimed := take(store, connections):
            deliver(claimed, store=store, api=busy, journal=journal(store))
            with store.writing() as session:
                session.execute(update(Submission).values(retry_at=None))

        assert len(busy.asked) == MOST_TIMES
        assert states(store, batch_id) == [State.REFUSED]


@pytest.mark.parametrize("campaign_id", [None, "Vm9pY2VDYW1wYWlnbjo4"])
def test_what_a_person_has_settled_is_not_sent_again_because_a_late_answer_says_later(
    store: Store, saved: Saved, connections: ConnectionRegistry, campaign_id: str | None
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 1))
    queue_all(store, connections, batch_id)
    claimed = take(store, connections)
    assert claimed
    late = replace(claimed, lease=grant_lease(0))
    record_outcome(late, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    look_up(store, claimed.submission_id, campaign_id)

    record_outcome(late, Outcome(State.REFUSED, "Later.", 429), store, journal(store))

    assert states(store, batch_id) == [State.CREATED if campaign_id else State.UNSENT]
    assert list(journal(store).read_entries()) == []
    assert take(store, connections) is None


def test_what_was_taken_back_is_told_from_what_failed(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 3))
    queue_all(store, connections, batch_id)
    claimed = take(store, connections)
    assert claimed
    deliver(claimed, store=store, api=FakeApi(NotSent("Nobody is there.")), journal=journal(store))
    stop_batch(batch_id, store, "Ada")
    while take_back(batch_id, store):
        pass

    assert states(store, batch_id) == [State.UNSENT] * 3
    with store.reading() as session:
        progress = measure_progress(session, batches.find(session, batch_id))
    assert (progress.failed, progress.taken_back, progress.ended) == (1, 2, 3)
