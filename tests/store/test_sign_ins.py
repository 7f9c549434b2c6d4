"""What is done to one sign-in, link or token leaves those of everybody else as they are."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.rights import Scope
from app.store import accounts, api_tokens, join_links, sign_ins
from app.store.api_tokens import Terms
from app.store.database import Store
from app.store.people_models import Account
from tests.people.accounts import add_account

LATER = timedelta(minutes=5)


@pytest.fixture
def anna(app: Flask) -> Account:
    return add_account(app)


@pytest.fixture
def ben(app: Flask) -> Account:
    return add_account(app, "ben@example.com")


def begin(store: Store, account: Account) -> str:
    with store.writing() as session:
        facts = {"address": "127.0.0.1", "agent": "", "who": "", "by": "password"}
        return sign_ins.begin(session, account, **facts)


def find(store: Store, key: str) -> int:
    with store.reading() as session:
        sign_in = sign_ins.find(session, key, datetime.now(UTC))
        assert sign_in
        return sign_in.id


def make_token(store: Store, account: Account) -> str:
    with store.writing() as session:
        return api_tokens.make(session, account.id, Terms("Import", Scope.READ, 7), who="")


def test_one_sign_in_is_used_or_renewed_and_no_other(
    store: Store, anna: Account, ben: Account
) -> None:
    of_anna, of_ben = begin(store, anna), begin(store, ben)
    now = datetime.now(UTC)
    with store.writing() as session:
        sign_ins.note_use(session, find(store, of_anna), now + LATER)
        sign_ins.renew(session, find(store, of_anna))
    with store.reading() as session:
        (seen,) = sign_ins.list_open(session, ben.id)
        assert seen.seen_at < now + LATER
    assert find(store, of_ben)


def test_each_person_has_a_list_of_their_own(store: Store, anna: Account, ben: Account) -> None:
    for account in (anna, ben):
        begin(store, account)
    with store.reading() as session:
        listed = sign_ins.list_open(session, anna.id)
    assert [sign_in.account_id for sign_in in listed] == [anna.id]


def test_a_link_ends_earlier_ones_of_the_same_person_alone(
    store: Store, anna: Account, ben: Account
) -> None:
    with store.writing() as session:
        by_mail = join_links.make_by_mail(session, anna)
    with store.writing() as session:
        join_links.make_by_mail(session, ben)
        join_links.make(session, ben, who="")
        accounts.set_password(session, accounts.find(session, ben.id), "hash", who="")
        accounts.add(session, "new@example.com", "New", {}, who="")
    with store.reading() as session:
        assert join_links.find(session, by_mail).account_id == anna.id


def test_one_token_is_used_and_those_of_one_person_end(
    store: Store, anna: Account, ben: Account
) -> None:
    of_anna, of_ben = make_token(store, anna), make_token(store, ben)
    now = datetime.now(UTC)
    with store.writing() as session:
        (token,) = api_tokens.list_open(session, anna.id)
        api_tokens.note_use(session, token.id, now)
        (other,) = api_tokens.list_open(session, ben.id)
        assert other.used_at is None
        api_tokens.end_all(session, anna.id)
    with store.reading() as session:
        assert api_tokens.find(session, of_anna, now) is None
        assert api_tokens.find(session, of_ben, now) is not None
