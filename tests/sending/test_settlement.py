"""Several answers are written at once, each as it would be by itself."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from app.remote.exchange import Exchange
from app.sending.outcome import Outcome
from app.sending.recording import Claim, record_outcome, record_outcomes
from app.store import seals, throttles
from app.store.audit_trail import INSTANCE, EventKind, name_draft_chain, read_chain
from app.store.base import State
from app.store.chains import read_heads
from app.store.connection_models import BookEntry
from app.store.database import Store
from app.store.records import Seal
from app.store.throttles import MOST_FAILURES
from app.store.verification import verify
from tests.sending.claims import CREATED, MADE, Saved, claimed, submission
from tests.sending.presses import journal

REFUSED = Outcome(State.REFUSED, "No.", 422)
NOT_CALLED = 0
UNKNOWN = Outcome(State.UNKNOWN, "Silence.")


def claim_many(store: Store, saved: Saved, count: int) -> list[Claim]:
    return [claimed(store, saved, name=f"Campaign {number}") for number in range(count)]


def states(store: Store, claims: Sequence[Claim]) -> list[State]:
    return [submission(store, mine.submission_id).state for mine in claims]


def fault(store: Store) -> str:
    with store.reading() as session:
        return verify(session).fault


def call(status: int | None) -> Exchange:
    return Exchange(datetime.now(UTC), 5, "POST", "https://api.example", {}, "{}", status, {}, "")


@contextmanager
def refusing(store: Store, text: str) -> Iterator[None]:
    """Let the database refuse every statement about an outcome with this text in it."""

    def refuse(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("UPDATE submission") and text in str(parameters):
            raise sqlite3.IntegrityError(text)

    event.listen(store.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", refuse)


def test_each_is_in_the_chain_of_its_draft_and_all_are_under_one_seal(
    store: Store, saved: Saved
) -> None:
    claims = claim_many(store, saved, 3)
    with store.reading() as session:
        before = seals.count_seals(session)
    known = list(zip(claims, [CREATED, REFUSED, UNKNOWN], strict=True))
    assert record_outcomes(store, known) == [True] * 3

    assert states(store, claims) == [State.CREATED, State.REFUSED, State.UNKNOWN]
    chains = [name_draft_chain(mine.draft_id) for mine in claims]
    with store.reading() as session:
        (seal,) = session.scalars(select(Seal).where(Seal.number > before))
        assert {chain for chain, _, _ in read_heads(seal.heads)} == set(chains)
        for chain in chains:
            assert read_chain(session, chain)[-1].kind == EventKind.ANSWERED
    assert fault(store) == ""


def test_the_ids_of_all_are_in_the_address_book_once(store: Store, saved: Saved) -> None:
    claims = claim_many(store, saved, 3)
    for some in (claims[:2], claims[2:]):
        record_outcomes(store, [(mine, CREATED) for mine in some])

    with store.reading() as session:
        entries = session.scalars(select(BookEntry)).all()
    assert entries
    assert len({(entry.kind, entry.value) for entry in entries}) == len(entries)
    assert all(entry.last_used_at for entry in entries)


def test_one_that_the_database_refuses_keeps_no_other_from_being_written(
    store: Store, saved: Saved
) -> None:
    claims = claim_many(store, saved, 3)
    bad = replace(CREATED, campaign=replace(MADE, campaign_name="Too much"))
    known = list(zip(claims, [CREATED, bad, REFUSED], strict=True))
    with refusing(store, "Too much"):
        assert record_outcomes(store, known) == [False] * 3
        assert states(store, claims) == [State.SENDING] * 3
        with ThreadPoolExecutor(3) as pool, store.writing():
            for mine, outcome in known:
                pool.submit(record_outcome, mine, outcome, store, journal(store))

    assert states(store, claims) == [State.CREATED, State.SENDING, State.REFUSED]
    (kept,) = journal(store).read_entries()
    assert (kept.submission_id, kept.outcome) == (claims[1].submission_id, bad)
    assert fault(store) == ""


def test_two_answers_about_one_draft_are_written_one_after_the_other(
    store: Store, saved: Saved
) -> None:
    mine = claimed(store, saved)
    assert record_outcomes(store, [(mine, CREATED), (mine, CREATED)]) == [False] * 2
    assert states(store, [mine]) == [State.SENDING]


@pytest.mark.parametrize(
    ("answers", "is_paused"),
    [
        ([None] * MOST_FAILURES, True),
        ([None] * (MOST_FAILURES - 1) + [422], False),
        ([422] + [None] * (MOST_FAILURES - 1) + [422, None], False),
        ([422, 422] + [None] * MOST_FAILURES, True),
        ([None] * (MOST_FAILURES - 1) + [NOT_CALLED, None], True),
    ],
    ids=["all", "an answer ends them", "an answer among them", "answers before them", "not called"],
)
def test_failures_in_a_row_are_counted_in_their_order(
    store: Store, saved: Saved, answers: list[int | None], is_paused: bool
) -> None:
    claims = claim_many(store, saved, len(answers))
    outcomes = [
        REFUSED
        if status == NOT_CALLED
        else replace(REFUSED if status else UNKNOWN, exchange=call(status))
        for status in answers
    ]
    record_outcomes(store, list(zip(claims, outcomes, strict=True)))

    with store.reading() as session:
        assert throttles.is_paused(session, claims[0].connection_key) is is_paused
    assert fault(store) == ""


def test_an_answer_whose_submission_is_missing_is_noted_beside_the_others(
    store: Store, saved: Saved
) -> None:
    here, gone = claim_many(store, saved, 2)
    gone = replace(gone, token="of another run")
    assert record_outcomes(store, [(gone, CREATED), (here, CREATED)]) == [True] * 2

    assert states(store, [here, gone]) == [State.CREATED, State.SENDING]
    with store.reading() as session:
        assert read_chain(session, INSTANCE)[-1].kind == EventKind.STRAY_ANSWER
    assert fault(store) == ""


def test_a_crash_before_the_end_leaves_all_of_them_under_way(store: Store, saved: Saved) -> None:
    claims = claim_many(store, saved, 2)

    def die(_session: Any) -> None:
        raise SystemExit

    with store.writing() as session:
        made = type(session)
    event.listen(made, "before_commit", die)
    try:
        with pytest.raises(SystemExit):
            record_outcomes(store, [(mine, CREATED) for mine in claims])
    finally:
        event.remove(made, "before_commit", die)

    assert states(store, claims) == [State.SENDING] * 2
