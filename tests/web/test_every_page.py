"""Each address that can be opened is opened, and holds what every page promises."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from tzdata import IANA_VERSION

from app import create_app
from app.campaign.timezones.zones import ZONE_NAMES
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from app.store.database import Store
from app.store.migrations import HEAD
from app.web.screens import about
from tests.pages import Page, Visitor
from tests.people.accounts import add_account, sign_in
from tests.sending.batch_of import make
from tests.sending.test_doorbell import Redis, listening
from tests.servers import free_port
from tests.store.tampering import unguarded

NO_PAGES = {
    "account.list_tokens",
    "account.show",
    "api.describe",
    "api.show",
    "static",
    "style",
    "about.tell_health",
    "about.tell_readiness",
    "batches.events",
    "batches.results",
    "batches.state",
    "book.offers",
    "connections.test_state",
    "calendars.windows_of",
    "finder.find",
    "history.evidence",
    "log.export",
    "joining.join",
    "people.show",
    "places.index",
    "provider.back",
    "recovery.ask",
    "submissions.state",
    "zones.index",
}


def test_every_route_that_can_be_opened_gives_a_good_page(
    app: Flask,
    visitor: Visitor,
    saved: Callable[..., str],
    sent: Callable[[State], int],
    add_connection: Callable[..., str],
) -> None:
    services = find_services(app)
    known: dict[str, Any] = {
        "draft_id": saved(),
        "submission_id": sent(State.CREATED),
        "exchange_id": 1,
        "view_id": 1,
        "key": add_connection(),
        "batch_id": make(services.store, services.connections, [saved()]),
    }
    opened = 0
    for rule in app.url_map.iter_rules():
        is_about_an_account = rule.endpoint.startswith("security.")
        if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES or is_about_an_account:
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
        assert visitor.open(address).status == 200, address
        opened += 1
    assert opened > 8


def test_every_page_about_an_account_is_a_good_page(app: Flask, client: FlaskClient) -> None:
    account = add_account(app)
    sign_in(client)
    visitor = Visitor(client)
    for address in (
        "/account",
        "/account/codes",
        "/account/passkeys",
        "/account/password",
        "/account/recovery-codes",
        "/account/tokens",
        "/people",
        "/people/new",
        f"/people/{account.id}",
        "/sign-in/again",
    ):
        assert visitor.open(address).status == 200, address


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing", 404),
        ("/drafts/unknown", 404),
        ("/drafts/unknown/review", 404),
        ("/drafts/unknown/duplicate", 404),
        ("/drafts/unknown/submission", 404),
        ("/submissions/99", 404),
        ("/connections/unknown", 404),
        ("/connections/unknown/book", 404),
        ("/requests/99", 404),
        ("/submissions/99999999999999999999", 404),
        ("/preview", 405),
    ],
)
def test_what_is_not_there_is_said_on_a_page_with_a_next_step(
    visitor: Visitor, address: str, status: int
) -> None:
    page = visitor.open(address)
    assert page.status == status
    assert page.soup.select_one("main a[href='/']")


def test_a_fault_of_ours_shows_no_trace(app: Flask, client: FlaskClient) -> None:
    del app.extensions["services"]
    page = Page(client.get("/drafts/new/a1a1a1a1a1a1a1a1"))
    assert page.status == 500
    assert page.heading == "Something went wrong here"
    assert "Traceback" not in str(page.soup)


def test_the_about_page_names_the_time_zone_data(visitor: Visitor) -> None:
    assert IANA_VERSION in visitor.open("/about").text


def test_it_can_be_asked_whether_the_app_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_it_can_be_asked_whether_the_app_can_work(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "disk": "ok"})


def test_an_app_that_cannot_read_or_write_is_not_ready(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about, "LEAST_FREE", 10**18)
    with unguarded(store) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"database": "is of another version", "disk": "is nearly full"},
    )
    with unguarded(store) as session:
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


@pytest.mark.parametrize(
    ("is_there", "status", "queue"), [(True, 200, "ok"), (False, 503, "cannot be reached")]
)
def test_an_app_whose_workers_hear_nothing_is_not_ready(
    settings: Settings, *, is_there: bool, status: int, queue: str
) -> None:
    with listening(Redis) as there:
        port = there if is_there else free_port()
        app = create_app(replace(settings, queue_url=f"redis://127.0.0.1:{port}/0"))
        answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json) == (
        status,
        {"database": "ok", "disk": "ok", "queue": queue},
    )


def test_the_zones_are_those_of_the_table_with_their_offsets(client: FlaskClient) -> None:
    zones = client.get("/zones.json").get_json()
    assert {name for name, _ in zones} == set(ZONE_NAMES)
    assert dict(zones)["Asia/Kolkata"] == "+05:30"


def test_the_sandbox_page_is_plainly_not_the_vendors(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")
    page = visitor.open("/sandbox-campaigns")
    assert "sandbox" in page.heading.lower()
    assert "Q4 Outreach" in page.text
    assert "not" in page.text
    assert "VoiceAIWrapper" in page.text
