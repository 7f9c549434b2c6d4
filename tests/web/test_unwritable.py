"""A database that cannot be written: nothing is sent, and what was typed is ready to be posted."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.sandbox.ledger import Ledger
from app.store.database import Store
from tests.factories import inbound, typed
from tests.pages import Page, Visitor


@pytest.fixture
def locked(store: Store, instance: Path) -> Iterator[None]:
    """Hold the write lock, and make the app impatient."""
    event.listen(store.engine, "checkout", lambda one, *_: one.execute("PRAGMA busy_timeout = 10"))
    with closing(sqlite3.connect(instance / "campaigns.sqlite3")) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
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


def test_nothing_is_sent_that_cannot_be_written_down_first(
    visitor: Visitor, saved: Callable[..., str], ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    page = visitor.open(f"/drafts/{saved()}/review")
    request.getfixturevalue("locked")
    failed = visitor.press(page, "send")

    assert (failed.status, failed.heading) == (503, "This could not be written down")
    assert "Nothing was sent" in failed.text
    assert ledger.page(1) == []


def test_trying_again_does_what_was_meant(
    visitor: Visitor, saved: Callable[..., str], store: Store, instance: Path
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}")
    with closing(sqlite3.connect(instance / "campaigns.sqlite3")) as other:
        event.listen(
            store.engine, "checkout", lambda one, *_: one.execute("PRAGMA busy_timeout = 10")
        )
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        failed = visitor.press(page, answers={"name": "Again"})
    again = visitor.press(failed)

    assert again.typed("name") == "Again"


def test_a_script_that_saves_is_told_to_try_again(client: FlaskClient, locked: None) -> None:
    csrf = Page(client.get("/drafts/new/a1")).typed("csrf_token")
    answer = client.post(
        "/drafts/a1/autosave",
        data=typed(inbound()) | {"csrf_token": csrf, "version": "0"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 503
    assert answer.get_json()["title"] == "This could not be written down"
