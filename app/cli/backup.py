"""Back the instance folder up into one file, and bring it back, while the app is running.

Databases are copied by SQLite's own online backup, which sees one moment of each, and never
during a rotation of the keys. A restore never forgets a submission unseen: what was sent since
could then be sent a second time. It holds the writers' lock alone, so nothing is sent or saved
into what is just being replaced.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app.cli.archive import (
    LEFT_OUT,
    MAIN,
    Copies,
    UnusableArchive,
    make_private_folder,
    unpack,
    write_backup,
)
from app.cli.sandbox_copy import copy_sandbox_to_file
from app.cli.stopping import ends_like_ctrl_c, undisturbed
from app.private_files import sync_folder
from app.sandbox.file import FILE
from app.sending.brought_back import settle_brought_back
from app.sending.journal import FOLDER, Journal
from app.sending.recording import recover
from app.services import find_services
from app.store import seals
from app.store.base import MAY_EXIST
from app.store.database import Store
from app.store.database_file import copy_database, count_on, read_counters, read_submissions
from app.store.dialects.sqlite import SqliteDatabase
from app.store.file_lock import Busy, hold_exclusively
from app.store.migrations import UnusableDatabase
from app.store.move import NotTheSame, copy_to_file
from app.store.vault import Vault

_OWN = "backups"
_LOCK_PATIENCE = 60
_NAMED = 20
_WITH_KEYS = "It holds the keys of the tokens, too: keep it where nobody else can read it."
_WITHOUT_KEYS = (
    "The keys of the tokens are not in it, as TOKEN_KEYS has them: keep that and SECRET_KEY, too. "
    "Without them no token of it can be read."
)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_appcontext
@ends_like_ctrl_c()
def backup_command(file: Path, *, force: bool) -> None:
    """Write everything in the instance folder into FILE, a zip; the app may be running."""
    if file.exists() and not force:
        raise UnusableArchive(f"{file} is there already. Name another file, or say --force.")
    _seal()
    try:
        with _vault().unchanged(_LOCK_PATIENCE):
            manifest = _write(Path(current_app.instance_path), file)
    except Busy as error:
        raise UnusableArchive(
            "Tokens are being encrypted anew just now. Try again later."
        ) from error
    count, instance = len(manifest["files"]), current_app.instance_path
    click.echo(f"Written to {file}: {count} files of {instance}.")
    click.echo(_WITH_KEYS if "token_keys" in manifest["files"] else _WITHOUT_KEYS)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--forget-sent", is_flag=True, help="Forget what was sent after the backup.")
@with_appcontext
@ends_like_ctrl_c()
def restore(file: Path, *, forget_sent: bool) -> None:
    """Bring everything back as it is in FILE; the app may be running."""
    made_at, before, lost = _bring_back(file, forget_sent=forget_sent)
    click.echo(f"Everything is as it was at {made_at}. What was there before: {before}")
    if lost.answers:
        click.echo("What became of these is not known here any more:")
        click.echo(_write_lines(lost.answers))
    click.echo(
        "What was sent after that is not known here: look in VoiceAIWrapper before you send. "
        "If the app is running, start it again."
    )


COMMANDS = (backup_command, restore)


def _bring_back(file: Path, *, forget_sent: bool) -> tuple[str, Path, "_Lost"]:
    """Replace the instance by a backup while nobody writes.

    Gives when the backup was made, where what was there is now, and what it does not know.
    Raises `UnusableArchive`.
    """
    writers_lock = _find_file().writers_lock
    instance = Path(current_app.instance_path)
    with suppress(DatabaseError):  # What the journal holds is known, too.
        recover(_store(), find_services().journal)
    try:
        with make_private_folder(instance) as folder:
            manifest = unpack(file, Path(folder))
            with (
                _vault().unchanged(_LOCK_PATIENCE),
                hold_exclusively(writers_lock, _LOCK_PATIENCE),
            ):
                before, lost = _replace_instance(
                    instance, Path(folder), manifest, forget_sent=forget_sent
                )
                return manifest["at"], before, lost
    except Busy as error:
        reason = "campaigns are being sent, or tokens encrypted anew"
        raise UnusableArchive(f"Nothing is changed: {reason}. Try again later.") from error
    except UnusableDatabase as error:
        raise UnusableArchive(
            f"Nothing is changed: the database in {file} cannot be used. {error}"
        ) from error
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise UnusableArchive(
            f"The instance cannot be written ({_describe_error(error)}). What was there before, as "
            f"far as anything was replaced, is in {instance / _OWN}."
        ) from error


def _find_file() -> SqliteDatabase:
    """Find the database file, which an instance on PostgreSQL does not have."""
    database = _store().database
    if not isinstance(database, SqliteDatabase):
        raise UnusableArchive(
            "On PostgreSQL a backup is brought back into an empty database, so that nothing that "
            "was sent since is lost: restore it without DATABASE_URL into another INSTANCE, and "
            "from there move-to the empty database."
        )
    return database


def _seal() -> None:
    """Seal what is there, so that the seal is in the backup; one that is read-only is as it is."""
    with suppress(DatabaseError), _store().writing() as session:
        seals.seal(session)


def _write(instance: Path, file: Path) -> dict[str, Any]:
    try:
        return write_backup(instance, file, _list_copies())
    except NotTheSame as error:
        raise UnusableArchive(f"Nothing is written. {error}") from error
    except OSError as error:
        raise UnusableArchive(f"{file} cannot be written ({error.strerror}).") from error
    except (sqlite3.Error, DatabaseError) as error:
        reason = getattr(error, "orig", error)
        raise UnusableArchive(
            f"A database cannot be read ({reason}); nothing is written."
        ) from error


def _list_copies() -> Copies:
    """Give what copies PostgreSQL's tables into files; a file of SQLite's is copied as it is."""
    if isinstance(_store().database, SqliteDatabase):
        return {}
    return {
        MAIN: partial(copy_to_file, _store()),
        FILE: partial(copy_sandbox_to_file, _store()),
    }


_Told = tuple[str, str, str, str, str | None]


@dataclass(frozen=True)
class _Lost:
    """What a backup does not know: submissions that may exist, and what became of others.

    Each is the moment of the press, the draft, the connection, the state, the campaign's id.
    """

    sent: list[_Told]
    answers: list[_Told]


def _replace_instance(
    instance: Path, folder: Path, manifest: dict[str, Any], *, forget_sent: bool
) -> tuple[Path, _Lost]:
    """Put the backup in the place of what is there.

    Gives where that is kept, and what the backup does not know of.
    """
    lost = _find_lost(instance / MAIN, folder / MAIN)
    if lost.sent and not forget_sent:
        raise UnusableArchive(_describe_refusal(lost.sent))
    before = _keep_the_present(instance)
    _prepare(folder / MAIN, read_counters(instance / MAIN), manifest, lost)
    with undisturbed():  # Half of it would be a database with the keys of another.
        _put_back(folder, instance)
    return before, lost


def _find_lost(now: Path, then: Path) -> _Lost:
    """Compare what is known now with what the backup knows, its journal included."""
    try:
        known = {row.press: row for row in read_submissions(then)}
    except sqlite3.Error as error:
        raise UnusableDatabase(str(error)) from error
    answered = {entry.submission_id for entry in Journal(then.parent / FOLDER).read_entries()}
    lost = _Lost([], [])
    for row in read_submissions(now):
        was = known.get(row.press)
        submission = (row.claimed_at, row.campaign, row.connection, *row.outcome)
        if row.state in MAY_EXIST and (was is None or was.state not in MAY_EXIST):
            lost.sent.append(submission)
        elif was and row.outcome != was.outcome and row.id not in answered:
            lost.answers.append(submission)
    return lost


def _prepare(
    database: Path, counters: dict[str, int], manifest: dict[str, Any], lost: _Lost
) -> None:
    """Bring what will be put back to the present schema, and put on record that it was."""
    store = Store(database)
    count_on(database, counters)  # No number means a second thing after a restore.
    with store.writing() as session:
        settle_brought_back(
            session,
            made_at=manifest["at"],
            sha256=manifest["files"][MAIN],
            forgotten=lost.sent,
            answers_forgotten=lost.answers,
        )
    store.engine.dispose()


def _describe_refusal(sent: list[_Told]) -> str:
    count, was = (f"{len(sent):,} campaigns", "were") if len(sent) > 1 else ("a campaign", "was")
    first = (
        f"Nothing is changed: the backup does not know of {count} that {was} sent after it, and "
        "could then be sent a second time:"
    )
    return "\n".join((first, _write_lines(sent), "Say --forget-sent if that is really meant."))


def _write_lines(rows: list[_Told]) -> str:
    lines = [
        f"  {name}, {at[:19]} UTC, to {to}: {state}{f' as {made}' if made else ''}"
        for at, name, to, state, made in rows[:_NAMED]
    ]
    more = [f"  and {len(rows) - _NAMED:,} more"] if len(rows) > _NAMED else []
    return "\n".join(lines + more)


def _keep_the_present(instance: Path) -> Path:
    folder = instance / _OWN
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.zip"
    write_backup(instance, file)
    return file


def _put_back(folder: Path, instance: Path) -> None:
    """Put databases back through SQLite, which other processes follow, and files at one stroke.

    A database can be locked by another program, so the one with the tokens comes last, and
    their keys, which nothing keeps back, at once after it.
    """
    databases = sorted(folder.glob("*.sqlite3"), key=lambda path: path.name == MAIN)
    for path in databases:
        copy_database(path, instance / path.name)
    (instance / FOLDER).mkdir(mode=0o700, exist_ok=True)
    for path in (*folder.iterdir(), *folder.glob(f"{FOLDER}/*.json")):
        if path.is_file() and path not in databases and not path.name.endswith(LEFT_OUT):
            path.chmod(0o600)
            path.replace(instance / path.relative_to(folder))
    for written in (instance / FOLDER, instance):
        sync_folder(written)


def _describe_error(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)


def _vault() -> Vault:
    return find_services().connections.vault


def _store() -> Store:
    return find_services().store
