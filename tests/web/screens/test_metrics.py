"""Metrics are for who has the token; for anybody else there is no such address."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from app import create_app
from app.campaign.contract.fields import FIELD
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from tests.factories import outbound
from tests.fakes import ANSWERS
from tests.log_lines import Log
from tests.sending.presses import expire

TOKEN = "a-token-of-this-test"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "ODD")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let somebody read them."""
    return replace(settings, metrics_token=TOKEN)


def test_who_has_the_token_reads_them(client: FlaskClient) -> None:
    client.get("/about", buffered=True)
    answer = client.get("/metrics", headers=HEADERS)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert list(text_string_to_metric_families(answer.text))
    assert 'count{method="GET",route="/about",status="200"} 1.0' in answer.text


def test_how_the_scheme_is_spelt_does_not_count(client: FlaskClient) -> None:
    headers = {"Authorization": f"bearer {TOKEN}"}
    assert client.get("/metrics", headers=headers).status_code == 200


WRONG = {
    "nothing": None,
    "another token": "Bearer another-token-of-this",
    "less of it": f"Bearer {TOKEN[:-1]}",
    "more of it": f"Bearer {TOKEN}s",
    "no token": "Bearer ",
    "only the scheme": "Bearer",
    "only the token": TOKEN,
    "another scheme": "Basic YS10b2tlbi1vZi10aGlzLXRlc3Q6",
    "a scheme of its own": f"Token {TOKEN}",
    "parameters": f'Bearer token="{TOKEN}"',
    "odd signs": "Bearer t\u00f6ken\u00ff",
}


def look(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    """Give all that can be seen of an answer but its own id."""
    headers = {name: value for name, value in answer.headers if name != "X-Request-ID"}
    return answer.status_code, answer.data, headers


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", METHODS)
def test_to_anybody_else_it_looks_as_if_it_were_not_there(
    client: FlaskClient, method: str, sent: str | None
) -> None:
    headers = {"Authorization": sent} if sent is not None else {}
    for path in ("/metrics", "//metrics", "/metrics/", "/metrics/x"):
        asked, nothing = (
            client.open(method=method, headers=headers, environ_overrides={"PATH_INFO": address})
            for address in (path, path.replace("metrics", "metrick"))
        )
        assert asked.status_code == 404
        assert look(asked) == look(nothing)


def test_the_token_is_of_use_for_reading_alone(client: FlaskClient) -> None:
    assert client.post("/metrics", headers=HEADERS).status_code == 404
    assert client.get("/", headers=HEADERS, query_string={"token": TOKEN}).status_code == 200
    assert client.get("/metrics", query_string={"token": TOKEN}).status_code == 404


@pytest.mark.parametrize("sent", [None, f"Bearer {TOKEN}", "Bearer ", "Bearer"])
def test_without_a_token_there_is_no_such_address(
    settings: Settings, app: Flask, sent: str | None
) -> None:
    closed = create_app(replace(settings, metrics_token=""))
    headers = {"Authorization": sent} if sent else {}

    assert find_services(closed).metrics is None
    assert closed.test_client().get("/metrics", headers=headers).status_code == 404
    find_services(closed).store.engine.dispose()


def test_they_say_nothing_of_a_campaign_a_connection_or_a_token(
    client: FlaskClient,
    saved: Callable[..., str],
    sent: Callable[[State], int],
    add_connection: Callable[..., str],
    log: Log,
) -> None:
    key = add_connection(name="Client Zebra")
    for state in (*ANSWERS, State.QUEUED):
        sent(state)
    for path in (f"/drafts/{saved()}?q=Zebra", "/Zebra", f"/connections/{key}"):
        client.get(path, buffered=True)
    written = client.get("/metrics", headers=HEADERS).text

    values = outbound()
    typed = [str(values[name]) for name, field in FIELD.items() if name in values]
    for secret in (*typed, "Zebra", "t0ken", TOKEN, "api.example", "Ada"):
        if len(secret) > 4:
            assert secret not in written
    assert 'connection="client"' in written
    assert TOKEN not in log.text


def test_to_read_them_writes_nothing_and_is_not_logged(
    client: FlaskClient, store: Store, sent: Callable[[State], int], log: Log
) -> None:
    overdue = sent(State.SENDING)
    expire(store, overdue)
    client.get("/metrics", headers=HEADERS, buffered=True)

    with store.reading() as session:
        assert session.get_one(Submission, overdue).state is State.SENDING
    assert log.lines("request") == []
