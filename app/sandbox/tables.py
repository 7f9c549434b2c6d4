"""What the sandbox keeps, as two tables: in a file of its own, or in the app's PostgreSQL database.

There, where tables of the app are beside them, their names say whose they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

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
from sqlalchemy.dialects.postgresql import REGCLASS


class Tables(NamedTuple):
    """The campaigns that were created, and the fault that is switched on, in one row at most."""

    campaign: Table
    fault: Table


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
    return Tables(campaign, fault)


ON_SQLITE, ON_POSTGRESQL = _describe(""), _describe("sandbox_")

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
