"""A name or an address is corrected that was mistyped when somebody was added."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.rights import ALL, Role
from app.services import find_services
from app.store import accounts
from app.store.people_models import Account
from tests.people.accounts import (
    add_account,
    is_signed_in,
    make_client,
    make_link,
    post,
    read_errors,
    sign_in,
)

PASSWORD = "seven slow boats wander"
BEN = {"name": "Ben Ode", "email": "ben.ode@example.com"}


@pytest.fixture
def invited(app: Flask, signed_in: FlaskClient) -> Account:
    with find_services(app).store.writing() as session:
        roles = {ALL: frozenset({Role.EDITOR})}
        return accounts.add(session, "bne@example.com", "Bne", roles, who="")


def read_account(app: Flask, account: Account) -> tuple[str, str]:
    with find_services(app).store.reading() as session:
        now = accounts.find(session, account.id)
        return now.name, now.email


def correct(browser: FlaskClient, account: Account, **typed: str) -> str:
    page = f"/people/{account.id}"
    return post(browser, f"{page}/correction", page=page, **typed).text


def test_who_was_mistyped_signs_in_by_the_right_address(
    app: Flask, signed_in: FlaskClient, invited: Account
) -> None:
    page = correct(signed_in, invited, **BEN)

    link = page.partition("/join/")[2].partition("<")[0]
    client = make_client(app)
    post(client, f"/join/{link}", password=PASSWORD, again=PASSWORD)
    later = make_client(app)
    sign_in(later, BEN["email"], PASSWORD)
    assert is_signed_in(later)
    events = signed_in.get(f"/people/{invited.id}").text
    assert "Corrected: Ben Ode, ben.ode@example.com instead of Bne, bne@example.com" in events


def test_the_link_that_went_to_the_wrong_address_opens_nothing(
    app: Flask, signed_in: FlaskClient, invited: Account
) -> None:
    link = make_link(app, invited)
    correct(signed_in, invited, **BEN)
    assert make_client(app).get(link).status_code == 404


def test_who_has_set_a_password_keeps_the_name_that_is_on_record(
    app: Flask, signed_in: FlaskClient, invited: Account
) -> None:
    link = make_link(app, invited)
    page = f"/people/{invited.id}"
    assert "Correct who it is" in signed_in.get(page).text
    post(make_client(app), link, password=PASSWORD, again=PASSWORD)

    answer = post(signed_in, f"{page}/correction", page=page, **BEN)

    assert answer.status_code == 409
    assert "its name and address stay" in answer.text
    assert "Correct who it is" not in answer.text
    assert read_account(app, invited) == ("Bne", "bne@example.com")


def test_who_has_lost_every_way_in_keeps_it_too(
    app: Flask, signed_in: FlaskClient, invited: Account
) -> None:
    post(make_client(app), make_link(app, invited), password=PASSWORD, again=PASSWORD)
    with find_services(app).store.writing() as session:
        accounts.find(session, invited.id).password = None
    page = f"/people/{invited.id}"
    assert post(signed_in, f"{page}/correction", page=page, **BEN).status_code == 409


def test_an_account_as_it_was_before_its_record_begins_keeps_its_name(
    signed_in: FlaskClient, app: Flask
) -> None:
    ben = add_account(app, "ben@example.com")
    page = f"/people/{ben.id}"
    assert post(signed_in, f"{page}/correction", page=page, **BEN).status_code == 409


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"email": "anna@example.com"}, "Another account has this e-mail address."),
        ({"email": "ben"}, "Enter an e-mail address, as name@example.com."),
        ({"name": " "}, "Enter the name by which others know this person."),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    app: Flask, signed_in: FlaskClient, invited: Account, typed: dict[str, str], error: str
) -> None:
    page = f"/people/{invited.id}"
    answer = post(signed_in, f"{page}/correction", page=page, **(BEN | typed))
    assert answer.status_code == 422
    assert read_errors(answer) == [error]
    assert all(
        f'value="{value}"' in answer.text for value in (BEN | typed).values() if value != " "
    )
    assert read_account(app, invited) == ("Bne", "bne@example.com")


def test_the_name_alone_can_be_corrected(
    app: Flask, signed_in: FlaskClient, invited: Account
) -> None:
    correct(signed_in, invited, name="Ben", email="bne@example.com")
    assert read_account(app, invited) == ("Ben", "bne@example.com")


def test_a_correction_alone_ends_the_link_that_went_to_the_wrong_address(
    app: Flask, invited: Account
) -> None:
    link = make_link(app, invited)
    with find_services(app).store.writing() as session:
        account = accounts.find(session, invited.id)
        accounts.correct(session, account, BEN["email"], BEN["name"], who="Anna")
    assert make_client(app).get(link).status_code == 404
