"""The page of somebody's tokens: made after a proof, shown once, ended by who may."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from tests.people.accounts import add_account, make_client, post, sign_in

ADDRESS = "/account/tokens"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser in which Bo is signed in, who is no administrator."""
    add_account(app)
    add_account(app, "bo@example.com", {"sandbox": frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client, "bo@example.com")
    return client


def make(client: FlaskClient, **typed: str) -> str:
    """Make a token by the page, and give what the page says."""
    answer = post(client, ADDRESS, **({"name": "Import", "scope": "read", "days": "7"} | typed))
    assert answer.status_code == 200
    return answer.text


def test_a_token_is_shown_once(client: FlaskClient) -> None:
    page = make(client)
    (token,) = re.findall(r">(cb_[\w-]{43})<", page)
    assert token not in client.get(ADDRESS).text
    assert "Import" in client.get(ADDRESS).text
    assert "1 token" in client.get("/account").text


@pytest.mark.parametrize(
    ("name", "typed"), [("name", " "), ("scope", "send"), ("days", "8"), ("days", "")]
)
def test_nothing_else_can_be_asked_for(client: FlaskClient, name: str, typed: str) -> None:
    answer = post(client, ADDRESS, **({"name": "x", "scope": "read", "days": "7"} | {name: typed}))
    assert answer.status_code == 422
    assert 'id="token"' not in answer.text


def test_tokens_are_asked_for_anew(client: FlaskClient) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        assert client.get(ADDRESS).location.startswith("/sign-in/again")
        typed = {"name": "x", "scope": "read", "days": "7"}
        assert post(client, ADDRESS, page="/account", **typed).status_code == 401


def test_an_owner_ends_a_token(client: FlaskClient) -> None:
    make(client)
    post(client, f"{ADDRESS}/1/end", page=ADDRESS)
    assert "Import" not in client.get(ADDRESS).text


def test_an_administrator_ends_a_token_and_another_person_does_not(
    app: Flask, client: FlaskClient
) -> None:
    make(client)
    anna = make_client(app)
    sign_in(anna)
    post(anna, f"{ADDRESS}/1/end", page=ADDRESS)
    assert "Import" in client.get(ADDRESS).text
    page = anna.get("/people/2")
    assert "Made the token “Import”, which may read until" in page.text
    post(anna, "/people/2/tokens/1/end", page="/people/2")
    assert "Import" not in client.get(ADDRESS).text
    assert "The token “Import” was ended" in anna.get("/people/2").text
