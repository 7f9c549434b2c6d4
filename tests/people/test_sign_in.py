"""Sign-in, attacked: each way by which somebody could get in who should not."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.services import find_services
from app.store import accounts, leases, sign_in_pace
from app.store.people_models import Account
from app.store.sign_in_pace import Tried
from tests.people.accounts import (
    PASSWORD,
    add_account,
    find_token,
    hold_to_another_session,
    is_signed_in,
    make_client,
    read_errors,
    sign_in,
)

WRONG = "The e-mail address or the password is wrong."


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
    hold_to_another_session(app, sign_in)


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


def test_a_password_is_hashed_by_argon2id(app: Flask, account: Account) -> None:
    assert (account.password or "").startswith("$argon2id$")


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


def test_what_another_site_posts_is_never_offered_as_a_form_of_ours(
    app: Flask, signed_in: FlaskClient
) -> None:
    signed_in.environ_base["HTTP_SEC_FETCH_SITE"] = "same-site"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        page = signed_in.post("/people/1", data={"role": "/administrator"})
    assert page.status_code == 401
    assert "Try again" not in page.text


@pytest.mark.parametrize(
    ("name", "value"), [("REMOTE_ADDR", "203.0.113.5"), ("HTTP_X_FORWARDED_FOR", "203.0.113.5")]
)
def test_alone_means_this_machine_alone(app: Flask, name: str, value: str) -> None:
    client = make_client(app)
    assert client.get("/people").status_code == 200
    client.environ_base[name] = value
    assert client.get("/people").status_code == 403
    assert client.get("/").status_code == 403


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
