"""Bring a database to the present schema.

Alembic takes a second to import, so it is only asked when there is work to do.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0001"


def migrate(engine: Engine) -> None:
    """Bring the database to `HEAD`, in one transaction that others wait for."""
    with engine.begin() as connection:
        if revision(connection) != HEAD:
            _upgrade(connection)


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
