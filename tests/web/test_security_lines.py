"""Who was kept out is a line of the log, which says from where, and nothing that was typed."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.rights import ALL, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts as kept
from app.store import join_links
from app.web import security_lines
from tests.log_lines import Log
from tests.people.accounts import PASSWORD, add_account, make_client, post, sign_in
from tests.web.programs import Program, write

ADDRESS = "203.0.113.9"
WRONG = "wrong wrong wrong wrong"


@pytest.fixture
def accounts(app: Flask) -> Mapping[str, int]:
    """Add an administrator, and an editor of the sandbox."""
    roles = {"sandbox": frozenset({Role.EDITOR})}
    return {
        "anna@example.com": add_account(app).id,
        "ed@example.com": add_account(app, "ed@example.com", roles).id,
    }


def find(log: Log, event: str) -> list[tuple[str | None, str, int | None]]:
    """Find the route, the address and the account of each line of an event."""
    lines = log.lines(event)
    assert all(line["level"] == "warning" for line in lines)
    return [(line["route"], line["address"], line["account"]) for line in lines]


def test_a_wrong_password_is_logged(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    client = make_client(app, ADDRESS)
    sign_in(client, password=WRONG)
    sign_in(client, "nobody@example.com", WRONG)
    assert find(log, security_lines.FAILED) == [("/sign-in", ADDRESS, None)] * 2
    assert "example.com" not in log.text
    assert WRONG not in log.text


def test_the_right_one_is_no_failure(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    client = make_client(app, ADDRESS)
    sign_in(client)
    post(client, "/sign-in/again", password=PASSWORD)
    assert find(log, security_lines.FAILED) == []


def test_a_wrong_password_to_prove_it_anew_is_logged(
    app: Flask, accounts: Mapping[str, int], log: Log
) -> None:
    client = make_client(app, ADDRESS)
    sign_in(client)
    post(client, "/sign-in/again", password=WRONG)
    expected = ("/sign-in/again", ADDRESS, accounts["anna@example.com"])
    assert find(log, security_lines.FAILED) == [expected]


def test_a_passkey_that_is_none_and_a_code_without_a_password_are_logged(
    app: Flask, accounts: Mapping[str, int], log: Log
) -> None:
    client = make_client(app, ADDRESS)
    post(client, "/sign-in/passkey/none", "/sign-in", credential="{}")
    post(client, "/sign-in/code", "/sign-in", code="123456")
    routes = [route for route, _, _ in find(log, security_lines.FAILED)]
    assert routes == ["/sign-in/passkey/<token>", "/sign-in/code"]


def test_a_link_that_never_was_is_logged(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    post(make_client(app, ADDRESS), "/join/never-was", "/sign-in", password=PASSWORD)
    assert find(log, security_lines.FAILED) == [("/join/<key>", ADDRESS, None)]
    assert "never-was" not in log.text


def test_a_link_that_is_used_is_no_failure(
    app: Flask, accounts: Mapping[str, int], log: Log
) -> None:
    with find_services(app).store.writing() as session:
        account = kept.find(session, accounts["ed@example.com"])
        key = join_links.make(session, account, who="")
    new = "seven slow boats wander"
    answer = post(make_client(app), f"/join/{key}", password=new, again=new)
    assert answer.location == "/account"
    assert find(log, security_lines.FAILED) == []


def test_a_try_too_many_is_logged(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    client = make_client(app, ADDRESS)
    for _ in range(9):
        sign_in(client, password=WRONG)
    assert len(find(log, security_lines.FAILED)) == 8
    assert find(log, security_lines.TOO_MANY) == [("/sign-in", ADDRESS, None)]


def test_what_is_not_allowed_and_what_is_hidden_are_logged(
    app: Flask, accounts: Mapping[str, int], add_connection: Callable[..., str], log: Log
) -> None:
    ed, key = accounts["ed@example.com"], add_connection()
    client = make_client(app, ADDRESS)
    sign_in(client, "ed@example.com")
    assert client.get("/people").status_code == 403
    assert client.get(f"/connections/{key}").status_code == 404
    assert client.get("/connections/nowhere").status_code == 404
    assert find(log, security_lines.NOT_ALLOWED) == [("/people", ADDRESS, ed)]
    hidden = find(log, security_lines.HIDDEN)
    assert hidden[0] == ("/connections/<key:key>", ADDRESS, ed)


def test_a_forged_form_is_logged(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    client = make_client(app, ADDRESS)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    client.post("/sign-in", data={"email": "anna@example.com", "password": PASSWORD})
    assert find(log, security_lines.FORGED) == [("/sign-in", ADDRESS, None)]
    assert find(log, security_lines.FAILED) == []


def test_a_wrong_token_is_logged(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    Program(app, "cb_none").post("/api/drafts", write())
    assert find(log, security_lines.WRONG_TOKEN) == [("/api/drafts", "127.0.0.1", None)]
    assert "cb_none" not in log.text


def test_an_app_that_is_not_open_yet_says_so(settings: Settings, log: Log) -> None:
    client: FlaskClient = create_app(settings).test_client()
    assert client.get("/", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403
    assert find(log, security_lines.NOT_OPEN) == [("/", "127.0.0.1", None)]


def test_nobody_is_kept_out_who_may(app: Flask, accounts: Mapping[str, int], log: Log) -> None:
    roles = {ALL: frozenset({Role.VIEWER})}
    add_account(app, "vi@example.com", roles)
    client = make_client(app, ADDRESS)
    sign_in(client, "vi@example.com")
    assert client.get("/").status_code == client.get("/account").status_code == 200
    assert [line for line in log.lines() if line["level"] == "warning"] == []
