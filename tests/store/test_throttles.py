"""A connection's pace is held exactly, and a run of failures stops what goes there."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import throttles
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.connection_models import Throttle
from app.store.database import Store
from app.store.leases import Moment
from app.store.records import Event
from app.store.throttles import GENTLE, MOST_FAILURES, UNHURRIED, Pace

KEY, OTHER = "client", "another"


def throttle(rate: float, burst: int) -> Throttle:
    return Throttle(connection_key=KEY, rate=rate, burst=burst, concurrency=9, clock="", arrival=0)


@dataclass
class Bucket:
    """The same rule told otherwise: tokens that drip in, of which each campaign takes one."""

    rate: float
    size: int
    tokens: float = 0
    at: float | None = None

    def may_take(self, now: float) -> bool:
        """Take a token at this time, if there is one."""
        before = now if self.at is None else self.at
        self.tokens = self.size if self.at is None else self.tokens
        self.tokens, self.at = min(self.size, self.tokens + (now - before) * self.rate), now
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True


@given(
    rate=st.sampled_from([0.5, 1, 4, 8, 20]),
    burst=st.integers(1, 6),
    steps=st.lists(st.integers(0, 64), max_size=60),
)
def test_the_rate_is_that_of_a_bucket_of_tokens(rate: float, burst: int, steps: list[int]) -> None:
    held, bucket, now = throttle(rate, burst), Bucket(rate, burst), 100.0
    for step in steps:
        now += step / 32
        may_go = throttles.measure_wait(held, Moment("a", now)) <= 1e-9
        assert may_go == bucket.may_take(now)
        if may_go:
            throttles.take(held, Moment("a", now))


def test_the_wait_is_as_long_as_it_takes() -> None:
    held = throttle(4, 2)
    for _ in range(2):
        assert throttles.measure_wait(held, Moment("a", 10)) == 0
        throttles.take(held, Moment("a", 10))
    assert throttles.measure_wait(held, Moment("a", 10)) == 0.25
    assert throttles.measure_wait(held, Moment("a", 10.25)) == 0
    # After a restart of the machine its clock begins anew.
    assert throttles.measure_wait(held, Moment("b", 1)) == 0


def test_no_rate_is_no_limit() -> None:
    held = throttle(0, 1)
    for _ in range(50):
        assert throttles.measure_wait(held, Moment("a", 10)) == 0
        throttles.take(held, Moment("a", 10))


def test_only_the_sandbox_within_the_app_is_unhurried() -> None:
    assert (throttles.choose_usual(True), throttles.choose_usual(False)) == (UNHURRIED, GENTLE)


def fail(store: Store, count: int, key: str = KEY) -> None:
    for number in range(1, count + 1):
        with store.writing() as session:
            throttles.count_failure(session, key, f"Silence {number}.")


@pytest.fixture
def known(store: Store) -> Store:
    with store.writing() as session:
        for key in (KEY, OTHER):
            throttles.find(session, key, GENTLE)
    return store


def pause(store: Store) -> str:
    with store.reading() as session:
        pause = throttles.find_pause(session, KEY)
        assert throttles.is_paused(session, KEY) == bool(pause)
        return pause.reason if pause else ""


def kinds(store: Store) -> list[str]:
    with store.reading() as session:
        chain = name_connection_chain(KEY)
        return [event.kind for event in session.query(Event).filter(Event.chain == chain)]


def test_a_run_of_failures_pauses_the_connection_once(known: Store) -> None:
    fail(known, MOST_FAILURES - 1)
    assert pause(known) == ""
    fail(known, 1)
    assert pause(known).endswith(" The last: Silence 1.")
    fail(known, 3)
    assert pause(known).endswith(" The last: Silence 1.")
    assert kinds(known) == [EventKind.SENDING_PAUSED]


def test_an_answer_ends_the_run(known: Store) -> None:
    fail(known, MOST_FAILURES - 1)
    with known.writing() as session:
        throttles.count_success(session, KEY)
    fail(known, MOST_FAILURES - 1)
    assert pause(known) == ""


def test_what_another_connection_answers_or_not_counts_for_that_one_alone(known: Store) -> None:
    fail(known, MOST_FAILURES - 1)
    fail(known, MOST_FAILURES - 1, OTHER)
    assert pause(known) == ""
    with known.writing() as session:
        throttles.count_success(session, OTHER)
    fail(known, 1)
    assert pause(known) != ""
    fail(known, 1, OTHER)
    with known.reading() as session:
        assert throttles.list_paused(session) == {KEY}


def test_a_person_lets_it_go_on_until_one_more_fails_or_a_new_run(known: Store) -> None:
    fail(known, MOST_FAILURES)
    for _ in range(2):
        with known.writing() as session:
            throttles.resume(session, KEY, "Ada")
    assert pause(known) == ""
    assert kinds(known) == [EventKind.SENDING_PAUSED, EventKind.SENDING_RESUMED]
    fail(known, 1)
    assert pause(known).endswith(" The last: Silence 1.")
    with known.writing() as session:
        throttles.resume(session, KEY, "Ada")
        throttles.count_success(session, KEY)
    fail(known, MOST_FAILURES - 1)
    assert pause(known) == ""


def test_a_pace_that_is_set_is_kept_and_on_record(known: Store) -> None:
    fast = Pace(rate=0.5, burst=3, concurrency=2)
    for _ in range(2):
        with known.writing() as session:
            throttles.set_pace(session, throttles.find(session, KEY, GENTLE), fast, "Ada")
    with known.reading() as session:
        assert throttles.read_pace(session, KEY, GENTLE) == fast
        assert throttles.read_pace(session, "another", GENTLE) == GENTLE
    assert kinds(known) == [EventKind.PACE_SET]


def test_neither_an_older_rate_nor_a_clock_that_was_set_back_holds_everything_up() -> None:
    held = throttle(0.001, 1)
    throttles.take(held, Moment("a", 5000))
    held.rate, held.burst = 4, 2
    assert throttles.take_up_to(held, 1, Moment("a", 5000)) == 0
    assert throttles.measure_wait(held, Moment("a", 5000)) == 0.25
    assert throttles.take_up_to(held, 1, Moment("a", 5000.25)) == 1
    assert throttles.measure_wait(held, Moment("a", 1000)) == 0.25
    assert throttles.take_up_to(held, 1, Moment("a", 1000)) == 0
    assert throttles.take_up_to(held, 1, Moment("a", 1000.25)) == 1


def test_to_look_how_long_it_takes_changes_nothing(store: Store) -> None:
    with store.writing() as session:
        held = throttles.find(session, KEY, Pace(rate=0.5, burst=1, concurrency=1))
        throttles.take(held, Moment("a", 5000))
    with store.reading() as session:
        (held,) = throttles.list_all(session)
        assert throttles.measure_wait(held, Moment("a", 1000)) == 2
        assert not session.dirty
