"""What the sandbox keeps, as tables: in a file of its own, or in the app's PostgreSQL database.

There, where tables of the app are beside them, their names say whose they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Float,
    Function,
    Integer,
    MetaData,
    Table,
    Text,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import REGCLASS


class Tables(NamedTuple):
    """What is kept: the campaigns that were created, and the ids of the account that has them.

    The fault that is switched on, and whether ids have to be known, are in one row at most.
    """

    campaign: Table
    fault: Table
    known_id: Table
    insistence: Table


def _describe(prefix: str) -> Tables:
    metadata = MetaData()
    campaign = Table(
        f"{prefix}campaign",
        metadata,
        Column("number", Integer, primary_key=True),
        Column("created_at", Text, nullable=False),
        Column("request", Text, nullable=False),
        sqlite_autoincrement=True,  # A number is never used again, not even of a deleted row.
    )
    fault = Table(
        f"{prefix}fault",
        metadata,
        Column("only_one", Integer, CheckConstraint("only_one = 1"), primary_key=True),
        Column("name", Text),
        Column("every", Boolean),
        Column("seconds", Float),
    )
    known_id = Table(
        f"{prefix}known_id",
        metadata,
        Column("kind", Text, primary_key=True),
        Column("value", Text, primary_key=True),
        Column("nickname", Text, nullable=False),
    )
    insistence = Table(
        f"{prefix}insistence",
        metadata,
        Column("only_one", Integer, CheckConstraint("only_one = 1"), primary_key=True),
    )
    return Tables(campaign, fault, known_id, insistence)


ON_SQLITE, ON_POSTGRESQL = _describe(""), _describe("sandbox_")

INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""How each kind of database inserts what can be there already."""

_COUNTERS = table("sqlite_sequence", column("name"), column("seq"))
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('campaign-builder sandbox', 0))")


def find_tables(where: Engine | Connection) -> Tables:
    """Give the tables as they are in this database."""
    return ON_POSTGRESQL if _is_postgresql(where) else ON_SQLITE


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write all of it or nothing; on SQLite alone from the beginning (BEGIN IMMEDIATE)."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


def make_tables(connection: Connection) -> None:
    """Make what is missing, in a transaction that others who do the same wait for."""
    if _is_postgresql(connection):
        connection.execute(_LOCK)
    find_tables(connection).campaign.metadata.create_all(connection)


def insert_if_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert those rows whose primary key is not there yet."""
    put = INSERT[connection.dialect.name](table)
    connection.execute(put.on_conflict_do_nothing(), rows)


def read_last_number(connection: Connection) -> int:
    """Read the highest number that was ever given to a campaign; 0 if none was."""
    campaign = find_tables(connection).campaign
    if _is_postgresql(connection):
        last = select(func.pg_sequence_last_value(cast(_find_sequence(campaign), REGCLASS)))
    else:
        last = select(_COUNTERS.c.seq).where(_COUNTERS.c.name == campaign.name)
    return connection.scalar(last) or 0


def count_on(connection: Connection, last: int) -> None:
    """Let no number up to *last* be given again."""
    campaign = find_tables(connection).campaign
    if last <= read_last_number(connection):
        return
    if _is_postgresql(connection):
        connection.execute(select(func.setval(_find_sequence(campaign), last)))
    else:
        connection.execute(delete(_COUNTERS).where(_COUNTERS.c.name == campaign.name))
        connection.execute(insert(_COUNTERS), {"name": campaign.name, "seq": last})


def _find_sequence(campaign: Table) -> Function[str]:
    return func.pg_get_serial_sequence(campaign.name, "number")


def _is_postgresql(where: Engine | Connection) -> bool:
    return where.dialect.name == "postgresql"
