"""On the account page a person says when they are told of what waits for them."""

from dataclasses import replace
from datetime import time

import pytest
from flask import Flask

from app import create_app
from app.services import find_services
from app.settings import MailSettings, Settings
from app.store import digests
from app.store.digests import Rhythm, Wish
from tests.pages import Visitor
from tests.people.accounts import add_account, make_client, sign_in
from tests.people.mail_server import Inbox, with_mail


@pytest.fixture
def settings(settings: Settings, inbox: Inbox) -> Settings:
    return with_mail(settings, inbox)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    add_account(app)
    client = make_client(app)
    sign_in(client)
    return Visitor(client)


def keep(visitor: Visitor, **typed: str) -> int:
    return visitor.press(visitor.open("/account"), "digest", typed).status


def find_wish(app: Flask) -> Wish:
    with find_services(app).store.reading() as session:
        return digests.find_wish(session, 1)


def test_nobody_is_told_who_has_not_said_so(app: Flask, visitor: Visitor) -> None:
    assert visitor.open("/account").status == 200
    assert find_wish(app) == Wish()


def test_a_morning_has_a_time_and_a_zone(app: Flask, visitor: Visitor) -> None:
    assert keep(visitor, rhythm="morning", at="07:30", zone="Zurich") == 200
    assert find_wish(app) == Wish(Rhythm.MORNING, time(7, 30), "Europe/Zurich")
    fields = visitor.open("/account").soup.select("#at, #zone")
    assert [field["value"] for field in fields] == ["07:30", "Europe/Zurich"]


def test_it_can_be_changed_again(app: Flask, visitor: Visitor) -> None:
    keep(visitor, rhythm="morning", at="07:30", zone="Europe/Zurich")
    keep(visitor, rhythm="at once", at="", zone="")
    assert find_wish(app).rhythm is Rhythm.AT_ONCE
    keep(visitor, rhythm="never")
    assert find_wish(app) == Wish()


@pytest.mark.parametrize(
    "typed",
    [
        {"rhythm": "hourly"},
        {"rhythm": "morning", "at": "", "zone": "UTC"},
        {"rhythm": "morning", "at": "24:00", "zone": "UTC"},
        {"rhythm": "morning", "at": "08:00:30", "zone": "UTC"},
        {"rhythm": "morning", "at": "08:00+02:00", "zone": "UTC"},
        {"rhythm": "morning", "at": "08", "zone": "UTC"},
        {"rhythm": "morning", "at": "08:00", "zone": "Nowhere"},
        {"rhythm": "morning", "at": "08:00", "zone": "../../etc/passwd"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_asked_for_again(
    app: Flask, visitor: Visitor, typed: dict[str, str]
) -> None:
    assert keep(visitor, **typed) == 422
    assert find_wish(app) == Wish()


def test_where_no_mail_is_sent_nothing_is_offered(visitor: Visitor, settings: Settings) -> None:
    silent = make_client(create_app(replace(settings, mail=MailSettings())))
    sign_in(silent)
    assert "Tell me what waits for me" in visitor.open("/account").text
    assert "Tell me what waits for me" not in silent.get("/account").text
