"""Bring a database to the present schema.

Alembic takes a second to import, so it is only asked when there is work to do.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0023"


class UnusableDatabase(Exception):
    """A database that this version cannot keep its data in; the message says why."""


def upgrade(connection: Connection) -> bool:
    """Bring the database to `HEAD`, in the caller's transaction; tell whether that took work.

    Raises `UnusableDatabase` for one of a newer version.
    """
    current = read_revision(connection)
    if current is not None and current > HEAD:
        raise UnusableDatabase("It was made by a newer version of Campaign Builder.")
    if current == HEAD:
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def read_revision(connection: Connection) -> str | None:
    """Name the revision that the database is at; a new one has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(current) if current else None
