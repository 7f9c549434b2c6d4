"""How far a batch is that ``send`` has confirmed: shown, waited for, and stopped."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic, sleep

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.cli.output import Terminal, echo_line
from app.cli.send_report import UNKNOWN
from app.connections import Connection
from app.sending.batch_queue import stop_batch
from app.sending.recording import recover
from app.services import find_services, store
from app.store import batches, drafts, queued, throttles
from app.store.base import State
from app.store.batch_progress import Progress, measure_progress

_EVERY = 0.2
_SILENT = (
    "The database has not answered for {} minutes. Batch {} is confirmed, so the app or a worker "
    "goes on with it: look at its page, or run the same again."
)
LONGEST_SILENCE = 300.0
"""Seconds that a database may be silent before a command gives up."""


class Silent(click.ClickException):
    """Nobody can be asked what became of what was confirmed."""

    exit_code = UNKNOWN


def follow(batch_id: int) -> None:
    """Show how far the batch is, until it has ended or its connection is paused."""
    words = TextColumn("{task.description}")
    columns = (BarColumn(), MofNCompleteColumn(), words, TimeRemainingColumn())
    console = Terminal(stderr=True)
    with ProgressBar(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("")
        until = None
        while True:
            batch, pause, is_held = _wait_for_progress(batch_id)
            if batch.left and not batch.sending:
                until = _tell_of_wait(batch_id, until)
            state = f"{batch.failed} failed, {batch.unknown} unknown"
            state += f", {batch.taken_back} taken back" if batch.taken_back else ""
            total = batch.ended + batch.left
            bar.update(task, total=total, completed=batch.ended, description=state)
            if not batch.left:
                return
            if is_held and not batch.sending:
                echo_line(f"Batch {batch_id} was paused in the app. Let it go on there.")
                return
            if pause and not batch.sending:
                stop(batch_id, f"Stopped. {pause}")
                return
            sleep(_EVERY)


def _tell_of_wait(batch_id: int, known: datetime | None) -> datetime | None:
    """Say until when the API asked to wait, unless that is *known*; gives it, or `None`."""
    until = None
    with suppress(DatabaseError, NoConnection), store().reading() as session:
        key = batches.find(session, batch_id).connection_key
        until = queued.find_end_of_wait(session, key, datetime.now(UTC))
    if until and until != known:
        echo_line(f"The API asked to wait until {until:%H:%M:%S} UTC.")
    return until


def _wait_for_progress(batch_id: int) -> tuple[Progress, str, bool]:
    """Measure how far a batch is, say why its connection is paused, and tell whether it is itself.

    That is as soon as the database answers; raises `Silent`.
    """
    since = monotonic()
    while True:
        try:
            with store().reading() as session:
                batch = batches.find(session, batch_id)
                pause = throttles.find_pause(session, batch.connection_key)
                is_held = batch.paused_at is not None
                return measure_progress(session, batch), pause.reason if pause else "", is_held
        except (DatabaseError, NoConnection) as error:  # A server may just be started anew.
            if monotonic() - since > LONGEST_SILENCE:
                silence = _SILENT.format(round(LONGEST_SILENCE / 60), batch_id)
                raise Silent(silence) from error
        sleep(_EVERY)


def wait_for_earlier(draft_ids: list[str], to: Connection) -> None:
    """Wait until nothing of an earlier run is under way, or can go any more."""
    is_told = False
    while True:
        with store().reading() as session:
            states = Counter(drafts.read_states(session, draft_ids).values())
            can_go = states[State.QUEUED] and queued.can_any_go(session, draft_ids)
            is_paused = throttles.is_paused(session, to.key)
        if not states[State.SENDING] and (is_paused or not can_go):
            return
        if not is_told:
            count = states[State.SENDING] + states[State.QUEUED]
            echo_line(f"{count:,} of an earlier run are waited for.")
            is_told = True
        sleep(_EVERY)
        recover(store(), find_services().journal)


def stop(batch_id: int, why: str) -> None:
    """Take back what is not under way."""
    stop_batch(batch_id, store(), "")
    find_services().batch_work.start(batch_id)
    find_services().background.drain(float("inf"))
    echo_line(why)
