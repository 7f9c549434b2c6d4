"""Back the instance folder up into one file, and bring it back, while the app is running.

Databases are copied by SQLite's own online backup, which sees one moment of each. A restore
never forgets a submission unseen: what was sent since could then be sent a second time.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import click
from flask import current_app
from flask.cli import with_appcontext

from app.store.database import Store
from app.store.migrations import HEAD
from app.version import VERSION

_MANIFEST = "manifest.json"
_MAIN = "campaigns.sqlite3"
_OWN = "backups"
_PATIENCE = 10
_SENT = """
SELECT submission.draft_id, submission.digest, submission.claimed_at,
       draft.name, submission.connection, submission.state
FROM submission JOIN draft ON draft.id = submission.draft_id
WHERE submission.state IN ('SENDING', 'CREATED', 'UNKNOWN') ORDER BY submission.id"""


class Unusable(click.ClickException):
    """Something that cannot be backed up or brought back; the message says what to do."""


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_appcontext
def backup(file: Path, *, force: bool) -> None:
    """Write everything in the instance folder into FILE, a zip; the app may be running."""
    if file.exists() and not force:
        raise Unusable(f"{file} is there already. Name another file, or say --force.")
    try:
        manifest = write_backup(Path(current_app.instance_path), file)
    except OSError as error:
        raise Unusable(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(f"Written to {file}: {len(manifest['files'])} files.")
    click.echo("It holds the keys of the tokens, too: keep it where nobody else can read it.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--forget-sent", is_flag=True, help="Forget what was sent after the backup.")
@with_appcontext
def restore(file: Path, *, forget_sent: bool) -> None:
    """Bring everything back as it is in FILE; the app may be running."""
    instance = Path(current_app.instance_path)
    with TemporaryDirectory(dir=instance) as folder:
        manifest = _unpacked(file, Path(folder))
        forgotten = _forgotten(instance / _MAIN, Path(folder) / _MAIN)
        if forgotten and not forget_sent:
            raise Unusable(_refusal(forgotten))
        before = _keep_the_present(instance)
        _put_back(Path(folder), instance)
    Store(instance / _MAIN).engine.dispose()  # An older schema is brought up to date.
    click.echo(f"Everything is as it was at {manifest['at']}. What was there before: {before}")
    click.echo(
        "What was sent after that is not known here: look in VoiceAIWrapper before you send. "
        "If the app is running, start it again."
    )


COMMANDS = (backup, restore)


def write_backup(instance: Path, file: Path) -> dict[str, Any]:
    """Write a backup, which has its name only once it is whole; gives its manifest."""
    fresh = file.with_name(f".{file.name}.new")
    with TemporaryDirectory(dir=instance) as folder:
        _copy_all(instance, Path(folder))
        files = {path.name: _digest(path) for path in sorted(Path(folder).iterdir())}
        manifest = {"version": VERSION, "schema": HEAD, "at": _now(), "files": files}
        with os.fdopen(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as out:
            with ZipFile(out, "w", ZIP_DEFLATED) as made:
                made.writestr(_MANIFEST, json.dumps(manifest, indent=2))
                for name in files:
                    made.write(Path(folder) / name, name)
            out.flush()
            os.fsync(out.fileno())
    fresh.replace(file)
    return manifest


def _copy_all(instance: Path, folder: Path) -> None:
    for path in instance.iterdir():
        if path.suffix == ".sqlite3":
            _copy_database(path, folder / path.name)
        elif path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal")):
            (folder / path.name).write_bytes(path.read_bytes())


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=_PATIENCE)) as one,
        closing(sqlite3.connect(target, timeout=_PATIENCE)) as other,
    ):
        one.backup(other)


def _unpacked(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup, held to its manifest, and give that; raises `Unusable`."""
    try:
        with ZipFile(file) as packed:
            manifest: dict[str, Any] = json.loads(packed.read(_MANIFEST))
            for name in manifest["files"]:
                if Path(name).name != name:
                    raise Unusable(f"{file} is no backup of Campaign Builder.")
                (folder / name).write_bytes(packed.read(name))
    except (OSError, BadZipFile, KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{file} is no whole backup of Campaign Builder.") from error
    if any(_digest(folder / name) != digest for name, digest in manifest["files"].items()):
        raise Unusable(f"{file} is damaged. Take another backup.")
    if manifest["schema"] > HEAD:
        raise Unusable(f"{file} was made by a newer version of Campaign Builder.")
    if _MAIN not in manifest["files"]:
        raise Unusable(f"{file} is no whole backup of Campaign Builder.")
    return manifest


def _forgotten(now: Path, then: Path) -> list[tuple[str, ...]]:
    """List what may exist at the API and is not known to the backup."""
    known = {row[:3] for row in _sent(then)}
    return [row[2:] for row in _sent(now) if row[:3] not in known]


def _sent(database: Path) -> Iterator[tuple[str, ...]]:
    with closing(sqlite3.connect(database, timeout=_PATIENCE)) as file:
        yield from file.execute(_SENT).fetchall()


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
            _copy_database(path, instance / path.name)
        else:
            path.chmod(0o600)
            path.replace(instance / path.name)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
