"""An older copy of the database sends nothing twice, even if `restore` did not bring it back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from app.remote.answers import Created
from app.sandbox.ledger import Ledger
from app.sending.brought_back import FILE, PAUSED, Witness
from app.sending.sender import Sender
from app.services import find_services
from app.store import audit_trail, seals, throttles
from app.store.audit_trail import INSTANCE, EventKind
from app.store.base import Base, State
from app.store.database import Store
from app.store.models import Submission
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.log_lines import Log
from tests.pages import Visitor, drain
from tests.sending.presses import destination, journal
from tests.sending.test_sender import OneConnection, queue
from tests.store.tampering import sealed, unguarded, verdict

Saved = Callable[..., str]


class Copy:
    """All rows of a database as they are at one moment, to be brought back as a dump is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.reading() as session:
            self._rows = {
                table: [dict(row) for row in session.execute(select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }

    def bring_back(self) -> None:
        with unguarded(self._store) as session:
            for table in reversed(self._rows):
                session.execute(delete(table))
            for table, rows in self._rows.items():
                if rows:
                    session.execute(insert(table), rows)


class Machine:
    """A machine that sends, with a folder of its own."""

    def __init__(self, store: Store, folder: Path, api: FakeApi) -> None:
        folder.mkdir()
        to = destination(api)
        self.folder, self.witness = folder, Witness(store, folder, lambda: [to.key])
        self._sender = Sender(store, journal(store), OneConnection(api), witness=self.witness)
        self._key = to.key

    def send(self) -> None:
        self._sender.wake(self._key)
        assert self._sender.drain(10)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(*[ANSWERS[State.CREATED]] * 9)


def read(store: Store) -> tuple[set[State], Any]:
    """Read the states of all submissions, and why nothing goes to the client."""
    with store.reading() as session:
        states = set(session.scalars(select(Submission.state)))
        pause = throttles.find_pause(session, destination(FakeApi()).key)
    return states, pause and pause.reason


def count_restores(store: Store) -> int:
    with store.reading() as session:
        events = audit_trail.read_chain(session, INSTANCE)
    return sum(event.kind == EventKind.BACKUP_RESTORED for event in events)


def send_after_a_copy(
    store: Store, saved: Saved, api: FakeApi, folder: Path
) -> tuple[Machine, Copy]:
    """Send a campaign that waits in a copy; the machine has noted what it has seen after that."""
    queue(store, saved, destination(api))
    machine, copy = Machine(store, folder, api), Copy(store)
    machine.send()
    Witness(store, folder, list).check()
    return machine, copy


class Failover(FakeApi):
    """An API during whose first call an older copy of the database takes over."""

    def __init__(self, take_over: Callable[[], None]) -> None:
        super().__init__(*[ANSWERS[State.CREATED]] * 9)
        self._take_over: Callable[[], None] | None = take_over

    def create_campaign(self, body: bytes) -> Created:
        take_over, self._take_over = self._take_over, None
        if take_over:
            take_over()
        return super().create_campaign(body)


def test_what_is_being_sent_while_an_older_copy_takes_over_is_sent_no_second_time(
    store: Store, saved: Saved, tmp_path: Path
) -> None:
    queue(store, saved, destination(FakeApi()))
    api = Failover(Copy(store).bring_back)
    machine = Machine(store, tmp_path / "one", api)
    machine.send()

    assert len(api.asked) == 1
    assert read(store) == ({State.UNKNOWN}, PAUSED)
    machine.send()
    assert len(api.asked) == 1
    assert verdict(store).fault == ""


def test_what_waited_in_an_older_copy_is_sent_no_second_time(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path, log: Log
) -> None:
    machine = Machine(store, tmp_path / "one", api)
    queue(store, saved, destination(api))
    copy = Copy(store)
    machine.send()
    assert read(store) == ({State.CREATED}, None)

    copy.bring_back()
    machine.send()

    assert len(api.asked) == 1
    assert read(store) == ({State.UNKNOWN}, PAUSED)
    assert [line for line in log.lines() if line["level"] == "critical"]
    assert verdict(store).fault == ""


def test_a_machine_that_was_started_again_knows_it_from_its_folder(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path
) -> None:
    machine, copy = send_after_a_copy(store, saved, api, tmp_path / "one")
    copy.bring_back()
    Witness(store, machine.folder, list).check()

    assert read(store)[0] == {State.UNKNOWN}


def test_of_several_machines_one_settles_it_and_what_is_sent_after_that_goes(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path
) -> None:
    first, second = (Machine(store, tmp_path / name, api) for name in ("one", "two"))
    queue(store, saved, to := destination(api))
    copy = Copy(store)
    first.send()
    second.witness.check()
    copy.bring_back()
    first.witness.check()
    with store.writing() as session:
        throttles.resume(session, to.key, "Ada")
    queue(store, saved, to, "Another")
    second.send()

    assert read(store) == ({State.UNKNOWN, State.CREATED}, None)
    assert count_restores(store) == 1


def test_an_older_copy_is_noticed_that_has_grown_since(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path
) -> None:
    machine, copy = send_after_a_copy(store, saved, api, tmp_path / "one")
    copy.bring_back()
    for number in range(9):
        with store.writing() as session:
            audit_trail.record(session, EventKind.COUNTED, INSTANCE, drafts=number)
            seals.seal(session)
    machine.send()
    assert len(api.asked) == 1


def test_another_database_is_no_older_copy(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path, tmp_path_factory: Any
) -> None:
    machine = Machine(store, tmp_path / "one", api)
    queue(store, saved, destination(api))
    machine.witness.check()
    other = Store(tmp_path_factory.mktemp("other") / "campaigns.sqlite3")
    with other.writing() as session:
        audit_trail.record(session, EventKind.COUNTED, INSTANCE, drafts=0)
    Witness(other, machine.folder, list).check()
    assert count_restores(other) == 0
    other.engine.dispose()


def test_what_has_only_grown_is_no_older_copy(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path
) -> None:
    machine = Machine(store, tmp_path / "one", api)
    for number in range(3):
        queue(store, saved, destination(api), f"Campaign {number}")
        machine.send()
        Witness(store, machine.folder, list).check()
    assert read(store) == ({State.CREATED}, None)
    assert count_restores(store) == 0


def test_a_note_that_cannot_be_read_or_written_keeps_nothing_back(
    store: Store, saved: Saved, api: FakeApi, tmp_path: Path
) -> None:
    machine = Machine(store, tmp_path / "one", api)
    (machine.folder / FILE).mkdir()
    queue(store, saved, destination(api))
    machine.send()
    assert read(store) == ({State.CREATED}, None)
    (machine.folder / FILE).rmdir()
    (machine.folder / FILE).write_text("{}")
    Witness(store, machine.folder, list).check()
    assert count_restores(store) == 0


def test_the_app_itself_looks_every_minute(
    app: Flask, store: Store, saved: Saved, instance: Path, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    saved()
    sealed(store)
    copy = Copy(store)
    saved()
    sealed(store)
    find_services(app).doorbell.sweep()
    copy.bring_back()
    find_services(app).doorbell.sweep()

    assert count_restores(store) == 1
    with store.reading() as session:
        assert throttles.list_paused(session) == {key}
    assert FILE in {file.name for file in instance.iterdir()}


def test_the_app_itself_looks_before_it_sends(
    app: Flask, store: Store, saved: Saved, ledger: Ledger, visitor: Visitor
) -> None:
    another, third = (saved(outbound(name=name)) for name in ("Another", "A third"))
    sealed(store)
    copy = Copy(store)
    visitor.press(visitor.open(f"/drafts/{another}/review"), "send")
    drain(app)
    copy.bring_back()
    visitor.press(visitor.open(f"/drafts/{third}/review"), "send")
    drain(app)

    assert count_restores(store) == 1
    assert [campaign.name for campaign in ledger.read_page(9)] == ["Another"]
