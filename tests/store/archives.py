"""What tests of archives share: an archiver, and time that goes by."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.settings import Keep
from app.store import audit_trail, drafts, request_log
from app.store.archive_file import derive_key
from app.store.base import Base, State
from app.store.database import Store
from app.store.models import Submission
from app.store.records import LoggedCall
from app.store.retention import Archiver
from tests.store.files import folder_of

Saved = Callable[..., str]
Sent = Callable[[State], int]

EVERYTHING = Keep(log=1, trash=1, trail=1)
LOG, TRASH, TRAIL = Keep(log=1), Keep(trash=1), Keep(trail=1)
KEY = derive_key("a secret that is long enough for it")


def make_archiver(store: Store, keep: Keep = EVERYTHING) -> Archiver:
    return Archiver(store, keep, folder_of(store) / "archive", KEY)


def in_days(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def archive(store: Store, keep: Keep = EVERYTHING, *, days: int = 2) -> list[Path]:
    """Archive as so many days from now, and give the files."""
    archiver = make_archiver(store, keep)
    return [archiver.folder / name for name in archiver.archive(in_days(days))]


def throw_away(store: Store, draft_id: str) -> None:
    with store.writing() as session:
        drafts.delete(session, draft_id, who="Ada")


def draft_of(store: Store, submission_id: int) -> str:
    with store.reading() as session:
        return session.get_one(Submission, submission_id).draft_id


def count(store: Store, table: type[Base]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def read_rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text().splitlines()
    return [json.loads(line) for line in lines[1:-1]]


def log_test(session: Session, connection_key: str) -> None:
    """Log the test of a connection, as before the trail bound it in."""
    call = LoggedCall(
        connection_key=connection_key,
        connection="A",
        at=in_days(0),
        method="GET",
        url="https://a.example",
        request_headers={},
        response_headers={},
    )
    session.add(call)
    request_log.index_call(session, call)


def kinds_of(store: Store, draft_id: str) -> list[str]:
    with store.reading() as session:
        return [event.kind for event in audit_trail.read_draft_events(session, draft_id)]
