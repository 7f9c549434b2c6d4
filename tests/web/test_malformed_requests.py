"""Thousands of malformed requests, of an editor and of nobody: no failure, and nothing told.

They are the same ones each time; `make fuzz` asks a hundred thousand others, byte by byte.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from app.services import find_services
from app.store import drafts
from app.store.acceptances import judge
from tests.factories import outbound, typed
from tests.fuzz.odd import NOWHERE
from tests.fuzz.world import World, learn_forms, list_routes
from tests.log_lines import Log
from tests.people.accounts import add_account, find_token, is_signed_in, make_client, sign_in
from tests.web.malformed import Forbidden, answer, list_requests
from tests.web.programs import make_token

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(600)]

SEED, REQUESTS, LOOK_EVERY = 5, 1500, 100
OURS, THEIRS = "Ours, in spring", "Theirs, in autumn"
SECRETS = ("t0ken-0f-0urs-4711", "t0ken-0f-the1rs-4712")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def known(app: Flask, add_connection: Callable[..., str]) -> Mapping[str, list[str]]:
    """Keep a campaign at each of two connections; gives the ids that requests can name."""
    services = find_services(app)
    keys, ids = [], []
    for name, secret in ((OURS, SECRETS[0]), (THEIRS, SECRETS[1])):
        token = services.connections.vault.lock(secret)
        keys.append(add_connection(f"At {name}", base_url=NOWHERE, token=token))
        ids.append(drafts.make_id())
        with services.store.writing() as session:
            judged = judge(typed(outbound(name=name)) | {"connection": keys[-1]})
            drafts.save(session, ids[-1], judged, expected_version=0)
    numbers = [*map(str, range(1, 5)), "1"]
    return {
        "draft_id": [*ids, *ids, "e1e1e1e1e1e1e1e1"],
        "key": [*keys, "sandbox"],
        "submission_id": numbers,
        "exchange_id": numbers,
        "batch_id": numbers,
        "account_id": numbers,
        "token_id": numbers,
        "sign_in_id": numbers,
        "filename": ["icon.svg", "js/", "vendor/renew.sh"],
        "name": ["sandbox.css", "icon.svg"],
        "form": ["csv", "xlsx", "jsonl"],
        "change": ["stop", "pause"],
    }


@pytest.fixture
def forbidden(app: Flask, settings: object) -> dict[str, str]:
    return {
        "a token": SECRETS[0],
        "another token": SECRETS[1],
        "a trace": "Traceback (most recent call last)",
        "where the app is": str(ROOT),
        "where libraries are": "site-packages",
        "where the data are": app.instance_path,
        "another client's campaign": THEIRS,
    }


@pytest.fixture
def world(app: Flask, known: Mapping[str, list[str]]) -> World:
    """Make the world of a stranger, who knows every form that an administrator has."""
    add_account(app)
    client = make_client(app)
    sign_in(client)
    routes = list_routes(app.url_map)
    admin = World(routes, known, find_token(client.get("/account")), _read_cookie(client))
    forms = learn_forms(admin, partial(answer, app, address="198.51.100.7"), app.url_map).forms
    token = find_token(make_client(app).get("/sign-in"))
    return World(routes, known, token, "", forms)


def _read_cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert cookie
    return f"{cookie.key}={cookie.value}"


class Editor:
    """An editor at one connection, who signs in again whenever a request has signed them out."""

    def __init__(self, app: Flask, world: World) -> None:
        self._app, self._world, known = app, world, world.known
        roles = {known["key"][0]: frozenset({Role.EDITOR}), "sandbox": frozenset({Role.EDITOR})}
        self.token = make_token(app, add_account(app, "ed@example.com", roles))
        self._addresses = (f"203.0.{number}.7" for number in count(1))
        self._client: FlaskClient | None = None
        self.sign_ins = 0

    def enter(self) -> World:
        """Give the world as this editor sees it, signed in."""
        if self._client is None or not is_signed_in(self._client):
            self._client = make_client(self._app, next(self._addresses))
            sign_in(self._client, "ed@example.com")
            assert is_signed_in(self._client)
            self.sign_ins += 1
        token = find_token(self._client.get("/account"))
        return replace(self._world, token=token, cookie=_read_cookie(self._client))


def ask(
    app: Flask, world: World, numbers: range, forbidden: Forbidden, token: str = ""
) -> tuple[Counter[int], list[str]]:
    """Ask as many as there are numbers; gives how many were answered how, and what was wrong."""
    statuses: Counter[int] = Counter()
    wrong = []
    requests = list_requests(world, SEED, numbers.start, token)
    request = next(requests)
    for _ in numbers:
        answered = answer(app, request, "198.51.100.7")
        statuses[answered.status // 100] += 1
        if what := forbidden.find(answered):
            wrong.append(f"{what}: {request}")
        request = requests.send(answered)
    return statuses, wrong


def test_nothing_malformed_of_an_editor_makes_it_fail_or_tell(
    app: Flask, world: World, forbidden: dict[str, str], log: Log
) -> None:
    editor = Editor(app, world)
    statuses: Counter[int] = Counter()
    wrong = []
    for first in range(0, REQUESTS, LOOK_EVERY):
        numbers = range(first, first + LOOK_EVERY)
        asked = ask(app, editor.enter(), numbers, Forbidden(forbidden), editor.token)
        statuses += asked[0]
        wrong += asked[1]

    assert wrong == []
    assert statuses.total() == REQUESTS
    assert all(statuses[kind] > REQUESTS // 50 for kind in (2, 3, 4)), statuses
    assert editor.sign_ins < REQUESTS // LOOK_EVERY
    assert not [line for line in log.lines() if line["level"] in {"error", "critical"}]


def test_nothing_malformed_of_a_stranger_makes_it_fail_or_tell(
    app: Flask, world: World, forbidden: dict[str, str], log: Log
) -> None:
    secrets = Forbidden(forbidden | {"a campaign": OURS})
    statuses, wrong = ask(app, world, range(REQUESTS, 2 * REQUESTS), secrets)

    assert wrong == []
    assert statuses.total() == REQUESTS
    assert statuses[4] > statuses[2]
    assert world.forms.posted.keys() >= {"people.add", "account.make_token", "drafts.delete"}
    assert not [line for line in log.lines() if line["level"] in {"error", "critical"}]
