"""What an instance folder has as one file, and that file unpacked and held to its manifest.

Archives of old rows are left out: they are files to be kept already.

Each database is copied as it is at one moment. Nothing is read into memory whole, however
large it is.
"""

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import click

from app.private_files import sync_folder
from app.sending.brought_back import FILE as NOTE
from app.sending.journal import FOLDER
from app.store.database_file import copy_database
from app.store.dialects.sqlite import MOVED
from app.store.migrations import HEAD
from app.version import VERSION

MAIN = "campaigns.sqlite3"
Copies = Mapping[str, Callable[[Path], None]]
"""What makes the files of databases that are not in the folder, by their names."""

_MANIFEST = "manifest.json"
LEFT_OUT = ("-wal", "-shm", "-journal", ".db", ".lock", ".new", ".zip", NOTE)
_BROKEN = (BadZipFile, KeyError, TypeError, ValueError, AttributeError, EOFError, RuntimeError)


class UnusableArchive(click.ClickException):
    """Something that cannot be backed up or brought back; the message says what to do."""


def write_backup(instance: Path, file: Path, copies: Copies | None = None) -> dict[str, Any]:
    """Write a backup, which has its name only once it is whole; gives its manifest."""
    fresh = file.with_name(f".{file.name}.{token_hex(4)}.new")
    try:
        with make_private_folder(file.parent) as folder:
            _copy_all(instance, Path(folder), copies or {})
            files = {name: _hash_file(Path(folder) / name) for name in _list_names(Path(folder))}
            manifest = {"version": VERSION, "schema": HEAD, "at": _now(), "files": files}
            _pack(Path(folder), manifest, fresh)
        fresh.replace(file)
        sync_folder(file.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def make_private_folder(beside: Path) -> TemporaryDirectory[str]:
    """Make a folder for the time of a copy, by whose name one that is left is known as ours."""
    return TemporaryDirectory(dir=beside, prefix=".", suffix=".new")


def _pack(folder: Path, manifest: dict[str, Any], file: Path) -> None:
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        with ZipFile(out, "w", ZIP_DEFLATED) as packed:
            packed.writestr(_MANIFEST, json.dumps(manifest, indent=2))
            for name in manifest["files"]:
                packed.write(folder / name, name)
        out.flush()
        os.fsync(out.fileno())


def _list_names(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _copy_all(instance: Path, folder: Path, copies: Copies) -> None:
    """Copy the journal first: what it holds is taken into the database, and then dropped."""
    (folder / FOLDER).mkdir()
    left_out = {*copies, MOVED}
    for path in (*instance.glob(f"{FOLDER}/*.json"), *instance.iterdir()):
        target = folder / path.relative_to(instance)
        if path.name in left_out:
            continue
        if path.suffix == ".sqlite3":
            copy_database(path, target)
        elif path.parent == instance and path.is_file() and not path.name.endswith(LEFT_OUT):
            shutil.copyfile(path, target)
        elif path.parent != instance:
            with suppress(FileNotFoundError):  # Then it is in the database by now.
                shutil.copyfile(path, target)
    for name, copy in copies.items():
        copy(folder / name)


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup, held to its manifest, and give that; raises `UnusableArchive`."""
    try:
        with ZipFile(file) as packed:
            manifest: dict[str, Any] = json.loads(packed.read(_MANIFEST))
            for name in manifest["files"]:
                if not _is_ours(PurePosixPath(name)):
                    raise UnusableArchive(f"{file} is not a backup of Campaign Builder.")
                (folder / name).parent.mkdir(exist_ok=True)
                with packed.open(name) as held, (folder / name).open("wb") as out:
                    shutil.copyfileobj(held, out)
                    out.flush()
                    os.fsync(out.fileno())
        whole = all(
            _hash_file(folder / name) == digest for name, digest in manifest["files"].items()
        )
        schema, _ = str(manifest["schema"]), str(manifest["at"])
    except OSError as error:
        raise UnusableArchive(f"{file} cannot be read ({error.strerror or error}).") from error
    except (*_BROKEN, zlib.error) as error:
        raise UnusableArchive(f"{file} is not a complete backup of Campaign Builder.") from error
    if not whole:
        raise UnusableArchive(f"{file} is damaged. Take another backup.")
    if schema > HEAD:
        raise UnusableArchive(f"{file} was made by a newer version of Campaign Builder.")
    if MAIN not in manifest["files"]:
        raise UnusableArchive(f"{file} is not a complete backup of Campaign Builder.")
    return manifest


def _is_ours(name: PurePosixPath) -> bool:
    """Tell whether this is the name of a file of an instance folder, and no way out of it."""
    *folders, last = name.parts or ("..",)
    return folders in ([], [FOLDER]) and last != ".."


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
