"""Who may do what: every address, by everybody, at their own connection and at another one.

What is expected stands in a table of its own, `rights_table`, so that a right that is declared
wrongly shows.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.connections import SANDBOX
from app.rights import ALL, Role, Scope
from app.services import find_services
from app.store import accounts, drafts, hooks
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.hooks import EnteredHook
from app.store.models import Submission
from app.store.records import LoggedCall
from tests.factories import outbound, typed
from tests.pages import Page
from tests.people.accounts import add_account, find_token, make_client, sign_in
from tests.sending.batch_of import make
from tests.web.programs import make_token
from tests.web.rights_table import EVERYBODY, FRESH, LETTERS, MAY, OPEN

OF_A_CONNECTION = {"draft_id", "submission_id", "batch_id", "exchange_id", "key"}


MAKING = {"editing.autosave", "editing.blank", "editing.save"}
"""What makes a draft that is not there."""

_MISSING = {
    "draft_id": drafts.make_id(),
    "submission_id": 999_999,
    "exchange_id": 999_999,
    "batch_id": 999_999,
    "key": "gone",
}

Known = Mapping[str, Any]


@pytest.fixture
def own(app: Flask, sent: Callable[[State], int]) -> Known:
    """Give one of each thing at the sandbox, which everybody here has a role at."""
    submission_id = sent(State.CREATED)
    with find_services(app).store.writing() as session:  # The stand-in for an API has no key.
        for table in (Submission, LoggedCall):
            session.execute(update(table).values(connection_key="sandbox"))
    return _know(app, "sandbox", submission_id, "")


@pytest.fixture
def other(
    app: Flask, own: Known, add_connection: Callable[..., str], sent: Callable[[State], int]
) -> Known:
    """Give one of each thing at a connection at which nobody here has a role."""
    key = add_connection()
    submission_id = sent(State.REFUSED)
    with find_services(app).store.writing() as session:
        of_id = Submission.id == submission_id
        session.execute(update(Submission).where(of_id).values(connection_key=key))
        call = LoggedCall.submission_id == submission_id
        session.execute(update(LoggedCall).where(call).values(connection_key=key))
    return _know(app, key, submission_id, key)


def _know(app: Flask, key: str, submission_id: int | None, connection: str) -> Known:
    services = find_services(app)
    answers = typed(outbound(name=f"Of {key}")) | {"connection": connection}
    ids = [drafts.make_id(), drafts.make_id()]
    with services.store.writing() as session:
        for draft_id in ids:
            drafts.save(session, draft_id, judge(answers), expected_version=0)
    return {
        "draft_id": ids[0],
        "submission_id": submission_id,
        "exchange_id": submission_id,
        "batch_id": make(services.store, services.connections, ids[1:]),
        "key": key,
        "name": services.connections.find(key).name,
        "form": "csv",
        "change": "pause",
        "account_id": 1,
        "view_id": 1,
        "sign_in_id": 1,
        "token_id": 1,
        "comment_id": 1,
        "hook_id": _find_hook(app),
    }


def _find_hook(app: Flask) -> int:
    services = find_services(app)
    with services.store.writing() as session:
        if there := hooks.list_all(session):
            return there[0].id
        secret = services.connections.vault.lock("whsec_")
        entered = EnteredHook("Chat", "https://chat.invalid", [""], secret)
        return hooks.add(session, entered, who="").id


def list_requests(app: Flask, known: Known) -> list[tuple[str, str, str]]:
    """List what can be asked: endpoint, method and address; without what is not *known*."""
    requests = []
    for rule in app.url_map.iter_rules():
        names = set(rule.arguments)
        if rule.endpoint in OPEN or rule.endpoint.startswith("security."):
            continue
        if any(known.get(name) is None for name in names):
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: known[name] for name in names})
        requests += [
            (rule.endpoint, method, address) for method in (rule.methods or set()) & {"GET", "POST"}
        ]
    return requests


def ask(client: FlaskClient, method: str, address: str, token: str = "") -> int:
    """Ask as a page would that has no token of a form: who may is told so with 400, at most.

    The API is asked with a *token* of its own, at which pages do not look.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.open(address, method=method, headers=headers).status_code


def has_subject(app: Flask, endpoint: str) -> bool:
    return any(OF_A_CONNECTION & set(rule.arguments) for rule in app.url_map.iter_rules(endpoint))


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_may_do_its_own_and_nothing_more(
    app: Flask, own: Known, other: Known, letter: str
) -> None:
    add_account(app)
    account = add_account(app, "role@example.com", {"sandbox": frozenset({LETTERS[letter]})})
    client, token = make_client(app), make_token(app, account)
    sign_in(client, "role@example.com")
    wrong = []
    for endpoint, method, address in list_requests(app, own):
        status = ask(client, method, address, token)
        if (status not in {403, 404}) != (letter in MAY[endpoint]):
            wrong.append((endpoint, status))
    missing = {name: _MISSING.get(name, value) for name, value in other.items()}
    for asked, hidden in zip(list_requests(app, missing), list_requests(app, other), strict=True):
        endpoint = hidden[0]
        statuses = ask(client, *hidden[1:], token), ask(client, *asked[1:], token)
        expected = 404 if letter in MAY[endpoint] else 403
        if has_subject(app, endpoint) and endpoint not in MAKING and statuses[0] != expected:
            wrong.append((f"{endpoint} elsewhere", statuses[0]))
        if has_subject(app, endpoint) and len(set(statuses)) > 1:
            wrong.append((f"{endpoint} tells what is there", statuses[0]))
    assert wrong == []


def test_who_saves_to_the_id_of_a_hidden_campaign_makes_one_of_their_own(
    app: Flask, other: Known, store: Store
) -> None:
    add_account(app)
    add_account(app, "role@example.com", {"sandbox": frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client, "role@example.com")
    with store.reading() as session:
        before = drafts.find(session, str(other["draft_id"])).answers
    form = client.get(f"/drafts/new/{other['draft_id']}")
    typed = {"name": "Mine", "connection": "sandbox", "version": "0", "then": "save"}
    saved = client.post(
        f"/drafts/{other['draft_id']}", data=typed | {"csrf_token": find_token(form)}
    )
    assert saved.status_code == 302
    assert str(other["draft_id"]) not in saved.location
    with store.reading() as session:
        assert drafts.find(session, str(other["draft_id"])).answers == before


def test_an_administrator_may_do_everything(app: Flask, own: Known, other: Known) -> None:
    client, token = make_client(app), make_token(app, add_account(app))
    sign_in(client)
    answers = {
        endpoint: ask(client, method, address, token)
        for known in (own, other)
        for endpoint, method, address in list_requests(app, known)
    }
    assert {
        endpoint for endpoint, status in answers.items() if status in {401, 403, 404, 500}
    } == set()


def test_nobody_does_anything_without_signing_in(app: Flask, own: Known) -> None:
    add_account(app)
    client = make_client(app)
    for endpoint, method, address in list_requests(app, own):
        answer = client.open(address, method=method)
        if method == "GET" and not endpoint.startswith("api."):
            assert answer.status_code == 302, endpoint
            assert answer.location.startswith("/sign-in"), endpoint
        else:
            assert answer.status_code == 401, endpoint


def test_who_has_no_role_at_all_sees_nothing(app: Flask, own: Known) -> None:
    add_account(app)
    nobody = add_account(app, "none@example.com", {"gone": frozenset()})
    client, token = make_client(app), make_token(app, nobody)
    sign_in(client, "none@example.com")
    for endpoint, method, address in list_requests(app, own):
        everybodys = {"about", "account", "api.describe", "rulebook", "places", "waiting", "zones"}
        if not {endpoint, endpoint.partition(".")[0]} & everybodys:
            assert ask(client, method, address, token) in {403, 404}, endpoint


def test_a_token_to_read_may_look_where_its_owner_may_and_do_nothing(
    app: Flask, own: Known
) -> None:
    client, token = make_client(app), make_token(app, add_account(app), Scope.READ)
    for endpoint, method, address in list_requests(app, own):
        if endpoint.startswith("api."):
            status = ask(client, method, address, token)
            assert (status == 403) == (MAY[endpoint] != EVERYBODY), endpoint


def test_what_matters_most_asks_anew_who_somebody_is_and_nothing_else_does(
    app: Flask, own: Known
) -> None:
    add_account(app)
    client = make_client(app)
    sign_in(client)
    asked_anew = set()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        typed_in = {"csrf_token": find_token(client.get("/account"))}
        for endpoint, method, address in list_requests(app, own):
            if endpoint.startswith("api."):
                continue
            answer = client.open(address, method=method, data=typed_in if method == "POST" else {})
            if answer.status_code == 401 or "/sign-in/again" in (answer.location or ""):
                asked_anew.add(endpoint)
    assert asked_anew == FRESH


def test_every_address_is_in_the_table(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    ours = {endpoint for endpoint in endpoints if not endpoint.startswith("security.")}
    assert ours - OPEN == set(MAY)


def test_a_view_that_declares_no_right_is_denied_to_everybody(app: Flask) -> None:
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    add_account(app)
    client = make_client(app)
    sign_in(client)
    assert ask(client, "GET", "/undeclared") == 403


def test_what_somebody_may_not_see_is_answered_like_what_is_not_there(
    app: Flask, own: Known, other: Known
) -> None:
    add_account(app, roles={"sandbox": frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    hidden = client.get(f"/drafts/{other['draft_id']}")
    missing = client.get(f"/drafts/{drafts.make_id()}")
    assert hidden.status_code == missing.status_code == 404
    assert _without_token(hidden) == _without_token(missing)


def _find_token(page: Page) -> str:
    token = page.soup.select_one("input[name=csrf_token]")
    assert token
    return str(token["value"])


def _without_token(page: TestResponse) -> str:
    """Give a page without the token against forged requests, which holds the second."""
    return page.text.replace(_find_token(Page(page)), "")


@pytest.fixture
def viewer(app: Flask, own: Known, other: Known) -> FlaskClient:
    """Give the browser of somebody who may look at the sandbox alone."""
    add_account(app, roles={"sandbox": frozenset({Role.VIEWER, Role.SENDER, Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    return client


@pytest.mark.parametrize(
    "address",
    ["/", "/?search=Of", "/find.json", "/batches", "/requests", "/connections", "/requests.jsonl"],
)
def test_no_list_shows_what_is_at_another_connection(
    viewer: FlaskClient, other: Known, address: str
) -> None:
    page = viewer.get(address)
    assert page.status_code == 200
    assert "Of sandbox" in page.text or address not in {"/", "/?search=Of"}
    assert other["key"] not in page.text
    assert other["name"] not in page.text
    assert f"Of {other['key']}" not in page.text


def test_all_that_match_are_those_that_can_be_seen(
    app: Flask, viewer: FlaskClient, other: Known
) -> None:
    page = Page(viewer.get("/"))
    typed_in = {"csrf_token": _find_token(page), "all": SANDBOX}
    batch = viewer.post("/batches", data=typed_in).location
    assert f"Of {other['key']}" not in viewer.get(batch).text
    of_other = typed_in | {"all": other["key"]}
    assert viewer.post("/batches", data=of_other).location == "/"
    ticked = typed_in | {"all": "", "draft": [other["draft_id"]]}
    assert viewer.post("/batches", data=ticked).location == "/"


def test_no_campaign_is_moved_to_a_connection_where_somebody_may_not_edit(
    app: Flask, viewer: FlaskClient, own: Known, other: Known
) -> None:
    address = f"/drafts/{own['draft_id']}"
    page = Page(viewer.get(address))
    moved = typed(outbound()) | {
        "connection": other["key"],
        "csrf_token": _find_token(page),
        "version": "1",
    }
    assert viewer.post(address, data=moved).status_code == 403
    with find_services(app).store.reading() as session:
        assert drafts.find(session, own["draft_id"]).connection_key == ""


def test_the_trail_names_the_account_and_not_what_was_typed(
    app: Flask, viewer: FlaskClient, own: Known
) -> None:
    page = Page(viewer.get(f"/drafts/{own['draft_id']}/review"))
    assert page.soup.find(id="who") is None
    history = viewer.get(f"/drafts/{own['draft_id']}/history").text
    assert "Anna &lt;anna@example.com&gt;" in history


def test_nothing_is_told_of_a_connection_in_passing(
    app: Flask, add_connection: Callable[..., str], saved: Callable[..., str]
) -> None:
    key = add_connection()
    add_account(app, roles={key: frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    assert client.post("/preview", data={"connection": ""}).status_code == 404
    assert client.post("/preview", data={"connection": key}).status_code == 200
    assert "Sandbox" not in Page(client.get("/about")).text
    assert "nobody is called" not in client.get("/").text


def test_alone_nothing_is_asked_for(app: Flask, client: FlaskClient) -> None:
    assert "This machine only" in client.get("/").text
    assert client.get("/account").status_code == 404
    assert client.get("/sign-in").status_code == 404


def test_the_last_administrator_stays(app: Flask) -> None:
    account = add_account(app)
    with find_services(app).store.writing() as session:
        anna = accounts.find(session, account.id)
        with pytest.raises(accounts.LastAdministrator):
            accounts.set_active(session, anna, active=False, who="")
        with pytest.raises(accounts.LastAdministrator):
            accounts.set_roles(session, anna, {ALL: frozenset({Role.EDITOR})}, who="")
