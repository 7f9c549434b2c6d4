"""Links that set a password, attacked; and the first account, which begins by one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.rights import ALL, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts, join_links
from app.store.base import State
from app.store.people_models import Account, Identity
from tests.people.accounts import (
    PASSWORD,
    add_account,
    is_signed_in,
    make_client,
    make_link,
    post,
    read_errors,
    sign_in,
)
from tests.people.codes import ask_for_codes


def test_a_link_sets_a_password_once(app: Flask, account: Account) -> None:
    link, new = make_link(app, account), "seven slow boats wander"
    client = make_client(app)
    post(client, link, password=new, again=new)
    assert is_signed_in(client)
    assert make_client(app).get(link).status_code == 404
    other = make_client(app)
    sign_in(other, password=new)
    assert is_signed_in(other)


def test_who_comes_by_a_link_over_another_sign_in_ends_that_one(
    app: Flask, signed_in: FlaskClient
) -> None:
    cookie = signed_in.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    copied = make_client(app)
    copied.set_cookie(cookie.key, cookie.value, path="/")
    assert is_signed_in(copied)
    ben = add_account(app, "ben@example.com")
    post(signed_in, make_link(app, ben), password="seven slow boats", again="seven slow boats")
    assert "Ben" in signed_in.get("/account").text
    assert not is_signed_in(copied)


def test_a_link_does_not_pass_the_second_step(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    with find_services(app).store.reading() as session:
        anna = accounts.find(session, 1)
    link, new = make_link(app, anna), "seven slow boats wander"
    client = make_client(app)
    post(client, link, password=new, again=new)
    assert not is_signed_in(client)


def test_an_old_link_is_good_for_nothing(app: Flask, account: Account) -> None:
    link = make_link(app, account)
    with time_machine.travel(datetime.now(UTC) + join_links.WITHIN + timedelta(minutes=1)):
        assert make_client(app).get(link).status_code == 404


def test_a_newer_link_takes_the_place_of_an_older_one(app: Flask, account: Account) -> None:
    older, newer = make_link(app, account), make_link(app, account)
    assert make_client(app).get(older).status_code == 404
    assert make_client(app).get(newer).status_code == 200


def test_the_link_of_the_first_account_makes_no_second_one(app: Flask) -> None:
    with find_services(app).store.writing() as session:
        link = f"/join/{join_links.make_first(session)}"
    client = make_client(app)
    assert client.get(link).status_code == 200
    add_account(app)
    assert client.get(link).status_code == 404


def test_only_a_hash_of_a_link_is_kept(app: Flask, account: Account) -> None:
    link = make_link(app, account)
    database = find_services(app).store.engine.raw_connection()
    rows = database.cursor()
    rows.execute("SELECT key_hash FROM join_link")
    assert link.removeprefix("/join/") not in str(rows.fetchall())


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "Use 12 characters or more."),
        ("password1234", "easy to guess"),
        ("ｐａｓｓｗｏｒｄ１２３４", "easy to guess"),
        ("123456789012", "easy to guess"),
        ("qwertyuiopas", "easy to guess"),
        ("Anna@example.com", "easy to guess"),
        ("x" * 129, "128 characters or fewer"),
    ],
)
def test_a_password_that_is_tried_first_is_refused(
    app: Flask, account: Account, password: str, words: str
) -> None:
    page = post(make_client(app), make_link(app, account), password=password, again=password)
    assert page.status_code == 422
    assert words in " ".join(read_errors(page))


def test_a_password_is_on_no_page_that_offers_to_try_again(
    app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with find_services(app).store.reading() as session:
        anna = accounts.find(session, 1)
    link = make_link(app, anna)
    monkeypatch.setattr(accounts, "set_password", fail)
    page = post(make_client(app), link, password=PASSWORD, again=PASSWORD)
    assert page.status_code == 500
    assert PASSWORD not in page.text


def test_an_app_that_others_can_reach_serves_nothing_before_the_first_account(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, host="0.0.0.0"))  # noqa: S104
    client = make_client(app)
    for address in ("/", "/requests", "/sign-in", "/people", "/connections", "/nothing"):
        assert client.get(address).status_code in {403, 404}, address
    assert client.get("/healthz").status_code == 200
    with find_services(app).store.writing() as session:
        link = f"/join/{join_links.make_first(session)}"
    typed = {"name": "Anna", "email": "anna@example.com", "password": PASSWORD, "again": PASSWORD}
    post(client, link, **typed)
    assert client.get("/").status_code == 200
    assert make_client(app).get("/").location == "/sign-in"


def test_what_is_sent_is_told_to_nobody_from_elsewhere_before_the_first_account(
    app: Flask, sent: Callable[[State], int]
) -> None:
    sent(State.UNKNOWN)
    assert "Q4 Outreach" in make_client(app, "127.0.0.1").get("/nothing").text
    with find_services(app).store.writing() as session:
        first = f"/join/{join_links.make_first(session)}"
    client = make_client(app, "203.0.113.5")
    for address in ("/", "/nothing", "/requests", "/join/none", first, "/static/none", "/metrics"):
        page = client.get(address).text
        assert "Q4 Outreach" not in page, address
        assert "This machine only" not in page, address
    elsewhere = make_client(app, "127.0.0.1").get("/", headers={"Host": "elsewhere.example"})
    assert "Q4 Outreach" not in elsewhere.text


def test_a_link_is_good_for_nothing_after_a_new_password_a_closing_or_other_roles(
    app: Flask, signed_in: FlaskClient
) -> None:
    store = find_services(app).store
    add_account(app, "admin@example.com")
    with store.reading() as session:
        anna = accounts.find(session, 1)

    link = make_link(app, anna)
    new = "seven slow boats wander"
    typed = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    post(signed_in, "/account/password", **typed)
    assert make_client(app).get(link).status_code == 404

    link = make_link(app, anna)
    with store.writing() as session:
        accounts.set_active(session, accounts.find(session, 1), active=False, who="")
        accounts.set_active(session, accounts.find(session, 1), active=True, who="")
    assert make_client(app).get(link).status_code == 404

    link = make_link(app, anna)
    with store.writing() as session:
        viewer = {ALL: frozenset({Role.VIEWER})}
        accounts.set_roles(session, accounts.find(session, 1), viewer, who="")
    assert make_client(app).get(link).status_code == 404


def test_a_first_account_can_be_made_again_by_who_had_one(app: Flask, account: Account) -> None:
    store = find_services(app).store
    with store.writing() as session:
        accounts.close_all(session, who="")
        link = f"/join/{join_links.make_first(session)}"
    client = make_client(app)
    new = "seven slow boats wander"
    typed = {"name": "Anna", "email": "anna@example.com", "password": new, "again": new}
    post(client, link, **typed)
    assert is_signed_in(client)
    assert client.get("/people").status_code == 200


def test_an_administrator_who_never_came_does_not_count_as_one(app: Flask) -> None:
    anna = add_account(app)
    everything = {ALL: frozenset({Role.ADMINISTRATOR})}
    with find_services(app).store.writing() as session:
        accounts.add(session, "never@example.com", "Never", everything, who="")
        with pytest.raises(accounts.LastAdministrator):
            accounts.set_roles(session, accounts.find(session, anna.id), {}, who="")


def test_an_administrator_who_comes_by_a_provider_counts_where_none_has_a_password(
    app: Flask,
) -> None:
    everything = {ALL: frozenset({Role.ADMINISTRATOR})}
    with find_services(app).store.writing() as session:
        anna, ben = (
            accounts.add(session, f"{name}@example.com", name, everything, who="")
            for name in ("anna", "ben")
        )
        with pytest.raises(accounts.LastAdministrator):  # Neither has ever come.
            accounts.set_active(session, ben, active=False, who="")
        now = datetime.now(UTC)
        session.add(Identity(issuer="https://id", subject="1", account_id=anna.id, linked_at=now))
        session.flush()
        accounts.set_active(session, ben, active=False, who="")
        with pytest.raises(accounts.LastAdministrator):
            accounts.set_roles(session, anna, {}, who="")


def test_opening_a_link_signs_nobody_in(app: Flask, account: Account) -> None:
    link, client = make_link(app, account), make_client(app)
    assert client.get(link).status_code == 200
    assert not is_signed_in(client)
