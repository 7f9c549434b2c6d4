"""Sign-ins that go on, attacked: how they end, and what is asked for anew."""

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app.rights import ALL, Role
from app.services import find_services
from app.store import accounts, audit_trail, sign_ins
from app.store.people_models import Account
from app.store.random_keys import hash_key
from tests.people.accounts import (
    PASSWORD,
    add_account,
    find_token,
    is_signed_in,
    make_client,
    post,
    read_errors,
    sign_in,
)
from tests.people.codes import ask_for_codes, give_code

WRONG = "The e-mail address or the password is wrong."


def test_each_sign_in_has_another_key(app: Flask, signed_in: FlaskClient) -> None:
    with signed_in.session_transaction() as session:
        first = session["sign_in"]
    post(signed_in, "/sign-out", "/account")
    sign_in(signed_in)
    with signed_in.session_transaction() as session:
        assert session["sign_in"] != first


def test_the_cookie_of_a_sign_in_that_was_ended_opens_nothing(
    app: Flask, signed_in: FlaskClient
) -> None:
    cookie = signed_in.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    post(signed_in, "/sign-out", "/account")
    thief = make_client(app)
    thief.set_cookie(cookie.key, cookie.value, path="/")
    assert not is_signed_in(thief)


def test_signing_out_clears_what_the_browser_keeps(signed_in: FlaskClient) -> None:
    """Copies of drafts that were not saved yet, for the next person at the same browser."""
    answer = post(signed_in, "/sign-out", "/account")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in signed_in.get("/sign-in").headers


def test_a_new_password_ends_all_other_sign_ins(app: Flask, signed_in: FlaskClient) -> None:
    other = make_client(app)
    sign_in(other)
    new = "seven slow boats wander"
    typed = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    post(signed_in, "/account/password", **typed)
    assert is_signed_in(signed_in)
    assert not is_signed_in(other)
    assert set(read_errors(sign_in(make_client(app)))) == {WRONG}


def test_other_rights_end_the_sign_ins_of_before(app: Flask, signed_in: FlaskClient) -> None:
    add_account(app, "admin@example.com")
    with find_services(app).store.writing() as session:
        anna = accounts.find_by_email(session, "anna@example.com")
        assert anna
        accounts.set_roles(session, anna, {ALL: frozenset({Role.VIEWER})}, who="")
    assert not is_signed_in(signed_in)


def test_a_sign_in_can_be_ended_from_another_browser(app: Flask, signed_in: FlaskClient) -> None:
    other = make_client(app)
    other.environ_base["HTTP_USER_AGENT"] = "The phone"
    sign_in(other)
    page = signed_in.get("/account")
    assert "The phone" in page.text
    action = re.findall(r'action="(/account/sign-ins/\d+/end)"', page.text)[0]
    signed_in.post(action, data={"csrf_token": find_token(page)})
    assert is_signed_in(signed_in)
    assert not is_signed_in(other)


def test_nobody_ends_the_sign_in_of_another_person(app: Flask, signed_in: FlaskClient) -> None:
    add_account(app, "other@example.com")
    other = make_client(app)
    sign_in(other, "other@example.com")
    with find_services(app).store.reading() as session:
        number = sign_ins.list_open(session, 2)[0].id
    post(signed_in, f"/account/sign-ins/{number}/end", "/account")
    assert is_signed_in(other)


@pytest.mark.parametrize(
    ("seconds", "goes_on"),
    [(sign_ins.IDLE.total_seconds() - 60, True), (sign_ins.IDLE.total_seconds() + 60, False)],
)
def test_a_sign_in_that_nobody_uses_ends(
    signed_in: FlaskClient, seconds: float, *, goes_on: bool
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds)):
        assert is_signed_in(signed_in) is goes_on


def test_no_sign_in_lasts_longer_than_a_week(signed_in: FlaskClient) -> None:
    now, used = datetime.now(UTC), timedelta()
    while used + timedelta(hours=6) < sign_ins.LONGEST:
        used += timedelta(hours=6)
        with time_machine.travel(now + used):
            assert is_signed_in(signed_in)
    with time_machine.travel(now + sign_ins.LONGEST + timedelta(hours=1)):
        assert not is_signed_in(signed_in)


def test_a_cookie_that_somebody_wrote_is_no_sign_in(app: Flask, account: Account) -> None:
    forger = make_client(app)
    elsewhere = Flask("elsewhere")
    elsewhere.secret_key = "guessed"
    serializer = app.session_interface.get_signing_serializer(elsewhere)  # type: ignore[attr-defined]
    cookie = str(serializer.dumps({"_user_id": account.fs_uniquifier, "_fresh": True}))
    forger.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie, path="/")
    assert not is_signed_in(forger)


def test_a_session_without_a_sign_in_of_ours_opens_nothing(app: Flask, account: Account) -> None:
    """A session that Flask-Login alone would take."""
    client = make_client(app)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = account.fs_uniquifier, True
    assert not is_signed_in(client)


def test_a_token_of_the_library_opens_nothing(app: Flask, account: Account) -> None:
    with app.app_context():
        token = account.get_auth_token()
    client = make_client(app)
    headers = {"Authentication-Token": str(token)}
    assert client.get("/account", headers=headers).status_code == 302
    assert client.get("/account", query_string={"auth_token": token}).status_code == 302


def test_what_changes_people_is_asked_for_anew(signed_in: FlaskClient) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        assert signed_in.get("/people/new").location == "/sign-in/again?next=/people/new"
        token = find_token(signed_in.get("/account"))
        refused = signed_in.post("/people/1/link", data={"csrf_token": token})
        assert refused.status_code == 401
        again = post(signed_in, "/sign-in/again", password="wrong wrong wrong")
        assert read_errors(again) == ["The password is wrong."]
        assert signed_in.get("/people/new").status_code == 302
        post(signed_in, "/sign-in/again", password=PASSWORD)
        assert signed_in.get("/people/new").status_code == 200


def test_a_key_of_a_sign_in_has_256_bits_and_is_kept_as_a_hash(
    app: Flask, signed_in: FlaskClient
) -> None:
    with signed_in.session_transaction() as session:
        key = session["sign_in"]
    assert len(urlsafe_b64decode(f"{key}=")) == 32
    with find_services(app).store.reading() as database:
        [row] = sign_ins.list_open(database, 1)
        assert row.key_hash == hash_key(key)


def test_who_proves_it_anew_has_another_key(app: Flask, signed_in: FlaskClient) -> None:
    thief = make_client(app)
    cookie = signed_in.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    thief.set_cookie(cookie.key, cookie.value, path="/")
    assert is_signed_in(thief)
    post(signed_in, "/sign-in/again", password="wrong wrong wrong")
    assert is_signed_in(thief)
    post(signed_in, "/sign-in/again", password=PASSWORD)
    assert is_signed_in(signed_in)
    assert not is_signed_in(thief)
    with find_services(app).store.reading() as database:
        assert len(sign_ins.list_open(database, 1)) == 1


def test_an_administrator_signs_somebody_out_everywhere(app: Flask, signed_in: FlaskClient) -> None:
    other = add_account(app, "other@example.com")
    browsers = [make_client(app) for _ in range(2)]
    for browser in browsers:
        sign_in(browser, "other@example.com")
    post(signed_in, f"/people/{other.id}/sign-ins", f"/people/{other.id}")
    assert [is_signed_in(browser) for browser in browsers] == [False, False]


def test_to_end_a_sign_in_is_asked_for_anew(app: Flask, signed_in: FlaskClient) -> None:
    token = find_token(signed_in.get("/account"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        answer = signed_in.post("/account/sign-ins/1/end", data={"csrf_token": token})
        assert answer.status_code == 401
        assert is_signed_in(signed_in)


def test_the_trail_says_by_what_somebody_signed_in(app: Flask, signed_in: FlaskClient) -> None:
    phone = ask_for_codes(signed_in)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        client = make_client(app)
        sign_in(client)
        give_code(client, "/sign-in/code", phone.generate().token)
        assert is_signed_in(client)
    with find_services(app).store.reading() as database:
        events = audit_trail.read_chain(database, audit_trail.name_account_chain(1))
    ways = [json.loads(event.details)["by"] for event in events if event.kind == "signed in"]
    assert ways == ["password", "password and code"]


@pytest.mark.parametrize("address", ["/", "/connections", "/account", "/about", "/people", "/none"])
def test_each_page_offers_to_sign_out(signed_in: FlaskClient, address: str) -> None:
    page = BeautifulSoup(signed_in.get(address).text, "lxml")
    form = page.select_one("header form[action='/sign-out']")
    assert form
    assert form.text.strip() == "Sign out"
    token = form.select_one("[name=csrf_token]")
    assert token
    signed_in.post("/sign-out", data={"csrf_token": token["value"]})
    assert not is_signed_in(signed_in)


def test_who_is_alone_is_offered_none(app: Flask) -> None:
    assert "Sign out" not in make_client(app).get("/").text


def test_a_closed_account_is_signed_out_at_once(app: Flask, signed_in: FlaskClient) -> None:
    add_account(app, "other@example.com")
    other = make_client(app)
    sign_in(other, "other@example.com")
    post(other, "/people/1/active", "/people/1", active="no")
    assert not is_signed_in(signed_in)
    post(other, "/people/1/active", "/people/1", active="yes")
    assert not is_signed_in(signed_in)


def test_other_groups_end_the_sign_ins_of_whom_they_are_given(
    app: Flask, signed_in: FlaskClient
) -> None:
    add_account(app, "other@example.com")
    other = make_client(app)
    sign_in(other, "other@example.com")
    with find_services(app).store.writing() as session:
        anna = accounts.find_by_email(session, "anna@example.com")
        assert anna
        accounts.set_groups(session, anna, ["legal"], who="")
    assert not is_signed_in(signed_in)
    assert is_signed_in(other)


def test_alone_nobody_makes_a_first_account_that_administers_nothing(app: Flask) -> None:
    client = make_client(app)
    assert client.get("/people/new").location == "/people"
    token = find_token(client.get("/people"))
    typed = {"name": "Vic", "email": "vic@example.com", "role": "viewer", "csrf_token": token}
    assert client.post("/people/new", data=typed).location == "/people"
    assert client.get("/people").status_code == 200


def test_an_administrator_ends_one_sign_in_of_a_person(app: Flask, signed_in: FlaskClient) -> None:
    add_account(app, "admin@example.com")
    admin, second = make_client(app), make_client(app)
    sign_in(admin, "admin@example.com")
    sign_in(second)
    page = BeautifulSoup(admin.get("/people/1").text, "lxml")
    (newest, *_others) = [
        str(form["action"]) for form in page.select("form[action*='/sign-ins/'][action$='/end']")
    ]
    token = find_token(admin.get("/people/1"))
    assert admin.post(newest, data={"csrf_token": token}).location == "/people/1"
    assert [is_signed_in(client) for client in (signed_in, second)].count(True) == 1


@pytest.mark.parametrize("address", ["/account/password", "/account/codes", "/account/passkeys"])
def test_pages_about_signing_in_are_stored_nowhere(signed_in: FlaskClient, address: str) -> None:
    assert signed_in.get(address).headers["Cache-Control"] == "no-store"
