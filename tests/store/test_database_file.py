"""A database file is compared and counted on as it is, whatever schema it has."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.store import database_file
from app.store.base import State
from app.store.database import Store
from app.store.database_file import copy_database, count_on, read_counters, read_submissions


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    """Make a database whose table has given out three numbers."""
    path = tmp_path / "counted.sqlite3"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE pod (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        file.executemany("INSERT INTO pod VALUES (?)", [(1,), (2,), (3,)])
        file.execute("DELETE FROM pod WHERE id = 3")
    return path


def next_number(path: Path) -> int | None:
    with closing(sqlite3.connect(path)) as file, file:
        return file.execute("INSERT INTO pod DEFAULT VALUES").lastrowid


def test_a_number_that_was_given_counts_though_its_row_is_gone(counted: Path) -> None:
    assert read_counters(counted) == {"pod": 3}


@pytest.mark.parametrize(("numbers", "number"), [({}, 4), ({"pod": 2}, 4), ({"pod": 8}, 9)])
def test_numbers_go_on_from_the_higher_one(
    counted: Path, numbers: dict[str, int], number: int
) -> None:
    count_on(counted, numbers)

    assert next_number(counted) == number


def test_a_table_that_has_given_no_number_yet_is_counted_on_too(counted: Path) -> None:
    count_on(counted, {"lead": 7})

    assert read_counters(counted) == {"pod": 3, "lead": 7}


@pytest.mark.sqlite
def test_a_submission_is_read_with_the_name_of_its_draft(
    store: Store, sent: Callable[[State], int], tmp_path: Path
) -> None:
    number = sent(State.UNKNOWN)
    copy = tmp_path / "copy.sqlite3"
    copy_database(Path(str(store.engine.url.database)), copy)

    (row,) = read_submissions(copy)

    assert (row.id, row.state, row.campaign_id) == (number, State.UNKNOWN, None)
    assert row.campaign


def test_a_file_that_somebody_has_locked_is_not_waited_for_for_ever(
    counted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "PATIENCE", 0.1)
    with closing(sqlite3.connect(counted)) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            copy_database(counted, tmp_path / "copy.sqlite3")
