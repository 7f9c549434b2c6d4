"""What tests of archives share: an archiver, and time that goes by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.settings import Keep
from app.store import drafts
from app.store.archive_file import derive_key
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from app.store.retention import Archiver
from tests.store.files import folder_of

Saved = Callable[..., str]
Sent = Callable[[State], int]

EVERYTHING = Keep(log=1, trash=1, trail=1)
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
