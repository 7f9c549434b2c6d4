"""The sandbox's own SQLite file.

Each use opens it anew, which costs about a millisecond: so any number of threads and
processes can share it, and nothing is left open.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.private_files import make_database_private

_PATIENCE = 10
"""Seconds to wait for another writer."""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for one transaction, which is durable at the end of the block."""
    make_database_private(path)
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as file, file:
        file.execute("PRAGMA synchronous = full")
        yield file
