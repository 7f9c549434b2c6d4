"""What was created stays, numbered once and for all."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.sandbox.ledger import Ledger

REQUEST = {"name": "Q4 Outreach", "type": "OUTBOUND", "days_of_week": ["MONDAY"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


def test_a_campaign_is_kept_with_all_that_was_sent(path: Path) -> None:
    before = datetime.now(UTC)
    added = Ledger(path).add(REQUEST)

    (kept,) = Ledger(path).read_page(10)

    assert kept == added
    assert (kept.name, kept.type, kept.request) == ("Q4 Outreach", "OUTBOUND", REQUEST)
    assert before <= kept.created_at <= datetime.now(UTC)


def test_the_newest_come_first_page_by_page(path: Path) -> None:
    ledger = Ledger(path)
    for number in range(5):
        ledger.add(REQUEST | {"name": str(number)})

    first = ledger.read_page(2)
    second = ledger.read_page(9, before=first[-1].number)

    assert [kept.name for kept in first] == ["4", "3"]
    assert [kept.name for kept in second] == ["2", "1", "0"]


def test_the_number_of_a_deleted_campaign_is_not_used_again(path: Path) -> None:
    ledger = Ledger(path)
    gone = ledger.add(REQUEST)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM campaign")

    assert ledger.add(REQUEST).number == gone.number + 1


def test_sixteen_threads_lose_nothing(path: Path) -> None:
    ledger = Ledger(path)
    with ThreadPoolExecutor(16) as threads:
        added = list(threads.map(lambda _: ledger.add(REQUEST).campaign_id, range(160)))

    kept = [campaign.campaign_id for campaign in ledger.read_page(999)]

    assert len(set(added)) == 160
    assert sorted(kept) == sorted(added)


def test_many_may_open_a_new_file_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        ledgers = list(threads.map(lambda _: Ledger(path), range(8)))

    assert {ledger.add(REQUEST).number for ledger in ledgers} == set(range(1, 9))
