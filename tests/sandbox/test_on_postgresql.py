"""Apps on several machines, with one PostgreSQL database, have one sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text

from app import CannotStart, create_app
from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.sandbox import create_sandbox
from app.sandbox.file import FILE
from app.services import Services, find_services
from app.settings import Settings
from app.store.dialects.postgresql import PostgresqlDatabase
from tests.campaign.contract.test_vectors import SAMPLE
from tests.pages import Visitor
from tests.sandbox.caller import WITH_TOKEN

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]


@pytest.fixture
def another(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Start a second app on the same database, as on another machine."""
    another = create_app(
        Settings(instance=tmp_path / "another", database_url=settings.database_url)
    )
    yield another
    find_services(another).store.engine.dispose()


@pytest.fixture
def ours(app: Flask) -> Services:
    return find_services(app)


@pytest.fixture
def theirs(another: Flask) -> Services:
    return find_services(another)


@pytest.fixture
def elsewhere(another: Flask) -> Visitor:
    """Sit a person at the second app."""
    client = another.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return Visitor(client)


def test_each_shows_what_was_sent_from_the_other(
    ours: Services, visitor: Visitor, elsewhere: Visitor, saved: Callable[..., str]
) -> None:
    visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")

    assert "Q4 Outreach" in elsewhere.open("/sandbox-campaigns").text
    assert [kept.number for kept in ours.ledger.read_page(9)] == [1]


def test_both_count_together(app: Flask, another: Flask, theirs: Services) -> None:
    for sender in (app, another, app):
        answer = sender.test_client().post(
            f"/sandbox{CAMPAIGNS_PATH}", json=SAMPLE, headers=WITH_TOKEN
        )
        assert answer.status_code == 201
    assert [kept.number for kept in theirs.ledger.read_page(9)] == [3, 2, 1]


def test_a_fault_that_is_switched_on_at_one_meets_who_sends_from_the_other_and_is_off_then(
    visitor: Visitor, elsewhere: Visitor, saved: Callable[..., str], ours: Services
) -> None:
    visitor.press(
        visitor.open("/sandbox-campaigns"),
        "fault",
        {"for": "next", "fault": "stored-then-dropped"},
    )
    assert "Switched on" in elsewhere.open("/sandbox-campaigns").text

    sent = elsewhere.press(elsewhere.open(f"/drafts/{saved()}/review"), "send")

    assert sent.heading == "Unknown: Q4 Outreach"
    assert "Switched on" not in visitor.open("/sandbox-campaigns").text
    assert len(ours.ledger.read_page(9)) == 1


def test_nothing_of_it_is_on_one_machine(theirs: Services, tmp_path: Path) -> None:
    theirs.ledger.add(SAMPLE)
    assert not (tmp_path / "another" / FILE).exists()


@pytest.fixture
def hurried(engine: Engine) -> Iterator[Engine]:
    """Give the database to a sandbox that hardly waits."""
    hurried = create_engine(engine.url, connect_args={"options": "-c lock_timeout=50"})
    yield hurried
    hurried.dispose()


def test_a_database_that_cannot_be_written_creates_nothing_and_says_so(
    engine: Engine, hurried: Engine
) -> None:
    client = create_sandbox(hurried).test_client()
    with engine.begin() as other:
        other.execute(text("LOCK TABLE sandbox_campaign, sandbox_fault"))
        answer = client.post(CAMPAIGNS_PATH, json=SAMPLE, headers=WITH_TOKEN)

    assert answer.status_code == 503
    assert "cannot use its database just now. Nothing was created." in answer.text


def test_a_start_says_what_is_missing_when_the_tables_cannot_be_made(
    postgresql_database: str, instance: Path
) -> None:
    url = make_url(postgresql_database)
    with psycopg.connect(postgresql_database, autocommit=True) as owner:
        owner.execute("DROP TABLE sandbox_campaign, sandbox_fault")
        owner.execute("CREATE ROLE reader LOGIN")
        owner.execute("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO reader")
    try:
        with pytest.raises(CannotStart, match=r"database cannot be used. PostgreSQL .*permission"):
            create_app(Settings(instance=instance, database_url=str(url.set(username="reader"))))
    finally:
        with psycopg.connect(postgresql_database, autocommit=True) as owner:
            owner.execute("DROP OWNED BY reader; DROP ROLE reader")
        database = PostgresqlDatabase(url)
        create_sandbox(database.writer)
        database.engine.dispose()
