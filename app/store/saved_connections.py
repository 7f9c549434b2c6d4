"""The connections that somebody has entered; what each change was is on the event trail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaign.contract.visible import make_name_key
from app.store import audit_trail
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.connection_models import SavedConnection
from app.store.records import Event


class ConnectionChanged(Exception):
    """Somebody has changed the connection since it was looked at."""


class NameTaken(Exception):
    """Another connection has this name, in whatever case."""


class NoSuchConnection(LookupError):
    """No saved connection has this key."""


@dataclass(frozen=True)
class EnteredConnection:
    """What a person entered; *token* is encrypted, and `None` leaves the one that is there."""

    name: str
    base_url: str
    token: bytes | None
    is_sandbox: bool
    colour: str
    notes: str
    dashboard_url: str = ""


def read_connections(session: Session) -> list[SavedConnection]:
    """Read all saved connections in the order of their names."""
    return list(session.scalars(select(SavedConnection).order_by(SavedConnection.name_key)))


def find(session: Session, key: str) -> SavedConnection:
    """Find a saved connection by its key; raises `NoSuchConnection`."""
    connection = session.get(SavedConnection, key)
    if connection is None:
        raise NoSuchConnection(key)
    return connection


def add(session: Session, entered: EnteredConnection, *, who: str = "") -> SavedConnection:
    """Keep a new connection; raises `NameTaken`. *entered* must have a token."""
    now = datetime.now(UTC)
    made = SavedConnection(id=token_hex(8), version=0, created_at=now)
    _take(session, made, entered, now)
    session.add(made)
    session.flush()
    audit_trail.record(
        session,
        EventKind.CONNECTION_ADDED,
        name_connection_chain(made.id),
        who=who,
        **_write_visible(made),
    )
    return made


def change(
    session: Session,
    key: str,
    entered: EnteredConnection,
    *,
    expected_version: int | None = None,
    who: str = "",
) -> None:
    """Replace what a connection is; raises `NameTaken` and `NoSuchConnection`.

    Raises `ConnectionChanged` if it has another version than the *expected_version*, if any.
    """
    connection = find(session, key)
    if expected_version not in {None, connection.version}:
        raise ConnectionChanged(key)
    before = _write_visible(connection)
    _take(session, connection, entered, datetime.now(UTC))
    _record_change(
        session,
        connection,
        audit_trail.find_changes(before, _write_visible(connection)),
        who,
        new_token=bool(entered.token),
    )


def enable(session: Session, key: str, *, enabled: bool, who: str = "") -> None:
    """Enable or disable a connection for sending; raises `NoSuchConnection`."""
    connection = find(session, key)
    if enabled is (connection.disabled_at is None):
        return
    connection.disabled_at = None if enabled else datetime.now(UTC)
    connection.version += 1
    _record_change(session, connection, {"enabled": [not enabled, enabled]}, who, new_token=False)


def is_at(session: Session, key: str, version: int) -> bool:
    """Tell whether a connection is at a version, which each change of it makes another."""
    query = select(SavedConnection.version).where(SavedConnection.id == key)
    return session.scalar(query) == version


def read_names(session: Session, key: str) -> list[tuple[str, str]]:
    """Read what a connection has been called, each name with the time (ISO 8601) of its start."""
    named = (EventKind.CONNECTION_ADDED, EventKind.CONNECTION_CHANGED)
    query = select(Event).where(Event.chain == name_connection_chain(key), Event.kind.in_(named))
    events = session.scalars(query.order_by(Event.number))
    return [(event.at, str(audit_trail.read_details(event)["name"])) for event in events]


def _take(
    session: Session, into: SavedConnection, entered: EnteredConnection, now: datetime
) -> None:
    key = make_name_key(entered.name)
    for other in read_connections(session):  # The key of one that is there may be of older rules.
        if make_name_key(other.name) == key and other.id != into.id:
            raise NameTaken(entered.name)
    into.name = entered.name
    into.base_url = entered.base_url
    into.is_sandbox = entered.is_sandbox
    into.colour = entered.colour
    into.notes = entered.notes
    into.dashboard_url = entered.dashboard_url
    if entered.token is not None:
        into.token = entered.token
    into.name_key = key
    into.version += 1
    into.changed_at = now


def _write_visible(connection: SavedConnection) -> dict[str, Any]:
    return {
        "name": connection.name,
        "base_url": connection.base_url,
        "is_sandbox": connection.is_sandbox,
        "colour": connection.colour,
        "notes": connection.notes,
        "dashboard_url": connection.dashboard_url,
    }


def _record_change(
    session: Session, connection: SavedConnection, fields: object, who: str, *, new_token: bool
) -> None:
    audit_trail.record(
        session,
        EventKind.CONNECTION_CHANGED,
        name_connection_chain(connection.id),
        who=who,
        name=connection.name,
        fields=fields,
        new_token=new_token,
    )
