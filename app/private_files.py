"""Files that only their owner may read: keys, databases, and the folder that they stand in."""

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

_OURS = re.compile(
    r"\..*\.new|.*\.lock|.*\.sqlite3(-\w+)?|queue\.db(-\w+)?|newest_seal|secret_key|token_keys"
    r"|moved_to_postgresql|backups|outcomes|archive|benchmarks\.json"
)


def create_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, unless one with something in it is there.

    An empty one is what an interrupted start of an older version left; it is replaced.
    """
    with suppress(FileNotFoundError):
        if path.read_text().strip():
            return
    fresh = write_private(_name_fresh(path), text)
    try:
        os.link(fresh, path)  # Unlike a rename, it never replaces what another start has made.
    except FileExistsError:
        _replace_empty(path, fresh)
    except OSError:  # There are no links on this file system.
        with suppress(FileExistsError):
            write_private(path, text)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def _replace_empty(path: Path, fresh: Path) -> None:
    """Replace a file that is empty, which one of several starts does."""
    with path.open() as there:
        fcntl.flock(there, fcntl.LOCK_EX)
        if not path.read_text().strip():
            fresh.replace(path)


def _name_fresh(path: Path) -> Path:
    """Name a file that is to take the place of another, or its name."""
    return path.with_name(f".{path.name}.{token_hex(4)}.new")


def write_private(path: Path, text: str) -> Path:
    """Write a new file durably, and give its path; raises `FileExistsError`."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def replace_private(path: Path, text: str) -> None:
    """Write a file anew, durably and at one stroke, whoever else does so at the same time."""
    fresh = _name_fresh(path)
    try:
        write_private(fresh, text).replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names of the files in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def make_database_private(path: Path) -> None:
    """Make the file of a database before SQLite does, which would let everybody read it.

    One that is there is never opened: to close it would end all locks that SQLite has on it in
    this process (POSIX), and another process could take it for unused and delete its log.
    """
    if not path.exists():
        _make_empty(path)
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError, PermissionError):
            file.chmod(0o600)


def _make_empty(path: Path) -> None:
    fresh = _name_fresh(path)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        os.link(fresh, path)
    except FileExistsError:  # Somebody else was faster.
        pass
    except OSError:  # There are no links on this file system, so two may just make it at once.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    finally:
        fresh.unlink(missing_ok=True)


def make_lasting_folder(folder: Path) -> None:
    """Make a folder whose name survives a power cut, if it is not there."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def make_folder_private(folder: Path) -> None:
    """Make the instance folder, or close one to others that holds nothing but what is ours."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if all(_OURS.fullmatch(path.name) for path in folder.iterdir()):
        with suppress(PermissionError):
            folder.chmod(0o700)
