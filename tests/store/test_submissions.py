"""Submissions are found by what may have become of them."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.store import queued, submissions
from app.store.base import MAY_EXIST, OPEN, PENDING, State
from app.store.database import Store
from app.store.dialects import queries
from app.store.models import Submission
from tests.sending.presses import expire
from tests.store.files import file_of

Sent = Callable[[State], int]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OVER = timedelta(hours=1)


def digest_and_key_of(store: Store, number: int) -> tuple[str, str]:
    """Give the digest of a submission's bytes, and where it went."""
    with store.reading() as session:
        submission = session.get_one(Submission, number)
        return submission.digest, submission.connection_key


def alike(store: Store, digest: str, connection_key: str, since: datetime) -> int | None:
    with store.reading() as session:
        submission = submissions.find_repeated(session, digest, connection_key, since)
        return submission.id if submission else None


@pytest.mark.parametrize("state", State)
def test_only_what_may_exist_is_alike(store: Store, sent: Sent, state: State) -> None:
    number = sent(state)
    since = datetime.now(UTC) - OVER

    assert alike(store, *digest_and_key_of(store, number), since) == (
        number if state in MAY_EXIST else None
    )


def test_the_newest_that_is_alike_is_found(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    newest = sent(State.UNKNOWN)

    digest, connection_key = digest_and_key_of(store, newest)

    assert alike(store, digest, connection_key, datetime.now(UTC) - OVER) == newest
    assert alike(store, digest, connection_key, datetime.now(UTC) + OVER) is None
    assert alike(store, digest, "another", datetime.now(UTC) - OVER) is None
    assert alike(store, "other bytes", connection_key, datetime.now(UTC) - OVER) is None


@pytest.mark.parametrize("state", State)
def test_what_somebody_has_to_know_of_is_open(store: Store, sent: Sent, state: State) -> None:
    number = sent(state)

    with store.reading() as session:
        open_ones = [
            (submission.id, submission.state) for submission in submissions.find_open(session)
        ]
        unsettled = [submission.id for submission in submissions.find_under_way(session)]

    assert open_ones == ([(number, state)] if state in OPEN else [])
    assert unsettled == ([number] if state in PENDING else [])


def test_one_that_is_overdue_is_named_however_many_are_open(store: Store, sent: Sent) -> None:
    *_, newest = [sent(State.UNKNOWN) for _ in range(20)] + [sent(State.SENDING)]
    expire(store, newest)

    with store.reading() as session:
        first, *others = submissions.find_open(session)

    assert (first.id, first.is_overdue) == (newest, True)
    assert not any(submission.is_overdue for submission in others)


@pytest.mark.sqlite
def test_what_is_looked_for_all_the_time_is_looked_for_in_an_index(
    store: Store, sent: Sent
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append(sqlite_plan(store, statement, parameters))

    sent(State.CREATED)
    event.listen(store.engine, "before_cursor_execute", note)
    with store.reading() as session:
        now = queries(session).read_clock(session)
        queued.count_in_flight(session, "client", now)
        submissions.find_open(session)
        submissions.find_overdue(session)
        submissions.find_under_way(session)
        queued.find_next(session, "client", 2, only_hurrying=False)
        queued.find_end_of_wait(session, "client", NOW)
        queued.list_waiting_connections(session)
    event.remove(store.engine, "before_cursor_execute", note)

    plans = [plan for plan in asked if "submission" in plan]
    assert len(plans) >= 7
    assert not [plan for plan in plans if re.search("SCAN submission(?! USING)", plan)]


def sqlite_plan(store: Store, statement: str, parameters: Any) -> str:
    """Say how SQLite would find what a statement asks for."""
    with closing(sqlite3.connect(file_of(store))) as file:
        rows = file.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    return "; ".join(row[3] for row in rows)


def test_a_campaign_that_waited_for_long_looks_alike_from_when_it_was_known(
    store: Store, sent: Sent
) -> None:
    number = sent(State.CREATED)
    with store.writing() as session:
        session.get_one(Submission, number).pressed_at -= timedelta(hours=23)
    since = datetime.now(UTC) - OVER
    assert alike(store, *digest_and_key_of(store, number), since) == number
