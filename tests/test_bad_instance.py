"""On an instance that cannot be used, a start and every command say one sentence."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from app.services import find_services
from tests.forks import run_fork
from tests.servers import environment, free_port

pytestmark = pytest.mark.slow

START = ("start",)
Saved = Callable[..., str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.zip"


def command(instance: Path, *words: object, full: bool = False) -> tuple[int, str]:
    """Run a command, or a start, and give its exit status and all that it said."""
    if words == START or full:
        return _run_as_process(instance, *words, full=full)
    ended = run_fork(("flask", "--app", "app", *map(str, words)), environment(instance))
    return ended.returncode, ended.stdout + ended.stderr


def _run_as_process(instance: Path, *words: object, full: bool) -> tuple[int, str]:
    """Run what has to do its imports: a start; and what can write to no file, not even here."""
    is_start = words == START
    program = ("app",) if is_start else ("flask", "--app", "app", *map(str, words))

    def fill() -> None:
        if full:  # As on a full disk, no file can grow.
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    ended = subprocess.run(  # noqa: S603  It is our own program.
        (sys.executable, "-m", *program),
        cwd=Path(__file__).parents[1],
        env=environment(instance, PORT=free_port()),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=fill,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def used(app: Flask, instance: Path, saved: Saved) -> Path:
    saved()
    find_services(app).store.engine.dispose()
    return instance


def test_a_damaged_database(used: Path, file: Path) -> None:
    for end in ("-wal", "-shm"):
        (used / f"campaigns.sqlite3{end}").unlink(missing_ok=True)
    (used / "campaigns.sqlite3").write_bytes(b"no database " * 2000)
    for words in (("backup", file), ("verify-trail",), ("rotate-tokens",), START):
        status, output = command(used, *words)
        assert (status, "Traceback" in output) == (1, False), words
        assert "its database cannot be used. It is damaged" in output, words


def test_a_database_that_is_damaged_in_the_middle(used: Path, file: Path) -> None:
    with closing(sqlite3.connect(used / "campaigns.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(truncate)")
    with (used / "campaigns.sqlite3").open("r+b") as content:
        content.seek(4096)
        content.write(b"\xff" * 60_000)
    for words in (("verify-trail",), ("backup", file)):
        status, output = command(used, *words)
        assert "Traceback" not in output, words
        assert status in {0, 1}


def test_a_damaged_file_of_the_sandbox(used: Path) -> None:
    (used / "sandbox.sqlite3").write_bytes(b"no database " * 2000)
    status, output = command(used, *START)
    assert (status, "Traceback" in output) == (1, False)
    assert "the instance folder cannot be used (file is not a database)" in output


def test_a_full_disk(used: Path, file: Path) -> None:
    for words in (("backup", file), ("verify-trail",), ("rotate-tokens",)):
        status, output = command(used, *words, full=True)
        assert (status, "Traceback" in output) == (1, False), words
    assert not file.exists()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for words in (("verify-trail",), START):
        status, output = command(tmp_path / "file" / "instance", *words)
        assert (status, "Traceback" in output) == (1, False)
        assert "cannot be used (Not a directory). Set INSTANCE to another folder." in output


def test_a_full_disk_at_the_first_start(tmp_path: Path) -> None:
    status, output = command(tmp_path / "instance", *START, full=True)
    assert (status, "Traceback" in output) == (1, False)
    assert output.startswith("Campaign Builder did not start")
    assert len(output.splitlines()) == 1
