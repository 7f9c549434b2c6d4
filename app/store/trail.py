"""The event trail: what was done to a draft or a connection, by whom, and when.

Each event carries the hash of the one before it, so that nothing in the middle can be
changed, taken out or put in unseen; what is cut off at the end shows in the counter that
SQLite keeps. Writing takes the lock of `Store.writing`, so the chain never forks.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.orm import Session

from app.store.records import Event

NOTHING_BEFORE = "0" * 64

HOW_TO_CHECK = (
    "hash is the SHA-256 of the JSON list [id, draft_id, at, kind, who, details, before], with "
    "“, ” between its members and no other character escaped than JSON demands, in UTF-8; before "
    "is the hash of the event with the number before, whichever draft that was about."
)


class Kind(StrEnum):
    """What can happen."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    ACCEPTED = "accepted"
    REVIEWED = "reviewed"
    SENT = "sent"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered late"
    RESOLVED = "resolved"
    CONNECTION_ADDED = "connection added"
    CONNECTION_CHANGED = "connection changed"
    TOKENS_ROTATED = "tokens rotated"


_LAST = select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)
_OF_DRAFT = select(Event).where(Event.draft_id == bindparam("draft_id")).order_by(Event.id)
_LAST_OF_DRAFT = (
    select(Event).where(Event.draft_id == bindparam("draft_id")).order_by(Event.id.desc()).limit(1)
)
_COUNTER = text("SELECT seq FROM sqlite_sequence WHERE name = 'event'")


@dataclass(frozen=True)
class Verdict:
    """What was found of the chain: how many events, the last one's hash, and what is wrong.

    `fault` is a sentence, empty for a chain that holds.
    """

    count: int
    head: str
    fault: str = ""


def record(
    session: Session, kind: Kind, *, draft_id: str | None = None, who: str = "", **details: Any
) -> None:
    """Write that something happened, at the end of the chain."""
    last = session.execute(_LAST).first()
    number, before = (last.id + 1, last.hash) if last else (1, NOTHING_BEFORE)
    event = {
        "id": number,
        "draft_id": draft_id,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": kind.value,
        "who": who,
        "details": json.dumps(details, ensure_ascii=False),
        "before": before,
    }
    session.execute(insert(Event), event | {"hash": _hash(event)})


def of_draft(session: Session, draft_id: str) -> list[Event]:
    """Read what happened to one draft, the first thing first."""
    return list(session.scalars(_OF_DRAFT, {"draft_id": draft_id}))


def record_review(
    session: Session, draft_id: str, *, digest: str, connection: str, who: str = ""
) -> None:
    """Write that these bytes were looked at before sending; a reload is no further look."""
    seen = {"digest": digest, "connection": connection}
    last = session.scalars(_LAST_OF_DRAFT, {"draft_id": draft_id}).first()
    if last is None or last.kind != Kind.REVIEWED or details(last) != seen:
        record(session, Kind.REVIEWED, draft_id=draft_id, who=who, **seen)


def as_document(event: Event) -> dict[str, Any]:
    """Write an event out, with the very text that its hash is of."""
    return {name: getattr(event, name) for name in (*_HASHED, "hash")}


def verify(session: Session, head: str = "") -> Verdict:
    """Follow the whole chain; *head* is a hash noted earlier that has to be in it."""
    count, before, met = 0, NOTHING_BEFORE, not head
    for event in session.scalars(select(Event).order_by(Event.id).execution_options(yield_per=500)):
        count += 1
        if fault := _fault(as_document(event), count, before):
            return Verdict(count, before, fault)
        before = event.hash
        met = met or before == head
    if (session.scalar(_COUNTER) or 0) != count:
        return Verdict(count, before, "Events are missing at the end.")
    if not met:
        return Verdict(count, before, f"No event has the hash {head}.")
    return Verdict(count, before)


def _fault(event: Mapping[str, Any], number: int, before: str) -> str:
    if event["id"] != number:
        return f"Event {number} is missing."
    if event["before"] != before:
        return f"Event {number} does not follow the one before it."
    if event["hash"] != _hash(event):
        return f"Event {number} was changed."
    return ""


_HASHED = ("id", "draft_id", "at", "kind", "who", "details", "before")


def _hash(event: Mapping[str, Any]) -> str:
    """Hash one event (SHA-256) over its fields, as a JSON list in the order of `_HASHED`."""
    hashed = json.dumps([event[name] for name in _HASHED], ensure_ascii=False)
    return hashlib.sha256(hashed.encode()).hexdigest()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name the answers that differ, each with the old and the new one; "" is none."""
    both = ((name, old.get(name) or "", new.get(name) or "") for name in {**old, **new})
    return {name: [was, now] for name, was, now in both if was != now}


def details(event: Event) -> dict[str, Any]:
    """Read an event's details."""
    return dict(json.loads(event.details))
