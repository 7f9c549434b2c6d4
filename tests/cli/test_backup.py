"""A backup holds everything that was acknowledged, and a restore brings it back or says why not."""

import hashlib
import json
import sqlite3
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.cli import archive, backup
from app.sending.outcome import Outcome
from app.sending.recording import Claim, record_outcome, recover
from app.sending.submission import claim
from app.services import find_services
from app.store import database_file
from app.store.audit_trail import INSTANCE, read_details
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.migrations import HEAD
from app.store.models import Draft
from app.store.records import Event
from app.store.verification import verify
from tests.factories import inbound, outbound
from tests.fakes import FakeApi
from tests.pages import Visitor
from tests.sending.presses import destination, failing, journal, look_up, press
from tests.sending.test_journal import CREATED, MADE

pytestmark = pytest.mark.slow

Saved = Callable[..., str]
Sent = Callable[[State], int]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.zip"


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    """Run one of the app's commands."""

    def run_one(*words: object) -> Result:
        return app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run_one


Run = Callable[..., Result]


def names(store: Store) -> set[str]:
    with store.reading() as session:
        return {draft.name for draft in session.query(Draft)}


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
    run: Run, file: Path, saved: Saved
) -> None:
    saved()
    assert run("backup", file).exit_code == 0

    assert file.stat().st_mode & 0o777 == 0o600
    with ZipFile(file) as packed:
        held = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
    assert held == {"manifest.json", *manifest["files"]}
    assert {"campaigns.sqlite3", "sandbox.sqlite3", "secret_key", "token_keys"} <= held
    assert manifest["schema"] == HEAD


def test_a_file_that_is_there_is_replaced_only_on_request(run: Run, file: Path) -> None:
    file.write_text("Something else.")

    assert "--force" in run("backup", file).output
    assert file.read_text() == "Something else."
    assert run("backup", file, "--force").exit_code == 0


def test_a_restore_does_not_forget_what_was_sent(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    assert run("backup", file).exit_code == 0
    sent(State.CREATED)

    refused = run("restore", file)

    assert refused.exit_code == 1
    assert "could then be sent a second time" in refused.output
    assert "Q4 Outreach" in refused.output
    assert names(store) == {"Q4 Outreach"}
    assert run("restore", file, "--forget-sent").exit_code == 0
    assert names(store) == set()


def test_what_the_backup_knows_as_sent_is_no_reason_to_refuse(
    run: Run, file: Path, sent: Sent
) -> None:
    sent(State.UNKNOWN)
    assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0


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


@pytest.fixture
def backed_up(run: Run, file: Path, saved: Saved) -> Path:
    """Take a backup, and go on working."""
    assert run("backup", file).exit_code == 0
    saved(inbound(name="Still here"))
    return file


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


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    refused = run("backup", tmp_path / "nowhere" / "monday.zip")
    assert refused.exit_code == 1
    assert "cannot be written (No such file or directory)." in refused.output


def test_a_restore_is_on_record_with_what_it_forgot(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    assert run("backup", file).exit_code == 0
    sent(State.CREATED)
    assert run("restore", file, "--forget-sent").exit_code == 0

    with store.reading() as session:
        query = select(Event).where(Event.chain == INSTANCE).order_by(Event.number)
        event = session.scalars(query).all()[-1]
        details = read_details(event)
        assert verify(session).fault == ""
    assert event.kind == "backup restored"
    assert details["forgotten"][0][1:4] == ["Q4 Outreach", "VoiceAIWrapper", "CREATED"]


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


def claimed(store: Store, saved: Saved) -> Claim:
    reviewed, to = compute_digest(encode_payload(build_payload(outbound()))), destination(FakeApi())
    return claim(press(saved(outbound()), reviewed=reviewed, to=to), store=store, deadline=30)


def test_an_answer_that_a_restore_forgets_is_named(
    run: Run, file: Path, store: Store, saved: Saved, visitor: Visitor
) -> None:
    mine = claimed(store, saved)
    assert run("backup", file).exit_code == 0
    record_outcome(mine, CREATED, store, journal(store))

    restored = run("restore", file)

    assert restored.exit_code == 0, restored.output
    assert f"CREATED as {MADE.campaign_id}" in restored.output
    page = visitor.open(f"/submissions/{mine.submission_id}")
    assert page.heading == "Unknown: Q4 Outreach"
    assert "A backup was brought back that was made before the answer came." in page.text
    with store.reading() as session:
        assert verify(session).fault == ""


def test_an_answer_that_is_not_written_down_yet_is_in_the_backup(
    run: Run, file: Path, store: Store, saved: Saved, visitor: Visitor
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    assert run("backup", file).exit_code == 0
    assert recover(store, journal(store)) == 1
    assert run("restore", file).exit_code == 0
    assert visitor.open(f"/submissions/{mine.submission_id}").heading == "Created: Q4 Outreach"


def test_an_answer_that_is_written_down_during_a_backup_is_in_it(
    run: Run,
    file: Path,
    store: Store,
    saved: Saved,
    visitor: Visitor,
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    copy = database_file.copy_database

    def copy_then_recover(source: Path, target: Path) -> None:
        copy(source, target)
        if source == store.path:
            recover(store, journal(store))  # As the running app does at any moment.

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "copy_database", copy_then_recover)
        assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0
    assert visitor.open(f"/submissions/{mine.submission_id}").heading == "Created: Q4 Outreach"


def test_a_campaign_of_which_more_was_found_out_since_is_not_forgotten(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    number = sent(State.UNKNOWN)
    look_up(store, number)
    assert run("backup", file).exit_code == 0
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo3")
    refused = run("restore", file)
    assert (refused.exit_code, "as Vm9pY2VDYW1wYWlnbjo3" in refused.output) == (1, True)


def not_sealed(database: Path) -> list[str]:
    """Name the chains of which not everything is sealed."""
    with closing(sqlite3.connect(database)) as file_of:
        rows = file_of.execute("SELECT chain FROM chain_head WHERE number > sealed")
        return [chain for (chain,) in rows]


def test_everything_is_sealed_in_a_backup_and_after_a_restore(
    run: Run, file: Path, store: Store, saved: Saved, tmp_path: Path
) -> None:
    saved(inbound())
    assert not_sealed(store.path) != []
    assert run("backup", file).exit_code == 0
    with ZipFile(file) as packed:
        assert not_sealed(Path(packed.extract("campaigns.sqlite3", tmp_path))) == []
    saved(inbound())
    assert run("restore", file).exit_code == 0
    assert not_sealed(store.path) == []


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


def test_a_restore_does_not_wait_for_ever_for_another_program(
    run: Run, backed_up: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "PATIENCE", 0.2)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = run("restore", backed_up)
        assert (refused.exit_code, "database is locked" in refused.output) == (1, True)
    assert names(store) == {"Still here"}


def test_an_answer_that_the_backup_holds_itself_is_not_named_as_lost(
    run: Run, file: Path, store: Store, saved: Saved
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    assert run("backup", file).exit_code == 0
    recover(store, journal(store))
    assert "not known here any more" not in run("restore", file).output.split("What was sent")[0]


def test_an_id_that_was_corrected_since_is_named(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    number = sent(State.UNKNOWN)
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo3")
    assert run("backup", file).exit_code == 0
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo4")
    assert "CREATED as Vm9pY2VDYW1wYWlnbjo4" in run("restore", file).output


def test_an_answer_in_the_journal_is_no_reason_to_forget_a_campaign(
    run: Run, file: Path, store: Store, saved: Saved
) -> None:
    assert run("backup", file).exit_code == 0
    mine = claimed(store, saved)
    record_outcome(mine, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    look_up(store, mine.submission_id)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    refused = run("restore", file)
    assert (refused.exit_code, f"CREATED as {MADE.campaign_id}" in refused.output) == (1, True)


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


def test_a_backup_beside_the_databases_holds_no_earlier_one(run: Run, instance: Path) -> None:
    for name in ("one.zip", "two.zip"):
        assert run("backup", instance / name).exit_code == 0
    with ZipFile(instance / "two.zip") as packed:
        assert "one.zip" not in packed.namelist()


PASSING = ("campaigns.sqlite3-wal", "x.sqlite3-shm", "x.sqlite3-journal", "x.lock", ".x.new")


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
