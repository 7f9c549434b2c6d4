"""How often somebody may try to sign in, held to a bucket that is filled by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.store import gcra, sign_in_pace
from app.store.database import Store
from app.store.dialects import queries
from app.store.leases import Moment
from app.store.people_models import SignInPace
from app.store.sign_in_pace import (
    OF_NETWORK,
    SIGN_INS,
    Tried,
    find_network,
    forget_past,
    try_now,
)


@given(
    st.integers(1, 10),
    st.sampled_from([1.0, 2.0, 0.5, 0.25]),
    st.lists(st.integers(0, 12), max_size=40),
)
def test_it_lets_through_what_a_bucket_of_tries_would(
    burst: int, rate: float, pauses: list[int]
) -> None:
    row, bucket, now = SignInPace(subject="", clock="", arrival=0.0), float(burst), 1000.0
    for pause in pauses:
        now += pause
        bucket = min(float(burst), bucket + pause * rate)
        moment = Moment("boot", now)
        may_go = gcra.measure_wait(row, rate, burst, moment) < 1e-9
        assert may_go == (bucket >= 1 - 1e-9)
        if may_go:
            gcra.take(row, rate, moment)
            bucket -= 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", "unknown"),
        ("proxy", "unknown"),
    ],
)
def test_one_person_may_have_all_of_a_network(address: str, network: str) -> None:
    assert find_network(address) == network


def test_nobody_waits_for_longer_than_a_minute() -> None:
    for limit in (
        sign_in_pace.OF_NETWORK,
        sign_in_pace.OF_ACCOUNT,
        sign_in_pace.OF_ACCOUNT_FROM_NETWORK,
        sign_in_pace.OF_CODES,
    ):
        assert 1 / limit.rate <= 60


def test_what_is_refused_leaves_nothing_in_the_database(store: Store) -> None:
    def count_rows() -> int:
        with store.reading() as session:
            return session.scalar(select(func.count()).select_from(SignInPace)) or 0

    def try_many(first: int) -> list[float]:
        waits = []
        for number in range(first, first + 2 * OF_NETWORK.burst):
            with store.writing() as session:
                email = f"{number}@example.com"
                waits.append(try_now(session, "203.0.113.9", Tried.PASSWORD, email))
        return waits

    assert any(try_many(0))
    before, waits = count_rows(), try_many(2 * OF_NETWORK.burst)
    let_through = waits.count(0.0)  # As time goes by, one or two may be.
    assert let_through < len(waits) / 2
    assert count_rows() - before <= 2 * let_through


def test_what_holds_nobody_back_any_more_is_forgotten(store: Store) -> None:
    with store.writing() as session:
        now = queries(session).read_clock(session)
        for subject, clock, arrival in (
            ("past", now.boot, now.seconds - 1),
            ("of another clock", "another", now.seconds + 1000),
            ("under way", now.boot, now.seconds + 1000),
        ):
            session.add(SignInPace(subject=subject, clock=clock, arrival=arrival))
    with store.writing(SIGN_INS) as session:
        forget_past(session)
        assert session.scalars(select(SignInPace.subject)).all() == ["under way"]
