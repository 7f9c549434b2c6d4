"""Recovery by e-mail, attacked: nobody learns who has an account, gets in, or is flooded."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import document_fromstring
from sqlalchemy.orm import Session

from app import create_app
from app.services import find_services
from app.settings import Settings
from app.store import accounts, identities, leases
from app.store.people_models import Account
from app.web import security_lines
from tests.hidden_fields import read_hidden
from tests.log_lines import Log
from tests.pages import Visitor
from tests.people.accounts import (
    PASSWORD,
    add_account,
    find_token,
    is_signed_in,
    make_client,
    make_link,
    post,
    sign_in,
)
from tests.people.codes import ask_for_codes
from tests.people.mail_server import Inbox, with_mail

NEW = "seven slow boats wander"
ASK = "/sign-in/help"
PUBLIC = "https://campaigns.example"


@pytest.fixture
def settings(settings: Settings, inbox: Inbox) -> Settings:
    return with_mail(settings, inbox, PUBLIC)


def ask(app: Flask, email: str = "anna@example.com", address: str = "127.0.0.1") -> int:
    return post(make_client(app, address), ASK, email=email).status_code


def find_link(letter: EmailMessage) -> str:
    link = re.search(rf"{PUBLIC}(/join/\S+)", letter.get_content())
    assert link
    return link[1]


def drain(app: Flask) -> None:
    """Wait for the letters that are being written."""
    assert find_services(app).background.drain(10)


def test_a_link_sets_a_new_password_once_and_signs_out_everywhere(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    elsewhere = make_client(app)
    sign_in(elsewhere)
    assert ask(app, " ANNA@example.com") == 302
    (letter,) = inbox.wait_for(1)
    assert (letter["To"], letter["Subject"]) == (
        "anna@example.com",
        "Campaign Builder: Set a new password",
    )
    client = make_client(app)
    post(client, find_link(letter), password=NEW, again=NEW)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert make_client(app).get(find_link(letter)).status_code == 404
    assert inbox.wait_for(2)[1]["Subject"] == "Campaign Builder: Your password was changed"
    assert NEW not in inbox.letters[1].get_content()
    trail = client.get(f"/people/{account.id}").text
    assert "A link to set a password was sent by e-mail, which somebody had asked for" in trail
    assert "The password was set, and every sign-in ended" in trail


def test_the_second_step_stays(app: Flask, account: Account, inbox: Inbox) -> None:
    first = make_client(app)
    sign_in(first)
    ask_for_codes(first)
    inbox.wait_for(1)
    ask(app)
    link = find_link(inbox.wait_for(2)[1])
    client = make_client(app)
    assert post(client, link, password=NEW, again=NEW).location == "/sign-in"
    assert not is_signed_in(client)
    assert sign_in(client, password=NEW).location.startswith("/sign-in/code")
    assert not is_signed_in(client)


def test_who_asks_for_a_link_ends_none_that_an_administrator_made_until_it_is_used(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    by_administrator = make_link(app, account)
    ask(app)
    by_mail = find_link(inbox.wait_for(1)[0])
    client = make_client(app)
    assert client.get(by_administrator).status_code == 200

    post(client, by_mail, password=NEW, again=NEW)

    gone = make_client(app).get(by_administrator)
    assert gone.status_code == 404
    assert "This link does not work any more" in gone.text


def test_a_link_is_good_for_half_an_hour_and_only_the_last_one_is(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    ask(app)
    first = find_link(inbox.wait_for(1)[0])
    ask(app)
    second = find_link(inbox.wait_for(2)[1])
    client = make_client(app)
    assert client.get(first).status_code == 404
    for minutes, status in ((29, 200), (31, 404)):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            assert client.get(second).status_code == status


@pytest.mark.parametrize("email", ["nobody@example.com", "closed@example.com"])
def test_who_has_no_account_is_answered_alike_and_gets_nothing(
    app: Flask, account: Account, inbox: Inbox, email: str
) -> None:
    closed = add_account(app, "closed@example.com")
    with find_services(app).store.writing() as session:
        accounts.set_active(session, accounts.find(session, closed.id), active=False, who="")
    answers = []
    for asked in ("anna@example.com", email):
        client = make_client(app)
        answer = post(client, ASK, email=asked)
        page = re.sub(r'value="[^"]*"', "", client.get("/sign-in").text)
        names = {name for name, _ in answer.headers} - {"Set-Cookie"}
        answers.append((answer.status_code, answer.location, answer.text, names, page))
    assert answers[0] == answers[1]
    drain(app)
    assert [letter["To"] for letter in inbox.letters] == ["anna@example.com"]


def test_the_answer_waits_for_nothing_that_is_done_for_an_account(
    app: Flask, account: Account, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is even looked up before it, so no time can tell."""
    looked_up: list[str] = []
    postponed: list[Callable[[], object]] = []
    services, find = find_services(app), accounts.find_by_email

    def look_up(session: Session, email: str) -> Account | None:
        looked_up.append(email)
        return find(session, email)

    monkeypatch.setattr(services.outbox, "_start", lambda _name, work: postponed.append(work))
    monkeypatch.setattr(accounts, "find_by_email", look_up)
    ask(app)
    assert (looked_up, len(inbox.letters)) == ([], 0)
    postponed[0]()
    assert (looked_up, len(inbox.letters)) == (["anna@example.com"], 1)


def test_nobody_is_flooded_from_wherever_it_is_asked_for(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    add_account(app, "eve@example.com")
    known = make_client(app)
    sign_in(known)
    statuses = [ask(app, address=f"198.51.{number}.7") for number in range(5)]
    assert statuses == [302, 302, 302, 429, 429]
    assert post(known, ASK, email="anna@example.com").status_code == 429
    signed_in = make_client(app)
    sign_in(signed_in, "eve@example.com")
    assert post(signed_in, ASK, email="anna@example.com").status_code == 429
    drain(app)
    assert len(inbox.letters) == 3


def test_who_has_none_is_held_back_alike(app: Flask, account: Account) -> None:
    statuses = [ask(app, "nobody@example.com", f"198.51.{number}.7") for number in range(4)]
    assert statuses == [302, 302, 302, 429]


def test_one_network_asks_for_few(app: Flask, account: Account) -> None:
    statuses = [ask(app, f"person{number}@example.com") for number in range(22)]
    assert statuses == [302] * 20 + [429] * 2


@pytest.mark.sqlite
def test_after_a_while_another_link_can_be_asked_for(
    app: Flask, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        ask(app)
    passed = leases.read_clock() + 1201
    monkeypatch.setattr(leases, "read_clock", lambda: passed)
    assert ask(app) == 302


def test_asking_for_links_does_not_keep_anybody_from_signing_in(
    app: Flask, account: Account
) -> None:
    for _ in range(10):
        ask(app)
    client = make_client(app)
    sign_in(client)
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["", "anna", "anna@example.com\r\nBcc: eve@example.com"])
def test_what_is_no_address_is_asked_for_again(app: Flask, account: Account, email: str) -> None:
    assert ask(app, email) == 422


def test_a_link_leads_where_the_settings_say_and_not_where_a_request_does(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    client = make_client(app)
    client.environ_base["HTTP_HOST"] = "localhost:666"
    typed = {"csrf_token": find_token(client.get(ASK)), "email": "anna@example.com"}
    client.post(ASK, data=typed)
    assert "localhost" not in inbox.wait_for(1)[0].get_content()


def test_the_pages_lead_there_and_are_good_ones(app: Flask, account: Account) -> None:
    visitor = Visitor(make_client(app))
    assert visitor.open("/sign-in").soup.find("a", string="I cannot sign in")
    assert visitor.open(ASK).status == 200
    assert visitor.press(visitor.open(ASK), answers={"email": "anna"}).status == 422


@pytest.mark.parametrize("missing", [{"server": None}, {"public_url": ""}], ids=str)
def test_without_mail_or_without_an_address_of_ours_there_is_no_such_page(
    settings: Settings, missing: dict[str, Any]
) -> None:
    mail = replace(settings.mail, **missing)
    app = create_app(replace(settings, mail=mail))
    add_account(app)
    client = make_client(app)
    assert "I cannot sign in" not in client.get("/sign-in").text
    assert client.get(ASK).status_code == 404
    assert client.post(ASK).status_code in {400, 404}


def test_alone_there_is_nothing_to_recover(app: Flask, client: FlaskClient) -> None:
    assert client.get(ASK).status_code == 404


def test_who_changes_how_they_sign_in_is_told(app: Flask, account: Account, inbox: Inbox) -> None:
    client = make_client(app)
    sign_in(client)
    ask_for_codes(client)
    assert inbox.wait_for(1)[0]["Subject"] == "Campaign Builder: How you sign in was changed"
    typed = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    post(client, "/account/password", **typed)
    assert inbox.wait_for(2)[1]["Subject"] == "Campaign Builder: Your password was changed"


def test_who_has_a_token_made_in_their_name_is_told(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    client = make_client(app)
    sign_in(client)
    page = "/account/tokens"
    answer = post(client, page, page, name="Nightly", scope="read", days="30")
    (letter,) = inbox.wait_for(1)
    assert letter["Subject"] == "Campaign Builder: A token was made in your name"
    key = document_fromstring(answer.text).get_element_by_id("token").text_content()
    assert key
    assert key not in letter.get_content()


def test_whose_account_an_administrator_changes_is_told(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    other = add_account(app, "ben@example.com")
    client = make_client(app)
    sign_in(client)
    page = f"/people/{other.id}"
    for _ in range(2):  # The second changes nothing, so nothing is told.
        post(client, page, role="/editor", seen=read_hidden(client.get(page).text)["seen"])
    post(client, f"{page}/second-step", page)
    for active in ("no", "no", "yes"):
        post(client, f"{page}/active", page, active=active)
    inbox.wait_for(4)
    drain(app)
    assert [(letter["To"], letter["Subject"].partition(": ")[2]) for letter in inbox.letters] == [
        ("ben@example.com", "What you may do was changed"),
        ("ben@example.com", "How you sign in was changed"),
        ("ben@example.com", "Your account was closed"),
        ("ben@example.com", "Your account was opened again"),
    ]


def test_who_has_another_way_in_is_told_of_a_password_that_is_added(
    app: Flask, account: Account, inbox: Inbox
) -> None:
    with find_services(app).store.writing() as session:
        ben = accounts.add(session, "ben@example.com", "Ben", {}, who="")
        identities.link(session, ben, "https://id.example", "ben-1", who="")
    post(make_client(app), make_link(app, ben), password=NEW, again=NEW)
    (letter,) = inbox.wait_for(1)
    assert letter["To"] == "ben@example.com"
    assert letter["Subject"] == "Campaign Builder: Your password was changed"


def test_a_first_password_is_no_change(app: Flask, account: Account, inbox: Inbox) -> None:
    with find_services(app).store.writing() as session:
        new = accounts.add(session, "new@example.com", "New", {}, who="")
    post(make_client(app), make_link(app, new), password=NEW, again=NEW)
    drain(app)
    assert inbox.letters == []


def test_who_asks_for_a_link_is_not_logged_as_one_who_failed_to_sign_in(
    app: Flask, account: Account, log: Log
) -> None:
    assert ask(app) == 302
    assert log.lines(security_lines.FAILED) == []
