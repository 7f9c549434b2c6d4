"""Which fault is switched on, for the next request or for all; every process sees the same."""

from dataclasses import dataclass
from pathlib import Path

from app.sandbox.file import opened

LONGEST = 120.0
"""Seconds that a slow answer may take."""

USUAL = 40.0

_TABLE = """
CREATE TABLE IF NOT EXISTS fault (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1), name TEXT, every INTEGER, seconds REAL
)"""
_SELECT = "SELECT name, every, seconds FROM fault"


@dataclass(frozen=True)
class Switch:
    """A fault that is switched on: its name, whether for every request, how slow if it is slow."""

    name: str
    every: bool
    seconds: float = USUAL


class Faults:
    """The switch, kept in the sandbox's file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with opened(path) as file:
            file.execute(_TABLE)

    def switch_on(self, switch: Switch) -> None:
        """Switch this fault on, in place of any other."""
        with opened(self._path) as file:
            file.execute(
                "INSERT OR REPLACE INTO fault VALUES (1, ?, ?, ?)",
                (switch.name, switch.every, switch.seconds),
            )

    def switch_off(self) -> None:
        with opened(self._path) as file:
            file.execute("DELETE FROM fault")

    def read_current(self) -> Switch | None:
        """Tell what is switched on."""
        with opened(self._path) as file:
            row = file.execute(_SELECT).fetchone()
        return Switch(row[0], bool(row[1]), row[2]) if row else None

    def take(self) -> Switch | None:
        """Give the fault for one request; one for the next request only is off from then on."""
        if self.read_current() is None:
            return None
        with opened(self._path) as file:
            file.execute("BEGIN IMMEDIATE")
            row = file.execute(_SELECT).fetchone()
            file.execute("DELETE FROM fault WHERE NOT every")
        return Switch(row[0], bool(row[1]), row[2]) if row else None
