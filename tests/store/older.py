"""Databases as earlier versions of the schema hold them, with rows that the present one wrote."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.store import migrations

_BEFORE = {"sequence": "place", "connection_key": "destination"}
"""Columns that had another name up to revision 0005."""

_FILLED_AT = "0004"
"""Revision 0005 writes an event of its own, unless the rows have it already."""

_TABLES = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_search_%'
    AND name <> 'alembic_version'"""


def copy_as_revision(revision: str, path: Path, into: Path) -> Path:
    """Copy the rows of a database into a new one at revision 0004 or 0005; gives its path."""
    make_revision(_FILLED_AT, into)
    with closing(sqlite3.connect(into)) as older:
        older.execute("ATTACH ? AS present", (str(path),))
        for (table,) in older.execute(_TABLES).fetchall():
            _copy(older, table)
        older.commit()
    make_revision(revision, into)
    return into


def make_revision(revision: str, path: Path) -> None:
    """Bring the database in this file, which need not be there, to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Read all rows of all tables, by the table's name."""
    with closing(sqlite3.connect(path)) as database:
        return {
            table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
            for (table,) in database.execute(_TABLES).fetchall()
        }


def columns_of(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _copy(older: sqlite3.Connection, table: str) -> None:
    there, present = (
        [row[1] for row in older.execute(f"PRAGMA {schema}.table_info({table})")]
        for schema in ("main", "present")
    )
    names = {name: _BEFORE.get(name, name) for name in present}
    names = {name: before for name, before in names.items() if before in there}
    if table.endswith("_search"):
        names["rowid"] = "rowid"
    older.execute(
        f"INSERT INTO main.{table} ({', '.join(names.values())}) "  # noqa: S608
        f"SELECT {', '.join(names)} FROM present.{table}"
    )
