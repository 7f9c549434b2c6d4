"""The SQLite database: how it is opened, and the two kinds of transaction.

A transaction that will write takes the write lock at once (BEGIN IMMEDIATE). The
driver's default takes it at the first write, and two that read first then lose each
other's updates. Reading takes no lock and, in WAL mode, waits for nobody. Commits
are durable (synchronous=FULL): what was acknowledged survives a power cut.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.store.migrations import migrate

PATIENCE = 5.0
"""Seconds that a writer waits for another."""

PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    f"busy_timeout={PATIENCE * 1000:.0f}",
)


class Store:
    """The database, as two ways of using it."""

    def __init__(self, path: Path) -> None:
        """Open the database in this file, making it or bringing it up to date first."""
        self._turn = Lock()
        self.engine = _engine(path)
        self._writer = self.engine.execution_options(writes=True)
        migrate(self._writer)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read from one unchanging picture of the database."""
        with Session(self.engine) as session:
            yield session

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read rows by plain SQL: for what every page asks, where a session costs ten times it."""
        connection = self.engine.raw_connection()
        try:
            return list(connection.cursor().execute(sql, values).fetchall())
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write, alone, all of it or nothing; commits at the end of the block.

        Writers of this process queue here: SQLite lets them look again only now and then, and
        the unlucky ones wait very long. Who waits too long tries SQLite's luck all the same.
        """
        has_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            with (
                Session(self._writer, autoflush=False, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        finally:
            if has_turn:
                self._turn.release()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)  # They would be in logs.

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver.
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        cursor = connection.connection.cursor()
        try:
            cursor.execute(begin)
        except sqlite3.OperationalError as error:  # The same error as of any other statement.
            raise OperationalError(begin, None, error) from error
        finally:
            cursor.close()

    return engine
