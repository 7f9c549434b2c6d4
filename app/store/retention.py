"""What is older than it has to be kept goes into archives, and out of the database.

Four kinds of things go, each whole: batches that have ended, with their items, approvals and
events; calls of the request log whose submission has an outcome; deleted drafts of which nothing
was created, with their submissions, approvals, comments, calls and events; and all events of a
draft once nothing was done to it for so long. In one transaction an archive is written, read back,
and what it holds is removed and put on record: on the instance's chain, and for events on the chain
that loses them, which goes on with the next number. The events there bind what the removed ones
bound, so that `verification` misses nothing. Only the items of a long batch go in several archives,
and the batch with the last of them.
The chains of the instance and of connections stay, and so do the seals and what batches have sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, tuple_, update
from sqlalchemy.orm import Session

from app.settings import Keep
from app.store import audit_trail, seals
from app.store.archive_file import Archive, Damaged, read_archive, write_archive
from app.store.audit_trail import INSTANCE, SAID, EventKind, find_said_digest
from app.store.batch_models import Batch, BatchItem
from app.store.binding import Bound
from app.store.database import Store
from app.store.dialects import queries
from app.store.migrations import HEAD
from app.store.models import Draft, Submission
from app.store.portions import FIRST, GATHER, ArchiveKind, Portion
from app.store.records import LoggedCall
from app.store.search_index import CALL_INDEX, DRAFT_INDEX
from app.version import VERSION


@dataclass(frozen=True)
class Archiver:
    """Archives what is older than *keep* says, into files in *folder* that *key* signs."""

    store: Store
    keep: Keep
    folder: Path
    key: bytes

    @property
    def is_set(self) -> bool:
        """Whether anything is archived at all."""
        return self.keep != Keep()

    def archive(self, now: datetime | None = None) -> dict[str, Archive]:
        """Archive what is due at a moment (aware; else now); gives the archives by file name.

        Raises `DatabaseError`, `OSError`, and `Damaged` for a disk that does not keep what is
        written: then what is not archived yet stays where it is.
        """
        archives = {}
        for kind, before in self._list_due(now):
            last: Any = FIRST[kind]
            while _has_more(self.store, kind, before, last):
                name, archive, last = self._archive_portion(kind, before, last)
                if archive:
                    archives[name] = archive
        return archives

    def find_faults(self, archived: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """Hold the archives that are in the folder to what the trail says of them.

        *archived* are the details of these events. Raises `OSError`.
        """
        for details in archived:
            try:
                holds = read_archive(self.folder / details["file"], self.key).holds
            except FileNotFoundError:
                continue
            except Damaged as error:
                yield f"The archive {details['file']} does not hold. {error}"
            else:
                if not holds.items() <= details.items():
                    yield f"The archive {details['file']} is not what the trail says."

    def list_absent(self, archived: Iterable[Mapping[str, Any]]) -> list[str]:
        """Name the archives on record that are not in the folder."""
        return [
            details["file"] for details in archived if not (self.folder / details["file"]).exists()
        ]

    def count(self, now: datetime | None = None) -> Counter[str]:
        """Count the rows of each kind that are due at a moment (aware; else now)."""
        keys: set[tuple[str, Any]] = set()
        with self.store.reading() as session:
            for kind, before in self._list_due(now):
                last: Any = FIRST[kind]
                while keys_of_portion := list(
                    (portion := GATHER[kind](session, before, last)).list_keys()
                ):
                    keys.update(keys_of_portion)
                    last = portion.last
                    session.expunge_all()
        return Counter(table for table, _ in keys)

    def _list_due(self, now: datetime | None) -> list[tuple[ArchiveKind, datetime]]:
        """List what is archived, each with the moment before which."""
        now = now or datetime.now(UTC)
        return [
            (kind, now - timedelta(days=days))
            for kind in ArchiveKind
            if (days := getattr(self.keep, kind.setting)) is not None
        ]

    def _archive_portion(
        self, kind: ArchiveKind, before: datetime, last: Any
    ) -> tuple[str, Archive | None, Any]:
        """Archive a portion after *last*; gives the file's name, what it holds, and what is last.

        It is alone while it does so: what is read is what is written, and what is removed.
        """
        with self.store.writing() as session:
            path = self._name_file(kind)
            seals.seal(session)
            portion = GATHER[kind](session, before, last)
            if not any(portion.list_keys()):
                return "", None, last
            head = _write_head(session, kind, before)
            write_archive(path, head, portion.iterate_rows(), self.key)
            with _gone_after_a_failure(path):
                archive = self._remove_archived(session, path, kind, before, portion)
                seals.seal(session)
            return path.name, archive, portion.last

    def _name_file(self, kind: ArchiveKind) -> Path:
        """Name a file as nobody else does, who may archive into the same folder."""
        at = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
        return self.folder / f"{kind}-{at}-{token_hex(4)}.jsonl"

    def _remove_archived(
        self, session: Session, path: Path, kind: ArchiveKind, before: datetime, portion: Portion
    ) -> Archive:
        """Read again what was written of a portion, and remove what it holds."""
        archive = read_archive(path, self.key)
        rows = Counter(table for table, _ in portion.list_keys())
        if archive.holds["rows"] != dict(rows) or not archive.is_signed:
            raise Damaged(f"{path} is not what was written.")
        place = {"file": path.name, "sha256": archive.holds["sha256"]}
        _remove(session, portion, place)
        audit_trail.record(
            session,
            EventKind.ARCHIVED,
            INSTANCE,
            what=kind,
            before=before.isoformat(timespec="seconds"),
            **{**place, **archive.holds},
        )
        return archive


@contextmanager
def _gone_after_a_failure(path: Path) -> Iterator[None]:
    """Delete a file of which nothing was removed; no commit is inside: its answer can be lost."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _has_more(store: Store, kind: ArchiveKind, before: datetime, last: Any) -> bool:
    """Look without making anybody wait."""
    with store.reading() as session:
        return any(GATHER[kind](session, before, last).list_keys())


def _write_head(session: Session, kind: ArchiveKind, before: datetime) -> dict[str, Any]:
    return {
        "what": kind,
        "before": before.isoformat(timespec="seconds"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seal": {"number": seals.count_seals(session), "hash": seals.find_newest(session)},
        "version": VERSION,
        "schema": HEAD,
    }


def _remove(session: Session, portion: Portion, place: Mapping[str, str]) -> None:
    """Remove the rows of a portion, and let the chains go on from *place*."""
    _remove_batches(session, portion)
    calls = [call.id for call in portion.calls]
    sequences = [draft.sequence for draft in portion.drafts]
    for table, is_gone in (
        (CALL_INDEX, CALL_INDEX.c.rowid.in_(calls)),
        (LoggedCall, LoggedCall.id.in_(calls)),
        (Submission, Submission.id.in_([sent.id for sent in portion.submissions])),
        (DRAFT_INDEX, DRAFT_INDEX.c.rowid.in_(sequences)),
        (Draft, Draft.id.in_([draft.id for draft in portion.drafts])),
    ):
        session.execute(delete(table).where(is_gone), execution_options=_CORE)
    gone = {("submission", submission.id) for submission in portion.submissions}
    gone |= {("call", number) for number in calls}
    for chain, events in portion.events.items():
        documents = [audit_trail.write_document(event) for event in events]
        queries(session).delete_events(session, chain)
        bound = Bound.of(documents).without(gone)
        details: dict[str, Any] = {
            **place,
            **bound.write_document(),
            SAID: find_said_digest(documents),
        }
        audit_trail.record(session, EventKind.SHORTENED, chain, **details)


def _remove_batches(session: Session, portion: Portion) -> None:
    """Remove items and batches; their submissions stay, and are of no batch any more."""
    sent = [item.submission_id for item in portion.items if item.submission_id is not None]
    numbers = [batch.id for batch in portion.batches]
    keys = [(item.batch_id, item.position) for item in portion.items]
    leave = update(Submission).values(batch_id=None)
    for statement in (
        leave.where(Submission.id.in_(sent)),
        leave.where(Submission.batch_id.in_(numbers)),
        delete(BatchItem).where(tuple_(BatchItem.batch_id, BatchItem.position).in_(keys)),
        delete(Batch).where(Batch.id.in_(numbers)),
    ):
        session.execute(statement, execution_options=_CORE)


_CORE = {"synchronize_session": False}
