"""Outcomes that the database could not take: one file for each, beside it, until it can.

Only the process that sent a campaign knows what was answered. When its database is locked,
full or broken, it writes the outcome here at once, and goes on trying. What is left is
taken in by whichever process finds it first, at the next start or while the app runs.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.logs import describe_error
from app.private_files import make_lasting_folder, replace_private
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
        """Write an outcome to the journal durably, unless it is there; tells whether it is."""
        path = self._locate(entry.token)
        try:
            if self.find(entry.token):
                return True
            make_lasting_folder(self._folder)
            replace_private(path, json.dumps(_write_entry(entry)))
        except (OSError, TypeError, ValueError) as error:
            known = entry.outcome.campaign.campaign_id if entry.outcome.campaign else ""
            _log.critical(
                "It is %s %s, and that can be written nowhere: %s",
                *(entry.outcome.state, known, describe_error(error)),
                extra={"submission": entry.submission_id},
            )
            return False
        return True

    def drop(self, token: str) -> None:
        """Forget an outcome that is in the database; there may be none."""
        with suppress(OSError):
            self._locate(token).unlink(missing_ok=True)

    def find(self, token: str) -> Entry | None:
        """Find the outcome of a claim by its token; `None` if there is none or it is unreadable."""
        return self._read(self._locate(token)) if token else None

    def read_entries(self) -> Iterator[Entry]:
        """Read every readable entry, in the order of the tokens; others are logged and left."""
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            if entry := self._read(path):
                yield entry

    def _locate(self, token: str) -> Path:
        return self._folder / f"{token}.json"

    def _read(self, path: Path) -> Entry | None:
        try:
            return _read_entry(json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            _log.exception("%s cannot be read. It is left where it is.", path)
            return None


def _write_entry(entry: Entry) -> dict[str, Any]:
    outcome = entry.outcome
    return {
        "submission_id": entry.submission_id,
        "token": entry.token,
        "outcome": {
            "state": outcome.state,
            "message": outcome.message,
            "http_status": outcome.http_status,
            "answer": outcome.answer,
            "errors": {name: list(messages) for name, messages in outcome.errors.items()},
            "campaign": _write_campaign(outcome.campaign) if outcome.campaign else None,
            "retry_after": outcome.retry_after,
            "exchange": _write_exchange(outcome.exchange),
        },
        "why": entry.why,
    }


def _read_entry(document: Mapping[str, Any]) -> Entry:
    """Read an entry; raises `KeyError`, `TypeError` or `ValueError` for what is none."""
    outcome = document["outcome"]
    return Entry(
        submission_id=document["submission_id"],
        token=document["token"],
        outcome=Outcome(
            state=State(outcome["state"]),
            message=outcome["message"],
            http_status=outcome["http_status"],
            answer=outcome["answer"],
            errors=outcome["errors"],
            campaign=_read_campaign(outcome["campaign"]) if outcome["campaign"] else None,
            retry_after=outcome["retry_after"],
            exchange=_read_exchange(outcome["exchange"]),
        ),
        why=document["why"],
    )


def _write_campaign(campaign: Created) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "campaign_name": campaign.campaign_name,
        "campaign_type": campaign.campaign_type,
        "campaign_status": campaign.campaign_status,
        "http_status": campaign.http_status,
        "answer": campaign.answer,
        "exchange": _write_exchange(campaign.exchange),
    }


def _read_campaign(document: Mapping[str, Any]) -> Created:
    return Created(
        campaign_id=document["campaign_id"],
        campaign_name=document["campaign_name"],
        campaign_type=document["campaign_type"],
        campaign_status=document["campaign_status"],
        http_status=document["http_status"],
        answer=document["answer"],
        exchange=_read_exchange(document["exchange"]),
    )


def _write_exchange(exchange: Exchange | None) -> dict[str, Any] | None:
    if exchange is None:
        return None
    return {
        "at": exchange.at.isoformat(),
        "duration_ms": exchange.duration_ms,
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": dict(exchange.request_headers),
        "request_body": exchange.request_body,
        "status": exchange.status,
        "response_headers": dict(exchange.response_headers),
        "response_body": exchange.response_body,
    }


def _read_exchange(document: Mapping[str, Any] | None) -> Exchange | None:
    if document is None:
        return None
    return Exchange(
        at=datetime.fromisoformat(document["at"]),
        duration_ms=document["duration_ms"],
        method=document["method"],
        url=document["url"],
        request_headers=document["request_headers"],
        request_body=document["request_body"],
        status=document["status"],
        response_headers=document["response_headers"],
        response_body=document["response_body"],
    )
