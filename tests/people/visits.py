"""How a browser signs in by a provider, and what can be seen of it afterwards."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.rights import ALL, Role
from app.services import find_services
from app.store import accounts, audit_trail
from app.store.audit_trail import name_account_chain
from app.store.people_models import Account
from tests.people.accounts import add_account, find_token
from tests.people.oidc_provider import Claims

START, BACK = "/sign-in/provider", "/sign-in/provider/back"
ANNA = {
    "sub": "248289761001",
    "name": "Anna Archer",
    "email": "anna@example.com",
    "email_verified": True,
}
LONG_AGO, SOMEDAY = 1_600_000_000, 4_000_000_000  # Seconds since 1970.
OPERATIONS, HEADS = (
    ("operations", ALL, Role.EDITOR),
    ("heads", ALL, Role.ADMINISTRATOR),
)

Make = Callable[..., Flask]


def make_for_anna(make: Make) -> Flask:
    """Make an app in which Anna has an account, with a password and no provider yet."""
    app = make()
    add_account(app, roles={ALL: frozenset({Role.VIEWER})})
    return app


def set_out(client: FlaskClient, page: str = "/sign-in", then: str = "") -> str:
    """Press the button, and give the address of the provider to which it leads."""
    address = f"{START}?next={then}" if then else START
    answer = client.post(address, data={"csrf_token": find_token(client.get(page))})
    assert answer.status_code == 200, answer.location
    (link,) = re.findall(r'<a class="button primary" href="([^"]+)"', answer.text)
    assert answer.headers["Refresh"] == f"0; url={unescape(link)}"
    return unescape(link)


def visit(address: str) -> str:
    """Sign in there, and give the address to which the provider leads back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://localhost")


def come(client: FlaskClient, page: str = "/sign-in", then: str = "") -> TestResponse:
    """Sign in by the provider, from the button to what is shown at last."""
    return client.get(visit(set_out(client, page, then)))


def read_flash(client: FlaskClient, answer: TestResponse) -> str:
    """Follow to where somebody is led, and read what is said there."""
    page = client.get(answer.location)
    return " ".join(re.findall(r'<div class="flash" role="status">([^<]+)', page.text))


def forget_keys(app: Flask) -> None:
    """Let the provider be asked anew what it says of itself."""
    provider = find_services(app).provider
    assert provider
    provider._discovery = None  # noqa: SLF001


def find_account(app: Flask, email: str = "anna@example.com") -> Account:
    with find_services(app).store.reading() as session:
        account = accounts.find_by_email(session, email)
    assert account
    return account


def read_roles(app: Flask, email: str = "anna@example.com") -> Any:
    return accounts.describe_person(find_account(app, email)).roles


def list_events(app: Flask, account: Account) -> list[str]:
    with find_services(app).store.reading() as session:
        return [e.kind for e in audit_trail.read_chain(session, name_account_chain(account.id))]


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: claims[key] for key in claims if key != name}


def having(**changes: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **changes}
