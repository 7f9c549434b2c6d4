"""What the built-in sandbox keeps, copied with the rest from one kind of database to the other."""

from pathlib import Path

from sqlalchemy import Connection, inspect

from app.sandbox.file import open_file
from app.sandbox.tables import count_on, find_tables, make_tables, read_last_number, writing
from app.store.database import Store
from app.store.move import copy_rows


def copy_sandbox(source: Connection, copy: Connection) -> None:
    """Copy its tables into empty ones, hold the copy to them, and go on counting there.

    Raises `NotTheSame` and `DatabaseError`.
    """
    make_tables(copy)
    there = set(inspect(source).get_table_names())
    for table, into in zip(find_tables(source), find_tables(copy), strict=True):
        if table.name in there:  # An older sandbox has fewer.
            copy_rows(source, table, copy, into)
    count_on(copy, read_last_number(source))


def copy_sandbox_to_file(store: Store, path: Path) -> None:
    """Copy what is in a PostgreSQL database into a new file, as it is at one moment.

    Raises `NotTheSame` and `DatabaseError`.
    """
    with store.reading() as session, writing(open_file(path)) as copy:
        copy_sandbox(session.connection(), copy)
