"""What waits goes to one taker, in its order, and not before its API takes it again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.store import queued
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.models import Submission

Sent = Callable[[State], int]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_longest_wait_of_a_connection_counts(store: Store, sent: Sent) -> None:
    waits = (timedelta(minutes=5), timedelta(minutes=9), timedelta(minutes=-1))
    numbers = [sent(State.REFUSED) for _ in waits]
    with store.writing() as session:
        for number, wait in zip(numbers, waits, strict=True):
            session.get_one(Submission, number).retry_at = NOW + wait

    with store.reading() as session:
        connection_key = session.get_one(Submission, numbers[0]).connection_key
        ends = queued.find_end_of_wait(session, connection_key, NOW)
        over = queued.find_end_of_wait(session, connection_key, NOW + waits[1])
        elsewhere = queued.find_end_of_wait(session, "another", NOW)

    assert (ends, over, elsewhere) == (NOW + waits[1], None, None)


def take(store: Store, tokens: dict[int, str]) -> list[int]:
    """Take these as a process does, and give those that are its own."""
    with store.writing() as session:
        return list(queued.take(session, tokens, grant_lease(30), NOW))


def test_what_somebody_else_took_is_not_taken(store: Store, sent: Sent) -> None:
    waiting, withdrawn = sent(State.QUEUED), sent(State.QUEUED)
    with store.writing() as session:
        assert queued.take_back(session, withdrawn)
        assert not queued.take_back(session, withdrawn)

    assert take(store, {waiting: "mine", withdrawn: "not mine"}) == [waiting]
    assert take(store, {waiting: "another's"}) == []
    with store.reading() as session:
        states = [session.get_one(Submission, number).state for number in (waiting, withdrawn)]
        assert session.get_one(Submission, waiting).token == "mine"
    assert states == [State.SENDING, State.UNSENT]
