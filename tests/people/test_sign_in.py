"""Sign-in, attacked: each way by which somebody could get in who should not."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import time
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.test import TestResponse

from app import create_app
from app.people import datastore
from app.rights import ALL, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts, audit_trail, join_links, leases, sign_in_pace, sign_ins
from app.store.people_models import Account
from app.store.sign_in_pace import Tried
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

WRONG = "The e-mail address or the password is wrong."


@pytest.fixture
def account(app: Flask) -> Account:
    return add_account(app)


@pytest.fixture
def signed_in(app: Flask, account: Account) -> FlaskClient:
    """Give a browser in which Anna is signed in."""
    client = make_client(app)
    sign_in(client)
    assert is_signed_in(client)
    return client


def ask_for_codes(client: FlaskClient) -> TOTP:
    """Let codes be asked for, and give the app that shows them."""
    page = post(client, "/account/codes", setup="authenticator")
    key = re.findall(r"<code>([^<]+)", page.text)[0].replace("-", "")
    action = re.findall(r'action="(/account/codes/[^"]+)"', page.text)[0]
    phone = TOTP(key=key)
    typed = {"code": phone.generate().token, "csrf_token": find_token(page)}
    assert client.post(action, data=typed).location == "/account"
    return phone


def make_recovery_codes(client: FlaskClient) -> list[str]:
    page = post(client, "/account/recovery-codes", generate_new_codes="yes")
    return re.findall(r"<li><code>([^<]+)", page.text)


def give_code(client: FlaskClient, address: str, code: str) -> TestResponse:
    return post(client, address, code=code)


def test_the_right_password_lets_in(app: Flask, account: Account) -> None:
    client = make_client(app)
    assert sign_in(client, "Anna@Example.com").location == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["anna@example.com", "nobody@example.com"])
def test_a_wrong_password_and_a_strange_address_are_answered_alike(
    app: Flask, account: Account, email: str
) -> None:
    client = make_client(app)
    page = sign_in(client, email, "wrong wrong wrong wrong")
    assert set(read_errors(page)) == {WRONG}
    assert not is_signed_in(client)


def test_a_closed_account_is_answered_like_a_strange_one(app: Flask, account: Account) -> None:
    add_account(app, "other@example.com")
    with find_services(app).store.writing() as session:
        accounts.set_active(session, accounts.find(session, account.id), active=False, who="")
    client = make_client(app)
    assert set(read_errors(sign_in(client))) == {WRONG}
    assert not is_signed_in(client)


def test_guessing_is_slowed_down_and_a_right_guess_waits_as_well(
    app: Flask, account: Account
) -> None:
    guesser = make_client(app)
    answers = [sign_in(guesser, password=f"guess number {number}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 4
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert sign_in(guesser).status_code == 429
    assert not is_signed_in(guesser)


def test_guessing_elsewhere_locks_nobody_out(app: Flask, account: Account) -> None:
    for number in range(12):
        sign_in(make_client(app, "198.51.100.7"), password=f"guess number {number}")
    client = make_client(app, "203.0.113.9")
    sign_in(client)
    assert is_signed_in(client)


@pytest.mark.sqlite
def test_who_was_slowed_down_is_let_in_after_a_while(
    app: Flask, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(app)
    for number in range(12):
        sign_in(client, password=f"guess number {number}")
    passed = leases.read_clock() + 60
    monkeypatch.setattr(leases, "read_clock", lambda: passed)
    sign_in(client)
    assert is_signed_in(client)


def test_a_forwarded_address_that_anybody_can_write_starts_no_new_count(
    app: Flask, account: Account
) -> None:
    client = make_client(app)
    for number in range(9):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        answer = sign_in(client, password=f"guess number {number}")
    assert answer.status_code == 429


def test_a_session_of_before_the_sign_in_is_not_signed_in_after_it(
    app: Flask, account: Account
) -> None:
    victim, attacker = make_client(app), make_client(app)
    attacker.get("/sign-in")
    fixed = attacker.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert fixed
    victim.set_cookie(fixed.key, fixed.value, path="/")
    sign_in(victim)
    assert is_signed_in(victim)
    assert not is_signed_in(attacker)
    after = victim.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert after
    assert after.value != fixed.value


def test_each_sign_in_has_another_key(app: Flask, signed_in: FlaskClient) -> None:
    with signed_in.session_transaction() as session:
        first = session["sign_in"]
    post(signed_in, "/sign-out", "/account")
    sign_in(signed_in)
    with signed_in.session_transaction() as session:
        assert session["sign_in"] != first


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "http://127.0.0.1:9@evil.example/",
    ],
)
def test_nobody_is_led_elsewhere_after_the_sign_in(
    app: Flask, account: Account, elsewhere: str
) -> None:
    answer = sign_in(make_client(app), then=elsewhere)
    location = answer.headers.get("Location", "/").replace("\\", "/")  # As browsers read it.
    assert urlsplit(urljoin("http://localhost/sign-in", location)).netloc == "localhost"


def test_who_was_sent_to_sign_in_comes_back(app: Flask, account: Account) -> None:
    client = make_client(app)
    led = client.get("/requests?search=a")
    assert led.location.startswith("/sign-in?next=")
    token = find_token(client.get(led.location))
    typed = {"csrf_token": token, "email": "anna@example.com", "password": PASSWORD}
    assert client.post(led.location, data=typed).location == "/requests?search=a"


def test_a_form_of_another_site_signs_nobody_in(app: Flask, account: Account) -> None:
    client = make_client(app)
    typed = {"email": "anna@example.com", "password": PASSWORD}
    assert client.post("/sign-in", data=typed).status_code == 400
    assert not is_signed_in(client)


def test_the_password_alone_is_not_enough_where_a_code_is_asked_for(
    app: Flask, signed_in: FlaskClient
) -> None:
    ask_for_codes(signed_in)
    client = make_client(app)
    assert sign_in(client).location.startswith("/sign-in/code")
    assert not is_signed_in(client)


def test_a_code_is_not_enough_without_the_password(app: Flask, signed_in: FlaskClient) -> None:
    phone = ask_for_codes(signed_in)
    client = make_client(app)
    token = find_token(client.get("/sign-in"))
    typed = {"code": phone.generate().token, "csrf_token": token}
    client.post("/sign-in/code", data=typed)
    assert not is_signed_in(client)


def test_a_code_counts_once(app: Flask, signed_in: FlaskClient) -> None:
    phone = ask_for_codes(signed_in)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        code = phone.generate().token
        first, second = make_client(app), make_client(app)
        for client in (first, second):
            sign_in(client)
            give_code(client, "/sign-in/code", code)
        assert is_signed_in(first)
        assert not is_signed_in(second)


def test_guessing_codes_is_slowed_down(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    client = make_client(app)
    sign_in(client)
    answers = [give_code(client, "/sign-in/code", f"{number:06}") for number in range(10)]
    assert answers[-1].status_code == 429


def test_a_recovery_code_counts_once(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    code = make_recovery_codes(signed_in)[0]
    first, second = make_client(app), make_client(app)
    for client in (first, second):
        sign_in(client)
        give_code(client, "/sign-in/recovery-code", code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_of_two_who_use_a_recovery_code_at_once_one_is_refused(
    app: Flask, signed_in: FlaskClient
) -> None:
    """Each has read the account before the other wrote it."""
    make_recovery_codes(signed_in)
    people = datastore.Datastore(find_services(app).store)
    with app.test_request_context(), app.app_context():
        mine = people.find_user(email="anna@example.com")
        theirs = people.find_user(email="anna@example.com")
        assert mine
        assert theirs
        people.mf_delete_recovery_code(mine, 0)
        people.session.commit()
        people.mf_delete_recovery_code(theirs, 0)
        with pytest.raises(StaleDataError):
            people.session.commit()


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


def make_link(app: Flask, account: Account) -> str:
    with find_services(app).store.writing() as session:
        return f"/join/{join_links.make(session, account, who='')}"


def test_a_link_sets_a_password_once(app: Flask, account: Account) -> None:
    link, new = make_link(app, account), "seven slow boats wander"
    client = make_client(app)
    post(client, link, password=new, again=new)
    assert is_signed_in(client)
    assert make_client(app).get(link).status_code == 404
    other = make_client(app)
    sign_in(other, password=new)
    assert is_signed_in(other)


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


def test_passkeys_are_offered_only_by_a_name(app: Flask, account: Account) -> None:
    client = make_client(app)
    words = "Sign in with a passkey"
    assert words in client.get("/sign-in", base_url="http://localhost").text
    assert words not in client.get("/sign-in", base_url="http://127.0.0.1").text


def test_a_password_is_hashed_by_argon2id(app: Flask, account: Account) -> None:
    assert (account.password or "").startswith("$argon2id$")


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


@pytest.mark.parametrize("email", ["anna@ｅxample.com", "ANNA@example。com", " anna@example.com"])
def test_an_address_that_is_spelled_otherwise_starts_no_new_count(
    app: Flask, account: Account, email: str
) -> None:
    guesser = make_client(app)
    for number in range(8):
        sign_in(guesser, password=f"guess number {number}")
    assert sign_in(guesser, email, "guess number 9").status_code == 429


def test_who_guesses_from_everywhere_keeps_nobody_away_who_was_there_before(
    app: Flask, signed_in: FlaskClient
) -> None:
    with find_services(app).store.writing() as session:
        for number in range(250):
            address = f"198.51.{number}.7"
            sign_in_pace.try_now(session, address, Tried.PASSWORD, "anna@example.com")
    assert sign_in(make_client(app, "198.51.255.7")).status_code == 429
    again = make_client(app)
    sign_in(again)
    assert is_signed_in(again)


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


def test_an_administrator_helps_who_has_lost_the_phone(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    make_recovery_codes(signed_in)
    add_account(app, "admin@example.com")
    admin = make_client(app)
    sign_in(admin, "admin@example.com")
    post(admin, "/people/1/second-step", "/people/1")
    assert not is_signed_in(signed_in)
    anna = make_client(app)
    sign_in(anna)
    assert is_signed_in(anna)
    assert "Codes and passkeys were taken away" in admin.get("/people/1").text


def test_what_another_site_posts_is_never_offered_as_a_form_of_ours(
    app: Flask, signed_in: FlaskClient
) -> None:
    signed_in.environ_base["HTTP_SEC_FETCH_SITE"] = "same-site"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        page = signed_in.post("/people/1", data={"role": "/administrator"})
    assert page.status_code == 401
    assert "Try again" not in page.text


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


@pytest.mark.parametrize(
    ("name", "value"), [("REMOTE_ADDR", "203.0.113.5"), ("HTTP_X_FORWARDED_FOR", "203.0.113.5")]
)
def test_alone_means_this_machine_alone(app: Flask, name: str, value: str) -> None:
    client = make_client(app)
    assert client.get("/people").status_code == 200
    client.environ_base[name] = value
    assert client.get("/people").status_code == 403
    assert client.get("/").status_code == 403


def test_a_passkey_that_is_none_leads_to_a_page_that_offers_to_try_again(
    app: Flask, account: Account
) -> None:
    client = make_client(app)
    answer = post(client, "/sign-in/passkey/none", "/sign-in", credential="{}")
    page = client.get(answer.location or "")
    assert page.status_code == 200
    assert "Use a passkey" in page.text


@pytest.mark.parametrize("content", [b"[1, 2]", b"1", b"null", b'{"email": "a"}'])
def test_no_page_of_sign_in_reads_json(signed_in: FlaskClient, content: bytes) -> None:
    headers = {"X-CSRFToken": find_token(signed_in.get("/account"))}
    for address in ("/account/codes", "/account/password", "/sign-in", "/sign-in/again"):
        answer = signed_in.post(
            address, data=content, headers=headers, content_type="application/json"
        )
        assert answer.status_code == 400, address


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a=" + b"x" * 600_000, "application/x-www-form-urlencoded"),
        (b"--odd", "multipart/form-data; boundary=odd"),
    ],
)
def test_what_cannot_be_read_is_not_offered_again(
    app: Flask, account: Account, content: bytes, kind: str
) -> None:
    answer = make_client(app).post("/account/codes", data=content, content_type=kind)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text


def test_rescue_by_e_mail_is_closed(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    client = make_client(app)
    sign_in(client)
    assert client.get("/sign-in/lost").status_code == 404
    token = find_token(client.get("/sign-in/code"))
    typed = {"csrf_token": token, "help_setup": "email"}
    assert client.post("/sign-in/lost", data=typed).status_code == 404


def test_keys_of_codes_and_recovery_codes_are_long_and_never_the_same(
    app: Flask, signed_in: FlaskClient
) -> None:
    add_account(app, "other@example.com")
    other = make_client(app)
    sign_in(other, "other@example.com")
    keys = [ask_for_codes(client).key for client in (signed_in, other)]
    assert all(len(key) * 8 >= 160 for key in keys)
    codes = [code for client in (signed_in, other) for code in make_recovery_codes(client)]
    assert len({*keys}) == 2
    assert len({*codes}) == 20
    assert all(re.fullmatch("[0-9a-f]{4}(-[0-9a-f]{4}){2}", code) for code in codes)


@pytest.mark.parametrize(("seconds", "counts"), [(-600, False), (-90, False), (90, False)])
def test_a_code_ends(app: Flask, signed_in: FlaskClient, seconds: float, *, counts: bool) -> None:
    """It is held to the clock of the server, whatever the phone says the time is."""
    phone = ask_for_codes(signed_in)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        client = make_client(app)
        sign_in(client)
        give_code(client, "/sign-in/code", phone.generate(time() + seconds).token)
        assert is_signed_in(client) is counts
        give_code(client, "/sign-in/code", phone.generate(time()).token)
        assert is_signed_in(client)


def test_a_key_of_a_sign_in_has_256_bits_and_is_kept_as_a_hash(
    app: Flask, signed_in: FlaskClient
) -> None:
    with signed_in.session_transaction() as session:
        key = session["sign_in"]
    assert len(urlsafe_b64decode(f"{key}=")) == 32
    with find_services(app).store.reading() as database:
        [row] = sign_ins.list_open(database, 1)
        assert row.key_hash == sign_ins.hash_key(key)


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


@pytest.mark.parametrize(
    "address", ["/account/codes", "/account/passkeys", "/account/recovery-codes", "/account/tokens"]
)
def test_another_second_step_is_asked_for_anew(signed_in: FlaskClient, address: str) -> None:
    token = find_token(signed_in.get("/account"))
    assert signed_in.get(address).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert urlsplit(signed_in.get(address).location or "").path == "/sign-in/again"
        assert signed_in.post(address, data={"csrf_token": token}).status_code in {302, 401}


def test_to_end_a_sign_in_is_asked_for_anew(app: Flask, signed_in: FlaskClient) -> None:
    token = find_token(signed_in.get("/account"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        answer = signed_in.post("/account/sign-ins/1/end", data={"csrf_token": token})
        assert answer.status_code == 401
        assert is_signed_in(signed_in)


def test_opening_a_link_signs_nobody_in(app: Flask, account: Account) -> None:
    link, client = make_link(app, account), make_client(app)
    assert client.get(link).status_code == 200
    assert not is_signed_in(client)


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
