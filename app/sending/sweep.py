"""What is done every minute, whatever happens: nothing waits for a message that was lost."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.sending.journal import Journal
from app.sending.recording import recover
from app.store import batches, periodic_tasks, queued, seals, sign_in_pace, sign_ins
from app.store.audit_trail import INSTANCE
from app.store.database import Store
from app.store.retention import Archiver
from app.store.sign_in_pace import SIGN_INS

_LEASE = 50.0
"""Seconds for which no other machine does this; a little less than until the next time."""

_HOUR, _DAY = 60 * 60.0, 24 * 60 * 60 - _LEASE


def run_sweep(
    store: Store,
    journal: Journal,
    wake: Callable[[str], None],
    go_on_with: Callable[[int], None],
    archive: Callable[[], None] | None = None,
) -> None:
    """Settle what was left behind, send what waits, go on with batches, and once a day archive.

    A journal is taken in by each machine, as it is a folder of its own, and each sends what
    waits: one that was just started again must not leave that to another that has looked shortly
    before. One machine at a time does the rest. Raises `DatabaseError`.
    """
    recover(store, journal)
    with store.reading() as session:
        waiting = queued.list_waiting_connections(session)
    for connection_key in waiting:
        wake(connection_key)
    with store.writing(f"{INSTANCE} sweep") as session:
        if not periodic_tasks.take(session, "sweep", _LEASE):
            return
        is_time_to_archive = archive and periodic_tasks.take(
            session, "archive", _HOUR, longest=_DAY
        )
        unfinished = batches.list_unfinished(session, datetime.now(UTC))
    with store.writing(SIGN_INS) as session:
        sign_in_pace.forget_past(session)
        sign_ins.forget_old(session)
    with store.writing() as session:
        seals.seal(session)
    for batch_id in unfinished:
        go_on_with(batch_id)
    if archive and is_time_to_archive:
        archive()


def archive_for_today(archiver: Archiver) -> None:
    """Archive what is old, and leave it at that for a day; what fails is tried in an hour again.

    Raises what `Archiver.archive` raises.
    """
    archiver.archive()
    with archiver.store.writing() as session:
        periodic_tasks.extend(session, "archive", _DAY)
