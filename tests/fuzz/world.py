"""What is there before anything odd is asked: drafts, connections, submissions, a session."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from app import create_app
from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.services import find_services
from app.settings import Settings
from tests.factories import inbound, outbound, typed
from tests.fuzz.odd import NOWHERE
from tests.fuzz.wire import Answer, Client, Request

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Route:
    """An address of the app, as its map of addresses has it, and one method that it takes."""

    path: str
    method: str
    endpoint: str = ""


@dataclass(frozen=True)
class World:
    """What requests can name: real addresses, real ids, and a session with its token."""

    routes: Sequence[Route]
    known: Mapping[str, Sequence[str]]
    token: str
    cookie: str

    def form(self, path: str, fields: Mapping[str, Any]) -> Request:
        """Make a request as a form of the app itself would."""
        posted = urlencode({"csrf_token": self.token, **fields}, doseq=True, errors="surrogatepass")
        headers = (("Cookie", self.cookie), ("Content-Type", _FORM))
        return Request("POST", path, headers, posted.encode())

    def look(self, path: str) -> Request:
        return Request("GET", path, (("Cookie", self.cookie),))


def all_routes() -> list[Route]:
    """Read every address of the app from itself, and name the sandbox's."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder)))
        routes = [
            Route(rule.rule, method, rule.endpoint)
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
        find_services(app).store.engine.dispose()
    sandbox = (("POST", CAMPAIGNS_PATH), ("GET", "/"), ("GET", "/openapi.json"), ("GET", "/<name>"))
    api = [Route(f"/sandbox{path}", method, "sandbox") for method, path in sandbox]
    return routes + api * 2


def settle(client: Client) -> World:
    """Make the world in a fresh app: a draft of each sort, two connections, some submissions."""
    entry = client.send(Request("GET", "/drafts/new/e1e1e1e1e1e1e1e1"))
    token = _TOKEN.search(entry.text)
    assert token is not None
    cookie = entry.headers["set-cookie"].partition(";")[0]
    world = World(all_routes(), {}, token[1], cookie)
    keys = [_connection(client, world, name) for name in ("Nowhere", "Elsewhere")]
    made = {
        "plain": outbound(name="Plain"),
        "sent": outbound(name="Sent"),
        "gone": inbound(name="Gone"),
        "unsent": outbound(name="Unsent"),
        "empty": {},
    }
    for draft_id, values in made.items():
        to = keys[0] if draft_id == "unsent" else "sandbox"
        client.send(world.form(f"/drafts/{draft_id}/autosave", typed(values) | {"connection": to}))
    for draft_id in ("sent", "unsent"):
        send(client, world, draft_id)
    client.send(world.form("/drafts/90ee90ee90ee90ee/delete", {}))
    numbers = [*map(str, range(1, 5)), "1"]
    known = {
        "draft_id": [*made, "plain"],
        "key": [*keys, "sandbox"],
        "submission_id": numbers,
        "exchange_id": numbers,
        "filename": ["css/app.css", "icon.svg", "js/", "vendor"],
        "name": ["sandbox.css", "icon.svg"],
    }
    return World(world.routes, known, world.token, world.cookie)


def send(client: Client, world: World, draft_id: str) -> Answer:
    """Review a draft and press the button that sends."""
    page = client.send(world.look(f"/drafts/{draft_id}/review"))
    return client.send(world.form(f"/drafts/{draft_id}/send", pressed(page)))


def pressed(page: Answer) -> dict[str, str]:
    """Fill in the form of a review page."""
    return dict(_HIDDEN.findall(page.text)) | {"named": "Nowhere", "who": "Ada"}


def _connection(client: Client, world: World, name: str) -> str:
    fields = {"base_url": NOWHERE, "name": name, "token": "t0ken-0f-nobody", "kind": "live"}
    answer = client.send(world.form("/connections/new", fields | {"colour": "blue", "notes": ""}))
    return answer.headers["location"].rpartition("/")[2]
