"""What differs between SQLite and PostgreSQL: one module each, behind two protocols.

`Database` is how a database is opened, locked and made; `Queries` is what has to be asked
in other words. Everything else of the store is the same for both.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, TableClause
from sqlalchemy.orm import Session

from app.store.base import Base
from app.store.leases import Moment


class Database(Protocol):
    """One database: its engines, its locks, and how its tables are made."""

    engine: Engine
    """What the two others are made of."""

    reader: Engine
    """Begins transactions that see one unchanging picture."""

    writer: Engine
    """Begins transactions that will write."""

    def check(self) -> None:
        """Raise `OperationalError` if it is no longer the database that was opened."""

    def take_turn(self) -> AbstractContextManager[None]:
        """Hold what a writer needs before its transaction; raises `OperationalError`."""

    def lock(self, session: Session, subjects: Sequence[str]) -> None:
        """Wait, inside a transaction, for those who write about the same subjects.

        Without subjects, wait for everybody.
        """

    def keep_in_place(self) -> AbstractContextManager[None]:
        """Let no backup be brought back meanwhile; raises `OperationalError`."""

    def migrate(self) -> None:
        """Bring the tables to the present schema; raises `UnusableDatabase`."""


class Queries(Protocol):
    """What is asked of each database in words of its own; its module has them."""

    def contains(
        self, index: TableClause, texts: Sequence[str], connection_key: str = ""
    ) -> ColumnElement[bool]:
        """Match rows of a search index that have all these texts, and this connection."""

    def insert_if_missing(self, session: Session, into: type[Base], row: Mapping[str, Any]) -> None:
        """Insert a row unless a unique key of it is there."""

    def take_sequence(self, session: Session) -> int:
        """Give the number that puts a draft on top of the list."""

    def read_clock(self, session: Session) -> Moment:
        """Read the clock by which leases in this database end."""

    def wait_for(self, session: Session, subject: str) -> None:
        """Wait, inside a transaction, for those who write about one more subject.

        It is asked after the subjects that the transaction began with, before anything is
        changed that those of this subject change, and before `wait_to_seal`: so nobody who
        holds it waits for who is waiting here.
        """

    def wait_to_seal(self, session: Session) -> None:
        """Wait, inside a transaction, until nobody else is making a seal."""

    def delete_events(self, session: Session, chain: str) -> None:
        """Delete all events of a chain, once they are in an archive: nothing else may."""


def queries(session: Session) -> Queries:
    """Give the words of the database that a session is of."""
    from app.store.dialects import postgresql, sqlite  # They are made by what stands above.

    by_name: dict[str, Queries] = {"sqlite": sqlite, "postgresql": postgresql}
    return by_name[session.get_bind().dialect.name]
