"""The tables of what has happened: the event trail with its seals, and the request log."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, Words


class Event(Base):
    """One thing that happened; never changed, and chained to the one before by its hash.

    *number* counts the events of its *chain*; *at* is ISO 8601 in UTC and *details* a JSON
    object, both as the very text that is hashed.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(Words(48))
    number: Mapped[int]
    at: Mapped[str] = mapped_column(Words(32))
    kind: Mapped[str] = mapped_column(Words(24))
    who: Mapped[str]
    details: Mapped[str]
    before: Mapped[str] = mapped_column(Words(64))
    hash: Mapped[str] = mapped_column(Words(64))

    __table_args__ = (
        UniqueConstraint("chain", "number", name="uq_event_chain"),
        Index("ix_event_kind", "kind", "id"),
        Index("ix_event_who", "who", "id"),
        {"sqlite_autoincrement": True},
    )


class ChainHead(Base):
    """Where a chain of events ends: its last number and hash.

    *sealed* is the number of the event that was sealed last, and *seal* the seal that did it.
    """

    __tablename__ = "chain_head"

    chain: Mapped[str] = mapped_column(Words(48), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(Words(64))
    sealed: Mapped[int] = mapped_column(default=0)
    seal: Mapped[int | None]


_GROWN = ChainHead.number > ChainHead.sealed
Index("ix_chain_head_grown", ChainHead.chain, sqlite_where=_GROWN, postgresql_where=_GROWN)


class Seal(Base):
    """The heads of all chains that had grown since the seal before; never changed.

    *heads* is a JSON list of [chain, number, hash], as the very text that is hashed.
    """

    __tablename__ = "seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(Words(32))
    heads: Mapped[str]
    before: Mapped[str] = mapped_column(Words(64))
    hash: Mapped[str] = mapped_column(Words(64))


class LoggedCall(Base):
    """One call to an API as it went over the wire, without anything secret.

    It is written before the call and completed after it: *status* is `None` and *outcome*
    empty for a call that has not ended, or whose process did.
    """

    __tablename__ = "exchange"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    connection_key: Mapped[str] = mapped_column(Words(32))
    connection: Mapped[str]
    at: Mapped[datetime]
    duration_ms: Mapped[int | None]
    method: Mapped[str] = mapped_column(Words(8))
    url: Mapped[str]
    request_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_body: Mapped[str] = mapped_column(default="")
    status: Mapped[int | None]
    response_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    response_body: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_exchange_by_submission", "submission_id"),
        Index("ix_exchange_by_connection", "connection_key", "id"),
        {"sqlite_autoincrement": True},
    )


_IS_TEST = LoggedCall.submission_id.is_(None)
Index(
    "ix_exchange_tests",
    LoggedCall.connection_key,
    LoggedCall.id,
    sqlite_where=_IS_TEST,
    postgresql_where=_IS_TEST,
)
