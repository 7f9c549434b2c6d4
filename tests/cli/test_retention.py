"""Commands that archive, and hold archives to what they were; backups go on as before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from app.sending.batch_queue import stop_batch, take_back
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from app.store.database import Store
from tests.cli.backups import Run, Saved, Sent, names
from tests.factories import inbound
from tests.pages import Visitor
from tests.sending.batch_of import make
from tests.sending.presses import failing, rows
from tests.store.archives import EVERYTHING, draft_of, throw_away
from tests.store.tampering import verdict

NOTHING = "Nothing is archived: KEEP_LOG_DAYS, KEEP_TRASH_DAYS and KEEP_TRAIL_DAYS are not set.\n"


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    return Settings(instance=instance, database_url=database_url, keep=EVERYTHING)


@pytest.fixture
def folder(instance: Path) -> Path:
    return instance / "archive"


def archive(run: Run, *words: str) -> str:
    """Archive in two days, and give what is printed."""
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        done = run("archive", *words)
    assert done.exit_code == 0, done.output
    return str(done.output)


def make_stopped(app: Flask, store: Store, draft_id: str) -> None:
    batch_id = make(store, find_services(app).connections, [draft_id])
    stop_batch(batch_id, store, "Ada")
    take_back(batch_id, store)


def verify(run: Run) -> str:
    done = run("verify-trail")
    assert done.exit_code == 0, done.output
    return str(done.output)


def test_batches_are_named_and_their_archive_holds(
    app: Flask, run: Run, store: Store, saved: Saved, folder: Path
) -> None:
    for _ in range(2):
        make_stopped(app, store, saved())
    assert archive(run, "--dry-run") == "Would be archived: 2 batches, 4 events, 2 items.\n"
    archive(run)
    (path,) = folder.glob("batches-*")
    held = run("verify-archive", str(path))
    assert held.output.startswith("The archive holds: 2 batches, 2 events, 2 items.\n")
    assert "The event trail holds" in verify(run)


def test_what_is_old_is_archived_and_all_of_it_holds(
    run: Run, store: Store, sent: Sent, saved: Saved, folder: Path
) -> None:
    sent(State.CREATED)
    throw_away(store, saved(inbound()))
    assert run("archive").output == "Nothing is older than the settings keep it.\n"
    assert archive(run, "--dry-run") == "Would be archived: 1 call, 1 draft, 5 events.\n"
    assert not folder.exists()

    output = archive(run)

    assert sorted(line.split(": ")[1] for line in output.splitlines()) == [
        "1 call.",
        "1 draft, 2 events.",
        "3 events.",
    ]
    assert "not in" not in verify(run)
    for path in folder.iterdir():
        assert run("verify-archive", path).output.endswith("It is on record in the event trail.\n")


def test_without_a_setting_nothing_is_archived(instance: Path, database_url: str) -> None:
    app = create_app(Settings(instance=instance, database_url=database_url))
    done = app.test_cli_runner().invoke(args=["archive"])
    assert (done.exit_code, done.output) == (0, NOTHING)


def test_an_archive_that_was_changed_is_said_to_be(run: Run, sent: Sent, folder: Path) -> None:
    sent(State.CREATED)
    archive(run)
    path = max(folder.iterdir())
    path.write_text(path.read_text().replace('"created"', '"creates"'))
    done = run("verify-archive", path)
    assert (done.exit_code, "The archive does not hold. It was changed" in done.output) == (1, True)
    done = run("verify-trail")
    assert (done.exit_code, f"The archive {path.name} does not hold." in done.output) == (1, True)
    path.write_text("")
    assert run("verify-archive", path).exit_code == 1


def test_an_archive_of_another_key_is_said_to_be(
    run: Run, sent: Sent, folder: Path, settings: Settings
) -> None:
    sent(State.CREATED)
    archive(run)
    other = create_app(
        Settings(
            instance=settings.instance, secret_key="o" * 32, database_url=settings.database_url
        )
    )
    done = other.test_cli_runner().invoke(args=["verify-archive", str(min(folder.iterdir()))])
    assert done.exit_code == 1
    assert "not signed by the SECRET_KEY of this app. The event trail has its digest" in done.output


def test_archives_that_are_elsewhere_are_named(run: Run, sent: Sent, folder: Path) -> None:
    sent(State.CREATED)
    archive(run)
    first, *_ = sorted(folder.iterdir())
    first.rename(folder.parent / first.name)
    assert f"verify-archive:\n  {first.name}\nThe newest" in verify(run)
    assert run("verify-archive", folder.parent / first.name).exit_code == 0


def test_what_cannot_be_written_is_told_in_a_sentence(
    run: Run, store: Store, sent: Sent, folder: Path
) -> None:
    sent(State.CREATED)
    folder.write_text("in the way")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        done = run("archive")
    assert (done.exit_code, f"{folder} cannot be written" in done.output) == (1, True)
    folder.unlink()
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=2)),
        failing(store, OperationalError("", None, ValueError("disk I/O error"))),
    ):
        done = run("archive")
    assert (done.exit_code, "The database cannot be used" in done.output) == (1, True)
    assert rows(store, "SELECT count(*) FROM exchange") == [(1,)]
    assert "3 events" in archive(run)


@pytest.mark.sqlite
def test_a_backup_from_before_and_one_from_after_can_be_brought_back(
    run: Run, file: Path, store: Store, sent: Sent, saved: Saved
) -> None:
    sent(State.REFUSED)
    throw_away(store, saved(inbound(name="Thrown away")))
    after = file.with_name("after.zip")
    assert run("backup", file).exit_code == 0
    archive(run)
    assert run("backup", after).exit_code == 0
    sent(State.REFUSED)

    assert run("restore", file).exit_code == 0
    assert names(store) == {"Q4 Outreach", "Thrown away"}
    assert "not in" not in verify(run)
    assert "1 call" in archive(run)
    verify(run)

    assert run("restore", after).exit_code == 0
    assert names(store) == {"Q4 Outreach"}
    assert verdict(store).fault == ""
    sent(State.REFUSED)
    assert rows(store, "SELECT id FROM exchange") == [(3,)]
    verify(run)


@pytest.fixture
def archived(run: Run, store: Store, sent: Sent) -> str:
    """Archive the call and the events of a draft that was sent, and give its id."""
    number = sent(State.CREATED)
    archive(run)
    return draft_of(store, number)


def test_pages_say_what_is_in_archives(visitor: Visitor, archived: str, folder: Path) -> None:
    trail = max(folder.iterdir()).name
    history = visitor.open(f"/drafts/{archived}/history")
    assert f"What was done before is in the archive {trail}" in history.text
    assert "the call in full" not in visitor.open("/submissions/1").text


def test_evidence_says_which_archives_it_leaves_out(
    client: FlaskClient, run: Run, archived: str, tmp_path: Path, folder: Path
) -> None:
    log, trail = sorted(path.name for path in folder.iterdir())
    evidence = tmp_path / "evidence.json"
    evidence.write_bytes(client.get(f"/drafts/{archived}/evidence.json").data)

    done = run("verify-evidence", evidence)

    assert done.exit_code == 0, done.output
    assert f"More of it is in archives, which have to hold as well: {trail}, {log}." in done.output


def test_the_app_archives_by_itself(app: Flask, sent: Sent, folder: Path) -> None:
    sent(State.CREATED)
    services = find_services(app)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        services.doorbell.sweep()
        assert services.background.drain(20)
    assert len(list(folder.iterdir())) == 2
    assert verdict(services.store).fault == ""
