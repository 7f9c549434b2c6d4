"""A backup holds everything that was acknowledged, in one file, and nothing that passes."""

import json
import sqlite3
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from zipfile import ZipFile

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.cli import backup
from app.cli.archive import unpack, write_backup
from app.sending.brought_back import FILE as NOTE
from app.services import find_services
from app.settings import Settings
from app.store.database import Store
from app.store.migrations import HEAD
from tests.cli.backups import Run, Saved, names
from tests.factories import inbound
from tests.store.files import file_of

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


def test_what_is_written_during_a_backup_harms_neither(
    run: Run, file: Path, store: Store, saved: Saved
) -> None:
    for number in range(20):
        saved(inbound(name=f"Before {number}"))

    with ThreadPoolExecutor(5) as hands:
        made = hands.submit(run, "backup", file)
        list(hands.map(lambda n: saved(inbound(name=f"During {n}")), range(60)))
    assert made.result().exit_code == 0

    everything = names(store)
    assert run("restore", file).exit_code == 0
    assert {f"Before {number}" for number in range(20)} <= names(store) <= everything


def test_a_backup_is_one_file_for_its_owner_alone_with_all_that_is_needed(
    run: Run, file: Path, saved: Saved, instance: Path
) -> None:
    saved()
    (instance / NOTE).write_text("What this machine has seen is no part of what it keeps.")
    written = run("backup", file)
    assert (written.exit_code, "It holds the keys of the tokens" in written.output) == (0, True)
    assert f" files of {instance}." in written.output  # Another folder would have nothing in it.

    assert file.stat().st_mode & 0o777 == 0o600
    with ZipFile(file) as packed:
        held = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
    assert held == {"manifest.json", *manifest["files"]}
    assert NOTE not in held
    assert {"campaigns.sqlite3", "sandbox.sqlite3", "secret_key", "token_keys"} <= held
    assert manifest["schema"] == HEAD


def test_a_backup_says_that_keys_from_the_environment_are_not_in_it(
    settings: Settings, file: Path
) -> None:
    key = Fernet.generate_key().decode()
    app = create_app(
        replace(settings, secret_key="a key of this test, long enough", token_keys=(key,))
    )
    written = app.test_cli_runner().invoke(args=("backup", str(file)))
    assert "The keys of the tokens are not in it" in written.output
    with ZipFile(file) as packed:
        assert not {"secret_key", "token_keys"} & set(packed.namelist())


def test_a_file_that_is_there_is_replaced_only_on_request(run: Run, file: Path) -> None:
    file.write_text("Something else.")

    assert "--force" in run("backup", file).output
    assert file.read_text() == "Something else."
    assert run("backup", file, "--force").exit_code == 0


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    refused = run("backup", tmp_path / "nowhere" / "monday.zip")
    assert refused.exit_code == 1
    assert "cannot be written (No such file or directory)." in refused.output


def not_sealed(database: Path) -> list[str]:
    """Name the chains of which not everything is sealed."""
    with closing(sqlite3.connect(database)) as file_of:
        rows = file_of.execute("SELECT chain FROM chain_head WHERE number > sealed")
        return [chain for (chain,) in rows]


def test_everything_is_sealed_in_a_backup_and_after_a_restore(
    run: Run, file: Path, store: Store, saved: Saved, tmp_path: Path
) -> None:
    saved(inbound())
    assert not_sealed(file_of(store)) != []
    assert run("backup", file).exit_code == 0
    with ZipFile(file) as packed:
        assert not_sealed(Path(packed.extract("campaigns.sqlite3", tmp_path))) == []
    saved(inbound())
    assert run("restore", file).exit_code == 0
    assert not_sealed(file_of(store)) == []


def test_keys_and_tokens_are_not_copied_while_they_change(
    app: Flask, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_LOCK_PATIENCE", 0.1)
    vault = find_services(app).connections.vault
    with vault.unchanged(1):
        refused = run("backup", file)
    assert (refused.exit_code, "Tokens are being encrypted anew" in refused.output) == (1, True)
    assert run("backup", file).exit_code == 0
    with vault.unchanged(1):
        refused = run("restore", file)
    assert (refused.exit_code, "Nothing is changed" in refused.output) == (1, True)


def test_a_backup_beside_the_databases_holds_no_earlier_one(run: Run, instance: Path) -> None:
    for name in ("one.zip", "two.zip"):
        assert run("backup", instance / name).exit_code == 0
    with ZipFile(instance / "two.zip") as packed:
        assert "one.zip" not in packed.namelist()


PASSING = (
    "campaigns.sqlite3-wal",
    "queue.db",
    "x.sqlite3-shm",
    "x.sqlite3-journal",
    "x.lock",
    ".x.new",
)


def test_what_belongs_to_a_running_process_is_not_in_a_backup(
    run: Run, file: Path, instance: Path, saved: Saved
) -> None:
    saved()
    for name in PASSING[1:]:
        (instance / name).touch()
    with closing(sqlite3.connect(instance / "campaigns.sqlite3")) as other:
        other.execute("SELECT * FROM draft").fetchone()
        assert (instance / PASSING[0]).exists()
        assert run("backup", file).exit_code == 0
    with ZipFile(file) as packed:
        assert not set(PASSING) & set(packed.namelist())


def test_a_backup_takes_no_more_memory_for_a_larger_instance(
    run: Run, file: Path, store: Store, instance: Path
) -> None:
    with store.writing() as session:
        session.execute(text("CREATE TABLE ballast AS SELECT randomblob(20000000) AS content"))
    (instance / "other").write_bytes(bytes(20_000_000))
    tracemalloc.start()
    assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


def test_two_backups_to_one_file_at_once_are_each_whole(
    instance: Path, file: Path, app: Flask
) -> None:
    begin = Barrier(2)

    def back_up(_number: int) -> None:
        begin.wait(10)
        for _ in range(5):
            write_backup(instance, file)
            with TemporaryDirectory() as folder:
                unpack(file, Path(folder))

    with ThreadPoolExecutor(2) as both:
        list(both.map(back_up, range(2)))
    assert list(file.parent.glob(".*")) == []
