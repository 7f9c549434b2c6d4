"""The database: the two kinds of transaction, on whichever of the two databases it is.

A thread never holds more than one connection.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import local

from sqlalchemy import URL
from sqlalchemy.orm import Session

from app.store.dialects import Database
from app.store.dialects.postgresql import PostgresqlDatabase
from app.store.dialects.sqlite import SqliteDatabase


class Store:
    """The database, as two ways of using it."""

    def __init__(self, where: Path | URL) -> None:
        """Open a file of SQLite's, or PostgreSQL's database; its tables come up to date.

        Raises `UnusableDatabase`, and `OSError` for a folder that cannot be written.
        """
        self.database: Database = (
            SqliteDatabase(where) if isinstance(where, Path) else PostgresqlDatabase(where)
        )
        self.engine = self.database.engine
        try:
            self.database.migrate()
        except BaseException:
            self.engine.dispose()
            raise
        self._thread = local()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read from one unchanging picture of the database.

        Inside another block of the same thread it is that block's picture.
        """
        if session := self._open_session:
            yield session
            return
        self.database.check()
        with Session(self.database.reader) as session, self._as_open(session):
            yield session

    @contextmanager
    def writing(self, *subjects: str) -> Iterator[Session]:
        """Write all of it or nothing; commits at the end of the block.

        *subjects* are what is read and written about: whoever names one of them as well waits.
        Without any, everybody waits. Raises `OperationalError`, also for a file that is gone
        and while a backup is restored, and `RuntimeError` inside another block of this thread.
        """
        if self._open_session:
            raise RuntimeError("This thread has a block open: end it before writing.")
        with (
            self.database.take_turn(),
            Session(self.database.writer, autoflush=False, expire_on_commit=False) as session,
            self._as_open(session),
            session.begin(),
        ):
            self.database.lock(session, subjects)
            yield session

    def kept_in_place(self) -> AbstractContextManager[None]:
        """Let no backup be brought back until the end of the block; raises `OperationalError`."""
        return self.database.keep_in_place()

    @property
    def _open_session(self) -> Session | None:
        return getattr(self._thread, "session", None)

    @contextmanager
    def _as_open(self, session: Session) -> Iterator[None]:
        self._thread.session = session
        try:
            yield
        finally:
            self._thread.session = None
