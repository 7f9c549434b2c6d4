"""Codes of an app, and recovery codes, as people set them up and give them."""

import re

from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from tests.people.accounts import (
    find_token,
    post,
)


def ask_for_codes(client: FlaskClient) -> TOTP:
    """Let codes be asked for, and give the app that shows them."""
    page = post(client, "/account/codes", setup="authenticator")
    key = re.findall(r"<code>([^<]+)", page.text)[0].replace("-", "")
    action = re.findall(r'action="(/account/codes/[^"]+)"', page.text)[0]
    phone = TOTP(key=key)
    typed = {"code": phone.generate().token, "csrf_token": find_token(page)}
    assert client.post(action, data=typed).location == "/account"
    return phone


def make_recovery_codes(client: FlaskClient) -> list[str]:
    page = post(client, "/account/recovery-codes", generate_new_codes="yes")
    return re.findall(r"<li><code>([^<]+)", page.text)


def give_code(client: FlaskClient, address: str, code: str) -> TestResponse:
    return post(client, address, code=code)
