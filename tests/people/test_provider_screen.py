"""The way to a provider and back: to sign in, and to prove anew who somebody is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.people.recovery import write_link
from app.rights import ALL, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts, identities, sign_ins
from app.store.audit_trail import EventKind
from tests.pages import Page
from tests.people.accounts import add_account, find_token, is_signed_in, make_client, post, sign_in
from tests.people.oidc_provider import SECRET, FakeProvider
from tests.people.visits import (
    ANNA,
    BACK,
    HEADS,
    LONG_AGO,
    OPERATIONS,
    START,
    Make,
    come,
    find_account,
    having,
    list_events,
    make_for_anna,
    read_flash,
    set_out,
    visit,
    without,
)


@pytest.fixture
def app(make: Make) -> Flask:
    return make_for_anna(make)


class TestSignIn:
    def test_who_comes_by_the_provider_is_signed_in(self, app: Flask) -> None:
        client = make_client(app)
        assert come(client).location == "/"
        assert is_signed_in(client)
        assert client.get("/account").text.count("Anna") > 0
        assert list_events(app, find_account(app))[-2:] == [
            EventKind.IDENTITY_LINKED,
            EventKind.SIGNED_IN,
        ]

    def test_the_provider_is_asked_as_the_flow_wants_it(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        come(make_client(app))
        come(make_client(app))
        first, second = provider.asked
        assert first["response_type"] == "code"
        assert set(first["scope"].split()) == {"openid", "email", "profile"}
        assert first["code_challenge_method"] == "S256"
        for name in ("state", "nonce", "code_challenge"):
            assert len(first[name]) >= 43
            assert first[name] != second[name]
        assert SECRET not in str(provider.asked)

    def test_who_was_sent_to_sign_in_comes_back(self, app: Flask) -> None:
        client = make_client(app)
        led = client.get("/requests?search=a")
        then = parse_qs(urlsplit(led.location).query)["next"][0]
        assert come(client, led.location, then).location == then == "/requests?search=a"

    def test_the_page_of_the_sign_in_offers_the_provider(self, app: Flask) -> None:
        assert "Sign in at work" in make_client(app).get("/sign-in").text

    def test_the_secret_can_be_sent_in_the_body(self, app: Flask, provider: FakeProvider) -> None:
        provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        client = make_client(app)
        come(client)
        assert is_signed_in(client)

    def test_what_a_token_leaves_out_is_asked_for(self, app: Flask, provider: FakeProvider) -> None:
        provider.person = {"sub": ANNA["sub"]}
        provider.user_info = dict(ANNA)
        client = make_client(app)
        come(client)
        assert is_signed_in(client)

    def test_a_new_key_of_the_provider_is_looked_up(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        come(make_client(app))
        provider.key, provider.published = "two", ("two",)
        client = make_client(app)
        come(client)
        assert is_signed_in(client)

    def test_the_password_goes_on_and_so_does_the_provider_after_another_address(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        come(make_client(app))
        provider.person["email"] = "anna@elsewhere.example"
        by_provider, by_password = make_client(app), make_client(app)
        come(by_provider)
        sign_in(by_password)
        for client in (by_provider, by_password):
            assert "anna@example.com" in client.get("/account").text
        assert write_link(find_services(app).store, "anna@example.com", "https://campaigns.example")

    def test_nothing_of_it_is_there_without_a_provider(
        self, settings: Settings, instance: Any
    ) -> None:
        app = create_app(settings)
        add_account(app)
        client = make_client(app)
        page = client.get("/sign-in")
        assert START not in page.text
        answer = client.post(START, data={"csrf_token": find_token(page)})
        assert answer.status_code == client.get(BACK).status_code == 404
        find_services(app).store.engine.dispose()

    def test_the_provider_makes_no_first_account(
        self, settings: Settings, provider: FakeProvider
    ) -> None:
        known = provider.make_settings(domains=frozenset({"example.com"}), roles=[HEADS])
        app = create_app(replace(settings, provider=known))
        assert make_client(app).get(BACK).status_code == 404
        find_services(app).store.engine.dispose()


class TestFreshness:
    """Who comes by the provider proves there anew who they are."""

    FRESH = "/account/tokens"

    @pytest.fixture
    def stale(self, app: Flask, provider: FakeProvider) -> Iterator[FlaskClient]:
        """Give a browser in which Anna signed in by the provider some time ago."""
        client = make_client(app)
        come(client)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
            assert client.get(self.FRESH).location == f"/sign-in/again?next={self.FRESH}"
            yield client

    def test_who_has_just_signed_in_there_is_not_asked(self, app: Flask) -> None:
        client = make_client(app)
        come(client)
        assert client.get(self.FRESH).status_code == 200

    @pytest.mark.parametrize("auth_time", [None, True, 0, LONG_AGO])
    def test_who_signed_in_there_long_ago_or_nobody_knows_when_is_asked(
        self, app: Flask, provider: FakeProvider, auth_time: object
    ) -> None:
        provider.change = having(auth_time=auth_time) if auth_time else without("auth_time")
        client = make_client(app)
        come(client)
        assert is_signed_in(client)
        assert client.get(self.FRESH).status_code == 302

    def test_who_proves_it_there_goes_on(self, stale: FlaskClient, provider: FakeProvider) -> None:
        page = f"/sign-in/again?next={self.FRESH}"
        assert "Sign in at work" in stale.get(page).text
        assert come(stale, page, self.FRESH).location == self.FRESH
        assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
        assert stale.get(self.FRESH).status_code == 200

    def test_who_opens_the_answer_of_the_provider_again_is_where_they_were(
        self, app: Flask
    ) -> None:
        client = make_client(app)
        back = visit(set_out(client))
        client.get(back)
        assert client.get(back).location == "/"
        assert is_signed_in(client)

    def test_who_was_signed_out_meanwhile_signs_in(
        self, app: Flask, stale: FlaskClient, provider: FakeProvider
    ) -> None:
        back = visit(set_out(stale, f"/sign-in/again?next={self.FRESH}", self.FRESH))
        with find_services(app).store.writing() as session:
            sign_ins.end_all(session, find_account(app).id)
        answer = stale.get(back)
        assert answer.location == f"/sign-in?next={self.FRESH}"
        assert read_flash(stale, answer) == "You were signed out meanwhile. Sign in to go on."

    def test_a_provider_that_asks_nobody_anew_proves_nothing(
        self, stale: FlaskClient, provider: FakeProvider
    ) -> None:
        provider.asks_anew = False
        answer = come(stale, "/sign-in/again", self.FRESH)
        assert "just proved who you are" in read_flash(stale, answer)
        assert stale.get(self.FRESH).status_code == 302

    def test_a_provider_that_does_not_say_when_proves_nothing(
        self, stale: FlaskClient, provider: FakeProvider
    ) -> None:
        provider.change = without("auth_time")
        come(stale, "/sign-in/again")
        assert stale.get(self.FRESH).status_code == 302

    def test_who_strips_what_is_asked_for_proves_nothing(
        self, stale: FlaskClient, provider: FakeProvider
    ) -> None:
        address = set_out(stale, "/sign-in/again")
        stale.get(visit(re.sub("&(prompt|max_age)=[^&]+", "", address)))
        assert stale.get(self.FRESH).status_code == 302

    def test_somebody_else_proves_nothing(
        self, app: Flask, stale: FlaskClient, provider: FakeProvider
    ) -> None:
        provider.person |= {"sub": "head", "email": "head@example.com"}
        answer = come(stale, "/sign-in/again")
        assert "That was somebody else" in read_flash(stale, answer)
        assert stale.get(self.FRESH).status_code == 302
        assert "anna@example.com" in stale.get("/account").text

    def test_an_attempt_to_sign_in_proves_nothing_to_who_is_signed_in(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        """Anna's provider is signed in to since long ago; a new sign-in there is none here."""
        client = make_client(app)
        address = set_out(client)
        provider.signed_in_at = time() - 3600
        client.get(visit(address))
        assert is_signed_in(client)
        assert client.get(self.FRESH).status_code == 302

    def test_who_has_only_a_password_is_not_offered_the_provider(self, app: Flask) -> None:
        client = make_client(app)
        sign_in(client)
        assert START not in client.get("/sign-in/again").text

    def test_who_has_no_password_is_not_asked_for_one(
        self, make: Make, provider: FakeProvider
    ) -> None:
        app = make(domains=frozenset({"example.com"}), roles=[OPERATIONS])
        provider.person["groups"] = ["operations"]
        client = make_client(app)
        come(client)
        page = client.get("/sign-in/again")
        assert 'type="password"' not in page.text
        typed = {"csrf_token": find_token(page), "password": ""}
        assert client.post("/sign-in/again", data=typed).status_code == 200
        sign_in(make_client(app), password="")
        with find_services(app).store.reading() as session:
            anna = find_account(app)
            assert identities.find(session, provider.issuer, anna.id)


def test_an_administrator_sees_who_comes_by_the_provider_and_unlinks_them(
    app: Flask, provider: FakeProvider
) -> None:
    anna, admin = make_client(app), make_client(app)
    come(anna)
    assert "linked with your account" in anna.get("/account").text
    sign_in(admin, "head@example.com")
    assert "password, or the provider" in admin.get("/people").text
    page = f"/people/{find_account(app).id}"
    assert provider.person["sub"] in admin.get(page).text
    post(admin, f"{page}/identity/unlink", page)
    assert not is_signed_in(anna)
    assert "Can no longer sign in by" in admin.get(page).text

    provider.person["sub"] = "whom the provider has made anew"
    again = make_client(app)
    come(again)
    assert is_signed_in(again)


def test_who_alone_looks_after_people_is_not_unlinked_from_the_only_way_in(
    app: Flask, provider: FakeProvider
) -> None:
    come(make_client(app))
    admin = make_client(app)
    sign_in(admin, "head@example.com")
    account_id = find_account(app).id
    with find_services(app).store.writing() as session:
        anna = accounts.find(session, account_id)
        accounts.set_roles(session, anna, {ALL: frozenset({Role.ADMINISTRATOR})}, who="")
        anna.password = None
        head = accounts.find_by_email(session, "head@example.com")
        assert head
        head.password = None
    page = f"/people/{account_id}"

    answer = post(admin, f"{page}/identity/unlink", page)

    assert answer.status_code == 422
    assert "make another administrator first" in answer.text


def test_each_page_on_the_way_is_a_good_page(app: Flask, provider: FakeProvider) -> None:
    client = make_client(app)
    token = find_token(client.get("/sign-in"))
    provider.person["email_verified"] = False
    for page in (
        Page(client.get("/sign-in")),
        Page(client.post(START, data={"csrf_token": token})),
        Page(come(client)),
    ):
        assert page.status in {200, 403}
    provider.person["email_verified"] = True
    come(client)
    for address in ("/sign-in/again", "/account"):
        assert Page(client.get(address)).status == 200
