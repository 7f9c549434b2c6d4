"""Write down what became of a submission: at once, or as soon as that can be done.

Each claim of a submission draws a token, and only its holder may record an outcome: a late
answer can never be taken for the answer to another submission. An answer that the database
cannot take is kept in the journal.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from threading import Timer
from time import sleep

from sqlalchemy.orm import Session

from app.logs import describe_error
from app.sending.journal import Entry, Journal
from app.sending.outcome import Outcome, apply_outcome, is_recorded, note_stray
from app.sending.press import queue_again
from app.store import submissions, throttles
from app.store.audit_trail import name_draft_chain
from app.store.base import State
from app.store.database import Store
from app.store.leases import Lease
from app.store.models import Submission


def name_run() -> str:
    """Name this process of the app; the tokens of its claims begin with it."""
    return _draw_name(os.getpid())


@cache
def _draw_name(_process: int) -> str:
    return token_hex(4)


_IN_HAND: set[str] = set()
"""Tokens of the claims whose outcome is known in this process, and not written down yet."""

SOON = 5.0
"""Seconds that a database may take for an answer before the journal keeps that as well."""

_PAUSE = 0.25
_SILENT = "The database did not answer."
_STOPPED = "The app stopped while it waited for the answer."
_UNWRITTEN = "The answer could not be written down before its time was over."
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A submission that may be sent, once.

    *token* proves that an outcome is this claim's; the call has to begin before *begin* is
    over, and its outcome to be recorded before *lease* is, both by the clock of this machine.
    *is_followed* if more waits there, and may go at the same time.
    """

    submission_id: int
    token: str
    body: bytes
    begin: Lease
    lease: Lease
    draft_id: str
    connection_key: str
    is_followed: bool = False


def record_outcome(claimed: Claim, outcome: Outcome, store: Store, journal: Journal) -> None:
    """Record an outcome, whatever fails: no other process knows the answer.

    A full disk or a locked database may come right again, so it is tried until the lease is
    over, and longer where not even the journal could keep it.
    """
    _IN_HAND.add(claimed.token)
    try:
        _write_down(claimed, outcome, store, journal)
    finally:
        _IN_HAND.discard(claimed.token)


def _write_down(claimed: Claim, outcome: Outcome, store: Store, journal: Journal) -> None:
    chain = name_draft_chain(claimed.draft_id)
    while True:
        try:
            with _kept_if_slow(claimed, outcome, journal), store.writing(chain) as session:
                _record(session, claimed.submission_id, claimed.token, outcome)
        except Exception as error:  # noqa: BLE001  No kind of failure may lose an answer.
            entry = Entry(claimed.submission_id, claimed.token, outcome, _describe_error(error))
            is_kept = journal.keep(entry)
            if is_kept and claimed.lease.is_over:
                _log.critical(
                    "Its outcome is in the journal: %s",
                    describe_error(error),
                    extra={"submission": entry.submission_id},
                )
                return
            sleep(_PAUSE)
        else:
            journal.drop(claimed.token)
            return


@contextmanager
def _kept_if_slow(claimed: Claim, outcome: Outcome, journal: Journal) -> Iterator[None]:
    """Keep the answer in the journal, too, if the database is silent, as a frozen server is."""
    entry = Entry(claimed.submission_id, claimed.token, outcome, _SILENT)
    timer = Timer(SOON, journal.keep, [entry])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # What it is just keeping is not kept a second time.


def recover(store: Store, journal: Journal) -> int:
    """Record the outcomes in the journal, mark overdue submissions UNKNOWN, and count both.

    A journal entry that cannot be recorded stays. Raises `DatabaseError` if the database
    cannot be read or written.
    """
    entries = list(journal.read_entries())
    with store.reading() as session:
        is_left = any(submission.is_overdue for submission in submissions.find_open(session))
    if not entries and not is_left:
        return 0  # Without waiting for anybody who writes.
    taken = sum(_take_in(entry, store, journal) for entry in entries)
    with store.writing() as session:
        kept = {entry.token for entry in journal.read_entries()} | _IN_HAND
        overdue = [
            submission
            for submission in submissions.find_overdue(session)
            if submission.token not in kept
        ]
        for submission in overdue:
            apply_outcome(session, submission, Outcome(State.UNKNOWN, _explain_overdue(submission)))
    return taken + len(overdue)


def _record(
    session: Session, submission_id: int, token: str, outcome: Outcome, why: str = ""
) -> None:
    """Settle the submission that was claimed with this token, unless that has been done."""
    submission = session.get(Submission, submission_id)
    if submission is None or submission.token != token:
        note_stray(session, submission_id, outcome, why)
    elif submission.can_be_settled and not is_recorded(session, submission, outcome):
        _count(session, submission.connection_key, outcome)
        apply_outcome(session, submission, outcome, why=why)
        if outcome.is_too_often and submission.batch_id:
            queue_again(session, submission)


def _count(session: Session, connection_key: str, outcome: Outcome) -> None:
    """Let failures in a row pause the connection, and any answer end the row."""
    if outcome.is_failure:
        throttles.count_failure(session, connection_key, outcome.message)
    elif outcome.exchange:
        throttles.count_success(session, connection_key)


def _take_in(entry: Entry, store: Store, journal: Journal) -> bool:
    """Record what the journal kept; what still cannot be recorded stays there."""
    try:
        with store.reading() as session:
            chain = submissions.name_chain(session, entry.submission_id)
        with store.writing(chain) as session:
            _record(session, entry.submission_id, entry.token, entry.outcome, entry.why)
    except Exception:  # noqa: BLE001  One bad entry must not keep the app from starting.
        _log.exception(
            "Its outcome stays in the journal", extra={"submission": entry.submission_id}
        )
        return False
    journal.drop(entry.token)
    return True


def _explain_overdue(submission: Submission) -> str:
    """Say what happened: a token begins with the run of the app that drew it."""
    return _UNWRITTEN if submission.token.startswith(name_run()) else _STOPPED


def _describe_error(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error) or type(error).__name__
