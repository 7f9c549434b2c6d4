"""What is confirmed waits in the queue as it was reviewed, and can be taken back."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.campaign.explanation import Explanation, explain
from app.sending.confirmation import Paused, StaleReview
from app.sending.queue import enqueue, withdraw
from app.sending.recording import Claim, recover
from app.sending.submission import Turn, Unsendable, Wait, claim
from app.store import drafts, queued, throttles
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft, Submission
from app.store.records import LoggedCall
from app.store.throttles import GENTLE, MOST_FAILURES, Pace
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.fakes import FakeApi
from tests.pages import Visitor
from tests.sending.presses import claim_next, destination, expire, journal, press

TO = destination(FakeApi())
Saved = Callable[..., str]


def queue(store: Store, saved: Saved, name: str = "Q4 Outreach") -> int:
    values = outbound(name=name)
    reviewed = compute_digest(encode_payload(build_payload(values)))
    return enqueue(press(saved(values), reviewed=reviewed, to=TO), store=store)


def submission(store: Store, submission_id: int) -> Submission:
    with store.reading() as session:
        return session.get_one(Submission, submission_id)


def take(store: Store) -> Claim | None:
    taken = claim_next(TO, store=store)
    assert isinstance(taken, Claim | None)
    return taken


def fault(store: Store) -> str:
    with store.reading() as session:
        return verify(session).fault


def test_what_waits_is_what_was_reviewed_and_locks_the_draft(store: Store, saved: Saved) -> None:
    waiting = submission(store, queue(store, saved))

    assert waiting.body == encode_payload(build_payload(outbound()))
    assert (waiting.state, waiting.stamp, waiting.token) == (State.QUEUED, TO.stamp, "")
    with store.reading() as session:
        assert session.get_one(Draft, waiting.draft_id).is_locked
    assert fault(store) == ""
    again = press(waiting.draft_id, reviewed=waiting.digest, to=TO)
    with pytest.raises(AlreadySubmitted):
        enqueue(again, store=store)


def test_what_waited_longest_goes_first(store: Store, saved: Saved) -> None:
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(3)]

    claims = [take(store) for _ in range(4)]
    assert [claimed.submission_id if claimed else None for claimed in claims] == [*waiting, None]
    assert [claimed.is_followed for claimed in claims if claimed] == [True, True, False]


def claim_together(store: Store, threads: int) -> list[Turn]:
    return claim(TO, store=store, deadline=30, threads=threads)


def set_pace(store: Store, pace: Pace) -> None:
    with store.writing() as session:
        throttles.set_pace(session, throttles.find(session, TO.key, GENTLE), pace, "Ada")


def ids(turns: Sequence[Turn]) -> list[int]:
    return [turn.submission_id for turn in turns if isinstance(turn, Claim)]


def test_as_many_are_claimed_at_once_as_there_are_threads_for(store: Store, saved: Saved) -> None:
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(5)]
    turns = claim_together(store, 3)

    assert ids(turns) == waiting[:3]
    assert [turn.is_followed for turn in turns if isinstance(turn, Claim)] == [True, True, False]
    assert len({turn.token for turn in turns if isinstance(turn, Claim)}) == 3
    states = [submission(store, number).state for number in waiting]
    assert states == [State.SENDING] * 3 + [State.QUEUED] * 2
    with store.reading() as session:
        drafts = session.scalars(select(Draft).order_by(Draft.sequence)).all()
        assert [draft.state for draft in drafts] == states
        calls = session.scalars(select(LoggedCall).order_by(LoggedCall.id)).all()
        assert [(call.submission_id, call.status) for call in calls] == [
            (number, None) for number in waiting[:3]
        ]
    assert claim_together(store, 4)[2:] == [None, None]
    assert fault(store) == ""


def test_no_more_are_claimed_at_once_than_may_be_under_way(store: Store, saved: Saved) -> None:
    set_pace(store, Pace(rate=0, burst=1, concurrency=3))
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(5)]
    assert ids(claim_together(store, 1)) == waiting[:1]
    turns = claim_together(store, 4)

    assert ids(turns) == waiting[1:3]
    assert turns[2:] == [None, None]
    assert not any(turn.is_followed for turn in turns if isinstance(turn, Claim))


def test_what_is_under_way_to_one_connection_holds_up_no_other(store: Store, saved: Saved) -> None:
    other = replace(TO, key="another", name="Another")
    with store.writing() as session:
        for to in (TO, other):
            throttles.find(session, to.key, Pace(rate=0, burst=1, concurrency=1))
    for name in ("First", "Second"):
        queue(store, saved, name)
    values = outbound(name="Third")
    reviewed = compute_digest(encode_payload(build_payload(values)))
    third = saved(values, connection=other.key)
    enqueue(press(third, reviewed=reviewed, to=other), store=store)

    assert isinstance(claim_next(TO, store=store), Claim)
    assert not isinstance(claim_next(TO, store=store), Claim)
    assert isinstance(claim_next(other, store=store), Claim)


def test_a_draft_that_is_saved_while_it_is_put_into_the_queue_is_not_sent(
    store: Store, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = saved()
    reviewed = compute_digest(encode_payload(build_payload(outbound())))

    def explain_while_somebody_saves(*asked: Any) -> Explanation:
        with store.writing() as session:
            drafts.save(session, draft_id, judge(typed(outbound(name="Later"))), expected_version=1)
        return explain(*asked)

    monkeypatch.setattr("app.sending.queue.explain", explain_while_somebody_saves)
    with pytest.raises(StaleReview):
        enqueue(press(draft_id, reviewed=reviewed, to=TO), store=store)
    with store.reading() as session:
        assert session.query(Submission).count() == 0


def test_no_more_are_claimed_at_once_than_the_rate_allows(store: Store, saved: Saved) -> None:
    set_pace(store, Pace(rate=0.01, burst=2, concurrency=9))
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(4)]
    turns = claim_together(store, 4)

    assert ids(turns) == waiting[:2]
    for turn in (*turns[2:], *claim_together(store, 2)):
        assert isinstance(turn, Wait)
        assert 0 < turn.seconds <= 100


def test_what_cannot_be_sent_takes_no_other_place(store: Store, saved: Saved) -> None:
    set_pace(store, Pace(rate=0, burst=1, concurrency=1))
    changed, *waiting = [queue(store, saved, f"Campaign {number}") for number in range(3)]
    with store.writing() as session:
        session.get_one(Submission, changed).stamp = "as it was"
    turns = claim_together(store, 2)

    assert isinstance(turns[0], Unsendable)
    assert turns[0].submission_id == changed
    assert ids(turns) == waiting[:1]


def test_a_process_that_dies_leaves_what_it_claimed_and_none_is_sent_again(
    store: Store, saved: Saved
) -> None:
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(2)]
    assert len(ids(claim_together(store, 2))) == 2
    for number in waiting:
        expire(store, number)
    assert recover(store, journal(store)) == 2

    assert {submission(store, number).state for number in waiting} == {State.UNKNOWN}
    assert claim_together(store, 2) == [None, None]
    assert fault(store) == ""


def test_of_many_groups_each_gets_others(store: Store, saved: Saved) -> None:
    set_pace(store, Pace(rate=0, burst=1, concurrency=9))
    waiting = [queue(store, saved, f"Campaign {number}") for number in range(7)]
    with ThreadPoolExecutor(4) as workers:
        groups = list(workers.map(lambda _: claim_together(store, 2), range(4)))

    assert sorted(number for group in groups for number in ids(group)) == waiting
    assert fault(store) == ""


def test_of_many_workers_one_gets_it(store: Store, saved: Saved) -> None:
    waiting = queue(store, saved)
    with ThreadPoolExecutor(8) as workers:
        claims = list(workers.map(lambda _: take(store), range(8)))

    assert [claimed.submission_id for claimed in claims if claimed] == [waiting]
    assert submission(store, waiting).state is State.SENDING
    assert fault(store) == ""


def test_what_is_taken_back_is_not_sent(store: Store, saved: Saved) -> None:
    waiting = queue(store, saved)
    assert withdraw(waiting, "Not wanted.", store=store, who="Ada")
    assert not withdraw(waiting, "Not wanted.", store=store)

    assert take(store) is None
    assert submission(store, waiting).state is State.UNSENT
    assert fault(store) == ""


def test_what_is_under_way_cannot_be_taken_back(store: Store, saved: Saved) -> None:
    waiting = queue(store, saved)
    assert take(store)
    assert not withdraw(waiting, "Not wanted.", store=store)
    assert submission(store, waiting).state is State.SENDING


def test_a_submission_that_is_put_into_the_queue_again_by_hand_is_noticed(
    store: Store, saved: Saved
) -> None:
    queue(store, saved)
    assert take(store)
    assert fault(store) == ""
    with store.writing() as session:
        session.execute(text("UPDATE submission SET state = 'QUEUED'"))
        session.execute(text("UPDATE draft SET state = 'QUEUED'"))
    assert fault(store) == "The submission 1 was changed."


def test_nothing_goes_to_a_connection_that_is_paused(store: Store, saved: Saved) -> None:
    waiting = queue(store, saved)
    with store.writing() as session:
        throttles.find(session, TO.key, GENTLE)
    for _ in range(MOST_FAILURES):
        with store.writing() as session:
            throttles.count_failure(session, TO.key, "Silence.")

    assert take(store) is None
    with pytest.raises(Paused):
        queue(store, saved, "Another")
    with store.writing() as session:
        throttles.resume(session, TO.key, "Ada")
    claimed = take(store)
    assert claimed is not None
    assert claimed.submission_id == waiting


def test_a_person_takes_it_back_on_its_page(
    visitor: Visitor, store: Store, sent: Callable[[State], int]
) -> None:
    waiting = sent(State.QUEUED)
    form = visitor.client.get(f"/submissions/{waiting}")
    assert "Do not send it" in form.text
    token = form.text.split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        visitor.client.post(f"/submissions/{waiting}/withdraw", data={"csrf_token": token})
    page = visitor.open(f"/submissions/{waiting}")

    assert page.heading == "Not sent: Q4 Outreach"
    assert "taken back before it was sent" in page.text
    assert "It no longer waited" in page.flash()
    with store.reading() as session:
        assert queued.list_waiting_connections(session) == []
