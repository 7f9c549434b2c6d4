"""What the sandbox was sent, in an SQLite file of its own."""

import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS campaign (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT NOT NULL, request TEXT NOT NULL
)"""


@dataclass(frozen=True)
class Kept:
    """One campaign in the sandbox: its number, when it came (aware, UTC), what was sent."""

    number: int
    created_at: datetime
    request: dict[str, Any]

    @property
    def campaign_id(self) -> str:
        return global_id(self.number)

    @property
    def name(self) -> str:
        return str(self.request["name"])

    @property
    def type(self) -> str:
        return str(self.request["type"])


def global_id(number: int) -> str:
    """Write an id as the API does: the base64 of ``VoiceCampaign:number``."""
    return b64encode(f"VoiceCampaign:{number}".encode()).decode()


class Ledger:
    """The sandbox's campaigns, oldest first by number; a number is never used again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode=wal")
            connection.execute(_TABLE)

    def add(self, request: dict[str, Any]) -> str:
        """Keep a campaign, and give its new id."""
        row = (datetime.now(UTC).isoformat(), json.dumps(request, ensure_ascii=False))
        with self._connected() as connection:
            made = connection.execute(
                "INSERT INTO campaign (created_at, request) VALUES (?, ?)", row
            )
        return global_id(int(made.lastrowid or 0))

    def page(self, count: int, before: int | None = None) -> list[Kept]:
        """Give the newest campaigns, or the newest of those before a number."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT number, created_at, request FROM campaign"
                " WHERE number < coalesce(?, number + 1) ORDER BY number DESC LIMIT ?",
                (before, count),
            ).fetchall()
        return [
            Kept(number, datetime.fromisoformat(at), json.loads(request))
            for number, at, request in rows
        ]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            yield connection
