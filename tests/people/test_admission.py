"""Whom a provider lets in: to which account, and with which roles."""

from typing import Any

import pytest
from flask import Flask

from app.people.recovery import write_link
from app.rights import ALL, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts
from app.store.audit_trail import EventKind
from tests.log_lines import Log
from tests.people.accounts import (
    add_account,
    find_token,
    is_signed_in,
    make_client,
    post,
    sign_in,
)
from tests.people.mail_server import Inbox, with_mail
from tests.people.oidc_provider import FakeProvider
from tests.people.visits import (
    HEADS,
    OPERATIONS,
    Make,
    come,
    find_account,
    list_events,
    make_for_anna,
    read_flash,
    read_roles,
)


@pytest.fixture
def app(make: Make) -> Flask:
    return make_for_anna(make)


class TestAccount:
    """Whose account it is, and who gets one."""

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    def test_an_address_that_is_not_verified_is_linked_to_nothing(
        self, app: Flask, provider: FakeProvider, verified: object
    ) -> None:
        provider.person["email_verified"] = verified
        client = make_client(app)
        page = come(client)
        assert page.status_code == 403
        assert "has not verified an e-mail address" in page.text
        assert "Ask an administrator" in page.text
        assert not is_signed_in(client)

    @pytest.mark.parametrize(
        "email", ["große@example.com", "gro\u017f\u017fe@example.com", "grosse@ｅxample.com"]
    )
    def test_an_address_that_only_looks_like_one_of_an_account_is_linked_to_nothing(
        self, app: Flask, provider: FakeProvider, email: str
    ) -> None:
        add_account(app, "grosse@example.com")
        provider.person["email"] = email
        client = make_client(app)
        assert "cannot be used here" in come(client).text
        assert not is_signed_in(client)

    def test_a_second_subject_of_the_same_address_is_refused(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        come(make_client(app))
        provider.person["sub"] = "somebody who was given the address later"
        client = make_client(app)
        page = come(client)
        assert page.status_code == 403
        assert "belongs to somebody else" in page.text
        assert not is_signed_in(client)

    def test_who_has_no_account_is_told_whom_to_ask(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person |= {"sub": "bo", "email": "bo@example.com"}
        page = come(make_client(app))
        assert page.status_code == 403
        assert "You have no account here" in page.text
        assert "bo@example.com" in page.text

    @pytest.mark.parametrize(
        ("changes", "person", "words"),
        [
            ({}, {}, ""),
            ({}, {"groups": "operations"}, ""),
            ({}, {"groups": ["guests"]}, "no group of yours"),
            ({}, {"groups": []}, "no group of yours"),
            ({}, {"groups": {"operations": True}}, "no group of yours"),
            ({"domains": frozenset()}, {}, "no group of yours"),
            ({"roles": []}, {}, "no group of yours"),
            ({"groups_claim": "teams"}, {}, "no group of yours"),
            ({"groups_claim": "teams"}, {"teams": ["operations"]}, ""),
            ({}, {"email": "bo@evil.example"}, "evil.example are not let in"),
            ({}, {"email": "bo@sub.example.com"}, "sub.example.com are not let in"),
            ({}, {"email": "bo@evil.example@example.com"}, "cannot be used"),
            ({}, {"email_verified": False}, "not verified"),
        ],
    )
    def test_an_account_is_made_for_who_may_have_one(
        self,
        make: Make,
        provider: FakeProvider,
        changes: dict[str, Any],
        person: dict[str, Any],
        words: str,
    ) -> None:
        allowed = {"domains": frozenset({"example.com"}), "roles": [OPERATIONS]} | changes
        app = make(**allowed)
        provider.person = {
            "sub": "bo",
            "name": "Bo Bell",
            "email": "Bo@Example.com",
            "email_verified": True,
            "groups": ["operations"],
        } | person
        client = make_client(app)
        page = come(client)
        if words:
            assert words in page.text
            assert not is_signed_in(client)
            return
        assert is_signed_in(client)
        account = find_account(app, "bo@example.com")
        assert (account.name, account.password) == ("Bo Bell", None)
        assert read_roles(app, "bo@example.com") == {ALL: frozenset({Role.EDITOR})}
        assert list_events(app, account) == [
            EventKind.ACCOUNT_ADDED,
            EventKind.IDENTITY_LINKED,
            EventKind.SIGNED_IN,
        ]

    def test_who_was_let_in_by_the_provider_gets_no_password_past_it(
        self, make: Make, provider: FakeProvider
    ) -> None:
        app = make(domains=frozenset({"example.com"}), roles=[OPERATIONS])
        provider.person["groups"] = ["operations"]
        client = make_client(app)
        come(client)
        assert client.get("/account/password").location == "/account"
        token = find_token(client.get("/account"))
        new = dict.fromkeys(["new_password", "new_password_confirm"], "seven slow boats wander")
        typed = new | {"csrf_token": token}
        answer = client.post("/account/password", data=typed)
        assert "You have no password" in read_flash(client, answer)
        store = find_services(app).store
        assert write_link(store, "anna@example.com", "https://campaigns.example") is None
        assert find_account(app).password is None

    def test_a_domain_that_looks_alike_is_another(self, make: Make, provider: FakeProvider) -> None:
        app = make(domains=frozenset({"strasse.de"}))
        add_account(app, "anna@strasse.de")
        provider.person["email"] = "anna@xn--strae-oqa.de"
        client = make_client(app)
        assert "straße.de are not let in" in come(client).text
        assert not is_signed_in(client)

    def test_an_account_of_another_domain_is_not_linked(
        self, make: Make, provider: FakeProvider
    ) -> None:
        app = make(domains=frozenset({"example.org"}))
        add_account(app)
        client = make_client(app)
        assert "example.com are not let in" in come(client).text
        assert not is_signed_in(client)

    @pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 81, "a\x07b", 7])
    def test_a_name_that_cannot_be_read_is_the_address(
        self, make: Make, provider: FakeProvider, name: object
    ) -> None:
        app = make(domains=frozenset({"example.com"}), roles=[OPERATIONS])
        provider.person |= {"name": name, "groups": ["operations"]}
        come(make_client(app))
        assert find_account(app).name == "anna@example.com"

    @pytest.mark.parametrize("was_here", [True, False])
    def test_a_closed_account_stays_closed(
        self, app: Flask, provider: FakeProvider, *, was_here: bool
    ) -> None:
        if was_here:
            come(make_client(app))
        with find_services(app).store.writing() as session:
            anna = accounts.find_by_email(session, "anna@example.com")
            assert anna
            accounts.set_active(session, anna, active=False, who="")
        client = make_client(app)
        page = come(client)
        assert page.status_code == 403
        assert "is closed" in page.text
        assert not is_signed_in(client)
        assert not find_account(app).active

    def test_no_second_step_of_ours_is_asked_for(self, app: Flask) -> None:
        with find_services(app).store.writing() as session:
            anna = accounts.find_by_email(session, "anna@example.com")
            assert anna
            anna.tf_primary_method, anna.tf_totp_secret = "authenticator", "secret"
        client = make_client(app)
        come(client)
        assert is_signed_in(client)


class TestRoles:
    """Roles that come from groups are what the groups give now."""

    @pytest.fixture
    def app(self, make: Make) -> Flask:
        app = make(roles=[OPERATIONS, HEADS, ("senders", "sandbox", Role.SENDER)])
        add_account(app, roles={ALL: frozenset({Role.VIEWER})})
        return app

    def test_they_are_given_and_taken_away_beside_those_given_by_hand(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person["groups"] = ["operations", "senders", "strangers"]
        client = make_client(app)
        come(client)
        assert is_signed_in(client)
        assert read_roles(app) == {
            ALL: frozenset({Role.VIEWER, Role.EDITOR}),
            "sandbox": frozenset({Role.SENDER}),
        }
        provider.person["groups"] = ["senders"]
        later = make_client(app)
        come(later)
        assert read_roles(app) == {
            ALL: frozenset({Role.VIEWER}),
            "sandbox": frozenset({Role.SENDER}),
        }
        assert is_signed_in(later)
        assert not is_signed_in(client)
        assert list_events(app, find_account(app)).count(EventKind.ROLES_SET) == 2

    def test_the_same_roles_end_no_sign_in(self, app: Flask, provider: FakeProvider) -> None:
        provider.person["groups"] = ["operations"]
        first, second = make_client(app), make_client(app)
        come(first)
        come(second)
        assert is_signed_in(first)

    def test_who_proves_anew_who_they_are_has_what_their_groups_give_then(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person["groups"] = ["operations", "heads"]
        client = make_client(app)
        come(client)
        provider.person["groups"] = ["operations"]

        answer = come(client, "/sign-in/again", "/account")

        assert answer.location == "/sign-in?next=/account"
        assert "have changed what you may do" in read_flash(client, answer)
        assert read_roles(app) == {ALL: frozenset({Role.VIEWER, Role.EDITOR})}
        assert not is_signed_in(client)

    def test_without_groups_nothing_that_they_give_is_left(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person["groups"] = ["heads"]
        come(make_client(app))
        del provider.person["groups"]
        come(make_client(app))
        assert read_roles(app) == {ALL: frozenset({Role.VIEWER})}

    def test_the_last_administrator_stays_one(
        self, app: Flask, provider: FakeProvider, log: Log
    ) -> None:
        provider.person |= {"sub": "head", "email": "head@example.com", "groups": []}
        client = make_client(app)
        come(client)
        assert is_signed_in(client)
        assert read_roles(app, "head@example.com") == {ALL: frozenset({Role.ADMINISTRATOR})}
        assert "is the last one: its roles stay" in str(log.lines())


class TestLetters:
    """Whom the roles of their groups are told to."""

    @pytest.fixture
    def settings(self, settings: Settings, inbox: Inbox) -> Settings:
        return with_mail(settings, inbox)

    @pytest.fixture
    def app(self, make: Make) -> Flask:
        return make(roles=[OPERATIONS, HEADS], domains=["example.com"])

    def test_who_was_here_before_is_told_of_other_roles_once(
        self, app: Flask, provider: FakeProvider, inbox: Inbox
    ) -> None:
        add_account(app, roles={ALL: frozenset({Role.VIEWER})})
        provider.person["groups"] = ["heads"]
        for _ in range(2):
            come(make_client(app))
        assert find_services(app).background.drain(10)
        linked, changed = inbox.letters
        assert {letter["To"] for letter in inbox.letters} == {"anna@example.com"}
        assert linked["Subject"] == "Campaign Builder: How you sign in was changed"
        assert "signed in as you by the sign-in provider" in linked.get_content()
        assert changed["Subject"] == "Campaign Builder: What you may do was changed"
        assert "Your groups at the sign-in provider" in changed.get_content()

    def test_who_is_unlinked_is_told_so(
        self, app: Flask, provider: FakeProvider, inbox: Inbox
    ) -> None:
        provider.person["groups"] = ["heads"]
        come(make_client(app))
        admin = make_client(app)
        sign_in(admin, "head@example.com")
        page = f"/people/{find_account(app).id}"
        post(admin, f"{page}/identity/unlink", page)
        assert find_services(app).background.drain(10)
        (letter,) = inbox.letters
        assert letter["To"] == "anna@example.com"
        assert "unlinked your account" in letter.get_content()

    def test_who_comes_for_the_first_time_is_told_nothing(
        self, app: Flask, provider: FakeProvider, inbox: Inbox
    ) -> None:
        roles = {ALL: frozenset({Role.EDITOR})}
        with find_services(app).store.writing() as session:
            accounts.add(session, "anna@example.com", "Anna", roles, who="")
        provider.person["groups"] = ["operations"]
        come(make_client(app))
        assert find_services(app).background.drain(10)
        subjects = [letter["Subject"] for letter in inbox.letters]
        assert "Campaign Builder: How you sign in was changed" not in subjects

    def test_who_is_new_has_no_other_roles(
        self, app: Flask, provider: FakeProvider, inbox: Inbox
    ) -> None:
        provider.person["groups"] = ["heads"]
        come(make_client(app))
        assert find_account(app).active
        assert find_services(app).background.drain(10)
        assert inbox.letters == []
