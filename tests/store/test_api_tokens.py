"""Tokens for programs: made once, kept as a hash, and of no use once they end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.rights import Scope
from app.store import accounts, api_tokens
from app.store.api_tokens import Terms
from app.store.audit_trail import EventKind, name_account_chain, read_chain
from app.store.database import Store
from app.store.people_models import Account
from tests.people.accounts import add_account


@pytest.fixture
def account(app: Flask) -> Account:
    add_account(app, "admin@example.com")
    return add_account(app)


@pytest.fixture
def make(store: Store, account: Account) -> Callable[..., str]:
    def make_one(name: str = "Import", days: int = 7) -> str:
        with store.writing() as session:
            terms = Terms(name, Scope.WRITE, days)
            return api_tokens.make(session, account.id, terms, who="Anna <anna@example.com>")

    return make_one


def is_good(store: Store, key: str, after: timedelta = timedelta(0)) -> bool:
    with store.reading() as session:
        return api_tokens.find(session, key, datetime.now(UTC) + after) is not None


def test_a_token_is_found_with_its_account(
    store: Store, account: Account, make: Callable[..., str]
) -> None:
    key = make()
    with store.reading() as session:
        row = api_tokens.find(session, key, datetime.now(UTC))
        assert row
        token, of = row
        assert (token.name, token.scope, of.id) == ("Import", "write", account.id)
    assert key.startswith("cb_")
    assert len(key) > 40


def test_nothing_that_is_kept_has_the_token_in_it(store: Store, make: Callable[..., str]) -> None:
    key = make()
    with store.reading() as session:
        for table in ("api_token", "event"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert rows
            assert key not in str(rows)
            assert key.removeprefix("cb_") not in str(rows)


@pytest.mark.parametrize("wrong", ["", "cb_", "cb_x", "cb_\N{LATIN SMALL LETTER U WITH DIAERESIS}"])
def test_what_is_no_token_finds_nothing(store: Store, make: Callable[..., str], wrong: str) -> None:
    make()
    assert not is_good(store, wrong)


def test_a_token_ends_by_itself(store: Store, make: Callable[..., str]) -> None:
    key = make(days=7)
    assert is_good(store, key, timedelta(days=6, hours=23))
    assert not is_good(store, key, timedelta(days=7, seconds=1))


def test_a_token_can_be_ended_by_its_account_alone(
    store: Store, account: Account, make: Callable[..., str]
) -> None:
    key = make()
    with store.writing() as session:
        (token,) = api_tokens.list_open(session, account.id)
        api_tokens.end(session, account.id - 1, token.id, who="")
    assert is_good(store, key)
    with store.writing() as session:
        api_tokens.end(session, account.id, token.id, who="Anna")
        api_tokens.end(session, account.id, token.id, who="Anna")
    assert not is_good(store, key)
    with store.reading() as session:
        assert api_tokens.list_open(session, account.id) == []
        events = [event.kind for event in read_chain(session, name_account_chain(account.id))]
    assert events.count(EventKind.TOKEN_MADE) == events.count(EventKind.TOKEN_ENDED) == 1


def test_tokens_end_with_the_account_and_do_not_come_back_with_it(
    store: Store, account: Account, make: Callable[..., str]
) -> None:
    key = make()
    with store.writing() as session:
        accounts.set_active(session, accounts.find(session, account.id), active=False, who="")
    assert not is_good(store, key)
    meanwhile = make()
    assert not is_good(store, meanwhile)
    with store.writing() as session:
        accounts.set_active(session, accounts.find(session, account.id), active=True, who="")
    assert not is_good(store, key)
    assert not is_good(store, meanwhile)
    later = make()
    assert is_good(store, later)
    with store.writing() as session:
        accounts.close_all(session, who="")
    assert not is_good(store, later)
    with store.reading() as session:
        assert api_tokens.list_open(session, account.id) == []
    with store.writing() as session:
        accounts.set_active(session, accounts.find(session, account.id), active=True, who="")
    assert not is_good(store, later)


def test_when_it_was_used_is_kept(store: Store, account: Account, make: Callable[..., str]) -> None:
    make()
    with store.writing() as session:
        (token,) = api_tokens.list_open(session, account.id)
        assert token.used_at is None
        api_tokens.note_use(session, token.id, now := datetime.now(UTC))
    with store.reading() as session:
        assert [kept.used_at for kept in api_tokens.list_open(session, account.id)] == [now]
