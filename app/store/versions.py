"""The versions of a draft: which there are, what stood in one, and answers put back from one.

Only what the trail tells is known. Of a draft that is older than the trail, and of one whose
first events are in an archive, the first version is the one before the first edit on record.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.store.audit_trail import (
    EventKind,
    find_answers_at,
    read_details,
    read_draft_events,
)
from app.store.models import Draft


class NoSuchVersion(LookupError):
    """Nothing is known of this version of a draft."""


@dataclass(frozen=True)
class Version:
    """One version; *at*, *who* and the *fields* that it changed are not known of every one."""

    number: int
    at: datetime | None = None
    who: str = ""
    fields: tuple[str, ...] = ()


def list_versions(session: Session, draft: Draft) -> list[Version]:
    """List the versions whose answers are known, the newest first."""
    versions = {draft.version: Version(draft.version)}
    for event in read_draft_events(session, draft.id):
        if event.kind not in {EventKind.CREATED, EventKind.EDITED}:
            continue
        details = read_details(event)
        number, at = details["version"], datetime.fromisoformat(event.at)
        if number > 1:
            versions.setdefault(number - 1, Version(number - 1))
        versions[number] = Version(number, at, event.who, tuple(details["fields"]))
    return sorted(versions.values(), key=lambda version: -version.number)


def read_version(session: Session, draft: Draft, number: int) -> dict[str, Any]:
    """Read the answers of a version, "" for no answer; raises `NoSuchVersion`."""
    if number not in {version.number for version in list_versions(session, draft)}:
        raise NoSuchVersion(number)
    return find_answers_at(session, draft, number)


def put_back(
    answers: Mapping[str, Any], old: Mapping[str, Any], names: Collection[str]
) -> dict[str, Any]:
    """Put what stood in these fields into the answers; a field that was empty is left out."""
    kept = {name: value for name, value in answers.items() if name not in names}
    return kept | {name: old[name] for name in names if old.get(name)}
