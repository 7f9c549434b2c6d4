"""The tables of what has happened: the event trail and the request log."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base


class Event(Base):
    """One thing that happened; never changed, and chained to the one before by its hash.

    *at* is ISO 8601 in UTC and *details* a JSON object, both as the very text that is hashed.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(24))
    who: Mapped[str]
    details: Mapped[str]
    before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_event_by_draft", "draft_id", "id"),
        {"sqlite_autoincrement": True},
    )


class Exchange(Base):
    """One call to an API as it went over the wire, without anything secret.

    It is written before the call and completed after it: *status* is `None` and *outcome*
    empty for a call that has not ended, or whose process did.
    """

    __tablename__ = "exchange"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    destination: Mapped[str] = mapped_column(String(32))
    connection: Mapped[str]
    at: Mapped[datetime]
    duration_ms: Mapped[int | None]
    method: Mapped[str] = mapped_column(String(8))
    url: Mapped[str]
    request_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_body: Mapped[str] = mapped_column(default="")
    status: Mapped[int | None]
    response_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    response_body: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_exchange_by_submission", "submission_id"),)
