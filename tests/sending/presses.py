"""Send as a press of the button does, without a browser and without waiting for a thread."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg
from sqlalchemy import event, text

from app.connections import SANDBOX, Connection, ConnectionRegistry
from app.sending.confirmation import SendRequest
from app.sending.journal import Journal
from app.sending.outcome import Api
from app.sending.queue import enqueue
from app.sending.recording import Claim
from app.sending.resolution import LookUp, resolve
from app.sending.submission import Turn, claim, deliver
from app.store import saved_connections, throttles
from app.store.database import Store
from app.store.models import Submission
from app.store.saved_connections import EnteredConnection
from app.store.throttles import Pace
from tests.store.files import folder_of, is_postgresql

TOKEN = "t0ken-of-client-a-7x9q"


def press(draft_id: str, *, reviewed: str, to: Connection, **more: Any) -> SendRequest:
    """Confirm everything that is asked, but for what a test changes."""
    confirmed = {"stamp": to.stamp, "named": to.name, "who": "Ada"}
    return SendRequest(draft_id, reviewed, to, **confirmed | more)


def queue_and_claim(send_request: SendRequest, *, store: Store, deadline: float = 30) -> Claim:
    """Queue a draft and claim it at once, however many went there before, and failed."""
    with store.writing() as session:
        throttles.find(session, send_request.to.key, Pace(rate=0, burst=1, concurrency=1000))
        throttles.resume(session, send_request.to.key, "Ada")
    enqueue(send_request, store=store)
    claimed = claim_next(send_request.to, store=store, deadline=deadline)
    assert isinstance(claimed, Claim)
    return claimed


def claim_next(to: Connection, *, store: Store, deadline: float = 30) -> Turn:
    """Claim what waits longest, as one thread does that is alone."""
    (turn,) = claim(to, store=store, deadline=deadline, threads=1)
    return turn


def submit(draft_id: str, *, reviewed: str, store: Store, api: Api, **more: Any) -> int:
    """Claim a draft, send it, and give the id of the submission once its outcome is recorded."""
    confirmed = press(draft_id, reviewed=reviewed, to=destination(api), **more)
    claimed = queue_and_claim(confirmed, store=store, deadline=api.deadline)
    deliver(claimed, store=store, api=api, journal=journal(store))
    return claimed.submission_id


def journal(store: Store) -> Journal:
    """Give the journal beside a store, as the app has it."""
    return Journal(folder_of(store) / "outcomes")


def look_up(store: Store, submission_id: int, campaign_id: str | None = None) -> None:
    """Say as a person who has just looked that a campaign is there, or (`None`) that none is."""
    resolve(submission_id, LookUp("Ada", campaign_id, is_sure=True), store)


def expire(store: Store, submission_id: int) -> None:
    """Let the time go by in which the answer to a submission can come."""
    with store.writing() as session:
        session.get_one(Submission, submission_id).lease_ends = 0.0


def destination(api: Api) -> Connection:
    """Describe where an API is, as the connections do."""
    connection = api.connection
    return Connection(
        SANDBOX if connection.is_sandbox else "client",
        connection.name,
        connection.base_url,
        connection.is_sandbox,
        "blue",
    )


def entered(
    connections: ConnectionRegistry, store: Store, name: str = "Client A", **changes: Any
) -> str:
    """Enter a connection, and give its key."""
    entries: dict[str, Any] = {
        "base_url": "https://api.example",
        "token": connections.vault.lock(TOKEN),
        "is_sandbox": False,
        "colour": "blue",
        "notes": "",
    }
    with store.writing() as session:
        return saved_connections.add(session, EnteredConnection(name, **entries | changes)).id


def rows(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """Read rows by plain SQL, to look at what no page shows."""
    with store.reading() as session:
        return [tuple(row) for row in session.execute(text(statement))]


@contextmanager
def failing(store: Store, error: Exception) -> Iterator[Event]:
    """Let every statement that writes fail like this, if SQLite's error as PostgreSQL's there.

    Gives what is set once one has.
    """
    failed = Event()
    if is_postgresql(store) and isinstance(error, sqlite3.Error):
        error = getattr(psycopg, type(error).__name__)(str(error))

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            failed.set()
            raise error

    event.listen(store.engine, "before_cursor_execute", fail)
    try:
        yield failed
    finally:
        event.remove(store.engine, "before_cursor_execute", fail)
