"""What a password has to be, and that it counts as it was typed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from unicodedata import normalize

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.people.passwords import LONGEST, SHORTEST, find_password_problem
from app.services import find_services
from app.store import accounts, join_links
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

EASY = "This password is easy to guess. Use a few words that have nothing in common."


@pytest.mark.parametrize("length", [1, 8, SHORTEST - 1])
def test_short_ones_are_refused(length: int) -> None:
    password = "Kq7!vB2#xZ9p"[:length]
    assert find_password_problem(password).startswith("Use 12 characters or more.")


def test_common_ones_are_refused() -> None:
    common = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= SHORTEST]
    assert len(common) > 100
    assert {find_password_problem(password) for password in common} == {EASY}


@pytest.mark.parametrize(
    "password",
    [
        *("campaign builder", "CampaignBuilder1", "builder-campaign", "Anna Karenina 1"),
        *("anna@example.com", "annakarenina2027", "karenina karenina", "ada@example.com1"),
        *("ada.example.com-1", "adaadaada-ada-1"),
    ],
)
def test_words_of_the_app_and_of_the_person_are_refused(password: str) -> None:
    about = ("Anna Karenina", "anna@example.com", "ada@example.com")
    assert find_password_problem(password, about) == EASY


@pytest.mark.parametrize(
    "password",
    [
        *("four quiet lamps sing", "quzvbnxwkjpdfy", "QUZVBNXWKJPDFY", "83920175640928"),
        *("#$&)=?_;:.+~>|", "電話番号四つの静かなランプが歌う", "    x  q   v    k  "),
    ],
)
def test_any_kind_of_sign_will_do(password: str) -> None:
    assert find_password_problem(password) == ""


@pytest.mark.parametrize("length", [64, 72, 73, LONGEST])
def test_every_sign_of_a_long_one_counts(app: Flask, length: int) -> None:
    password = ("Four quiet lamps sing " * 6)[: length - 1] + "x"
    assert find_password_problem(password) == ""
    add_account(app, password=password)
    for other in (password[:-1], f"{password[:-1]}y", password.lower(), password.strip("x")):
        client = make_client(app)
        sign_in(client, password=other)
        assert not is_signed_in(client)
    client = make_client(app)
    sign_in(client, password=password)
    assert is_signed_in(client)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_one_that_a_link_has_set_signs_in_however_its_signs_are_typed(
    app: Flask, form: Literal["NFC", "NFD"]
) -> None:
    password = normalize(form, "Grüne Wiese, später Zug 41")
    link = make_link(app, add_account(app))
    post(make_client(app), link, password=password, again=password)
    for typed in ("NFC", "NFD"):
        client = make_client(app)
        sign_in(client, password=normalize(typed, password))
        assert is_signed_in(client)


def test_longer_ones_are_refused() -> None:
    assert find_password_problem("four quiet lamps " * 10) == "Use 128 characters or fewer."


def test_a_change_takes_the_password_of_before(app: Flask) -> None:
    add_account(app)
    client, new = make_client(app), "seven slow boats wander"
    sign_in(client)
    for before in ("", "wrong wrong wrong"):
        typed = {"password": before, "new_password": new, "new_password_confirm": new}
        assert read_errors(post(client, "/account/password", **typed))
    sign_in(other := make_client(app))
    assert is_signed_in(other)


def test_none_is_ended_by_a_date(app: Flask) -> None:
    add_account(app)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3650)):
        client = make_client(app)
        assert sign_in(client).location == "/"
        assert is_signed_in(client)


def test_fields_are_masked_and_take_managers(app: Flask) -> None:
    account = add_account(app)
    with find_services(app).store.writing() as session:
        key = join_links.make(session, accounts.find(session, account.id), who="")
    client, guest = make_client(app), make_client(app)
    pages = [guest.get("/sign-in"), guest.get(f"/join/{key}")]
    sign_in(client, password=PASSWORD)
    pages += [client.get("/account/password"), client.get("/sign-in/again")]
    kinds = []
    for page in pages:
        fields = BeautifulSoup(page.text, "lxml").select('input[name*="password"], [name=again]')
        assert fields
        assert {field["type"] for field in fields} == {"password"}
        assert not {"onpaste", "maxlength", "readonly"} & {
            name for field in fields for name in field.attrs
        }
        kinds += [str(field["autocomplete"]) for field in fields]
        assert not re.search(r"hint question|secret question|mother", page.text, re.IGNORECASE)
    assert set(kinds) == {"current-password", "new-password"}
