"""PostgreSQL: many writers at once, on many machines.

A writer names what it writes about (a draft, a payload). Those who write about the same wait
for one another, and all others do not; a writer that names nothing is alone, as on SQLite. The
locks are PostgreSQL's advisory ones: they end with the transaction, however that ends. In
between, each statement sees what others have committed (READ COMMITTED). Readers see one
picture (REPEATABLE READ).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    TableClause,
    and_,
    cast,
    create_engine,
    delete,
    extract,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy import Sequence as Numbers
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.store import audit_trail
from app.store.audit_trail import INSTANCE, EventKind
from app.store.base import Base
from app.store.leases import Moment
from app.store.migrations import HEAD, UnusableDatabase, read_revision, upgrade
from app.store.records import Event
from app.store.search_index import CALL_INDEX, DRAFT_INDEX

PATIENCE = 5.0
"""Seconds that a writer waits for another, and anybody for a connection."""

OLDEST = 15
"""The oldest version that is tested."""

NOT_UTF8 = "The database has to be made with the encoding UTF8."
CUT_OFF = "A move into it was cut off: run move-to again."

_LONGEST_STATEMENT = 30.0
_KEPT_OPEN = 8
_MOST_OPEN = 24
_OPTIONS = {
    "lock_timeout": PATIENCE,
    "statement_timeout": _LONGEST_STATEMENT,
    "idle_in_transaction_session_timeout": 2 * _LONGEST_STATEMENT,
}

UNFINISHED_MOVE = Table(
    "unfinished_move", MetaData(), Column("source", String), Column("finished", ARRAY(String))
)
"""Which tables a move from *source* has copied; who finds this table uses no other."""

DRAFT_SEQUENCE = Numbers("draft_sequence", metadata=Base.metadata)


class PostgresqlDatabase:
    """A database on a server; implements `dialects.Database`."""

    def __init__(self, url: URL) -> None:
        """Keep where it is; nothing is asked of the server yet."""
        options = " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in _OPTIONS.items())
        options += " -c synchronous_commit=on"  # What was acknowledged survives a power cut.
        options += " -c datestyle=ISO"  # Months are cut from the text of a date.
        self.engine: Engine = create_engine(
            url,
            hide_parameters=True,  # They would be in logs.
            pool_pre_ping=True,
            pool_size=_KEPT_OPEN,
            max_overflow=_MOST_OPEN - _KEPT_OPEN,
            pool_timeout=PATIENCE,
            connect_args={
                "options": options,
                "client_encoding": "utf8",
                "connect_timeout": int(PATIENCE),
                # A network that is silent is noticed, and an answer goes to the journal.
                "keepalives_idle": int(PATIENCE),
                "keepalives_interval": 1,
                "keepalives_count": int(PATIENCE),
                "tcp_user_timeout": int(2 * PATIENCE * 1000),
                "application_name": "campaign-builder",
            },
        )
        self.writer: Engine = self.engine.execution_options(isolation_level="READ COMMITTED")
        self.reader: Engine = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def migrate(self) -> None:
        """Bring the tables to the present schema, while others wait; raises `UnusableDatabase`."""
        try:
            with self.writer.begin() as connection:
                if connection.scalars(VERSION).one() < OLDEST * 10_000:
                    raise UnusableDatabase(f"PostgreSQL {OLDEST} or newer is needed.")
                if connection.scalars(ENCODING).one() != "UTF8":
                    raise UnusableDatabase(NOT_UTF8)
                connection.execute(_UNHURRIED)
                connection.execute(_LOCK, {"key": _key("migration")})
                if read_revision(connection) is None:
                    make_tables(connection)
                    count_rows(connection)
                elif inspect(connection).has_table(UNFINISHED_MOVE.name):
                    raise UnusableDatabase(CUT_OFF)
                else:
                    upgrade(connection)
        except DatabaseError as error:
            reason = str(getattr(error, "orig", None) or error).strip()
            raise UnusableDatabase(f"PostgreSQL cannot be used ({reason}).") from error

    def check(self) -> None:
        """Do nothing: a server that is gone says so itself."""

    @contextmanager
    def take_turn(self) -> Iterator[None]:
        """Wait for nobody before the transaction."""
        yield

    def lock(self, session: Session, subjects: Sequence[str]) -> None:
        """Wait for those who write about the same; without subjects, for everybody."""
        if not subjects:
            session.execute(_LOCK, {"key": _key(_ALL)})
            return
        session.execute(_LOCK_SHARED, {"key": _key(_ALL)})
        keys = sorted({_key(subject) for subject in subjects})  # In one order: no deadlock.
        session.execute(_LOCK_EACH, {"keys": keys})

    @contextmanager
    def keep_in_place(self) -> Iterator[None]:
        """Do nothing: a database is brought back by PostgreSQL's own means, and under no app."""
        yield


_ALL = "all"
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_LOCK_EACH = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(:key)")


def _key(subject: str) -> int:
    """Make the number of a lock; two subjects that share one only wait for each other."""
    digest = hashlib.sha256(f"campaign-builder {subject}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def contains(
    index: TableClause, texts: Sequence[str], connection_key: str = ""
) -> ColumnElement[bool]:
    """Match by the index of trigrams (pg_trgm)."""
    has_all = [index.c.text.icontains(part, autoescape=True) for part in texts]
    if connection_key:
        has_all.append(index.c.connection_key == connection_key)
    return and_(*has_all)


def take_sequence(session: Session) -> int:
    """Draw a number; who draws it first may commit it last."""
    return session.scalars(select(DRAFT_SEQUENCE.next_value())).one()


def insert_if_missing(session: Session, into: type[Base], row: Mapping[str, Any]) -> None:
    """Insert a row unless a unique key of it is there."""
    session.execute(insert(into).on_conflict_do_nothing(), row)


def take_time(session: Session) -> None:
    """Let a transaction take as long as it needs, also where it asks nothing for long."""
    session.execute(_UNHURRIED)


def read_clock(session: Session) -> Moment:
    """Read the server's clock, which is the same for all machines."""
    return Moment("postgresql", session.scalars(CLOCK).one())


VERSION = select(cast(func.current_setting("server_version_num"), Integer))
HAS_MORE_RIGHTS = text(
    "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
    " FROM pg_roles WHERE rolname = current_user"
)
"""Whether the role may do more on the server than to own its database."""
ENCODING = select(func.current_setting("server_encoding"))
KNOWS_LETTERS = select(func.lower("Ö") == "ö")
"""Whether a search finds a letter that is not in ASCII in both cases."""

_UNHURRIED = text(
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
    " SET LOCAL idle_in_transaction_session_timeout = 0"
)
CLOCK = select(cast(extract("epoch", func.clock_timestamp()), Float))


def wait_for(session: Session, subject: str) -> None:
    """Wait for those who write about a subject; it is held to the end of the transaction."""
    session.execute(_LOCK, {"key": _key(subject)})


def wait_to_seal(session: Session) -> None:
    """Wait until nobody else is making a seal; to be asked last, as it is held to the end."""
    session.execute(_LOCK, {"key": _key("seal")})


def delete_events(session: Session, chain: str) -> None:
    """Delete all events of a chain; the trigger that refuses that is back before the commit."""
    session.execute(text(f"ALTER TABLE event DISABLE TRIGGER {_NO_DELETE}"))
    of_chain = delete(Event).where(Event.chain == chain)
    session.execute(of_chain, execution_options={"synchronize_session": False})
    session.execute(text(f"ALTER TABLE event ENABLE TRIGGER {_NO_DELETE}"))


def make_tables(connection: Connection) -> None:
    """Make the tables as the models describe them; older schemas never were on PostgreSQL."""
    Base.metadata.create_all(connection)
    for statement in _BESIDE_THE_MODELS:
        connection.execute(text(statement))
    connection.execute(_STAMP, {"head": HEAD})


def drop_tables(connection: Connection) -> None:
    """Drop all that `make_tables` makes, and all that is in it."""
    Base.metadata.drop_all(connection)
    for name in (DRAFT_INDEX.name, CALL_INDEX.name, "alembic_version", UNFINISHED_MOVE.name):
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    connection.execute(text("DROP FUNCTION IF EXISTS refuse_change"))


def count_rows(connection: Connection) -> None:
    """Say in the trail that there are no rows yet, so that none can be put in unseen."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        audit_trail.record(session, EventKind.COUNTED, INSTANCE, submissions=[0, 0], calls=[0, 0])
        session.commit()


# What the hashes would show afterwards, the database refuses at once.
_REFUSAL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE integrity_constraint_violation USING
        MESSAGE = format('the %s trail is never changed', TG_TABLE_NAME);
END $$"""
_BESIDE_THE_MODELS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE TABLE draft_search (rowid integer PRIMARY KEY, text text NOT NULL)",
    "CREATE INDEX ix_draft_search ON draft_search USING gin (text gin_trgm_ops)",
    """CREATE TABLE exchange_search
    (rowid integer PRIMARY KEY, connection_key text NOT NULL, text text NOT NULL)""",
    "CREATE INDEX ix_exchange_search ON exchange_search USING gin (text gin_trgm_ops)",
    _REFUSAL,
    *(
        f"CREATE TRIGGER no_{change.lower()}_of_{table}s BEFORE {change} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("event", "seal")
        for change in ("UPDATE", "DELETE", "TRUNCATE")
    ),
    "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)",
)
_NO_DELETE = "no_delete_of_events"
_STAMP = text("INSERT INTO alembic_version (version_num) VALUES (:head)")
