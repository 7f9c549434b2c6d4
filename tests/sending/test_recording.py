"""What is written down of claims, and what it says of their connection."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from threading import Timer

import pytest

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.exchange import Exchange
from app.sending.journal import Entry
from app.sending.outcome import Outcome
from app.sending.recording import Claim, name_run, record_outcome, recover
from app.store import throttles
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from app.store.throttles import MOST_FAILURES
from tests.factories import outbound
from tests.fakes import FakeApi
from tests.sending.claims import CREATED, Saved
from tests.sending.presses import destination, expire, journal, press, queue_and_claim

TO = destination(FakeApi())
ANSWERED = Exchange(datetime.now(UTC), 5, "POST", TO.campaigns_url, {}, "{}", 201, {}, "{}")
SILENT = Outcome(State.UNKNOWN, "Silence.")


def claim_many(store: Store, saved: Saved, count: int) -> list[Claim]:
    """Claim so many campaigns, each of another name, of which none is answered yet."""
    claims = []
    for number in range(count):
        values = outbound(name=f"Campaign {number}")
        reviewed = compute_digest(encode_payload(build_payload(values)))
        claims.append(queue_and_claim(press(saved(values), reviewed=reviewed, to=TO), store=store))
    return claims


def let_die(store: Store, claims: list[Claim]) -> None:
    """Let the worker of these claims die, and the time of their answers pass."""
    for claim in claims:
        expire(store, claim.submission_id)
    assert recover(store, journal(store)) == len(claims)


def pause(store: Store) -> str:
    with store.reading() as session:
        pause = throttles.find_pause(session, TO.key)
        return pause.reason if pause else ""


def test_a_forked_process_has_a_name_of_its_own() -> None:
    ours = name_run()
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.write(writer, name_run().encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        assert answer.read() not in {"", ours}
    assert name_run() == ours


class TestRunsOfFailures:
    """What nobody knows the outcome of counts as a failure of its connection, once."""

    def test_what_dead_workers_left_pauses_the_connection(self, store: Store, saved: Saved) -> None:
        claims = claim_many(store, saved, MOST_FAILURES)
        let_die(store, claims[1:])
        assert pause(store) == ""
        let_die(store, claims[:1])
        assert pause(store).endswith(
            " The last: The answer could not be written down before its time was over."
        )

    def test_an_answer_that_only_the_journal_could_keep_is_counted(
        self, store: Store, saved: Saved
    ) -> None:
        for claim in claim_many(store, saved, MOST_FAILURES):
            journal(store).keep(Entry(claim.submission_id, claim.token, SILENT, "Disk full."))
        recover(store, journal(store))
        assert pause(store).endswith(" The last: Silence.")

    def test_a_failure_that_comes_late_is_not_counted_a_second_time(
        self, store: Store, saved: Saved
    ) -> None:
        claims = claim_many(store, saved, MOST_FAILURES)
        let_die(store, claims)
        with store.writing() as session:
            throttles.resume(session, TO.key, "Ada")
        for claim in claims:
            record_outcome(claim, SILENT, store, journal(store))
        assert pause(store) == ""

    def test_an_answer_of_a_dead_worker_ends_the_run(self, store: Store, saved: Saved) -> None:
        first, *others, last = claim_many(store, saved, MOST_FAILURES + 1)
        let_die(store, [first, *others[:-1]])
        record_outcome(first, replace(CREATED, exchange=ANSWERED), store, journal(store))
        let_die(store, [*others[-1:], last])
        assert pause(store) == ""


def test_an_answer_is_written_down_though_no_thread_can_be_had(
    store: Store, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    (claim,) = claim_many(store, saved, 1)

    def refuse(_timer: Timer) -> None:
        raise RuntimeError

    monkeypatch.setattr(Timer, "start", refuse)
    record_outcome(claim, CREATED, store=store, journal=journal(store))
    with store.reading() as session:
        assert session.get_one(Submission, claim.submission_id).state is State.CREATED
