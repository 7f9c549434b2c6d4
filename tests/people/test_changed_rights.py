"""An administrator changes what somebody may do, and how they sign in: as it stands, or not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.rights import ALL, Role
from app.services import find_services
from app.store import accounts
from app.store.people_models import Account
from tests.hidden_fields import read_hidden
from tests.people.accounts import (
    add_account,
    add_passkey,
    find_token,
    is_signed_in,
    make_client,
    make_link,
    post,
    sign_in,
)
from tests.people.visits import read_flash
from tests.web.programs import make_token

NEW = "seven slow boats wander"


@pytest.fixture
def ben(app: Flask, signed_in: FlaskClient) -> Account:
    return add_account(app, "ben@example.com", {ALL: frozenset({Role.EDITOR, Role.SENDER})})


def read_roles(app: Flask, account: Account) -> frozenset[Role]:
    with find_services(app).store.reading() as session:
        person = accounts.describe_person(accounts.find(session, account.id))
        return person.roles.get(ALL, frozenset())


def test_a_page_of_before_gives_back_no_role_that_was_taken_away(
    app: Flask, signed_in: FlaskClient, ben: Account
) -> None:
    page = signed_in.get(f"/people/{ben.id}")
    seen, token = read_hidden(page.text)["seen"], find_token(page)
    typed = {"csrf_token": token, "seen": seen, "role": "/editor"}
    assert signed_in.post(f"/people/{ben.id}", data=typed).status_code == 302

    old = typed | {"role": ["/editor", "/sender"], "groups": "Legal"}
    answer = signed_in.post(f"/people/{ben.id}", data=old)

    assert answer.status_code == 409
    assert "Somebody has changed this person meanwhile." in answer.text
    assert read_roles(app, ben) == {Role.EDITOR}


def test_what_is_saved_as_it_was_changes_nothing_and_says_so(
    signed_in: FlaskClient, ben: Account
) -> None:
    address = f"/people/{ben.id}"
    seen = read_hidden(signed_in.get(address).text)["seen"]
    answer = post(signed_in, address, role=["/editor", "/sender"], seen=seen)

    assert read_flash(signed_in, answer) == "Nothing has changed."


def test_the_last_way_in_of_who_looks_after_people_is_not_taken_away(
    app: Flask, account: Account, signed_in: FlaskClient
) -> None:
    page = f"/people/{account.id}"
    add_passkey(app, account)
    with find_services(app).store.writing() as session:
        accounts.find(session, account.id).password = None

    answer = post(signed_in, f"{page}/second-step", page)

    assert answer.status_code == 422
    assert "make another administrator first" in answer.text


def test_codes_that_nobody_asks_for_are_taken_away_from_the_last_one_too(
    app: Flask, account: Account, signed_in: FlaskClient
) -> None:
    page = f"/people/{account.id}"
    with find_services(app).store.writing() as session:
        mine = accounts.find(session, account.id)
        mine.password, mine.tf_primary_method = None, "authenticator"

    assert post(signed_in, f"{page}/second-step", page).status_code == 302


def test_who_has_no_role_yet_is_told_so_and_not_led_in_a_circle(app: Flask) -> None:
    account = add_account(app, "new@example.com", {"sandbox": frozenset({Role.VIEWER})})
    with find_services(app).store.writing() as session:
        mine = accounts.find(session, account.id)
        mine.grants.clear()
    client = make_client(app)
    sign_in(client, "new@example.com")

    page = client.get("/")

    assert page.status_code == 403
    assert "You have no role yet" in page.text
    assert 'href="/account">Your account</a>' in page.text
    assert "Go to the campaigns" not in page.text


def test_a_closed_account_gets_no_link(app: Flask, signed_in: FlaskClient, ben: Account) -> None:
    page = f"/people/{ben.id}"
    post(signed_in, f"{page}/active", page, active="no")
    assert "Make a link" not in signed_in.get(page).text

    answer = post(signed_in, f"{page}/link", page)

    assert answer.status_code == 422
    assert "open the account first" in answer.text


def test_who_is_signed_out_everywhere_keeps_tokens_and_that_is_said(
    app: Flask, signed_in: FlaskClient, ben: Account
) -> None:
    make_token(app, ben)
    page = f"/people/{ben.id}"

    answer = post(signed_in, f"{page}/sign-ins", page)

    assert read_flash(signed_in, answer) == (
        "They are signed out everywhere. 1 token of theirs still works."
    )


def test_who_joins_in_a_browser_of_somebody_else_ends_their_sign_in(
    app: Flask, signed_in: FlaskClient
) -> None:
    cookie = signed_in.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    new = add_account(app, "new@example.com", {ALL: frozenset({Role.EDITOR})})
    post(signed_in, make_link(app, new), password=NEW, again=NEW)

    copy = make_client(app)
    copy.set_cookie(cookie.key, cookie.value, path="/")

    assert "new@example.com" in signed_in.get("/account").text
    assert not is_signed_in(copy)


def test_a_group_that_is_there_keeps_the_spelling_by_which_a_rule_names_it(
    app: Flask, signed_in: FlaskClient, ben: Account
) -> None:
    store = find_services(app).store
    with store.writing() as session:
        kept = accounts.find(session, ben.id)
        accounts.set_groups(session, kept, {"Legal  team"}, who="")  # As it could be typed once.
    with store.writing() as session:
        accounts.set_groups(session, accounts.find(session, ben.id), {"Legal team"}, who="")
    with store.reading() as session:
        assert accounts.describe_person(accounts.find(session, ben.id)).groups == {"Legal  team"}
