"""Outcomes that the database could not take: one file for each, beside it, until it can.

Only the process that sent a campaign knows what was answered. When its database is locked,
full or broken, it writes the outcome here at once, and goes on trying. What is left is
taken in by whichever process finds it first, at the next start or while the app runs.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.private_files import replace_private
from app.remote.answers import Created
from app.remote.exchange import Exchange
from app.sending.outcome import Outcome
from app.store.base import State

FOLDER = "outcomes"
"""The journal's name in the instance folder."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """An outcome of the submission that was claimed with this token; *why* it stands here."""

    submission_id: int
    token: str
    outcome: Outcome
    why: str

    @property
    def campaign_words(self) -> str:
        """What was answered, in a sentence."""
        if self.outcome.campaign:
            return f"The campaign was created, as {self.outcome.campaign.campaign_id}."
        return self.outcome.message or "No campaign was created."


class Journal:
    """A folder of outcomes that are not in the database yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, entry: Entry) -> bool:
        """Write an outcome down durably, unless it is; tells whether it is there."""
        path = self._path(entry.token)
        try:
            if self.find(entry.token):
                return True
            self._folder.mkdir(mode=0o700, exist_ok=True)
            replace_private(path, json.dumps(asdict(entry), default=_as_text))
        except (OSError, TypeError, ValueError) as error:
            known = entry.outcome.campaign.campaign_id if entry.outcome.campaign else ""
            _log.critical(
                "Submission %s is %s %s, and that can be written nowhere: %s",
                *(entry.submission_id, entry.outcome.state, known, error),
            )
            return False
        return True

    def drop(self, token: str) -> None:
        """Forget an outcome that is in the database; there may be none."""
        with suppress(OSError):
            self._path(token).unlink(missing_ok=True)

    def find(self, token: str) -> Entry | None:
        """Find the outcome of one claim."""
        return self._read(self._path(token)) if token else None

    def entries(self) -> Iterator[Entry]:
        """Read every outcome that is waiting."""
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            if entry := self._read(path):
                yield entry

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.json"

    def _read(self, path: Path) -> Entry | None:
        try:
            return _entry(json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            _log.exception("%s cannot be read. It is left where it is.", path)
            return None


def _as_text(value: Any) -> str:
    """Write an instant, which JSON has no type for."""
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value.isoformat()


def _entry(document: dict[str, Any]) -> Entry:
    outcome = document["outcome"]
    campaign, exchange = outcome["campaign"], outcome["exchange"]
    if campaign:
        campaign = Created(**campaign | {"exchange": _exchange(campaign["exchange"])})
    known = {
        "state": State(outcome["state"]),
        "campaign": campaign,
        "exchange": _exchange(exchange),
    }
    return Entry(**document | {"outcome": Outcome(**outcome | known)})


def _exchange(document: dict[str, Any] | None) -> Exchange | None:
    if document is None:
        return None
    return Exchange(**document | {"at": datetime.fromisoformat(document["at"])})
