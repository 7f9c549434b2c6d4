"""The client whose campaigns somebody works on: what they list, and where new campaigns go.

It is chosen in the head of every page and kept in the browser. An address that names a client, or
all of them, goes before what is kept, so that a link shows to everybody what it showed when it was
copied.
"""

from flask import g, request
from werkzeug.wrappers import Response

from app.connections import Connection
from app.rights import Right
from app.services import connections
from app.web.access import list_connections, may
from app.web.remembered import remember

ALL = "all"
"""What an address or a browser says for the campaigns of all clients."""

_COOKIE = "client"


def map_clients() -> dict[str, Connection]:
    """Give the connections that may be looked at, by the keys that drafts have.

    They are read once for a page.
    """
    if "clients" not in g:
        g.clients = {connection.key: connection for connection in list_connections()}
        if may(Right.VIEW, ""):
            g.clients[""] = connections().default
    clients: dict[str, Connection] = g.clients
    return clients


def list_clients() -> list[Connection]:
    """Give each connection that may be looked at once, the fixed ones first."""
    return list(dict.fromkeys(map_clients().values()))


def find_client(asked: str = "") -> Connection | None:
    """Find the client that is worked on, or another that is *asked* for; `None` is all of them.

    One that may not be looked at, or is gone, is not worked on.
    """
    key = asked or request.cookies.get(_COOKIE, "")
    return next((client for client in list_clients() if client.key == key), None)


def list_keys(client: Connection | None) -> frozenset[str] | None:
    """List the keys that a client's drafts have; `None` is of all that may be looked at."""
    if client is None:
        return None
    return frozenset(of_draft for of_draft, to in map_clients().items() if to == client)


def name_connections() -> dict[str, str]:
    """Name the connections that may be looked at, by the keys that drafts have."""
    return {key: to.name for key, to in map_clients().items()}


def name_client(asked: str = "") -> str:
    """Name the client for an address that is to show the same whatever is chosen later.

    Empty where nothing was ever chosen.
    """
    client = find_client(asked)
    if client is not None:
        return client.key
    return ALL if asked == ALL and request.cookies.get(_COOKIE) else ""


def remember_client(response: Response, key: str) -> None:
    """Keep the choice of a client, or of `ALL`; what is no client shows all of them."""
    remember(response, _COOKIE, key)
