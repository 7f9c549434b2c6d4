"""The SQLite database: how it is opened, and the two kinds of transaction.

A transaction that will write takes the write lock at once (BEGIN IMMEDIATE). The
driver's default takes it at the first write, and two that read first then lose each
other's updates. Reading takes no lock and, in WAL mode, waits for nobody. Commits
are durable (synchronous=FULL): what was acknowledged survives a power cut.

A thread never holds more than one connection, and there are as many as threads ask for:
threads that each held one and waited for a second would wait for one another.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock, local
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.private_files import make_database_private
from app.store.file_lock import Busy, hold_shared
from app.store.migrations import migrate

PATIENCE = 5.0
"""Seconds that a writer waits for another."""

PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    f"busy_timeout={PATIENCE * 1000:.0f}",
)

_KEPT_OPEN = 16
_GONE = "the database file was deleted or replaced while the app was running; start it again"
_IN_RESTORE = "a backup is being brought back just now"


class Store:
    """The database, as two ways of using it."""

    def __init__(self, path: Path) -> None:
        """Open the database in this file, making it or bringing it up to date first.

        Raises `UnusableDatabase`, and `OSError` for a folder that cannot be written.
        """
        self.path = path
        self.writers_lock = path.with_name("writers.lock")
        self._turn = Lock()
        self._thread = local()
        make_database_private(path)
        self.engine = _engine(path)
        self._writer = self.engine.execution_options(writes=True)
        migrate(self._writer)
        self._identity = _identity(path)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read from one unchanging picture of the database.

        Inside another block of the same thread it is that block's picture.
        """
        if session := self._open_session:
            yield session
            return
        self._check_file()
        with Session(self.engine) as session, self._as_open(session):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write, alone, all of it or nothing; commits at the end of the block.

        Writers of this process queue here: SQLite lets them look again only now and then, and
        the unlucky ones wait very long. Who waits too long tries SQLite's luck all the same.
        Raises `OperationalError`, also for a file that is gone and while a backup is restored.
        """
        if self._open_session:
            raise RuntimeError("This thread is still reading: end that block before writing.")
        has_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            self._check_file()
            with (
                self._not_in_a_restore(),
                Session(self._writer, autoflush=False, expire_on_commit=False) as session,
                self._as_open(session),
                session.begin(),
            ):
                yield session
        finally:
            if has_turn:
                self._turn.release()

    @contextmanager
    def kept_in_place(self) -> Iterator[None]:
        """Let no backup be brought back until the end of the block; raises `OperationalError`."""
        with self._not_in_a_restore():
            yield

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

    @contextmanager
    def _not_in_a_restore(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(hold_shared(self.writers_lock, PATIENCE))
            except Busy as error:
                raise _unusable(_IN_RESTORE) from error
            except OSError as error:
                raise _unusable(str(error)) from error
            yield

    def _check_file(self) -> None:
        """Notice a file that is another now: SQLite would go on writing into the lost one."""
        if _identity(self.path) != self._identity:
            raise _unusable(_GONE)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _unusable(reason: str) -> OperationalError:
    """Make the error that SQLite itself gives for a database that cannot be used."""
    return OperationalError("BEGIN", None, sqlite3.OperationalError(reason))


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,  # They would be in logs.
        pool_size=_KEPT_OPEN,
        max_overflow=-1,
    )

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
