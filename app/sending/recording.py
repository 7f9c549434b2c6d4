"""Write down what became of a submission: at once, or as soon as that can be done.

Each claim of a submission draws a token, and only its holder may record an outcome: a late
answer can never be taken for the answer to another submission. An answer that the database
cannot take is kept in the journal.

Answers that come while others are being written are written together next. If that fails, each
is written by itself: nothing that the database refuses of one may hold the others up.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from threading import Timer
from time import sleep

from app.logs import describe_error
from app.sending.journal import Entry, Journal
from app.sending.outcome import Outcome
from app.sending.settlement import Settlement, apply_outcome, count_outcomes, settle
from app.sending.together import Together
from app.store import submissions
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

_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
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
    write: Callable[[Store, tuple[Claim, Outcome]], bool] = _TOGETHER.ask
    pause = _PAUSE
    while True:
        try:
            with _kept_if_slow(claimed, outcome, journal):
                is_written = write(store, (claimed, outcome))
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
            if pause == _PAUSE:
                _log.warning(
                    "Its outcome cannot be written down yet: %s",
                    describe_error(error),
                    extra={"submission": entry.submission_id},
                )
            sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            if is_written:
                journal.drop(claimed.token)
                return
        write = _write_alone


def record_outcomes(store: Store, known: Sequence[tuple[Claim, Outcome]]) -> list[bool]:
    """Record outcomes in one transaction; tells of each whether it is, or has to go by itself.

    If a single one is given, what recording it fails with is raised instead.
    """
    chains = {name_draft_chain(claimed.draft_id) for claimed, _ in known}
    entries = [
        Entry(claimed.submission_id, claimed.token, outcome, "") for claimed, outcome in known
    ]
    if len(chains) < len(entries):  # Of two about one draft, the second has to see the first.
        return [False] * len(entries)
    try:
        with store.writing(*chains) as session:
            settle(session, entries)
    except Exception as error:
        if len(entries) == 1:
            raise
        _log.warning("Outcomes are written one by one: %s", describe_error(error))
        return [False] * len(entries)
    return [True] * len(entries)


def _write_alone(store: Store, known: tuple[Claim, Outcome]) -> bool:
    return all(record_outcomes(store, [known]))


_TOGETHER = Together(record_outcomes)


@contextmanager
def _kept_if_slow(claimed: Claim, outcome: Outcome, journal: Journal) -> Iterator[None]:
    """Keep the answer in the journal, too, if the database is silent, as a frozen server is."""
    entry = Entry(claimed.submission_id, claimed.token, outcome, _SILENT)
    timer = Timer(SOON, journal.keep, [entry])
    timer.daemon = True
    try:
        timer.start()
    except RuntimeError:  # There is no thread to be had; the database is not tried any less.
        _log.exception("An answer is written without being kept in the journal meanwhile.")
        yield
        return
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
            outcome = Outcome(State.UNKNOWN, _explain_overdue(submission))
            count_outcomes(session, [Settlement(submission, outcome)])
            apply_outcome(session, submission, outcome)
            _log.warning(
                "Nobody knows what became of it: %s",
                outcome.message,
                extra={"submission": submission.id},
            )
    return taken + len(overdue)


def _take_in(entry: Entry, store: Store, journal: Journal) -> bool:
    """Record what the journal kept; what still cannot be recorded stays there."""
    try:
        with store.reading() as session:
            chain = submissions.name_chain(session, entry.submission_id)
        with store.writing(chain) as session:
            settle(session, [entry])
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
