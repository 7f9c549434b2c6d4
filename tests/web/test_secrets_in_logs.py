"""What a person types stands in no line of the log, even when a view fails with it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.store.database import Store
from tests.factories import outbound, typed
from tests.load.browser import Browser
from tests.log_lines import Log, parse
from tests.running import running
from tests.sending.presses import failing

TOKEN = "t0ken-of-client-a-7x9q"
NAME = "Zanzibar winter sale"
ASSISTANT = "assistant-of-zanzibar"
CONNECTION = {"name": NAME, "kind": "live", "base_url": "https://api.example", "token": TOKEN}
CAMPAIGN = typed(outbound(name=NAME, assistant_id=ASSISTANT))
TYPED = (TOKEN, "Zanzibar", ASSISTANT)

POSTS = {
    "connections.add": ("/connections/new", CONNECTION),
    "editing.autosave": ("/drafts/a1a1a1a1a1a1a1a1/autosave", CAMPAIGN),
    "preview.show": ("/preview", CAMPAIGN),
}


def shows_nothing(text: str) -> bool:
    return not any(part.casefold() in text.casefold() for part in TYPED)


@pytest.fixture
def post(app: Flask, client: FlaskClient) -> Callable[..., int]:
    """Post as a page of ours would, and give the status."""
    app.config["WTF_CSRF_ENABLED"] = False

    def post(address: str, fields: dict[str, Any]) -> int:
        return client.post(address, data=fields, buffered=True).status_code

    return post


@pytest.mark.parametrize("endpoint", POSTS)
def test_a_view_that_fails_with_what_was_typed_does_not_log_it(
    app: Flask, post: Callable[..., int], log: Log, endpoint: str
) -> None:
    def fail(**_arguments: Any) -> str:
        posted = request.form.to_dict()
        try:
            int(str(posted))
        except ValueError as error:
            raise LookupError(posted, request.headers, request.full_path) from error
        return ""

    app.view_functions[endpoint] = fail
    address, fields = POSTS[endpoint]
    assert post(f"{address}?q={NAME}", fields) == HTTPStatus.INTERNAL_SERVER_ERROR

    [failed] = log.lines("Unexpected")
    assert "LookupError" in failed["exception"]
    assert __file__ in failed["exception"]
    assert len(log.lines("request")) == 1
    assert shows_nothing(log.text)


@pytest.mark.parametrize("endpoint", ["connections.add", "editing.autosave"])
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(sqlite3.OperationalError, marks=pytest.mark.sqlite),  # It quotes only there.
        sqlite3.IntegrityError,
        sqlite3.DatabaseError,
        ValueError,
    ],
)
def test_a_database_that_quotes_what_it_was_given_is_not_quoted(
    post: Callable[..., int], store: Store, log: Log, endpoint: str, kind: type[Exception]
) -> None:
    quoting = kind(f"Could not decode to UTF-8 column 'name' with text '{NAME} {TOKEN}'")
    with failing(store, quoting):
        status = post(*POSTS[endpoint])

    assert status >= HTTPStatus.INTERNAL_SERVER_ERROR
    assert len(log.lines()) == 2
    assert shows_nothing(log.text)


def test_a_search_is_not_logged(client: FlaskClient, log: Log) -> None:
    assert client.get("/", query_string={"q": f'{NAME} "'}, buffered=True).status_code == 200
    assert log.lines("request")
    assert shows_nothing(log.text)


@pytest.mark.slow
def test_the_real_server_logs_nothing_of_a_connection_or_a_campaign(tmp_path: Path) -> None:
    token = "t0ken-of-the-environment-5k2j"
    with running(
        tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG", VOICEAIWRAPPER_TOKEN=token
    ) as server:
        browser = Browser(server.port)
        browser.enter()
        browser.post("/connections/new", CONNECTION, HTTPStatus.FOUND)
        draft = "/drafts/a1a1a1a1a1a1a1a1"
        browser.post(f"{draft}/autosave", CAMPAIGN | {"version": "0"})
        browser.get(f"{draft}/review")
        browser.get(f"/?q={NAME.replace(' ', '+')}")
        with closing(sqlite3.connect(tmp_path / "instance" / "campaigns.sqlite3")) as database:
            database.execute("DROP TABLE connection")
        broken = CONNECTION | {"name": f"{NAME} 2"}
        browser.post("/connections/new", broken, HTTPStatus.SERVICE_UNAVAILABLE)
        browser.close()
    log = server.output.read_text()

    greeting, lines = log.splitlines()[:2], parse("\n".join(log.splitlines()[2:]))
    assert greeting[0].startswith("Campaign Builder: http://")
    assert [line["status"] for line in lines if line["event"] == "request"] == [
        *(200, 302, 200, 200, 200, 503)
    ]
    assert any("cannot be used" in line["event"] for line in lines)
    assert shows_nothing(log)
    assert token not in log
