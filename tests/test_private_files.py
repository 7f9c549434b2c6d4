"""What is secret has one owner, is there whole or not at all, and is never made twice."""

import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from subprocess import run
from threading import Barrier
from unittest.mock import Mock

import pytest

from app import create_app, private_files
from app.private_files import (
    create_private,
    make_database_private,
    make_folder_private,
    replace_private,
)
from app.services import find_services
from app.settings import Settings
from app.store import audit_trail
from app.store.audit_trail import INSTANCE, EventKind


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_starts_at_the_same_time_agree_on_one_secret(tmp_path: Path) -> None:
    path, together = tmp_path / "secret", Barrier(8)

    def start(_number: int) -> str:
        together.wait(10)
        create_private(path, token_hex())
        return path.read_text()

    with ThreadPoolExecutor(8) as starts:
        (kept,) = set(starts.map(start, range(8)))
    create_private(path, "another")
    assert (path.read_text(), len(kept), mode(path)) == (kept, 64, 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_several_write_anew_at_once_is_always_whole(tmp_path: Path) -> None:
    path, together = tmp_path / "note", Barrier(4)
    texts = [sign * 2000 for sign in "abcd"]
    replace_private(path, texts[0])

    def write(text: str) -> None:
        together.wait(10)
        for _ in range(20):
            replace_private(path, text)
            assert path.read_text() in texts

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, texts))
    assert list(tmp_path.iterdir()) == [path]


def test_no_other_process_takes_a_database_for_unused_that_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "campaigns.sqlite3"
    make_database_private(path)
    first = sqlite3.connect(path)
    first.executescript("PRAGMA journal_mode = wal; CREATE TABLE campaign (name)")
    make_database_private(path)
    come_and_go = (
        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM campaign')"
    )
    run([sys.executable, "-c", come_and_go, str(path)], check=True)  # noqa: S603  It is our own.

    assert path.with_name(f"{path.name}-wal").exists()
    first.execute("INSERT INTO campaign VALUES ('Q4 Outreach')")
    first.commit()
    assert sqlite3.connect(path).execute("SELECT name FROM campaign").fetchall()
    assert mode(path) == 0o600


def test_a_secret_that_took_the_place_of_an_empty_file_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.touch()  # As an interrupted start of an older version left it.
    write = private_files.write_private

    def be_overtaken(fresh: Path, text: str) -> Path:
        monkeypatch.setattr(private_files, "write_private", write)
        create_private(path, "of another start, which uses it by now")
        return write(fresh, text)

    monkeypatch.setattr(private_files, "write_private", be_overtaken)
    create_private(path, "late")
    assert path.read_text() == "of another start, which uses it by now"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", Mock(side_effect=PermissionError(1, "Operation not permitted")))
    create_private(tmp_path / "secret", "kept")
    create_private(tmp_path / "secret", "another")
    make_database_private(tmp_path / "campaigns.sqlite3")
    assert (tmp_path / "secret").read_text() == "kept"
    names = {path.name: mode(path) for path in tmp_path.iterdir()}
    assert names == {"secret": 0o600, "campaigns.sqlite3": 0o600}


def test_an_empty_file_of_an_interrupted_start_is_filled(instance: Path) -> None:
    instance.mkdir()
    for name in ("secret_key", "token_keys"):
        (instance / name).touch()
    app = create_app(Settings(instance=instance))
    assert len(str(app.secret_key)) == 64
    assert app.test_client().get("/drafts/new", follow_redirects=True).status_code == 200


def test_nobody_else_can_look_into_the_instance(instance: Path) -> None:
    create_app(Settings(instance=instance))
    assert mode(instance) == 0o700
    for path in instance.iterdir():
        assert mode(path) == 0o600, path


def test_an_instance_that_was_open_to_others_is_closed(instance: Path) -> None:
    app = create_app(Settings(instance=instance))
    with find_services(app).store.writing() as session:
        audit_trail.record(session, EventKind.TOKENS_ROTATED, INSTANCE)
    app.test_cli_runner().invoke(args=["rotate-tokens"])
    (instance / "backups").mkdir()
    (instance / "archive").mkdir()
    instance.chmod(0o755)
    (instance / "campaigns.sqlite3").chmod(0o644)
    create_app(Settings(instance=instance))
    assert (mode(instance), mode(instance / "campaigns.sqlite3")) == (0o700, 0o600)


@pytest.mark.parametrize("other", ["notes.txt", "photos"])
def test_a_folder_that_holds_other_things_is_left_as_it_is(tmp_path: Path, other: str) -> None:
    (tmp_path / other).mkdir()
    tmp_path.chmod(0o755)
    make_folder_private(tmp_path)
    assert mode(tmp_path) == 0o755
