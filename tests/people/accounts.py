"""People with accounts, as tests need them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from werkzeug.test import TestResponse

from app.rights import ALL, Role
from app.services import find_services
from app.store import accounts, join_links
from app.store.people_models import Account, Passkey

PASSWORD = "four quiet lamps sing"
ADMINISTRATOR = {ALL: frozenset({Role.ADMINISTRATOR})}


def add_account(
    app: Flask,
    email: str = "anna@example.com",
    roles: Mapping[str, frozenset[Role]] | None = None,
    password: str = PASSWORD,
) -> Account:
    """Add an account with a password; without *roles* it may do everything."""
    with app.app_context():
        hashed = hash_password(password)
    with find_services(app).store.writing() as session:
        name = email.partition("@")[0].capitalize()
        account = accounts.add(session, email, name, roles or ADMINISTRATOR, who="")
        account.password = hashed
    return account


def make_client(app: Flask, address: str = "127.0.0.1") -> FlaskClient:
    """Give a browser without scripts, at an address."""
    client = app.test_client()
    client.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": address}
    return client


def find_token(page: TestResponse) -> str:
    """Find the token of the forms on a page."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token, page.text
    return token[1]


def post(client: FlaskClient, address: str, page: str = "", **typed: Any) -> TestResponse:
    """Open the page that has a form, and post that form."""
    token = find_token(client.get(page or address))
    return client.post(address, data={"csrf_token": token, **typed})


def sign_in(
    client: FlaskClient, email: str = "anna@example.com", password: str = PASSWORD, then: str = ""
) -> TestResponse:
    """Sign in by the page."""
    address = f"/sign-in?next={then}" if then else "/sign-in"
    return post(client, address, email=email, password=password)


def is_signed_in(client: FlaskClient) -> bool:
    """Tell whether the browser is shown its account."""
    return client.get("/account").status_code == 200


def hold_to_another_session(app: Flask, enter: Callable[[FlaskClient], object]) -> None:
    """Sign in with a session that somebody else knows, and hold it to being another one then."""
    victim, attacker = make_client(app), make_client(app)
    attacker.get("/sign-in")
    fixed = attacker.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert fixed
    victim.set_cookie(fixed.key, fixed.value, path="/")
    enter(victim)
    assert is_signed_in(victim)
    assert not is_signed_in(attacker)
    after = victim.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert after
    assert after.value != fixed.value


def read_errors(page: TestResponse) -> list[str]:
    """Read the sentences that say what is wrong."""
    return re.findall(r'class="refused"[^>]*>([^<]+)', page.text)


def make_link(app: Flask, account: Account) -> str:
    """Make a link that sets the password of an account, and give its address."""
    with find_services(app).store.writing() as session:
        return f"/join/{join_links.make(session, account, who='')}"


def add_passkey(app: Flask, account: Account, name: str = "Key") -> None:
    """Add a passkey to an account, of which only the server's part is real."""
    with find_services(app).store.writing() as session:
        passkey = Passkey(
            credential_id=name.encode(),
            public_key=b"",
            backup_state=False,
            device_type="single_device",
            lastuse_datetime=datetime.now(UTC),
            name=name,
            usage="first",
        )
        mine = accounts.find(session, account.id)
        mine.webauthn.append(passkey)
