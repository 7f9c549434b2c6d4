"""Where a sandbox keeps its things: a file of its own, or the PostgreSQL database of an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from app.sandbox.file import FILE, open_file
from app.sandbox.tables import make_tables, writing
from app.store.dialects.postgresql import PostgresqlDatabase


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


@pytest.fixture
def engine(path: Path, database_url: str) -> Iterator[Engine]:
    """Give an empty database with the sandbox's tables."""
    engine = PostgresqlDatabase(make_url(database_url)).writer if database_url else open_file(path)
    with writing(engine) as connection:
        make_tables(connection)
    yield engine
    engine.dispose()
