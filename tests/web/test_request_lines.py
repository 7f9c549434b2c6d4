"""Each request has an id and is a line of the log, which says nothing of what was typed."""

import logging
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.contextvars import bind_contextvars
from werkzeug.test import Client, TestResponse

from app.web.request_lines import HEADER, RequestLines
from tests.log_lines import Log
from tests.raw_http import connected, everything, serving

DRAWN = re.compile(r"[0-9a-f]{16}")
NAME = "Spring sale"
_log = logging.getLogger("app.of.a.test")


def ask(client: FlaskClient, address: str, **more: Any) -> TestResponse:
    """Ask, and read the answer to its end."""
    return client.open(address, buffered=True, **more)


def test_a_request_is_one_line_when_it_ends(client: FlaskClient, log: Log) -> None:
    answer = ask(client, "/about")

    [line] = log.lines()
    assert line.pop("timestamp")
    assert line.pop("duration_ms") >= 0
    assert line == {
        "level": "info",
        "logger": "app.web.request_lines",
        "event": "request",
        "request_id": answer.headers[HEADER],
        "method": "GET",
        "route": "/about",
        "status": 200,
    }


def test_it_names_the_rule_and_neither_the_path_nor_the_query(
    client: FlaskClient, saved: Callable[..., str], log: Log
) -> None:
    draft_id = saved()
    ask(client, f"/drafts/{draft_id}", query_string={"q": NAME})

    [line] = log.lines()
    assert line["route"] == "/drafts/<draft:draft_id>"
    assert draft_id not in log.text
    assert NAME not in log.text


def test_a_path_that_leads_nowhere_is_not_written(client: FlaskClient, log: Log) -> None:
    ask(client, f"/{NAME}")

    [line] = log.lines()
    assert (line["route"], line["status"]) == (None, 404)
    assert "Spring" not in log.text


def test_a_host_that_is_not_ours_is_not_written(client: FlaskClient, log: Log) -> None:
    ask(client, "/about", headers={"Host": "spring.example"})

    assert log.lines("request")[0]["status"] == 400
    assert "spring" not in log.text


def test_the_sandbox_has_lines_as_well(client: FlaskClient, log: Log) -> None:
    ask(client, "/sandbox/api/v2/voice-campaigns", method="POST", data=b"{}")

    [line] = log.lines()
    assert (line["method"], line["route"], line["status"]) == (
        "POST",
        "/sandbox/api/v2/voice-campaigns",
        401,
    )


def test_what_is_asked_for_again_and_again_is_not_logged(
    app: Flask, client: FlaskClient, log: Log
) -> None:
    static = app.static_url_path
    for address in ("/healthz", "/readyz", f"{static}/style.css", f"{static}/js/nothing.js"):
        assert DRAWN.fullmatch(ask(client, address).headers[HEADER])

    assert log.lines() == []


def test_all_lines_of_a_request_have_its_id(app: Flask, client: FlaskClient, log: Log) -> None:
    def fail() -> str:
        _log.warning("It will fail")
        raise ZeroDivisionError

    app.view_functions["about.show"] = fail
    answers = [ask(client, "/about") for _ in range(2)]
    _log.info("Nobody asks")

    ids = [answer.headers[HEADER] for answer in answers]
    assert ids[0] != ids[1]
    lines = [(line["event"], line.get("request_id")) for line in log.lines()]
    assert lines == [
        *((event, ids[0]) for event in ("It will fail", "Unexpected", "request")),
        *((event, ids[1]) for event in ("It will fail", "Unexpected", "request")),
        ("Nobody asks", None),
    ]


@pytest.mark.parametrize("asked", ["a", "7f3a.B_c-9", "x" * 64])
def test_who_asks_may_choose_the_id(client: FlaskClient, log: Log, asked: str) -> None:
    answer = ask(client, "/about", headers={HEADER: asked})

    assert answer.headers.getlist(HEADER) == [asked]
    assert log.lines()[0]["request_id"] == asked


HOSTILE = ["", " ", "a b", "x" * 65, "x" * 10_000, "a\n", "a\r\nSet-Cookie: b=c", "ä", "a,b", "٣"]


@pytest.mark.parametrize("asked", HOSTILE, ids=ascii)
def test_an_id_that_is_long_or_odd_is_not_taken(client: FlaskClient, log: Log, asked: str) -> None:
    answer = ask(client, "/about", environ_overrides={"HTTP_X_REQUEST_ID": asked})

    [drawn] = answer.headers.getlist(HEADER)
    assert DRAWN.fullmatch(drawn)
    assert log.lines()[0]["request_id"] == drawn
    assert "Set-Cookie" not in answer.headers or "b=c" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "lines", [b"evil\r\n x", b"evil\r\n\tx: y", b"evil" * 2_500, b"evil\r\nX-Request-ID: evil"]
)
def test_the_real_server_does_not_give_a_hostile_id_back(
    app: Flask, log: Log, lines: bytes
) -> None:
    head = b"GET /about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-ID: "
    with serving(app) as port, connected(port) as connection:
        connection.sendall(head + lines + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = everything(connection)

    assert b"evil" not in answer
    assert "evil" not in log.text


def test_a_thread_keeps_no_id_for_the_next_request(app: Flask, log: Log) -> None:
    ask = b"GET /about HTTP/1.1\r\nHost: localhost\r\n"
    with serving(app, threads=1) as port, connected(port) as connection:
        connection.sendall(
            ask + b"X-Request-ID: first\r\n\r\n" + ask + b"Connection: close\r\n\r\n"
        )
        everything(connection)

    first, second = log.lines("request")
    assert first["request_id"] == "first"
    assert DRAWN.fullmatch(second["request_id"])


def test_a_request_ends_with_the_last_of_its_answer(log: Log) -> None:
    seen: list[int] = []

    def stream(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for part in (b"a", b"b"):
            seen.append(len(log.lines()))
            _log.debug("part")
            yield part

    answer = Client(RequestLines(stream)).get("/")
    assert answer.data == b"ab"
    answer.close()

    assert seen == [0, 1]
    assert [line["event"] for line in log.lines()] == ["part", "part", "request"]
    assert len({line["request_id"] for line in log.lines()}) == 1


Counted = list[tuple[str | None, str, int]]


def counting(application: Any) -> tuple[Client, Counted]:
    """Give a browser, and what is counted of its requests."""
    counted: Counted = []

    def count(route: str | None, method: str, status: int, seconds: float) -> None:
        assert 0 <= seconds < 5
        counted.append((route, method, status))

    return Client(RequestLines(application, count)), counted


def test_a_request_is_counted_once_when_it_ends(app: Flask) -> None:
    browser, counted = counting(app.wsgi_app._application)  # type: ignore[attr-defined]  # noqa: SLF001
    for path in ("/about?q=secret", "/healthz", "/secret"):
        answer = browser.get(path, headers={"Host": "localhost"})
        assert answer.data
        before = len(counted)
        answer.close()
        assert len(counted) == before + 1

    assert counted == [("/about", "GET", 200), ("/healthz", "GET", 200), (None, "GET", 404)]


def test_an_application_that_fails_is_counted() -> None:
    def fail(_environ: Any, _start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    browser, counted = counting(fail)
    with pytest.raises(ZeroDivisionError):
        browser.post("/")

    assert counted == [(None, "POST", 500)]


def test_an_application_that_fails_is_logged_and_its_failure_is_its_servers(log: Log) -> None:
    def fail(_environ: Any, _start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Client(RequestLines(fail)).get("/", buffered=True)

    assert [line["status"] for line in log.lines("request")] == [500]


def test_what_a_failed_request_has_bound_is_not_the_next_ones(log: Log) -> None:
    def answer(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/fails":
            bind_contextvars(submission=7)
            raise ZeroDivisionError
        start_response("200 OK", [])
        return [b""]

    browser = Client(RequestLines(answer))
    with pytest.raises(ZeroDivisionError):
        browser.get("/fails")
    browser.get("/", buffered=True)

    assert [line.get("submission") for line in log.lines("request")] == [7, None]
