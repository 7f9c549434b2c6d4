"""Every answer forbids what the app does not need: pages, errors, files and the sandbox."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from app.web.headers import REPORTS
from tests.sending.batch_of import make

GUARDS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def read_policy(answer: Any) -> dict[str, str]:
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {part[0]: " ".join(part[1:]) for part in parts}


def check_guards(answer: Any, what: str) -> None:
    for name, value in GUARDS.items():
        assert answer.headers.getlist(name) == [value], (what, name)
    [referrer] = answer.headers.getlist("Referrer-Policy")
    assert referrer in {"same-origin", "no-referrer"}, what  # The latter is the sandbox's.
    assert "geolocation=()" in answer.headers["Permissions-Policy"], what
    [written] = answer.headers.getlist("Content-Security-Policy")
    assert "unsafe" not in written, what
    policy = read_policy(answer)
    assert policy["default-src"] == "'none'", what
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", what


@pytest.fixture
def list_addresses(
    app: Flask,
    saved: Callable[..., str],
    sent: Callable[[State], int],
    add_connection: Callable[..., str],
) -> Callable[[], list[str]]:
    """List an address for each route of the app, with what its rule asks for."""
    services = find_services(app)

    def enumerate_rules() -> list[str]:
        known: dict[str, Any] = {
            "draft_id": saved(),
            "submission_id": sent(State.UNKNOWN),
            "exchange_id": 1,
            "key": add_connection(),
            "batch_id": make(services.store, services.connections, [saved()]),
            "change": "stop",
            "form": "csv",
            "hook_id": 1,
            "view_id": 1,
            "filename": "icon.svg",
            "account_id": 1,
            "sign_in_id": 1,
            "token": "none",
            "token_id": 1,
            "comment_id": 1,
        }
        with app.test_request_context():
            return [
                app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
                for rule in app.url_map.iter_rules()
            ]

    return enumerate_rules


def test_every_route_answers_with_them_whatever_the_method_and_the_outcome(
    client: FlaskClient, list_addresses: Callable[[], list[str]]
) -> None:
    statuses = set()
    for address in list_addresses():
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            with client.open(address, method=method) as answer:
                check_guards(answer, f"{method} {address}")
                assert answer.headers["Cache-Control"], address
                statuses.add(answer.status_code)

    assert statuses >= {200, 204, 400, 405}


def test_a_text_says_how_it_is_encoded(
    client: FlaskClient, list_addresses: Callable[[], list[str]]
) -> None:
    kinds = set()
    for address in [*list_addresses(), "/sandbox/", "/nothing", "/api/openapi.json"]:
        with client.get(address) as answer:
            if not answer.data:
                continue
            kind = answer.mimetype or ""
            kinds.add(kind)
            is_text = kind.startswith("text/") or kind.endswith("+xml")
            charset = answer.mimetype_params.get("charset", "").lower()
            assert charset == "utf-8" if is_text else charset in {"", "utf-8"}, address
            if kind == "application/json":
                assert answer.get_json() is not None, address

    assert kinds >= {"text/html", "text/css", "text/csv", "text/calendar", "application/json"}


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/%00",
        "/static/nothing.js",
        "/sandbox/",
        "/sandbox/nothing",
        "/sandbox/icon.svg",
    ],
)
def test_what_no_route_answers_has_the_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        check_guards(answer, address)


def test_a_fault_of_ours_has_the_headers(app: Flask, client: FlaskClient) -> None:
    del app.extensions["services"]
    answer = client.get("/")

    assert answer.status_code == 500
    check_guards(answer, "500")


def test_what_is_asked_of_another_host_has_the_headers(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    check_guards(answer, "400")


def test_a_page_takes_scripts_and_styles_from_here_and_reports_others(client: FlaskClient) -> None:
    policy = read_policy(client.get("/about"))

    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert (policy["report-uri"], policy["report-to"]) == (REPORTS, "csp")


@pytest.mark.parametrize("address", ["/about", "/nothing", "/sandbox/"])
def test_an_answer_over_tls_asks_for_tls_from_then_on(client: FlaskClient, address: str) -> None:
    def read(scheme: str) -> str:
        answer = client.get(address, base_url=f"{scheme}://localhost")
        return str(answer.headers.get("Strict-Transport-Security", ""))

    assert (read("https"), read("http")) == ("max-age=31536000; includeSubDomains", "")


def test_without_a_proxy_nobody_is_believed_how_a_request_came(instance: Path) -> None:
    client = create_app(Settings(instance=instance)).test_client()
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "4430",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Proto": "https",
    }
    answer = client.get("/drafts/new", headers=forged)

    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Location"].startswith("/drafts/new/")
    assert "Secure" not in answer.headers.get("Set-Cookie", "")
    assert "evil" not in answer.text
    for name in ("X-Forwarded-For", "Forwarded"):  # Nobody's own machine sends these.
        assert client.get("/drafts/new", headers={name: "for=10.0.0.1"}).status_code == 403
