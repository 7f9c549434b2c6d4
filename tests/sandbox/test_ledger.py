"""What was created stays, numbered once and for all, on either database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete

from app.sandbox.ledger import Ledger
from app.sandbox.tables import find_tables, writing

REQUEST = {"name": "Q4 Outreach", "type": "OUTBOUND", "days_of_week": ["MONDAY"]}


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)


def test_a_campaign_is_kept_with_all_that_was_sent(engine: Engine) -> None:
    request = REQUEST | {"webhook_url": "https://example.com/ü\0"}
    before = datetime.now(UTC)
    added = Ledger(engine).add(request)

    (kept,) = Ledger(engine).read_page(10)

    assert kept == added
    assert (kept.name, kept.type, kept.request) == ("Q4 Outreach", "OUTBOUND", request)
    assert before <= kept.created_at <= datetime.now(UTC)


def test_the_newest_come_first_page_by_page(ledger: Ledger) -> None:
    for number in range(5):
        ledger.add(REQUEST | {"name": str(number)})

    first = ledger.read_page(2)
    second = ledger.read_page(9, before=first[-1].number)

    assert [kept.name for kept in first] == ["4", "3"]
    assert [kept.name for kept in second] == ["2", "1", "0"]


def test_the_number_of_a_deleted_campaign_is_not_used_again(ledger: Ledger, engine: Engine) -> None:
    gone = ledger.add(REQUEST)
    with writing(engine) as connection:
        connection.execute(delete(find_tables(engine).campaign))

    assert ledger.add(REQUEST).number == gone.number + 1


def test_sixteen_threads_lose_nothing(ledger: Ledger) -> None:
    with ThreadPoolExecutor(16) as threads:
        added = list(threads.map(lambda _: ledger.add(REQUEST).campaign_id, range(160)))

    kept = [campaign.campaign_id for campaign in ledger.read_page(999)]

    assert len(set(added)) == 160
    assert sorted(kept) == sorted(added)
