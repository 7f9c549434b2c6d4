"""The address book of a connection: the ids that campaigns of it need, under nicknames.

The API publishes no list to read them from, so the book is filled by use and by hand.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.campaign.contract.id_kinds import IdKind, iterate_id_fields
from app.campaign.contract.visible import make_name_key
from app.store.connection_models import BookEntry
from app.store.dialects import queries

LONGEST_ID, LONGEST_NICKNAME = 200, 80
"""Characters of an id, and of what people call it."""


Nicknames: TypeAlias = Mapping[tuple[str, str], str]
"""The nicknames of a connection's ids, by kind and id."""


def read_entries(session: Session, connection_key: str) -> list[BookEntry]:
    """Read a connection's entries by kind, those used last first."""
    rows = session.scalars(select(BookEntry).where(BookEntry.connection_key == connection_key))
    order = list(IdKind)
    return sorted(
        rows,
        key=lambda entry: (
            order.index(IdKind(entry.kind)),
            -_read_last_use(entry),
            entry.nickname,
            entry.value,
        ),
    )


def read_nicknames(session: Session, connection_key: str, payload: Mapping[str, Any]) -> Nicknames:
    """Read what a connection calls the ids in a campaign's payload; one without a name is left out.

    It asks for these alone, as a book may have thousands and this is read at every keystroke.
    """
    ids = set(iterate_ids(payload))
    if not ids:
        return {}
    kinds, values = ({part[number] for part in ids} for number in (0, 1))
    asked = {"key": connection_key, "kinds": list(kinds), "values": list(values)}
    rows = session.connection().execute(_NICKNAMES, asked)
    return {(kind, value): nickname for kind, value, nickname in rows}


_NICKNAMES = select(BookEntry.kind, BookEntry.value, BookEntry.nickname).where(
    BookEntry.connection_key == bindparam("key"),
    BookEntry.kind.in_(bindparam("kinds", expanding=True)),
    BookEntry.value.in_(bindparam("values", expanding=True)),
    BookEntry.nickname != "",
)


def keep(
    session: Session, connection_key: str, kind: IdKind, value: str, nickname: str
) -> BookEntry:
    """Add an id, or give the one that is there this nickname."""
    entry = _find_or_add(session, connection_key, kind, value)
    entry.nickname = nickname
    return entry


def list_namesakes(session: Session, entry: BookEntry) -> list[str]:
    """List the other ids of a connection and a kind that are called as this one is."""
    query = select(BookEntry.value, BookEntry.nickname).where(
        BookEntry.connection_key == entry.connection_key,
        BookEntry.kind == entry.kind,
        BookEntry.value != entry.value,
    )
    key = make_name_key(entry.nickname)
    rows = session.execute(query.order_by(BookEntry.value))
    return [value for value, nickname in rows if make_name_key(nickname) == key]


def forget(session: Session, connection_key: str, entry_id: int) -> None:
    """Delete an entry of this connection; does nothing if there is none."""
    entry = session.get(BookEntry, entry_id)
    if entry is not None and entry.connection_key == connection_key:
        session.delete(entry)


def note_uses(session: Session, used: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Add every id of created campaigns' payloads, each with its connection, as used now.

    They are written in one order, so that two who do that never wait for each other.
    """
    ids = {(key, kind.value, value) for key, body in used for kind, value in iterate_ids(body)}
    now = datetime.now(UTC)
    rows = [
        {"of": key, "the_kind": kind, "the_value": value, "now": now}
        for key, kind, value in sorted(ids)
    ]
    if not rows or _mark_used(session, rows) == len(rows):
        return
    for key, kind, value in sorted(ids):
        _add_if_missing(session, key, kind, value)
    _mark_used(session, rows)


def _mark_used(session: Session, rows: list[dict[str, Any]]) -> int:
    """Note when entries were used, and count those that are there."""
    return session.connection().execute(_USE, rows).rowcount


_USE = (
    update(BookEntry)
    .where(
        BookEntry.connection_key == bindparam("of"),
        BookEntry.kind == bindparam("the_kind"),
        BookEntry.value == bindparam("the_value"),
    )
    .values(last_used_at=bindparam("now"))
)


def iterate_ids(payload: Mapping[str, Any]) -> Iterator[tuple[IdKind, str]]:
    """Yield the ids in a campaign's payload, each with its kind."""
    for _, kind, value in iterate_id_fields(payload):
        yield kind, value


def _find_or_add(session: Session, connection_key: str, kind: IdKind, value: str) -> BookEntry:
    _add_if_missing(session, connection_key, kind.value, value)
    query = select(BookEntry).where(
        BookEntry.connection_key == connection_key, BookEntry.kind == kind, BookEntry.value == value
    )
    return session.scalars(query).one()


def _add_if_missing(session: Session, connection_key: str, kind: str, value: str) -> None:
    row = {
        "connection_key": connection_key,
        "kind": kind,
        "value": value,
        "nickname": "",
        "created_at": datetime.now(UTC),
    }
    queries(session).insert_if_missing(session, BookEntry, row)


def _read_last_use(entry: BookEntry) -> float:
    return entry.last_used_at.timestamp() if entry.last_used_at else 0.0
