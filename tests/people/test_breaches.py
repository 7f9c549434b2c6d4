"""Passwords that are known from a breach, and what is told of them to whoever is asked."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.people.breaches import KNOWN, NOT_CHECKED
from app.services import find_services
from app.settings import Settings
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
from tests.servers import answering, free_port, serving

BREACHED = "sundial pepper ladder moss"
PADDED = "copper meadow whistle plum"
UNKNOWN = "granite owl teapot drizzle"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


class Service:
    """A range API with two passwords, of which one was never seen; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_padded = ""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        self.is_padded = environ.get("HTTP_ADD_PADDING", "")
        start_of = environ["PATH_INFO"].removeprefix("/range/")
        lines = ["0" * 35 + ":7"]
        for password, seen in ((BREACHED, 42), (PADDED, 0)):
            if digest(password).startswith(start_of):
                lines.append(f"{digest(password)[5:]}:{seen}")
        start("200 OK", [("Content-Type", "text/plain")])
        return ["\r\n".join(lines).encode()]


@contextmanager
def asking(settings: Settings, url: str) -> Iterator[Flask]:
    """Give an app that asks at this address."""
    app = create_app(replace(settings, breached_passwords_url=url))
    yield app
    find_services(app).store.engine.dispose()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def app(settings: Settings, service: Service) -> Iterator[Flask]:
    with serving(service) as address, asking(settings, f"{address.url}/range/") as app:
        yield app


def join(app: Flask, password: str) -> tuple[FlaskClient, list[str]]:
    """Follow the link of a new account, and give the browser and what the form said."""
    link = make_link(app, add_account(app, "new@example.com"))
    client = make_client(app)
    page = post(client, link, password=password, again=password)
    return client, read_errors(page)


def test_nobody_joins_with_a_password_that_is_known_from_a_breach(
    app: Flask, service: Service
) -> None:
    client, errors = join(app, BREACHED)
    assert errors == [KNOWN]
    assert not is_signed_in(client)
    assert service.asked == [f"/range/{digest(BREACHED)[:5]}"]
    assert service.is_padded == "true"


@pytest.mark.parametrize("password", [UNKNOWN, PADDED])
def test_a_password_that_was_never_seen_is_taken(app: Flask, password: str) -> None:
    client, errors = join(app, password)
    assert errors == []
    assert is_signed_in(client)


def test_nobody_changes_to_a_password_that_is_known_from_a_breach(app: Flask) -> None:
    add_account(app)
    client = make_client(app)
    sign_in(client)
    typed = {"password": PASSWORD, "new_password": BREACHED, "new_password_confirm": BREACHED}
    assert KNOWN in read_errors(post(client, "/account/password", **typed))


def test_a_weak_one_is_not_asked_for(app: Flask, service: Service) -> None:
    join(app, "password1234")
    assert service.asked == []


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"])
def test_what_cannot_be_found_out_is_told_and_can_be_tried_again(
    settings: Settings, answer: bytes
) -> None:
    with (
        answering(answer) as (address, _),
        asking(settings, f"{address.url}/range/") as app,
    ):
        assert join(app, UNKNOWN)[1] == [NOT_CHECKED]


def test_a_service_that_is_not_there_is_told(settings: Settings) -> None:
    with asking(settings, f"http://127.0.0.1:{free_port()}/range/") as app:
        assert join(app, UNKNOWN)[1] == [NOT_CHECKED]
