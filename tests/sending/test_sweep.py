"""Every minute somebody looks for what a message should have told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.sending.sweep import archive_for_today, run_sweep
from app.store import accounts, sign_ins
from app.store.base import State
from app.store.database import Store
from app.store.dialects import queries
from app.store.models import PeriodicTask, Submission
from app.store.people_models import SignIn, SignInPace
from app.store.records import ChainHead
from tests.sending.presses import expire, journal
from tests.store.archives import make_archiver

Sent = Callable[[State], int]


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def gone_on() -> list[int]:
    return []


def end_duty(store: Store, name: str = "sweep") -> None:
    with store.writing() as session:
        session.get_one(PeriodicTask, name).lease_ends = 0.0


def test_what_waits_is_rung_for_even_if_another_machine_has_just_looked(
    store: Store, sent: Sent, rung: list[str], gone_on: list[int]
) -> None:
    run_sweep(store, journal(store), rung.append, gone_on.append)
    assert rung == []

    sent(State.QUEUED)
    run_sweep(store, journal(store), rung.append, gone_on.append)
    assert rung == ["client"]


def test_what_a_dead_worker_left_is_unknown(
    store: Store, sent: Sent, rung: list[str], gone_on: list[int]
) -> None:
    left = sent(State.SENDING)
    expire(store, left)
    run_sweep(store, journal(store), rung.append, gone_on.append)

    with store.reading() as session:
        assert session.get_one(Submission, left).state is State.UNKNOWN
    assert rung == []


def test_what_was_written_since_is_sealed(
    store: Store, saved: Callable[..., str], rung: list[str], gone_on: list[int]
) -> None:
    saved()
    run_sweep(store, journal(store), rung.append, gone_on.append)

    with store.reading() as session:
        heads = session.query(ChainHead).all()
        assert heads
        assert all(head.sealed == head.number for head in heads)


def measure_lease(store: Store, name: str) -> float:
    """Measure for how many seconds a task is taken."""
    with store.reading() as session:
        now = queries(session).read_clock(session)
        return session.get_one(PeriodicTask, name).lease_ends - now.seconds


def test_what_is_old_is_archived_once_a_day_by_one_machine(
    store: Store, rung: list[str], gone_on: list[int]
) -> None:
    times: list[str] = []
    for _ in range(3):
        run_sweep(
            store, journal(store), rung.append, gone_on.append, lambda: times.append("archived")
        )
        end_duty(store)
    assert times == ["archived"]
    assert 3500 < measure_lease(store, "archive") <= 3600  # It may yet fail.
    archive_for_today(make_archiver(store))
    assert 86_000 < measure_lease(store, "archive") < 86_400
    end_duty(store)
    run_sweep(store, journal(store), rung.append, gone_on.append, lambda: times.append("too soon"))
    assert times == ["archived"]
    end_duty(store)
    end_duty(store, "archive")
    run_sweep(store, journal(store), rung.append, gone_on.append, lambda: times.append("again"))
    assert times == ["archived", "again"]


def test_where_nothing_is_archived_nobody_has_the_duty(
    store: Store, rung: list[str], gone_on: list[int]
) -> None:
    run_sweep(store, journal(store), rung.append, gone_on.append)
    with store.reading() as session:
        assert session.get(PeriodicTask, "archive") is None


def test_what_is_known_of_signing_in_goes_by_itself(
    store: Store, rung: list[str], gone_on: list[int]
) -> None:
    with store.writing() as session:
        account = accounts.add(session, "anna@example.com", "Anna", {}, who="")
        for _ in range(2):
            sign_ins.begin(session, account, address="", agent="", who="Anna", by="password")
        old, new = session.scalars(select(SignIn).order_by(SignIn.id))
        old.seen_at -= timedelta(days=91)
        session.add(SignInPace(subject="past", clock="", arrival=0.0))
        kept = new.id
    run_sweep(store, journal(store), rung.append, gone_on.append)
    with store.reading() as session:
        assert session.scalars(select(SignIn.id)).all() == [kept]
        assert session.scalars(select(SignInPace)).all() == []
