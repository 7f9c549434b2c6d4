"""A database that cannot be written: nothing is sent, and what was typed is ready to be posted."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.campaign.compliance.findings import check_rules
from app.rights import make_local_person
from app.sandbox.ledger import Ledger
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from app.web.attention import find_attention
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor
from tests.sending.presses import TOKEN, expire, failing
from tests.store.files import file_of, is_postgresql

pytestmark = pytest.mark.slow


@pytest.fixture
def locked(store: Store) -> Iterator[None]:
    with locked_by_another(store):
        yield


def another_connection(store: Store) -> closing[Any]:
    """Connect as another program does, without transactions of its own."""
    if is_postgresql(store):
        url = store.engine.url.render_as_string(hide_password=False)
        return closing(psycopg.connect(url, autocommit=True))
    return closing(sqlite3.connect(file_of(store), isolation_level=None))


@contextmanager
def locked_by_another(store: Store) -> Iterator[None]:
    """Hold the lock of a writer who is alone, and make the app impatient."""
    if is_postgresql(store):
        hurry, begin = "SET lock_timeout = 10", "BEGIN; LOCK TABLE draft IN SHARE MODE"
    else:
        hurry, begin = "PRAGMA busy_timeout = 10", "BEGIN IMMEDIATE"

    def hasten(connection: Any, *_: Any) -> None:
        connection.execute(hurry)
        connection.commit()

    event.listen(store.engine, "checkout", hasten)
    with another_connection(store) as other:
        other.execute(begin)
        yield
        other.execute("ROLLBACK")


def test_what_was_typed_stands_on_the_page_to_be_posted_again(
    visitor: Visitor, saved: Callable[..., str], request: pytest.FixtureRequest
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}")
    request.getfixturevalue("locked")
    failed = visitor.press(page, answers={"name": "Typed at a bad moment"})

    assert failed.status == 503
    assert failed.heading == "This could not be written down"
    assert failed.typed("name") == "Typed at a bad moment"
    assert failed.soup.find("button", string="Try again")


def test_a_page_that_cannot_be_read_speaks_of_no_writing(client: FlaskClient, store: Store) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("the server has gone"))

    event.listen(store.engine, "before_cursor_execute", fail)
    try:
        page = Page(client.get("/"))
    finally:
        event.remove(store.engine, "before_cursor_execute", fail)
    assert (page.status, page.heading) == (503, "This cannot be shown just now")
    assert "Nothing was sent" not in page.text


def test_nothing_is_sent_that_cannot_be_written_down_first(
    visitor: Visitor, saved: Callable[..., str], ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    page = visitor.open(f"/drafts/{saved()}/review")
    request.getfixturevalue("locked")
    failed = visitor.press(page, "send")

    assert (failed.status, failed.heading) == (503, "This could not be written down")
    assert "Nothing was sent" in failed.text
    assert ledger.read_page(1) == []


def test_trying_again_does_what_was_meant(
    visitor: Visitor, saved: Callable[..., str], store: Store
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}")
    with locked_by_another(store):
        failed = visitor.press(page, answers={"name": "Again"})
    again = visitor.press(failed)

    assert again.typed("name") == "Again"


def test_a_script_that_saves_is_told_to_try_again(client: FlaskClient, locked: None) -> None:
    csrf = Page(client.get("/drafts/new/a1a1a1a1a1a1a1a1")).typed("csrf_token")
    answer = client.post(
        "/drafts/a1a1a1a1a1a1a1a1/autosave",
        data=typed(inbound()) | {"csrf_token": csrf, "version": "0"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 503
    assert answer.get_json()["title"] == "This could not be written down"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (sqlite3.OperationalError("database or disk is full"), "The disk is full."),
        (sqlite3.OperationalError("attempt to write a readonly database"), "may not be written"),
        (sqlite3.DatabaseError("database disk image is malformed"), "The database is damaged"),
        (sqlite3.OperationalError("disk I/O error"), "The disk cannot be read or written."),
        (sqlite3.InterfaceError("odd"), "The database cannot be used; the log says why."),
        (sqlite3.OperationalError("canceling … due to lock timeout"), "about the same just now."),
        (sqlite3.OperationalError("canceling … due to statement timeout"), "took too long."),
        (sqlite3.InternalError("cannot … in a read-only transaction"), "not be written just now."),
        (sqlite3.OperationalError("server closed the connection"), "cannot be reached just now."),
        (PermissionError("odd"), "What you typed is kept on this page."),
        (ZeroDivisionError("odd"), "What you typed is kept on this page."),
    ],
    ids=str,
)
def test_however_it_fails_what_was_typed_is_given_back(
    visitor: Visitor, store: Store, saved: Callable[..., str], error: Exception, message: str
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}")
    with failing(store, error):
        failed = visitor.press(page, answers={"name": "Typed at a bad moment"})
        script = visitor.client.post(
            f"{page.path}/autosave",
            data=typed(inbound())
            | {"csrf_token": str(page.typed("csrf_token")), "version": "1"}
            | {"name": "Typed"},
            headers={"Accept": "application/json"},
        )
    assert failed.status >= 500
    assert message in failed.text
    assert "Your draft is kept" not in failed.text
    assert failed.typed("name") == "Typed at a bad moment"
    assert (script.status_code >= 500, script.is_json) == (True, True)
    assert visitor.press(failed).typed("name") == "Typed at a bad moment"


def test_a_token_that_was_typed_is_typed_again(visitor: Visitor, store: Store) -> None:
    answers = {"name": "A", "kind": "live", "base_url": "https://a.example", "token": TOKEN}
    with failing(store, sqlite3.OperationalError("database is locked")):
        failed = visitor.press(visitor.open("/connections/new"), "new", answers)
    assert failed.status == 503
    assert TOKEN not in str(failed.soup)
    assert "Paste the token." in visitor.press(failed).text


@pytest.mark.sqlite
def test_a_database_that_went_away_is_told(
    visitor: Visitor, saved: Callable[..., str], instance: Path
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}")
    (instance / "campaigns.sqlite3").unlink()
    failed = visitor.press(page, answers={"name": "Typed"})
    assert (failed.status, failed.typed("name")) == (503, "Typed")
    assert "The database file was deleted or replaced: start the app again." in failed.text
    assert visitor.open("/").status == 503
    assert visitor.client.get("/healthz").text == "ok"
    assert visitor.client.get("/readyz").json["database"] == "cannot be read"  # type: ignore[index]


def test_keys_that_went_away_are_told(visitor: Visitor, instance: Path) -> None:
    (instance / "token_keys").unlink()
    answers = {"name": "A", "kind": "live", "base_url": "https://a.example", "token": TOKEN}
    failed = visitor.press(visitor.open("/connections/new"), "new", answers)
    assert failed.status == 503
    assert "Bring it back from a backup." in failed.text


def test_a_review_can_be_read_while_nothing_can_be_written(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    with failing(store, sqlite3.OperationalError("attempt to write a readonly database")):
        assert visitor.open(f"/drafts/{draft_id}/review").heading == "Review Q4 Outreach"


def test_drawing_a_page_writes_nothing(
    app: Flask, store: Store, sent: Callable[[State], int]
) -> None:
    number = sent(State.SENDING)
    expire(store, number)
    with app.test_request_context("/"):
        g.person = make_local_person("")
        assert find_attention().sending == [(number, "Q4 Outreach")]
    with store.reading() as session:
        assert session.get_one(Submission, number).state is State.SENDING


def test_a_campaign_is_judged_before_the_database_is_locked(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(outbound())}")
    with failing(store, sqlite3.OperationalError("database is locked")):
        judged = check_rules.cache_info().misses
        visitor.press(page, answers={"daily_end_time": "16:17"})
    assert check_rules.cache_info().misses > judged
