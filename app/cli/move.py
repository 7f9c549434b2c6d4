"""Move an instance from its SQLite file to PostgreSQL."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DatabaseError

from app.cli.sandbox_copy import copy_sandbox
from app.cli.stopping import ends_like_ctrl_c
from app.sandbox.tables import ON_POSTGRESQL
from app.sending.recording import recover
from app.server_addresses import read_database_url
from app.services import find_services
from app.setting_values import BadSetting
from app.store import batches, seals
from app.store.database import Store
from app.store.database_file import read_counters
from app.store.dialects.postgresql import PostgresqlDatabase
from app.store.dialects.sqlite import MOVED, SqliteDatabase, note_move, read_place
from app.store.file_lock import Busy, hold_exclusively
from app.store.migrations import UnusableDatabase
from app.store.move import NotEmpty, NotTheSame, copy_everything, is_complete
from app.store.submissions import find_under_way

_PATIENCE = 60


class CannotMove(click.ClickException):
    """Why nothing was moved; the message says what to do."""


@click.command("move-to")
@click.argument("url", default="")
@with_appcontext
@ends_like_ctrl_c()
def move_to(url: str) -> None:
    """Copy everything to the PostgreSQL database at URL, and hold the copy to what is here.

    Without URL it is asked for: an argument with a password stands in the list of processes.
    A move that was cut off goes on where it ended. The older file stays as it is.
    """
    source, target = find_services().store, _read_url(url)
    if not isinstance(source.database, SqliteDatabase):
        raise CannotMove("This instance is on PostgreSQL already. pg_dump and pg_restore move it.")
    try:
        done = _settle_earlier(source.database, target) or _move(source, source.database, target)
    except Busy as error:
        raise CannotMove("Campaigns are being sent. Try again later.") from error
    except (DatabaseError, UnusableDatabase, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        done = _find_what_came_about(source.database, target)
        if not done:
            raise CannotMove(f"It is not moved ({reason}). Try again: it goes on there.") from error
    instance = Path(current_app.instance_path)
    click.echo(f"{done} The file here is as it was, and not used again.")
    click.echo(
        f"Now start the app with DATABASE_URL, SECRET_KEY ({_say_where(instance / 'secret_key')}) "
        f"and TOKEN_KEYS ({_say_where(instance / 'token_keys', ', with commas between')}), on each "
        "machine."
    )


COMMANDS = (move_to,)


def _say_where(path: Path, more: str = "") -> str:
    """Say where keys are to be had: a setting takes the place of their file."""
    return f"it is in {path}{more}" if path.exists() else "as it is set now"


def _read_url(url: str) -> URL:
    """Read the address; one that is not given is asked for."""
    try:
        return read_database_url(url or click.prompt("URL", hide_input=True), "The address")
    except BadSetting as error:
        raise CannotMove(str(error)) from error


def _move(source: Store, file: SqliteDatabase, url: URL) -> str:
    """Copy everything, and stop the use of the file, also by an app that is running.

    Gives a sentence that says what was done.
    """
    with suppress(DatabaseError):  # What the journal holds is known, too.
        recover(source, find_services().journal)
    with source.writing() as session:
        seals.seal(session)
    with hold_exclusively(file.writers_lock, _PATIENCE):
        return f"Moved and verified: {_copy(source, file, url)} rows."


def _copy(source: Store, file: SqliteDatabase, url: URL) -> int:
    """Copy everything; from before the last commit on, the file is used no more."""
    with source.reading() as session:
        if find_under_way(session) or batches.list_going(session):
            raise CannotMove(
                "A campaign waits to be sent, or its answer can still come. "
                "Take it back, or let it be sent, and try again."
            )
    target, mark, place = PostgresqlDatabase(url), file.path.with_name(MOVED), _name_place(url)
    now = datetime.now(UTC).isoformat(timespec="seconds")

    def complete(copy: Connection) -> None:
        with find_services().ledger.engine.connect() as sandbox:
            copy_sandbox(sandbox, copy)
        note_move(mark, place, is_whole=False)

    try:
        count = copy_everything(
            source,
            target,
            read_counters(file.path),
            beside=ON_POSTGRESQL,
            before_use=complete,
        )
    except NotEmpty as error:
        raise CannotMove("Something is kept there already. Name an empty database.") from error
    except NotTheSame as error:
        raise CannotMove(f"It is not moved. {error}") from error
    finally:
        target.engine.dispose()
    note_move(mark, f"{place}, at {now}", is_whole=True)
    return count


def _name_place(url: URL) -> str:
    host = url.query.get("host", url.host) or "this machine"
    port = url.query.get("port", url.port) or 5432
    return f"{host}, port {port}, database {url.database}"


def _settle_earlier(file: SqliteDatabase, url: URL) -> str:
    """Settle a move that was cut off at its last commit: says that it came about, or nothing."""
    mark, place = file.path.with_name(MOVED), _name_place(url)
    if not mark.exists():
        return ""
    if read_place(mark) != place:
        raise CannotMove(
            f"A move to {read_place(mark)} was cut off, and everything may be there. Name that "
            f"database, and it is settled; if it is gone for good, delete {mark}."
        )
    target = PostgresqlDatabase(url)
    try:
        with hold_exclusively(file.writers_lock, _PATIENCE):
            if is_complete(target):
                note_move(mark, place, is_whole=True)
                return "Moved and verified by an earlier run."
            mark.unlink(missing_ok=True)
    finally:
        target.engine.dispose()
    return ""


def _find_what_came_about(file: SqliteDatabase, url: URL) -> str:
    """Settle a move that has just failed; what cannot be known now, the next run settles."""
    try:
        return _settle_earlier(file, url)
    except (CannotMove, Busy, DatabaseError, OSError):
        return ""
