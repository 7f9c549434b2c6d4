"""What is there before anything odd is asked: drafts, connections, submissions, a session.

It is the app of one person, without accounts.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from werkzeug.routing import Map

from app import create_app
from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.connections import SANDBOX
from app.services import find_services
from app.settings import Settings
from tests.factories import inbound, outbound, typed
from tests.faults.bed import wait_until
from tests.fuzz.forms import NO_FORMS, Forms, read_forms
from tests.fuzz.odd import NOWHERE
from tests.fuzz.wire import Answer, Client, Request
from tests.hidden_fields import find_token, read_hidden

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Route:
    """An address of the app, as its map of addresses has it, and one method that it takes."""

    path: str
    method: str
    endpoint: str = ""


@dataclass(frozen=True)
class World:
    """What requests can name: real addresses, real ids, forms, and a session with its token."""

    routes: Sequence[Route]
    known: Mapping[str, Sequence[str]]
    token: str
    cookie: str
    forms: Forms = NO_FORMS

    def form(self, path: str, fields: Mapping[str, Any]) -> Request:
        """Make a request as a form of the app itself would."""
        posted = urlencode({"csrf_token": self.token, **fields}, doseq=True, errors="surrogatepass")
        headers = (("Cookie", self.cookie), ("Content-Type", _FORM))
        return Request("POST", path, headers, posted.encode())

    def look(self, path: str) -> Request:
        return Request("GET", path, (("Cookie", self.cookie),))


def read_addresses() -> Map:
    """Read the map of addresses of the app from itself."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder)))
        find_services(app).store.engine.dispose()
        return app.url_map


def list_routes(addresses: Map) -> list[Route]:
    """List every address of the app, and the sandbox's."""
    routes = [
        Route(rule.rule, method, rule.endpoint)
        for rule in addresses.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    sandbox = (("POST", CAMPAIGNS_PATH), ("GET", "/"), ("GET", "/openapi.json"), ("GET", "/<name>"))
    api = [Route(f"/sandbox{path}", method, "sandbox") for method, path in sandbox]
    return routes + api * 2


PLAIN, SENT, GONE, UNSENT, EMPTY = (f"{number:016x}" for number in range(0xA1, 0xA6))


def settle(client: Client) -> World:
    """Make the world in a fresh app: a draft of each sort, two connections, some submissions."""
    addresses = read_addresses()
    entry = client.send(Request("GET", f"/drafts/new/{PLAIN}"))
    cookie = entry.headers["set-cookie"].partition(";")[0]
    world = World(list_routes(addresses), {}, find_token(entry.text), cookie)
    keys = [_add_connection(client, world, name) for name in ("Nowhere", "Elsewhere")]
    made = {
        PLAIN: outbound(name="Plain"),
        SENT: outbound(name="Sent"),
        GONE: inbound(name="Gone"),
        UNSENT: outbound(name="Unsent"),
        EMPTY: {},
    }
    for draft_id, values in made.items():
        to = keys[0] if draft_id == UNSENT else SANDBOX
        _post(client, world, f"/drafts/{draft_id}/autosave", typed(values) | {"connection": to})
    for draft_id in (SENT, UNSENT):
        assert send(client, world, draft_id).headers["location"].startswith("/submissions/")
    _post(client, world, f"/drafts/{PLAIN}/presets/keep", {"name": "Kept"})
    for text in ("Is it right?", "It is."):
        _post(client, world, f"/drafts/{PLAIN}/comments", {"text": text})
    _post(client, world, f"/drafts/{PLAIN}/comments/2/resolve", {})
    _post(client, world, "/views", {"name": "View", "show": "all"})
    _post(client, world, f"/connections/{keys[0]}/book", _NICKNAME)
    _post(client, world, f"/drafts/{PLAIN}/autosave", typed(made[PLAIN]) | {"version": "1"})
    _post(client, world, "/batches", {"draft": [PLAIN]})
    wait_until(lambda: "/batches/1/send" in client.send(world.look("/batches/1")).text)
    _post(client, world, f"/drafts/{GONE}/delete", {})
    numbers = [*map(str, range(1, 5)), "1"]
    known = {
        "draft_id": [*made, PLAIN],
        "key": [*keys, SANDBOX],
        **dict.fromkeys(_NUMBERED, numbers),
        "form": ["csv", "xlsx", "jsonl"],
        "change": ["pause", "resume", "stop"],
        "filename": ["css/app.css", "icon.svg", "js/", "vendor"],
        "name": ["sandbox.css", "icon.svg"],
    }
    world = replace(world, known=known)
    return learn_forms(world, client.send, addresses)


_NUMBERED = ("batch_id", "comment_id", "exchange_id", "submission_id", "view_id")
_NICKNAME = {"kind": "assistant", "value": "asst_abc123", "nickname": "Front desk"}


def _post(client: Client, world: World, path: str, fields: Mapping[str, Any]) -> Answer:
    answer = client.send(world.form(path, fields))
    assert answer.status in {200, 302, 303}, f"{path}: {answer.status} {answer.text[:200]}"
    return answer


def learn_forms(world: World, send: Callable[[Request], Answer], addresses: Map) -> World:
    """Read the forms of all pages that who has the session can open."""
    return replace(world, forms=read_forms(_open_pages(world, send), addresses))


def _open_pages(world: World, send: Callable[[Request], Answer]) -> Iterator[tuple[str, Answer]]:
    """Open each page of the app, for each thing that it can be about."""
    paths = [*_LISTS]
    for route in world.routes:
        name = next(iter(re.findall(r"<(?:\w+:)?(\w+)>", route.path)), "")
        if route.method != "GET" or route.path.count("<") > 1 or route.endpoint in _NO_PAGES:
            continue
        values = dict.fromkeys(world.known.get(name, ("",)))
        paths += [re.sub("<.*>", value, route.path) for value in values]
    for path in paths:
        page = send(world.look(path))
        if page.status == 200 and page.headers["content-type"].startswith("text/html"):
            yield path.partition("?")[0], page


_LISTS = ("/?show=deleted", "/?show=not_sent", "/?search=nothing+like+it")
_NO_PAGES = {"batches.events", "sandbox"}


def send(client: Client, world: World, draft_id: str) -> Answer:
    """Review a draft and press the button that sends."""
    page = client.send(world.look(f"/drafts/{draft_id}/review"))
    return client.send(world.form(f"/drafts/{draft_id}/send", pressed(page)))


def pressed(page: Answer) -> dict[str, str]:
    """Fill in the form of a review page."""
    typed = {"named": "Nowhere", "who": "Ada", "without_approval": "It cannot wait."}
    return read_hidden(page.text) | typed


def _add_connection(client: Client, world: World, name: str) -> str:
    fields = {"base_url": NOWHERE, "name": name, "token": "t0ken-0f-nobody", "kind": "live"}
    answer = client.send(world.form("/connections/new", fields | {"colour": "blue", "notes": ""}))
    return answer.headers["location"].rpartition("/")[2]
