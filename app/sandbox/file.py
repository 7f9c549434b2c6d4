"""The sandbox's own SQLite file.

Each use opens it anew, which costs about a millisecond: so any number of threads and
processes can share it, and nothing is left open.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from app.private_files import make_database_private

FILE = "sandbox.sqlite3"

_PATIENCE = 10
"""Seconds to wait for another writer."""


def open_file(path: Path) -> Engine:
    """Give the way to a file, which is made when it is first used.

    What is committed is durable. Raises `OSError` for a folder that cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": _PATIENCE},
        hide_parameters=True,  # They would be in logs.
    )

    @event.listens_for(engine, "do_connect")
    def _make_private(*_: Any) -> None:
        make_database_private(path)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver.
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = full")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
