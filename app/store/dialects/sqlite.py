"""SQLite: one file, one writer at a time.

A transaction that will write takes the write lock at once (BEGIN IMMEDIATE). The
driver's default takes it at the first write, and two that read first then lose each
other's updates. Reading takes no lock and, in WAL mode, waits for nobody. Commits
are durable (synchronous=FULL): what was acknowledged survives a power cut.

There are as many connections as threads ask for: threads that each held one and waited for
a second would wait for one another.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    TableClause,
    create_engine,
    delete,
    event,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from app.private_files import make_database_private, replace_private
from app.store.base import Base
from app.store.file_lock import Busy, hold_shared
from app.store.leases import Moment, read_moment
from app.store.migrations import UnusableDatabase, upgrade
from app.store.models import Draft
from app.store.records import Event

PATIENCE = 5.0
"""Seconds that a writer waits for another."""

PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    f"busy_timeout={PATIENCE * 1000:.0f}",
)

MOVED = "moved_to_postgresql"
"""The file beside a database that says where its data went, or goes; who finds it writes no more.

Who moves writes it before the last commit, and once more after it.
"""

MOVE_CUT_OFF = "a move to PostgreSQL was cut off; run move-to again, to the same database"
_MOVING = "moving "

MOVED_AWAY = "everything was moved to PostgreSQL; start the app again, with DATABASE_URL"

_KEPT_OPEN = 16
_GONE = "the database file was deleted or replaced while the app was running; start it again"
_IN_RESTORE = "a backup is being brought back just now"


class SqliteDatabase:
    """A database file; implements `dialects.Database`."""

    def __init__(self, path: Path) -> None:
        """Open this file, or make it; raises `OSError` for a folder that cannot be written."""
        make_database_private(path)
        self.engine: Engine = _make_engine(path)
        self.reader: Engine = self.engine
        self.writer: Engine = self.engine.execution_options(writes=True)
        self.path = path
        self.writers_lock = path.with_name("writers.lock")
        self._turn = Lock()
        self._identity: tuple[int, int] | None = None

    def migrate(self) -> None:
        """Bring the tables to the present schema; raises `UnusableDatabase`."""
        migrate(self.writer)
        self._identity = _identify(self.path)

    def check(self) -> None:
        """Notice a file that is another now: SQLite would go on writing into the lost one."""
        if _identify(self.path) != self._identity:
            raise _make_error(_GONE)
        mark = self.path.with_name(MOVED)
        if mark.exists():
            raise _make_error(MOVE_CUT_OFF if is_move_cut_off(mark) else MOVED_AWAY)

    @contextmanager
    def take_turn(self) -> Iterator[None]:
        """Queue behind the writers of this process.

        SQLite lets them look again only now and then, and the unlucky ones wait very long.
        Who waits too long tries SQLite's luck all the same.
        """
        has_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            self.check()
            with self.keep_in_place():
                yield
        finally:
            if has_turn:
                self._turn.release()

    def lock(self, session: Session, subjects: Sequence[str]) -> None:
        """Do nothing: who writes is alone."""

    @contextmanager
    def keep_in_place(self) -> Iterator[None]:
        """Let no backup be brought back meanwhile; raises `OperationalError`."""
        with ExitStack() as held:
            try:
                held.enter_context(hold_shared(self.writers_lock, PATIENCE))
            except Busy as error:
                raise _make_error(_IN_RESTORE) from error
            except OSError as error:
                raise _make_error(str(error)) from error
            self.check()  # While this waited, everything may have been moved away.
            yield


def note_move(mark: Path, place: str, *, is_whole: bool) -> None:
    """Note that everything goes to a place, or has gone there and nothing is used here any more."""
    replace_private(mark, f"{'' if is_whole else _MOVING}{place}\n")


def is_move_cut_off(mark: Path) -> bool:
    """Tell whether a move was begun of which nobody has noted that it is whole."""
    return mark.read_text().startswith(_MOVING)


def read_place(mark: Path) -> str:
    """Read where everything went, or goes."""
    return mark.read_text().strip().removeprefix(_MOVING)


def contains(
    index: TableClause, texts: Sequence[str], connection_key: str = ""
) -> ColumnElement[bool]:
    """Match by the index of trigrams (FTS5)."""
    phrases = [f"text : {quote(part)}" for part in texts]
    if connection_key:
        phrases.append(f"connection_key : {quote(connection_key)}")
    return literal_column(index.name).op("MATCH")(" AND ".join(phrases))


def quote(part: str) -> str:
    """Write a text as a phrase of a query, so that no sign in it means anything."""
    part = part.replace("\0", " ")  # SQLite ends a phrase at a NUL.
    return '"' + part.replace('"', '""') + '"'


def take_sequence(session: Session) -> int:
    """Count on from the highest, which nobody else can do meanwhile."""
    return (session.scalar(select(func.max(Draft.sequence))) or 0) + 1


def insert_if_missing(session: Session, into: type[Base], row: Mapping[str, Any]) -> None:
    """Insert a row unless a unique key of it is there."""
    session.execute(insert(into).on_conflict_do_nothing(), row)


def read_clock(session: Session) -> Moment:  # noqa: ARG001  PostgreSQL asks by it.
    """Read the machine's clock: nobody else has this file open."""
    return read_moment()


def wait_for(session: Session, subject: str) -> None:
    """Do nothing: who writes is alone."""


def wait_to_seal(session: Session) -> None:
    """Do nothing: who writes is alone."""


def delete_events(session: Session, chain: str) -> None:
    """Delete all events of a chain; the trigger that refuses that is back before the commit."""
    refusal = session.scalars(_TRIGGER, {"name": _NO_DELETE}).first()
    session.execute(text(f"DROP TRIGGER IF EXISTS {_NO_DELETE}"))
    of_chain = delete(Event).where(Event.chain == chain)
    session.execute(of_chain, execution_options={"synchronize_session": False})
    if refusal:  # Else somebody has dropped it before.
        session.execute(text(refusal))


def migrate(engine: Engine) -> None:
    """Bring the database to the present schema, in one transaction that others wait for.

    Raises `UnusableDatabase` for one of a newer version, and for a file that is none.
    """
    try:
        with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
            if upgrade(connection) and connection.execute(_LOST_ROWS).first():
                raise UnusableDatabase("Rows in it belong to others that are not there.")
    except (sqlite3.DatabaseError, DatabaseError) as error:
        reason = getattr(error, "orig", error)
        raise UnusableDatabase(f"It is damaged, locked or no database ({reason}).") from error


@contextmanager
def emptied(connection: Connection) -> Iterator[None]:
    """Delete what a new database has in its trail, and let nothing refuse the copy of another."""
    triggers = connection.execute(_TRIGGERS).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    for table in ("event", "chain_head", "seal"):
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    yield
    for _, statement in triggers:
        connection.execute(text(statement))


_NO_DELETE = "no_delete_of_events"
_TRIGGER = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_LOST_ROWS = text("PRAGMA foreign_key_check")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let tables be made anew that others point to; SQLite takes this outside a transaction only.

    That nothing points to nowhere afterwards is looked at before the end of the transaction.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=off")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=on")


def _identify(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _make_error(reason: str) -> OperationalError:
    """Make the error that SQLite itself gives for a database that cannot be used."""
    return OperationalError("BEGIN", None, sqlite3.OperationalError(reason))


def _make_engine(path: Path) -> Engine:
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
