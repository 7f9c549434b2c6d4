"""What is done where an older copy of the database was brought back: nothing is sent twice by it.

Whatever waited to be sent in that copy may have been sent since, and it does not know. `restore`
says so itself. A dump, the snapshot of a disk or a standby that takes over do not; so each machine
notes, outside the database, the newest seal that it has seen, and misses it there.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.private_files import replace_private
from app.sending.outcome import Outcome
from app.sending.settlement import apply_outcome
from app.store import accounts, audit_trail, batches, queued, seals, submissions, throttles
from app.store.audit_trail import INSTANCE, EventKind, name_batch_chain
from app.store.base import State
from app.store.database import Store
from app.store.throttles import GENTLE

FILE = "newest_seal"
"""The file of the note, in the folder of the instance."""

_WRITE_EVERY = 5.0
_UNKNOWN = "A backup was brought back that was made before the answer came."
PAUSED = (
    "An older copy of the database was brought back. What was sent since is not known here: look "
    "in VoiceAIWrapper first, and then let campaigns go there again."
)
_log = logging.getLogger(__name__)


def settle_brought_back(session: Session, **details: Any) -> None:
    """Let nothing go that an older copy knew to wait, and put on record that it was brought back.

    What was under way is UNKNOWN, batches are stopped, and everybody has to sign in anew.
    """
    for submission in submissions.find_under_way(session):
        apply_outcome(session, submission, Outcome(State.UNKNOWN, _UNKNOWN))
    accounts.distrust_sign_ins(session)
    for batch in batches.list_going(session):
        batch.stopped_at = datetime.now(UTC)
        audit_trail.record(session, EventKind.BATCH_STOPPED, name_batch_chain(batch.id))
    audit_trail.record(session, EventKind.BACKUP_RESTORED, INSTANCE, **details)
    seals.seal(session)


class Note(NamedTuple):
    """A seal, when it was seen there, and the first seal, by which one database is told apart."""

    first: str
    number: int
    hash: str
    at: str


class Witness:
    """Remembers the newest seal that this machine has seen, and acts where it is missing."""

    def __init__(
        self, store: Store, folder: Path, list_connections: Callable[[], Iterable[str]]
    ) -> None:
        """Note it in *folder*; *list_connections* gives the keys of those that get paused."""
        self._store = store
        self._file = folder / FILE
        self._list_connections = list_connections
        self._lock = Lock()
        self._note = read_note(self._file)
        self._written = 0.0
        self._claimed: dict[int, int] = {}

    def check(self) -> None:
        """Look whether the newest seal is still there; raises `DatabaseError`.

        If it is not, nothing goes to any connection until somebody has looked and says so.
        """
        with self._lock:
            with self._store.reading() as session:
                is_missing = self._note is not None and is_missing_there(session, self._note)
            if is_missing and self._note:
                self._settle(self._note, missing_seal=self._note.number, sha256=self._note.hash)
            with self._store.reading() as session:
                self._note = _read_newest(session) or self._note
                self._forget_claims(session)
            self._write(at_once=is_missing)

    def _forget_claims(self, session: Session) -> None:
        """Forget what a copy of before could not have without missing a seal that is noted."""
        newest = self._note.number if self._note else 0
        older = [number for number, seal in self._claimed.items() if seal < newest]
        for number in set(older) - queued.select_waiting(session, older):
            del self._claimed[number]

    def note_claims(self, submission_ids: Collection[int]) -> bool:
        """Note what was claimed to be sent now; tells whether none of it was claimed before.

        Nothing goes back into the queue, so what waits a second time waits in an older copy that
        has taken over during the call. Then it is settled as in `check`, and not to be sent. Raises
        `DatabaseError`.
        """
        with self._lock:
            twice = sorted(self._claimed.keys() & set(submission_ids))
            if twice and self._note:
                self._settle(self._note, claimed_twice=twice)
            newest = self._note.number if self._note else 0
            self._claimed |= dict.fromkeys(submission_ids, newest)
            return not twice

    def _settle(self, noted: Note, **details: Any) -> None:
        keys = sorted(self._list_connections())
        with self._store.writing() as session:
            if audit_trail.was_brought_back_since(session, noted.at):
                return  # `restore` or another machine has done it.
            settle_brought_back(session, **details)
            for key in keys:
                throttles.pause(session, key, GENTLE, PAUSED)
            seals.seal(session)
        _log.critical("%s It was noticed by %s.", PAUSED, details)

    def _write(self, *, at_once: bool) -> None:
        if self._note and (at_once or monotonic() - self._written > _WRITE_EVERY):
            self._written = monotonic()
            try:
                replace_private(self._file, json.dumps(self._note._asdict()))
            except OSError:
                _log.warning("The newest seal cannot be noted in %s.", self._file)


def read_note(file: Path) -> Note | None:
    """Read what is noted; `None` where nothing is, or nothing that can be read."""
    try:
        return Note(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def is_missing_there(session: Session, noted: Note) -> bool:
    """Tell whether a seal is missing that was noted of this database, and not of another."""
    hashes = seals.read_hashes(session, {1, noted.number})
    return hashes.get(1) == noted.first and hashes.get(noted.number) != noted.hash


def _read_newest(session: Session) -> Note | None:
    number = seals.count_seals(session)
    hashes = seals.read_hashes(session, {1, number})
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Note(hashes[1], number, hashes[number], at) if number else None
