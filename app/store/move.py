"""A copy of everything that is kept, in the other kind of database, and proof that it is one.

Into PostgreSQL the tables are copied one after the other, each in a transaction of its own; a
table of the target's says which are done, so that a move that was cut off goes on where it
ended. Nothing may be written to the source meanwhile. Into a file, for a backup, they are
copied at one stroke, as they are at one moment.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    TableClause,
    cast,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.store import audit_trail, seals
from app.store.audit_trail import INSTANCE, EventKind
from app.store.base import Base, write_null
from app.store.database import Store
from app.store.database_file import count_on
from app.store.dialects import sqlite
from app.store.dialects.postgresql import (
    DRAFT_SEQUENCE,
    UNFINISHED_MOVE,
    PostgresqlDatabase,
    drop_tables,
    make_tables,
    take_time,
)
from app.store.models import Draft
from app.store.records import Event
from app.store.search_index import CALL_INDEX, DRAFT_INDEX
from app.store.verification import verify

_AT_ONCE = 1000
_DIGITS = 64
TABLES: tuple[TableClause, ...] = (*Base.metadata.sorted_tables, DRAFT_INDEX, CALL_INDEX)
"""What is copied, in an order in which nothing points to what is not there yet."""

_NUMBERED = tuple(
    table.name
    for table in Base.metadata.sorted_tables
    if "id" in table.c and isinstance(table.c.id.type, Integer) and table.c.id.autoincrement
)
"""Tables whose rows PostgreSQL numbers by itself."""


class NotEmpty(Exception):
    """The target has data of its own."""


class NotTheSame(Exception):
    """The copy is not what was there; the message is a sentence that says where."""


class TableContent(NamedTuple):
    """How many rows a table has, and a digest of them all, whatever their order."""

    rows: int
    digest: str


def copy_everything(
    source: Store,
    target: PostgresqlDatabase,
    counters: Mapping[str, int],
    beside: Sequence[TableClause],
    before_use: Callable[[Connection], None],
) -> int:
    """Copy all tables, hold the copy to the source, and count the rows.

    *counters* are the highest numbers that the source has ever given, by table; *beside* are
    tables that an app has there, too, and that have to be empty as well. *before_use* is called
    in the last transaction, when the copy is whole, and nobody can use it yet. Raises
    `NotEmpty`, `NotTheSame`, and `DatabaseError`.
    """
    with source.reading() as session:
        connection = session.connection()
        content = {table.name: count_and_hash(connection, table) for table in TABLES}
        newest = seals.find_newest(session)
        finished = _prepare(target, _fingerprint(content), beside)
        for table in TABLES:
            if table.name not in finished:
                _copy(connection, target, table)
    with target.writer.begin() as copy:
        _count_on(copy, counters)
        _compare(copy, content, newest)
        count = sum(figure.rows for figure in content.values())
        with Session(copy, join_transaction_mode="create_savepoint") as session:
            audit_trail.record(session, EventKind.MOVED, INSTANCE, rows=count)
            seals.seal(session)
            session.commit()
        UNFINISHED_MOVE.drop(copy)
        before_use(copy)
    return count


def is_complete(target: PostgresqlDatabase) -> bool:
    """Tell whether everything was moved into a database; waits for a commit that is under way.

    Raises `DatabaseError`.
    """
    with target.reader.connect() as connection:
        has = inspect(connection).has_table
        if has(UNFINISHED_MOVE.name):
            try:
                connection.execute(select(UNFINISHED_MOVE)).all()
            except ProgrammingError:  # It was dropped meanwhile, by the commit.
                connection.rollback()
            else:
                return False
        if not has(Event.__tablename__):
            return False
        moved = select(Event.id).where(Event.kind == EventKind.MOVED)
        return connection.scalar(moved.limit(1)) is not None


def copy_to_file(source: Store, path: Path) -> None:
    """Copy all tables of a PostgreSQL database into a new SQLite file, and hold it to them.

    Raises `NotTheSame` and `DatabaseError`.
    """
    file = Store(path)
    try:
        with source.reading() as session:
            take_time(session)
            connection = session.connection()
            content = {table.name: count_and_hash(connection, table) for table in TABLES}
            newest, counters = seals.find_newest(session), read_counters(connection)
            with file.engine.execution_options(writes=True).begin() as copy, sqlite.emptied(copy):
                for table in TABLES:
                    _insert_all(connection, table, copy, table)
                _compare(copy, content, newest)
    finally:
        file.engine.dispose()
    count_on(path, counters)


def copy_rows(source: Connection, table: TableClause, copy: Connection, into: TableClause) -> None:
    """Copy one table into an empty one with the same columns; raises `NotTheSame`."""
    _insert_all(source, table, copy, into)
    if count_and_hash(copy, into) != count_and_hash(source, table):
        raise NotTheSame(f"The rows of {into.name} are not the same.")


def _compare(copy: Connection, content: Mapping[str, TableContent], newest: str) -> None:
    for table in TABLES:
        if count_and_hash(copy, table) != content[table.name]:
            raise NotTheSame(f"The rows of {table.name} are not the same.")
    with Session(copy, join_transaction_mode="create_savepoint") as session:
        if fault := verify(session, newest).fault:
            raise NotTheSame(f"The event trail does not hold there. {fault}")


def count_and_hash(connection: Connection, table: TableClause) -> TableContent:
    """Count a table's rows, and add up their hashes."""
    rows = total = 0
    for row in _iterate_rows(connection, table):
        written = json.dumps(list(map(_write, row.values())), sort_keys=True)
        total += int.from_bytes(hashlib.sha256(written.encode()).digest())
        rows += 1
    return TableContent(rows, f"{total % 16**_DIGITS:0{_DIGITS}x}")


def _iterate_rows(connection: Connection, table: TableClause) -> Iterator[dict[str, Any]]:
    query: Select[Any] = select(table).execution_options(yield_per=_AT_ONCE)
    with connection.execute(query) as rows:
        for row in rows.mappings():
            yield dict(row)


def _write(value: Any) -> Any:
    """Write a value as it is on either database."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return write_null(value)
    return value if isinstance(value, int | float | dict | None) else str(value)


def _fingerprint(content: Mapping[str, TableContent]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _prepare(target: PostgresqlDatabase, source: str, beside: Sequence[TableClause]) -> set[str]:
    """Make the tables, and name those that an earlier move of the same source has copied."""
    with target.writer.begin() as connection:
        has = inspect(connection).has_table
        if has(UNFINISHED_MOVE.name):
            moved = connection.execute(select(UNFINISHED_MOVE)).one()
            if moved.source == source:
                return set(moved.finished)
        elif _has_others(connection, beside):
            raise NotEmpty
        drop_tables(connection)
        make_tables(connection)
        UNFINISHED_MOVE.create(connection)
        connection.execute(insert(UNFINISHED_MOVE), {"source": source, "finished": []})
    return set()


def _has_others(connection: Connection, beside: Sequence[TableClause]) -> bool:
    """Tell whether a database has more in it than what a first start makes."""
    ours = {table.name for table in TABLES} | {"alembic_version"}
    there = set(inspect(connection).get_table_names())
    if there - {table.name for table in beside} not in (set(), ours):
        return True
    trail = {"event", "chain_head"}
    counts = {
        table.name: connection.scalar(select(func.count()).select_from(table))
        for table in (*TABLES, *beside)
        if table.name in there
    }
    has_rows = any(count for name, count in counts.items() if name not in trail)
    kinds = connection.scalars(select(Event.kind)).all() if ours <= there else []
    return has_rows or kinds not in ([], [EventKind.COUNTED])


def _copy(connection: Connection, target: PostgresqlDatabase, table: TableClause) -> None:
    with target.writer.begin() as copy:
        _insert_all(connection, table, copy, table)
        finished = func.array_append(UNFINISHED_MOVE.c.finished, table.name)
        copy.execute(update(UNFINISHED_MOVE).values(finished=finished))


def _insert_all(
    source: Connection, table: TableClause, copy: Connection, into: TableClause
) -> None:
    rows: list[dict[str, Any]] = []
    for row in _iterate_rows(source, table):
        rows.append(row)
        if len(rows) == _AT_ONCE:
            copy.execute(insert(into), rows)
            rows.clear()
    if rows:
        copy.execute(insert(into), rows)


def read_counters(connection: Connection) -> dict[str, int]:
    """Read the highest number that each table of a PostgreSQL database has given."""
    counters = {}
    for name in _NUMBERED:
        sequence = cast(func.pg_get_serial_sequence(name, "id"), REGCLASS)
        last = connection.scalar(select(func.pg_sequence_last_value(sequence)))
        counters[name] = last or 0
    return counters


def _count_on(connection: Connection, counters: Mapping[str, int]) -> None:
    """Let no number be given again that the source has given."""
    for name in _NUMBERED:
        table = Base.metadata.tables[name]
        highest = connection.scalar(select(func.max(table.c.id))) or 0
        last = max(highest, counters.get(name, 0))
        number = func.pg_get_serial_sequence(name, "id")
        connection.execute(select(func.setval(number, max(last, 1), last > 0)))
    top = connection.scalar(select(func.max(Draft.sequence))) or 0
    connection.execute(select(func.setval(DRAFT_SEQUENCE.name, top + 1, False)))
