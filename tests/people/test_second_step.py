"""Codes, recovery codes and passkeys, attacked."""

import re
from datetime import UTC, datetime, timedelta
from time import time
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy.orm.exc import StaleDataError

from app.people import datastore
from app.services import find_services
from app.store import accounts, audit_trail
from app.store.audit_trail import EventKind, name_account_chain
from app.store.people_models import Account
from app.store.sign_in_pace import OF_CODES
from tests.pages import Page, text
from tests.people.accounts import (
    PASSWORD,
    add_account,
    add_passkey,
    find_token,
    is_signed_in,
    make_client,
    make_link,
    post,
    sign_in,
)
from tests.people.codes import ask_for_codes, give_code, make_recovery_codes


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


def test_who_comes_back_to_the_code_or_gives_it_twice_stays_signed_in(
    app: Flask, signed_in: FlaskClient
) -> None:
    phone = ask_for_codes(signed_in)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        client = make_client(app)
        sign_in(client)
        page = client.get("/sign-in/code?next=/about")
        typed = {"code": phone.generate().token, "csrf_token": find_token(page)}
        for _ in range(2):
            client.post("/sign-in/code?next=/about", data=typed)

        assert is_signed_in(client)
        page = client.get("/sign-in/code?next=/about", follow_redirects=True)
        assert page.request.path == "/about"


def test_a_wrong_code_while_they_are_set_up_is_asked_for_again_under_the_same_key(
    signed_in: FlaskClient,
) -> None:
    page = post(signed_in, "/account/codes", setup="authenticator")
    action = re.findall(r'action="(/account/codes/[^"]+)"', page.text)[0]
    key = re.findall(r"<code>([^<]+)", page.text)[0]
    wrong = {"code": "000000", "csrf_token": find_token(page)}
    asked = signed_in.post(action, data=wrong)
    assert asked.status_code == 422
    assert key in asked.text
    assert text(Page(asked).soup.select_one("#code-error")) == (
        "The code is wrong or was used. Enter the one that is shown now."
    )
    code = TOTP(key=key.replace("-", "")).generate().token
    answer = signed_in.post(action, data={"code": code, "csrf_token": find_token(asked)})
    assert answer.location == "/account"
    assert "wrong" not in signed_in.get("/account").text


def test_guessing_codes_is_slowed_down(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    client = make_client(app)
    sign_in(client)
    answers = [give_code(client, "/sign-in/code", f"{number:06}") for number in range(10)]
    assert answers[-1].status_code == 429


def test_who_signed_in_from_there_before_is_kept_away_by_nobody_who_guesses_codes_elsewhere(
    app: Flask, signed_in: FlaskClient
) -> None:
    phone = ask_for_codes(signed_in)
    for number in range(OF_CODES.burst + 1):
        other = make_client(app, f"203.0.{number}.7")
        sign_in(other)
        answer = give_code(other, "/sign-in/code", "000000")
    assert answer.status_code == 429
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        owner = make_client(app)
        sign_in(owner)
        give_code(owner, "/sign-in/code", phone.generate().token)
        assert is_signed_in(owner)


def test_nobody_without_the_password_uses_up_the_tries_of_somebodys_codes(
    app: Flask, signed_in: FlaskClient
) -> None:
    phone = ask_for_codes(signed_in)
    stranger = make_client(app, "203.0.113.7")
    token = find_token(stranger.get("/sign-in"))
    for _ in range(2 * OF_CODES.burst):
        typed = {"code": "000000", "email": "anna@example.com", "csrf_token": token}
        stranger.post("/sign-in/code", data=typed)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=40)):
        owner = make_client(app, "198.51.100.9")
        sign_in(owner)
        give_code(owner, "/sign-in/code", phone.generate().token)
        assert is_signed_in(owner)


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


def test_of_two_who_give_a_code_at_once_one_is_refused(app: Flask, signed_in: FlaskClient) -> None:
    phone = ask_for_codes(signed_in)
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)),
        app.test_request_context("/sign-in/code"),
    ):
        security = app.extensions["security"]
        code = phone.generate().token
        both = [security.datastore.find_user(email="anna@example.com") for _ in range(2)]
        taken = [
            security.totp_factory.verify_totp(code, each.tf_totp_secret, each) for each in both
        ]
    assert taken == [True, False]


def test_codes_that_are_given_up_leave_no_recovery_code(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    make_recovery_codes(signed_in)
    post(signed_in, "/account/codes", setup="disable")
    assert "Recovery codes</dt><dd>none" in signed_in.get("/account").text


def test_a_change_that_another_request_has_overtaken_is_not_said_to_have_come_about(
    app: Flask, account: Account, signed_in: FlaskClient
) -> None:
    def overtake() -> None:
        """Change the account once it has been read for this request."""
        if request.method == "POST":
            with find_services(app).store.writing() as session:
                accounts.find(session, account.id).name += "!"

    app.before_request_funcs.setdefault(None, []).append(overtake)
    new = dict.fromkeys(["new_password", "new_password_confirm"], "seven slow boats wander")
    answer = post(signed_in, "/account/password", password=PASSWORD, **new)

    assert answer.status_code == 409
    assert "That was done already" in answer.text
    with find_services(app).store.reading() as session:
        events = audit_trail.read_chain(session, name_account_chain(account.id))
    assert EventKind.PASSWORD_SET not in {event.kind for event in events}


def test_passkeys_are_offered_only_by_a_name(app: Flask, account: Account) -> None:
    client = make_client(app)
    words = "Sign in with a passkey"
    assert words in client.get("/sign-in", base_url="http://localhost").text
    assert words not in client.get("/sign-in", base_url="http://127.0.0.1").text


def test_the_only_passkey_of_the_only_administrator_stays(
    app: Flask, account: Account, signed_in: FlaskClient
) -> None:
    add_passkey(app, account)
    with find_services(app).store.writing() as session:
        accounts.find(session, account.id).password = None
    token = find_token(signed_in.get("/account"))

    typed = {"name": "Key", "csrf_token": token}
    answer = signed_in.post("/account/passkeys/delete", data=typed)

    assert answer.status_code == 403
    assert "the only way in of the only administrator" in answer.text


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


def test_a_passkey_that_is_none_leads_to_a_page_that_offers_to_try_again(
    app: Flask, account: Account
) -> None:
    client = make_client(app)
    answer = post(client, "/sign-in/passkey/none", "/sign-in", credential="{}")
    page = client.get(answer.location or "")
    assert page.status_code == 200
    assert "Use a passkey" in page.text


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


@pytest.mark.parametrize(
    "address", ["/account/codes", "/account/passkeys", "/account/recovery-codes", "/account/tokens"]
)
def test_another_second_step_is_asked_for_anew(signed_in: FlaskClient, address: str) -> None:
    token = find_token(signed_in.get("/account"))
    assert signed_in.get(address).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert urlsplit(signed_in.get(address).location or "").path == "/sign-in/again"
        assert signed_in.post(address, data={"csrf_token": token}).status_code in {302, 401}


class TestRequiredOfEverybody:
    @pytest.fixture(autouse=True)
    def required(self, app: Flask, signed_in: FlaskClient) -> None:
        app.config["WANTS_SECOND_FACTOR"] = True

    def test_who_signs_in_by_a_password_alone_is_led_to_set_up_codes(
        self, signed_in: FlaskClient
    ) -> None:
        for address in ("/", "/account", "/drafts/new", "/people"):
            assert signed_in.get(address).location == "/account/codes", address
        assert "Here everybody signs in by two steps." in signed_in.get("/account/codes").text
        assert signed_in.get("/account/passkeys").status_code == 200

    def test_what_was_posted_before_is_not_done_and_offered_again(
        self, app: Flask, signed_in: FlaskClient
    ) -> None:
        app.config["WANTS_SECOND_FACTOR"] = False
        typed = {"name": "Acme Dental", "csrf_token": find_token(signed_in.get("/connections/new"))}
        app.config["WANTS_SECOND_FACTOR"] = True
        answer = signed_in.post("/connections/new", data=typed)
        assert answer.status_code == 403
        assert "Set up a second step first" in answer.text
        assert 'name="name" value="Acme Dental"' in answer.text

    def test_with_codes_set_up_all_is_open_until_they_are_given_up(
        self, signed_in: FlaskClient
    ) -> None:
        ask_for_codes(signed_in)
        assert is_signed_in(signed_in)
        post(signed_in, "/account/codes", setup="disable")
        assert signed_in.get("/account").location == "/account/codes"

    def test_who_has_given_a_code_is_let_in(self, app: Flask, signed_in: FlaskClient) -> None:
        phone = ask_for_codes(signed_in)
        client = make_client(app)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
            sign_in(client)
            give_code(client, "/sign-in/code", phone.generate().token)
            assert is_signed_in(client)

    def test_who_has_a_passkey_sets_up_no_codes_by_the_password_alone(
        self, app: Flask, account: Account, signed_in: FlaskClient
    ) -> None:
        add_passkey(app, account)
        client = make_client(app)
        sign_in(client)
        token = find_token(client.get("/sign-in/again/passkey"))

        assert client.get("/").location == "/sign-in/again/passkey"
        assert client.get("/account/codes").location == (
            "/sign-in/again/passkey?next=/account/codes"
        )
        typed = {"setup": "authenticator", "csrf_token": token}
        refused = client.post("/account/codes", data=typed)
        assert refused.status_code == 403
        assert "Use your passkey first" in refused.text
        typed = {"name": "Key", "csrf_token": token}
        assert client.post("/account/passkeys/delete", data=typed).status_code == 403

    def test_a_link_for_a_password_is_one_factor_too(self, app: Flask, account: Account) -> None:
        client, new = make_client(app), "seven slow boats wander"
        post(client, make_link(app, account), password=new, again=new)
        assert client.get("/account").location == "/account/codes"

    def test_a_sign_in_of_which_nobody_knows_how_it_was_is_not_trusted(
        self, signed_in: FlaskClient
    ) -> None:
        with signed_in.session_transaction() as kept:
            del kept["one_factor"]
        assert signed_in.get("/account").location == "/account/codes"

    def test_a_new_password_is_no_second_step(self, signed_in: FlaskClient) -> None:
        post(
            signed_in,
            "/account/password",
            password=PASSWORD,
            new_password="five loud lanterns hum",
            new_password_confirm="five loud lanterns hum",
        )
        assert signed_in.get("/account").location == "/account/codes"
