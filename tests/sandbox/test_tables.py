"""The tables are made once, whoever starts first, and go on where an older file ended."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from threading import Barrier

import pytest
from sqlalchemy import Engine, delete, insert, inspect, make_url

from app.sandbox.file import open_file
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Faults, Switch
from app.sandbox.tables import count_on, find_tables, make_tables, read_last_number, writing
from app.store.dialects.postgresql import PostgresqlDatabase
from tests.conftest import ON_POSTGRESQL
from tests.postgresql import drop_database, make_database

REQUEST = {"name": "Q4 Outreach", "type": "OUTBOUND"}
OLDER = """
CREATE TABLE campaign (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT NOT NULL, request TEXT NOT NULL
);
CREATE TABLE fault (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1), name TEXT, every INTEGER, seconds REAL
);
INSERT INTO campaign VALUES
    (1, '2026-11-28T09:00:00.123456+00:00', '{"name": "Older", "type": "INBOUND"}'), (7, '', '{}');
DELETE FROM campaign WHERE number = 7;
INSERT INTO fault VALUES (1, '500', 1, 40.0);
"""


@pytest.fixture
def untouched(database_url: str, path: Path) -> Iterator[Engine]:
    """Give a database in which nothing is."""
    if not database_url:
        yield open_file(path)
        return
    name = f"untouched_{token_hex(8)}"
    engine = PostgresqlDatabase(make_url(make_database(ON_POSTGRESQL, name))).writer
    yield engine
    engine.dispose()
    drop_database(ON_POSTGRESQL, name)


def test_many_may_start_at_once(untouched: Engine) -> None:
    begin = Barrier(8)

    def start(_number: int) -> Ledger:
        begin.wait(10)
        with writing(untouched) as connection:
            make_tables(connection)
        return Ledger(untouched)

    with ThreadPoolExecutor(8) as threads:
        ledgers = list(threads.map(start, range(8)))
    assert {ledger.add(REQUEST).number for ledger in ledgers} == set(range(1, 9))


def test_a_file_goes_on_being_of_its_owner_alone(path: Path) -> None:
    path.touch(0o644)
    with writing(open_file(path)) as connection:
        make_tables(connection)
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_older_file_goes_on(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(OLDER)
    engine = open_file(path)
    with writing(engine) as connection:
        make_tables(connection)

    assert Faults(engine).take() == Switch("500", every=True, seconds=40)
    assert Ledger(engine).add(REQUEST).number == 8
    assert [kept.name for kept in Ledger(engine).read_page(9)] == ["Q4 Outreach", "Older"]


@pytest.mark.postgresql
def test_beside_the_tables_of_the_app_their_names_say_whose_they_are(engine: Engine) -> None:
    names = set(inspect(engine).get_table_names())
    assert {str(table) for table in find_tables(engine)} <= names
    assert all(str(table).startswith("sandbox_") for table in find_tables(engine))


def test_it_is_known_how_far_was_counted_also_when_the_rows_are_gone(engine: Engine) -> None:
    with writing(engine) as connection:
        assert read_last_number(connection) == 0
        connection.execute(insert(find_tables(engine).campaign), {"created_at": "", "request": ""})
        connection.execute(delete(find_tables(engine).campaign))
        assert read_last_number(connection) == 1


@pytest.mark.parametrize(("last", "following"), [(0, 3), (1, 3), (2, 3), (9, 10)])
def test_counting_goes_on_and_never_back(engine: Engine, last: int, following: int) -> None:
    ledger = Ledger(engine)
    assert [ledger.add(REQUEST).number for _ in range(2)] == [1, 2]
    with writing(engine) as connection:
        count_on(connection, last)
    with writing(engine) as connection:
        assert read_last_number(connection) == max(last, 2)
    assert ledger.add(REQUEST).number == following


@pytest.mark.parametrize("last", [0, 5])
def test_counting_goes_on_in_a_table_without_rows(engine: Engine, last: int) -> None:
    with writing(engine) as connection:
        count_on(connection, last)
    assert Ledger(engine).add(REQUEST).number == last + 1
