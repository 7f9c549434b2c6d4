"""Who an account is at a provider: one subject of an issuer, and nobody else's."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rights import ALL, Role
from app.store import accounts, audit_trail, identities
from app.store.audit_trail import EventKind, name_account_chain
from app.store.database import Store
from app.store.people_models import Account

HERE, ELSEWHERE = "https://login.example.com", "https://login.example.org"


def add(session: Session, email: str) -> Account:
    roles = {ALL: frozenset({Role.VIEWER})}
    return accounts.add(session, email, email, roles, who="")


def find_id(session: Session, issuer: str, subject: str) -> int | None:
    account = identities.find_account(session, issuer, subject)
    return account.id if account else None


def test_an_account_is_found_by_the_subject_of_its_issuer_alone(store: Store) -> None:
    with store.writing() as session:
        anna, bo = add(session, "anna@example.com"), add(session, "bo@example.com")
        identities.link(session, anna, HERE, "1", who="")
        identities.link(session, bo, ELSEWHERE, "1", who="")
        identities.link(session, bo, HERE, "2", who="")
    with store.reading() as session:
        assert find_id(session, HERE, "1") == anna.id
        assert find_id(session, ELSEWHERE, "1") == bo.id
        assert find_id(session, HERE, "3") is None
        assert identities.list_all(session, HERE).keys() == {anna.id, bo.id}


def test_an_account_has_one_subject_of_an_issuer(store: Store) -> None:
    with store.writing() as session:
        anna = add(session, "anna@example.com")
        identities.link(session, anna, HERE, "1", who="")
        with pytest.raises(identities.OtherIdentity):
            identities.link(session, anna, HERE, "2", who="")


def test_a_subject_has_one_account(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as session:
        identities.link(session, add(session, "anna@example.com"), HERE, "1", who="")
        session.expunge_all()
        identities.link(session, add(session, "bo@example.com"), HERE, "1", who="")


def test_who_is_unlinked_is_signed_out_and_it_is_on_record(store: Store) -> None:
    with store.writing() as session:
        anna = add(session, "anna@example.com")
        before = anna.fs_uniquifier
        identities.link(session, anna, HERE, "1", who="")
        identities.unlink(session, anna, ELSEWHERE, who="Bo")
        assert anna.fs_uniquifier == before
        identities.unlink(session, anna, HERE, who="Bo")
        assert anna.fs_uniquifier != before
    with store.reading() as session:
        assert find_id(session, HERE, "1") is None
        events = audit_trail.read_chain(session, name_account_chain(anna.id))
    assert [event.kind for event in events[1:]] == [
        EventKind.IDENTITY_LINKED,
        EventKind.IDENTITY_UNLINKED,
    ]
    assert events[-1].who == "Bo"
