"""The address book of a connection: the ids that campaigns of it need, under nicknames.

The API publishes no list to read them from, so the book is filled by use and by hand.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from app.campaign.contract.fields import CallingEntity
from app.store.dialects import queries
from app.store.models import BookEntry


class IdKind(StrEnum):
    """What an id in the book is of."""

    ASSISTANT = "assistant"
    WORKFLOW = "workflow"
    SQUAD = "squad"
    PROVIDER = "provider"
    NUMBER = "number"
    POOL = "pool"


FIELDS: Mapping[str, tuple[IdKind, ...]] = {
    "assistant_id": (IdKind.ASSISTANT, IdKind.WORKFLOW, IdKind.SQUAD),
    "tenant_voice_provider_id": (IdKind.PROVIDER,),
    "phone_number_id": (IdKind.NUMBER,),
    "phone_number_pool_id": (IdKind.POOL,),
}
"""Which kinds of id each field of the contract takes."""

_OF_ENTITY: Mapping[str | None, IdKind] = {
    CallingEntity.WORKFLOW: IdKind.WORKFLOW,
    CallingEntity.SQUAD: IdKind.SQUAD,
}


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


def keep(session: Session, connection_key: str, kind: IdKind, value: str, nickname: str) -> None:
    """Add an id, or give the one that is there this nickname."""
    _find_or_add(session, connection_key, kind, value).nickname = nickname


def forget(session: Session, connection_key: str, entry_id: int) -> None:
    """Delete an entry of this connection; does nothing if there is none."""
    entry = session.get(BookEntry, entry_id)
    if entry is not None and entry.connection_key == connection_key:
        session.delete(entry)


def note_use(session: Session, connection_key: str, payload: Mapping[str, Any]) -> None:
    """Add every id of a created campaign's payload, as used now."""
    now = datetime.now(UTC)
    for kind, value in iterate_ids(payload):
        used = {"of": connection_key, "the_kind": kind.value, "the_value": value, "now": now}
        if not cast(CursorResult[Any], session.execute(_USE, used)).rowcount:
            _find_or_add(session, connection_key, kind, value).last_used_at = now


_USE = (
    update(BookEntry)
    .where(
        BookEntry.connection_key == bindparam("of"),
        BookEntry.kind == bindparam("the_kind"),
        BookEntry.value == bindparam("the_value"),
    )
    .values(last_used_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def iterate_ids(payload: Mapping[str, Any]) -> Iterator[tuple[IdKind, str]]:
    """Yield the ids in a campaign's payload, each with its kind."""
    for field, kinds in FIELDS.items():
        if value := payload.get(field):
            kind = kinds[0]
            if len(kinds) > 1:
                kind = _OF_ENTITY.get(payload.get("vapi_calling_entity"), kind)
            yield kind, str(value)


def _find_or_add(session: Session, connection_key: str, kind: IdKind, value: str) -> BookEntry:
    query = select(BookEntry).where(
        BookEntry.connection_key == connection_key, BookEntry.kind == kind, BookEntry.value == value
    )
    row = {
        "connection_key": connection_key,
        "kind": kind.value,
        "value": value,
        "nickname": "",
        "created_at": datetime.now(UTC),
    }
    queries(session).insert_if_missing(session, BookEntry, row)
    return session.scalars(query).one()


def _read_last_use(entry: BookEntry) -> float:
    return entry.last_used_at.timestamp() if entry.last_used_at else 0.0
