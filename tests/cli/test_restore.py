"""A restore brings back what a backup holds, or changes nothing and says why."""

import hashlib
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask

from app.cli import backup
from app.services import find_services
from app.store import database_file, join_links
from app.store.base import State
from app.store.database import Store
from tests.cli.backups import Run, Saved, Sent, names
from tests.factories import inbound
from tests.pages import Visitor
from tests.people.accounts import add_account, is_signed_in, make_client, sign_in
from tests.store.files import file_of

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


def test_everything_comes_back_while_the_app_is_running(
    run: Run, file: Path, store: Store, saved: Saved, visitor: Visitor
) -> None:
    kept = saved(inbound(name="Kept"))
    assert run("backup", file).exit_code == 0
    saved(inbound(name="Made later"))
    changed = visitor.press(visitor.open(f"/drafts/{kept}"), answers={"name": "Changed later"})
    assert changed.typed("name") == "Changed later"

    restored = run("restore", file)

    assert restored.exit_code == 0, restored.output
    assert "look in VoiceAIWrapper before you send" in restored.output
    assert names(store) == {"Kept"}
    assert visitor.open(f"/drafts/{kept}").typed("name") == "Kept"


def test_what_was_there_before_a_restore_can_be_brought_back(
    run: Run, file: Path, instance: Path, store: Store, saved: Saved
) -> None:
    assert run("backup", file).exit_code == 0
    saved(inbound(name="Nearly lost"))
    assert run("restore", file).exit_code == 0
    assert names(store) == set()

    (before,) = (instance / "backups").iterdir()
    assert run("restore", before).exit_code == 0
    assert names(store) == {"Nearly lost"}


def test_a_backup_brings_nobody_back_in(run: Run, file: Path, app: Flask) -> None:
    account = add_account(app)
    client = make_client(app)
    sign_in(client)
    with find_services(app).store.writing() as session:
        link = f"/join/{join_links.make(session, account, who='')}"
    assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0

    assert not is_signed_in(client)
    assert client.get(link).status_code == 404
    sign_in(client)
    assert is_signed_in(client)


def damaged(file: Path) -> None:
    repacked(file, {"secret_key": b"another"})


def repacked(file: Path, changes: dict[str, bytes]) -> None:
    """Write a backup again, with other files in it."""
    with ZipFile(file) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    with ZipFile(file, "w") as packed:
        for name, content in (held | changes).items():
            packed.writestr(name, content)


def with_manifest(file: Path, **changes: object) -> None:
    with ZipFile(file) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    repacked(file, {"manifest.json": json.dumps(manifest | changes).encode()})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (damaged, "is damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[:-300]), "is not a complete backup"),
        (lambda file: file.write_text("Not a zip."), "is not a complete backup"),
        (lambda file: file.unlink(), "cannot be read (No such file or directory)"),
        (lambda file: with_manifest(file, schema="9999"), "newer version"),
        (lambda file: with_manifest(file, files={"../outside": ""}), "is not a backup"),
        (lambda file: with_manifest(file, files={}), "is not a complete backup"),
    ],
)
def test_what_is_no_good_backup_changes_nothing(
    run: Run, backed_up: Path, store: Store, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(backed_up)

    refused = run("restore", backed_up)

    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
    assert message in refused.output
    assert names(store) == {"Still here"}
    assert not (backed_up.parent / "outside").exists()


def test_numbers_go_on_after_a_restore(run: Run, file: Path, store: Store, sent: Sent) -> None:
    assert run("backup", file).exit_code == 0
    first = sent(State.REFUSED)
    assert run("restore", file).exit_code == 0
    assert sent(State.REFUSED) > first


def test_nothing_is_brought_back_while_a_campaign_is_sent(
    run: Run, file: Path, store: Store, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_LOCK_PATIENCE", 0.1)
    assert run("backup", file).exit_code == 0
    saved(inbound(name="Later"))
    with store.kept_in_place():
        refused = run("restore", file)
    assert refused.exit_code == 1
    assert "Nothing is changed: campaigns are being sent" in refused.output
    assert names(store) == {"Later"}
    assert run("restore", file).exit_code == 0


def test_a_restore_does_not_wait_for_ever_for_another_program(
    run: Run, backed_up: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "PATIENCE", 0.2)
    with closing(sqlite3.connect(file_of(store), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = run("restore", backed_up)
        assert (refused.exit_code, "database is locked" in refused.output) == (1, True)
    assert names(store) == {"Still here"}


def test_a_restore_that_fails_half_way_leaves_keys_and_tokens_together(
    run: Run, file: Path, app: Flask, instance: Path, add_connection: Callable[..., str]
) -> None:
    key = add_connection("Client A")
    assert run("backup", file).exit_code == 0
    assert run("rotate-tokens").exit_code == 0
    with (
        pytest.MonkeyPatch.context() as patch,
        closing(sqlite3.connect(instance / "sandbox.sqlite3", isolation_level=None)) as other,
    ):
        patch.setattr(database_file, "PATIENCE", 0.2)
        other.execute("BEGIN EXCLUSIVE")
        refused = run("restore", file)
    assert (refused.exit_code, "What was there before" in refused.output) == (1, True)
    assert find_services(app).connections.open_api(key).connection.token


def test_what_belongs_to_a_running_process_is_not_replaced_by_a_restore(
    run: Run, backed_up: Path, instance: Path, store: Store
) -> None:
    (instance / "x.lock").write_text("held")
    content = b"of another machine"
    with ZipFile(backed_up) as packed:
        files = json.loads(packed.read("manifest.json"))["files"]
    repacked(backed_up, {"x.lock": content})
    with_manifest(backed_up, files=files | {"x.lock": hashlib.sha256(content).hexdigest()})
    restored = run("restore", backed_up)
    assert restored.exit_code == 0, restored.output
    assert (instance / "x.lock").read_text() == "held"
    assert names(store) == set()


def test_a_restore_that_is_stopped_half_way_is_ended_first(
    run: Run, backed_up: Path, instance: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = database_file.copy_database

    def copy_and_be_stopped(source: Path, target: Path) -> None:
        copy(source, target)
        os.kill(os.getpid(), signal.SIGTERM)

    (instance / "token_keys").write_text("of later")
    monkeypatch.setattr(backup, "copy_database", copy_and_be_stopped)
    stopped = run("restore", backed_up)
    assert stopped.exit_code == 0, stopped.output
    assert names(store) == set()
    assert (instance / "token_keys").read_text() != "of later"
