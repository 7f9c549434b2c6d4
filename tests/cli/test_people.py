"""Commands about people, as somebody at the machine gives them."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.services import find_services
from app.settings import MailSettings, Settings
from app.store import accounts
from app.store.connection_models import SavedConnection
from tests.cli.backups import Run
from tests.people.accounts import (
    PASSWORD,
    add_account,
    add_passkey,
    is_signed_in,
    make_client,
    post,
    sign_in,
)


def test_without_accounts_it_says_who_may_do_what(run: Run) -> None:
    assert run("people", "list").output == (
        "Nobody can sign in: whoever uses this machine may do everything.\n"
    )


def test_where_others_reach_the_app_it_says_that_nothing_is_served_yet(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_hosts=("campaigns.example",)))
    listed = app.test_cli_runner().invoke(args=("people", "list"))
    assert "nothing is served until somebody makes the first account" in listed.output


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"port": 18100}, "http://127.0.0.1:18100"),
        ({"trusted_hosts": ("campaigns.example",)}, "https://campaigns.example"),
        ({"mail": MailSettings(public_url="https://dial.example")}, "https://dial.example"),
    ],
)
def test_a_link_leads_to_where_the_app_is_reached(
    settings: Settings, changes: dict[str, Any], address: str
) -> None:
    app = create_app(replace(settings, **changes))
    added = app.test_cli_runner().invoke(args=("people", "add", "anna@example.com"))
    assert f"\n{address}/join/" in added.output


def test_the_first_one_added_is_an_administrator_whose_link_sets_a_password(
    run: Run, app: Flask
) -> None:
    done = run(
        "people", "add", "anna@example.com", "--name", "Anna", "--address", "http://a.example"
    )
    assert "anna@example.com is there: administrator at all connections." in done.output
    link = re.findall(r"http://a\.example(/join/\S+)", done.output)[0]
    client = make_client(app)
    post(client, link, password=PASSWORD, again=PASSWORD)
    assert is_signed_in(client)


def test_a_role_is_given_at_a_connection_by_its_name(run: Run, app: Flask) -> None:
    add_account(app)
    added = run("people", "add", "bo@example.com", "--role", "editor@Sandbox", "--role", "viewer")
    assert "bo@example.com is there: viewer at all connections; editor at Sandbox." in added.output
    assert "bo@example.com  bo@example.com: viewer" in run("people", "list").output


def test_what_cannot_be_given_is_refused_with_a_sentence(run: Run, app: Flask) -> None:
    add_account(app)
    for words, sentence in (
        (("bo",), "Enter an e-mail address"),
        (("a\n@b.example",), "Enter an e-mail address"),
        ((f"{'x' * 3000}@b.example",), "Enter an e-mail address"),
        (("anna@example.com",), "Another account has this e-mail address."),
        (("bo@example.com", "--role", "boss"), "There is no role “boss”"),
        (("bo@example.com", "--role", "viewer@Nowhere"), "There is no connection “Nowhere”."),
        (("bo@example.com", "--role", "administrator@Sandbox"), "is one at all connections"),
    ):
        done = run("people", "add", *words)
        assert done.exit_code != 0
        assert sentence in done.output


def test_a_link_opens_a_closed_account_again(run: Run, app: Flask) -> None:
    add_account(app)
    run("people", "alone", "--yes")
    done = run("people", "link", "anna@example.com")
    client = make_client(app)
    link = re.findall(r"(/join/\S+)", done.output)[0]
    post(client, link, password=PASSWORD, again=PASSWORD)
    assert is_signed_in(client)
    assert run("people", "link", "nobody@example.com").exit_code == 1


def test_to_go_back_to_one_machine_alone_takes_this_command(
    run: Run, app: Flask, client: FlaskClient
) -> None:
    add_account(app)
    sign_in(client)
    assert client.get("/people").status_code == 200
    assert make_client(app).get("/").status_code == 302
    assert run("people", "alone", "--yes").output.startswith("1 closed.")
    assert "This machine only" in make_client(app).get("/").text
    with find_services(app).store.reading() as session:
        assert not accounts.is_any_active(session)


def test_who_has_lost_the_only_passkey_of_all_is_helped_at_the_machine(
    app: Flask, run: Run
) -> None:
    account = add_account(app)
    add_passkey(app, account)
    with find_services(app).store.writing() as session:
        accounts.find(session, account.id).password = None

    helped = run("people", "link", "anna@example.com", "--without-second-step")

    assert helped.exit_code == 0, helped.output
    assert "/join/" in helped.output
    with find_services(app).store.reading() as session:
        assert accounts.find(session, account.id).webauthn == []


def test_a_role_is_given_at_no_connection_of_two_that_look_alike(
    run: Run, app: Flask, add_connection: Callable[..., str]
) -> None:
    add_connection("Client A")
    other = add_connection("Another")
    with find_services(app).store.writing() as session:  # As it could be entered once.
        session.get_one(SavedConnection, other).name = "Client  A"
    run("people", "add", "anna@example.com")
    refused = run("people", "add", "ben@example.com", "--role", "editor@Client A")
    assert "Several connections look like “Client A”. Rename them." in refused.output
