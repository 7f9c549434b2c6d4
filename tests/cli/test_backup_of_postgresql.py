"""A backup of what is on PostgreSQL is the same kind of file, and leads back to either database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, make_url, text

from app import create_app
from app.cli.archive import MAIN
from app.sandbox.file import FILE, open_file
from app.sandbox.ledger import Ledger
from app.sandbox.tables import find_tables, writing
from app.services import find_services
from app.settings import Settings
from app.store import move
from app.store.base import State
from app.store.database import Store
from app.store.dialects.sqlite import MOVED
from tests.cli.backups import Run, Saved, Sent, names
from tests.conftest import ON_POSTGRESQL
from tests.factories import inbound
from tests.postgresql import drop_database, make_database
from tests.sending.presses import rows
from tests.store.archives import archive
from tests.store.tampering import sealed, tamper, verdict

BackUp = Callable[[], Result]
REQUEST = {"name": "Rehearsed", "type": "INBOUND"}

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]


@pytest.fixture
def empty() -> Iterator[str]:
    """Give the URL of an empty database."""
    name = f"empty_{token_hex(8)}"
    yield make_database(ON_POSTGRESQL, name)
    drop_database(ON_POSTGRESQL, name)


@pytest.fixture
def back_up(run: Run, file: Path) -> Callable[[], Result]:
    return lambda: run("backup", file)


@pytest.fixture
def kept(saved: Saved) -> None:
    saved(inbound(name="Kept"))


@pytest.fixture
def backed_up(back_up: BackUp, saved: Saved, sent: Sent, store: Store, ledger: Ledger) -> str:
    """Back some of everything up, go on working, and give the seal that was the newest then."""
    saved(inbound(name="Zeppelins"))
    sent(State.CREATED)
    ledger.add(REQUEST)
    done = back_up()
    assert done.exit_code == 0, done.output
    noted = sealed(store)
    saved(inbound(name="After the backup"))
    return noted


def run_in(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def test_what_was_archived_is_on_record_in_the_file(
    run: Run, file: Path, store: Store, sent: Sent, tmp_path: Path
) -> None:
    sent(State.REFUSED)
    noted = sealed(store)
    assert len(archive(store)) == 2
    assert run("backup", file).exit_code == 0
    instance = tmp_path / "other"
    restored = run_in(create_app(Settings(instance=instance)), "restore", file)
    assert restored.exit_code == 0, restored.output
    there = find_services(create_app(Settings(instance=instance))).store
    assert verdict(there, noted).fault == ""
    assert rows(there, "SELECT count(*) FROM exchange") == [(0,)]


def test_it_is_brought_back_by_way_of_a_file(
    backed_up: str, file: Path, store: Store, empty: str, tmp_path: Path
) -> None:
    expected = names(store) - {"After the backup"}
    [(last,)] = rows(store, "SELECT max(id) FROM submission")

    instance = tmp_path / "other"
    restored = run_in(create_app(Settings(instance=instance)), "restore", file)
    assert restored.exit_code == 0, restored.output
    there = find_services(create_app(Settings(instance=instance))).store
    assert names(there) == expected
    assert verdict(there, backed_up).fault == ""

    moved = run_in(create_app(Settings(instance=instance)), "move-to", empty)
    assert moved.exit_code == 0, moved.output
    back = Store(make_url(empty))
    assert (names(back), verdict(back, backed_up).fault) == (expected, "")
    with back.writing() as session:
        number = text("SELECT nextval(pg_get_serial_sequence('submission', 'id'))")
        assert session.scalars(number).one() > last
    back.engine.dispose()


@pytest.mark.usefixtures("backed_up")
def test_the_sandbox_is_brought_back_with_it_and_counts_on(
    file: Path, empty: str, ledger: Ledger, tmp_path: Path
) -> None:
    [kept] = ledger.read_page(9)
    instance = tmp_path / "other"
    restored = run_in(create_app(Settings(instance=instance)), "restore", file)
    assert restored.exit_code == 0, restored.output
    there = create_app(Settings(instance=instance))
    assert find_services(there).ledger.read_page(9) == [kept]

    assert run_in(there, "move-to", empty).exit_code == 0
    back = find_services(create_app(Settings(instance=instance, database_url=empty)))
    assert back.ledger.read_page(9) == [kept]
    assert back.ledger.add(REQUEST).number == kept.number + 1
    back.store.engine.dispose()


def test_the_sandboxs_file_is_of_what_is_shared_and_not_of_what_is_in_the_folder(
    back_up: BackUp, file: Path, ledger: Ledger, instance: Path, tmp_path: Path
) -> None:
    Ledger(open_file(instance / FILE)).add(REQUEST | {"name": "Left by a move"})
    kept = [ledger.add(REQUEST) for _ in range(2)]
    with writing(ledger.engine) as connection:
        connection.execute(delete(find_tables(connection).campaign).where(text("number = 2")))

    assert back_up().exit_code == 0
    with ZipFile(file) as packed:
        assert [name for name in packed.namelist() if name.startswith(FILE)] == [FILE]
        packed.extract(FILE, tmp_path)
    copied = Ledger(open_file(tmp_path / FILE))
    assert copied.read_page(9) == kept[:1]
    assert copied.add(REQUEST).number == 3


def test_what_a_move_left_in_the_folder_is_not_in_it(
    back_up: BackUp, file: Path, kept: None, instance: Path, tmp_path: Path
) -> None:
    left = Store(instance / MAIN)  # As it was before the move.
    assert names(left) == set()
    left.engine.dispose()
    (instance / MOVED).write_text("server")

    assert back_up().exit_code == 0
    with ZipFile(file) as packed:
        assert MOVED not in packed.namelist()
        packed.extract(MAIN, tmp_path)
    copied = Store(tmp_path / MAIN)
    assert names(copied) == {"Kept"}


def test_a_restore_in_place_is_refused_with_the_way_to_do_it(
    run: Run, file: Path, kept: None, back_up: BackUp, store: Store
) -> None:
    assert back_up().exit_code == 0
    refused = run("restore", file)
    assert (refused.exit_code, "move-to the empty database" in refused.output) == (1, True)
    assert names(store) == {"Kept"}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda store, _patch: tamper(store, "UPDATE event SET who = 'Eve' WHERE number = 1"),
        lambda _store, patch: patch.setattr(move, "_insert_all", lambda *_: None),
    ],
    ids=["a trail that does not hold", "rows that are not copied"],
)
def test_a_backup_that_would_not_hold_is_not_written(
    back_up: BackUp,
    file: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Store, pytest.MonkeyPatch], None],
) -> None:
    spoil(store, monkeypatch)
    refused = back_up()
    assert (refused.exit_code, "Nothing is written." in refused.output) == (1, True)
    assert not file.exists()
