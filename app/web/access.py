"""Who asks, and what they may: asked by views and by what draws pages.

A view declares the right that it needs with `needs`; `gate` holds everybody to that.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import abort, g
from flask_security.utils import check_and_update_authn_fresh

from app.connections import Connection, ConnectionRegistry
from app.people.sign_in_options import FRESH
from app.rights import ALL, SCOPES, Person, Right
from app.services import connections
from app.web import security_lines
from app.web.refusals import NotAllowed, NotFresh, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])

SIGNED_IN = "signed in"
"""Needed by what everybody has for themselves."""


def needs(*rights: Right | str) -> Callable[[View], View]:
    """Let a view be asked by who has any of these rights, or is just `SIGNED_IN`."""

    def declare(view: View) -> View:
        view.rights = rights  # type: ignore[attr-defined]
        return view

    return declare


def fresh(view: View) -> View:
    """Let a view be asked only by who has proved who they are within `FRESH`."""
    view.is_fresh = True  # type: ignore[attr-defined]
    return view


def find_person() -> Person:
    """Give who asks; raises `NotSignedIn`."""
    person: Person | None = g.get("person")
    if person is None:
        raise NotSignedIn
    return person


def may(right: Right, connection_key: str) -> bool:
    """Tell whether who asks has a right at a connection; an empty key is the default."""
    return find_person().may(right, connections().find(connection_key).key)


def require(right: Right, connection_key: str) -> None:
    """Hold who asks to a right at a connection; raises `NotAllowed`."""
    if not may(right, connection_key):
        raise NotAllowed(describe_missing(right))


def require_fresh() -> None:
    """Hold who asks to having proved who they are within `FRESH`; raises `NotFresh`."""
    if not (find_person().is_local or is_fresh()):
        raise NotFresh


def find_keys(right: Right = Right.VIEW) -> frozenset[str] | None:
    """Find the keys of the connections at which who asks has a right; `None` is all.

    An empty key, which drafts have that go to the default, is among them if that is one.
    """
    return find_keys_of(find_person(), right, connections())


def find_keys_of(
    person: Person, right: Right, registry: ConnectionRegistry
) -> frozenset[str] | None:
    """Find the keys of the connections at which somebody has a right, as `find_keys` does."""
    keys = person.find_keys(right)
    if keys is None:
        return None
    return keys | {""} if registry.default.key in keys else keys


def hide_unless_visible(connection_key: str) -> None:
    """Answer as for what does not exist, unless who asks may look at a connection."""
    if not may(Right.VIEW, connection_key):
        security_lines.note(security_lines.HIDDEN)
        abort(404)


def list_connections(right: Right = Right.VIEW) -> list[Connection]:
    """List the connections at which who asks has a right; they are read once for a page."""
    if "all_connections" not in g:
        g.all_connections = connections().list_all()
    person = find_person()
    return [connection for connection in g.all_connections if person.may(right, connection.key)]


def name_all_and_each() -> dict[str, str]:
    """Name what a role or a webhook can be for, by its key: all connections, then each."""
    names = {connection.key: connection.name for connection in connections().list_all()}
    return {ALL: "All connections"} | names


def find_keys_by_name(right: Right = Right.VIEW) -> dict[str, str]:
    """Find the keys of the connections that can be chosen, by their keys and by their names.

    A name that several connections share is left out.
    """
    offered = [connection for connection in list_connections(right) if connection.is_enabled]
    counts = Counter(connection.name for connection in offered)
    by_name = {each.name: each.key for each in offered if counts[each.name] == 1}
    return by_name | {connection.key: connection.key for connection in offered}


def choose_connection(asked: str) -> str:
    """Choose where a new campaign goes: as *asked* (empty is the default), or where it may.

    A connection that is disabled or gone is not chosen, unless there is no other.
    """
    offered = list_connections(Right.EDIT)
    keys = [connection.key for connection in offered if connection.is_enabled]
    if (asked or connections().default.key) in keys:
        return asked
    return next(iter(keys), next((connection.key for connection in offered), ""))


def is_fresh() -> bool:
    """Tell whether who asks has proved who they are within `FRESH`."""
    return bool(check_and_update_authn_fresh(FRESH, timedelta(0)))


def describe_missing(right: Right) -> str:
    """Say which right is missing, and who can give it."""
    scope = find_person().scope
    if scope and right not in SCOPES[scope]:
        return f"This token may not {_DEEDS[right]}. Its owner can make another one."
    return f"You may not {_DEEDS[right]} here. An administrator can give you that right."


_DEEDS = {
    Right.VIEW: "look at this",
    Right.EDIT: "change campaigns",
    Right.SEND: "send campaigns",
    Right.ACCEPT: "accept what breaks a rule",
    Right.RESOLVE: "say what became of a campaign",
    Right.APPROVE: "approve what is sent",
    Right.OVERRIDE: "send without approval",
    Right.ADMINISTER: "do this",
}
