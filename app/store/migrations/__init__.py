"""Bring a database to the present schema.

Alembic takes a second to import, so it is only asked when there is work to do.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

HEAD = "0006"


class UnusableDatabase(Exception):
    """A file that this version cannot keep its data in; the message says why."""


def migrate(engine: Engine) -> None:
    """Bring the database to `HEAD`, in one transaction that others wait for.

    Raises `UnusableDatabase` for one of a newer version, and for a file that is none.
    """
    try:
        with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
            current = revision(connection)
            if current is not None and current > HEAD:
                raise UnusableDatabase("It was made by a newer version of Campaign Builder.")
            if current != HEAD:
                _upgrade(connection)
    except (sqlite3.DatabaseError, DatabaseError) as error:
        reason = getattr(error, "orig", error)
        raise UnusableDatabase(f"It is damaged, locked or no database ({reason}).") from error


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


def revision(connection: Connection) -> str | None:
    """Name the revision that the database is at; a new one has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(current) if current else None


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.execute(text("PRAGMA foreign_key_check")).first():
        raise UnusableDatabase("Rows in it belong to others that are not there.")
