"""A database file that is not the app's own just now: copied, compared, and counted on.

A backup is looked into as it is, before it is brought to the present schema; so this is SQL,
without the models. A locked file is waited for, `PATIENCE` seconds at most.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import NamedTuple

PATIENCE = 10
"""Seconds to wait for a database that somebody has locked."""

_SUBMISSIONS = """
SELECT submission.draft_id, submission.digest, submission.claimed_at, submission.id,
       draft.name, submission.connection, submission.state, submission.campaign_id
FROM submission JOIN draft ON draft.id = submission.draft_id ORDER BY submission.id"""
_COUNTERS = "SELECT name, seq FROM sqlite_sequence"
_NEW_COUNTER = "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)"
_HIGHER_COUNTER = "UPDATE sqlite_sequence SET seq = ? WHERE name = ?"


class SubmissionRow(NamedTuple):
    """A submission as SQLite has it, the moment as text; *campaign* is the name of its draft."""

    draft_id: str
    digest: str
    claimed_at: str
    id: int
    campaign: str
    connection: str
    state: str
    campaign_id: str | None

    @property
    def press(self) -> tuple[str, str, str]:
        """What it is in any copy: its number can be another's there."""
        return self.draft_id, self.digest, self.claimed_at

    @property
    def outcome(self) -> tuple[str, str | None]:
        return self.state, self.campaign_id


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment; raises `sqlite3.Error`, also if it stays locked."""
    ends = monotonic() + PATIENCE

    def give_up(status: int, _remaining: int, _total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and monotonic() > ends:
            raise sqlite3.OperationalError("database is locked")

    with _opened(source) as original, _opened(target) as copy:
        original.backup(copy, progress=give_up)


def read_submissions(database: Path) -> list[SubmissionRow]:
    """Read all submissions in the order of their ids; raises `sqlite3.Error`."""
    with _opened(database) as file:
        return [SubmissionRow(*row) for row in file.execute(_SUBMISSIONS)]


def read_counters(database: Path) -> dict[str, int]:
    """Read the highest number that each table has ever given to a row."""
    with _opened(database) as file:
        return dict(file.execute(_COUNTERS).fetchall())


def count_on(database: Path, counters: Mapping[str, int]) -> None:
    """Let no table give a number again that these say was given."""
    with _opened(database) as file, file:
        known = dict(file.execute(_COUNTERS).fetchall())
        for name, number in counters.items():
            if name not in known:
                file.execute(_NEW_COUNTER, (number, name))
            elif known[name] < number:
                file.execute(_HIGHER_COUNTER, (number, name))


def _opened(database: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(database, timeout=PATIENCE))
