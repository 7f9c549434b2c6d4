"""Bring a database to the present schema.

Alembic takes a second to import, so it is only asked when there is work to do.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

HEAD = "0003"


class UnusableDatabase(Exception):
    """A file that this version cannot keep its data in; the message says why."""


def migrate(engine: Engine) -> None:
    """Bring the database to `HEAD`, in one transaction that others wait for.

    Raises `UnusableDatabase` for one of a newer version, and for a file that is none.
    """
    try:
        with engine.begin() as connection:
            found = revision(connection)
            if found is not None and found > HEAD:
                raise UnusableDatabase("It was made by a newer version of Campaign Builder.")
            if found != HEAD:
                _upgrade(connection)
    except (sqlite3.DatabaseError, DatabaseError) as error:
        reason = getattr(error, "orig", error)
        raise UnusableDatabase(f"It is damaged, locked or no database ({reason}).") from error


def revision(connection: Connection) -> str | None:
    """Name the revision that the database is at; a new one has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found else None


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
