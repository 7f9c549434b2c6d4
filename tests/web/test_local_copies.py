"""The key of a browser's own copies is its person's, and another text in each page."""

from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from tests.pages import Visitor
from tests.people.accounts import add_account, make_client, sign_in


def read_key(client: FlaskClient) -> tuple[str, bytes]:
    """Read the text of the key in a page, and the key that a script makes of it."""
    form = Visitor(client).open("/drafts/new").soup.select_one("[data-copy-key]")
    assert form
    text = str(form["data-copy-key"])
    masked = bytes.fromhex(text)
    mask, rest = masked[:32], masked[32:]
    return text, bytes(left ^ right for left, right in zip(mask, rest, strict=True))


def test_two_pages_have_one_key_in_two_texts(client: FlaskClient) -> None:
    (first, key), (second, again) = read_key(client), read_key(client)
    assert key == again
    assert len(key) == 32
    assert first != second


def test_each_person_has_a_key_of_their_own_and_keeps_it(app: Flask) -> None:
    add_account(app)
    add_account(app, "other@example.com", roles={"sandbox": frozenset({Role.EDITOR})})
    keys = []
    for email in ("anna@example.com", "other@example.com", "anna@example.com"):
        client = make_client(app)
        sign_in(client, email)
        keys.append(read_key(client)[1])
    assert keys[0] == keys[2] != keys[1]
