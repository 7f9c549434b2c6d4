"""What the sandbox created, in its SQLite file."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.sandbox.file import opened

# AUTOINCREMENT: a number is never used again, not even that of a deleted row.
_TABLE = """
CREATE TABLE IF NOT EXISTS campaign (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT NOT NULL, request TEXT NOT NULL
)"""
_INSERT = "INSERT INTO campaign (created_at, request) VALUES (?, ?)"
_SELECT = """
SELECT number, created_at, request FROM campaign
WHERE number < coalesce(?, number + 1) ORDER BY number DESC LIMIT ?"""


@dataclass(frozen=True)
class Kept:
    """One campaign in the sandbox: its number, when it came (aware, UTC), what was sent."""

    number: int
    created_at: datetime
    request: dict[str, Any]

    @property
    def campaign_id(self) -> str:
        """Its id as the API writes one: the base64 of ``VoiceCampaign:number``."""
        return b64encode(f"VoiceCampaign:{self.number}".encode()).decode()

    @property
    def name(self) -> str:
        return str(self.request["name"])

    @property
    def type(self) -> str:
        return str(self.request["type"])


class Ledger:
    """The sandbox's campaigns, numbered in the order in which they came."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with opened(self._path) as file:
            file.execute("PRAGMA journal_mode = wal")
            file.execute(_TABLE)

    def add(self, request: dict[str, Any]) -> Kept:
        """Keep a campaign for good, under a new number."""
        now = datetime.now(UTC)
        with opened(self._path) as file:
            made = file.execute(_INSERT, (now.isoformat(), json.dumps(request)))
        return Kept(int(made.lastrowid or 0), now, request)

    def read_page(self, count: int, before: int | None = None) -> list[Kept]:
        """Give the newest campaigns, or the newest of those before a number."""
        with opened(self._path) as file:
            rows = file.execute(_SELECT, (before, count)).fetchall()
        return [
            Kept(number, datetime.fromisoformat(at), json.loads(request))
            for number, at, request in rows
        ]
