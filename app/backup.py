"""Back the instance folder up into one file, and bring it back, while the app is running.

Databases are copied by SQLite's own online backup, which sees one moment of each. A restore
never forgets a submission unseen: what was sent since could then be sent a second time. It
holds the writers' lock alone, so nothing is sent or saved into what is just being replaced.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app.archive import MAIN, PATIENCE, Unusable, copy_database, unpack, write_backup
from app.store import seals, trail
from app.store.database import Store
from app.store.file_lock import Busy, held_alone
from app.store.trail import INSTANCE, Kind

_OWN = "backups"
_LOCK_PATIENCE = 60
_SENT = """
SELECT submission.draft_id, submission.digest, submission.claimed_at,
       draft.name, submission.connection, submission.state
FROM submission JOIN draft ON draft.id = submission.draft_id
WHERE submission.state IN ('SENDING', 'CREATED', 'UNKNOWN') ORDER BY submission.id"""
_COUNTERS = "SELECT name, seq FROM sqlite_sequence"


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_appcontext
def backup(file: Path, *, force: bool) -> None:
    """Write everything in the instance folder into FILE, a zip; the app may be running."""
    if file.exists() and not force:
        raise Unusable(f"{file} is there already. Name another file, or say --force.")
    _seal()
    manifest = _written(Path(current_app.instance_path), file)
    click.echo(f"Written to {file}: {len(manifest['files'])} files.")
    click.echo("It holds the keys of the tokens, too: keep it where nobody else can read it.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--forget-sent", is_flag=True, help="Forget what was sent after the backup.")
@with_appcontext
def restore(file: Path, *, forget_sent: bool) -> None:
    """Bring everything back as it is in FILE; the app may be running."""
    instance = Path(current_app.instance_path)
    try:
        with TemporaryDirectory(dir=instance) as folder:
            manifest = unpack(file, Path(folder))
            with held_alone(_store().writers_lock, _LOCK_PATIENCE):
                before, forgotten = _exchange(instance, Path(folder), forget_sent=forget_sent)
        _note(manifest, forgotten)
    except Busy as error:
        raise Unusable("Nothing is changed: campaigns are being sent. Try again later.") from error
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise Unusable(f"The instance cannot be written ({_reason(error)}).") from error
    click.echo(f"Everything is as it was at {manifest['at']}. What was there before: {before}")
    click.echo(
        "What was sent after that is not known here: look in VoiceAIWrapper before you send. "
        "If the app is running, start it again."
    )


COMMANDS = (backup, restore)


def _seal() -> None:
    """Seal what is there, so that the seal is in the backup; one that is read-only is as it is."""
    with suppress(DatabaseError), _store().writing() as session:
        seals.seal(session)


def _written(instance: Path, file: Path) -> dict[str, Any]:
    try:
        return write_backup(instance, file)
    except OSError as error:
        raise Unusable(f"{file} cannot be written ({error.strerror}).") from error
    except sqlite3.Error as error:
        raise Unusable(f"A database cannot be read ({error}); nothing is written.") from error


def _exchange(
    instance: Path, folder: Path, *, forget_sent: bool
) -> tuple[Path, list[tuple[str, ...]]]:
    """Put the backup in the place of what is there.

    Gives where that is kept, and what was sent since the backup.
    """
    forgotten = _forgotten(instance / MAIN, folder / MAIN)
    if forgotten and not forget_sent:
        raise Unusable(_refusal(forgotten))
    before = _keep_the_present(instance)
    counters = _counters(instance / MAIN)
    _put_back(folder, instance)
    Store(instance / MAIN).engine.dispose()  # An older schema is brought up to date.
    _count_on(instance / MAIN, counters)
    return before, forgotten


def _forgotten(now: Path, then: Path) -> list[tuple[str, ...]]:
    """List what may exist at the API and is not known to the backup."""
    known = {row[:3] for row in _sent(then)}
    return [row[2:] for row in _sent(now) if row[:3] not in known]


def _sent(database: Path) -> Iterator[tuple[str, ...]]:
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as file:
        yield from file.execute(_SENT).fetchall()


def _counters(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as file:
        return dict(file.execute(_COUNTERS).fetchall())


def _count_on(database: Path, counters: dict[str, int]) -> None:
    """Count on from where the present was: no number means a second thing after a restore."""
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as file, file:
        then = dict(file.execute(_COUNTERS).fetchall())
        for name, number in counters.items():
            if name not in then:
                file.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number)
                )
            elif then[name] < number:
                file.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name))


def _note(manifest: dict[str, Any], forgotten: list[tuple[str, ...]]) -> None:
    with _store().writing() as session:
        trail.record(
            session,
            Kind.BACKUP_RESTORED,
            INSTANCE,
            made_at=manifest["at"],
            sha256=manifest["files"][MAIN],
            forgotten=forgotten,
        )
        seals.seal(session)


def _refusal(forgotten: list[tuple[str, ...]]) -> str:
    lines = [f"  {name}, {at} UTC, to {to}: {state}" for at, name, to, state in forgotten]
    first = (
        "Nothing is changed: the backup does not know of these campaigns, which were sent "
        "after it and could then be sent a second time:"
    )
    return "\n".join((first, *lines, "Say --forget-sent if that is really meant."))


def _keep_the_present(instance: Path) -> Path:
    folder = instance / _OWN
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.zip"
    write_backup(instance, file)
    return file


def _put_back(folder: Path, instance: Path) -> None:
    """Put databases back through SQLite, which other processes follow, and files at one stroke."""
    for path in folder.iterdir():
        if path.suffix == ".sqlite3":
            copy_database(path, instance / path.name)
        else:
            path.chmod(0o600)
            path.replace(instance / path.name)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)


def _store() -> Store:
    return cast(Store, current_app.extensions["store"])
