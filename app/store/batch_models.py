"""The tables of what is sent together."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, ItemState, Words


class Batch(Base):
    """Campaigns that are sent together, after one review and one confirmation, to one connection.

    *connection*, *connection_key*, *is_sandbox* and *stamp* are what that was when the batch was
    made, *made_by* who put it together, and *who* confirmed it; *approved_by* is who approved it
    before, or *without_approval* why it was sent without. *digest* is the SHA-256 over what is
    ready, and is confirmed, item by item; *calling_days* and *findings* (by kind) are added up over
    the same. All three are kept once all items are checked, and *digest* is empty until then; so is
    *judged*, the SHA-256 over what was found and said of the items. *withheld* counts those
    that were chosen and that *made_by* may not send.
    """

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection: Mapped[str]
    connection_key: Mapped[str] = mapped_column(Words(32))
    is_sandbox: Mapped[bool]
    stamp: Mapped[str] = mapped_column(Words(16))
    digest: Mapped[str] = mapped_column(Words(64), default="")
    calling_days: Mapped[int] = mapped_column(default=0)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    judged: Mapped[str] = mapped_column(Words(64), default="")
    made_by: Mapped[str] = mapped_column(default="")
    withheld: Mapped[int] = mapped_column(default=0)
    who: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    without_approval: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    __table_args__ = ({"sqlite_autoincrement": True},)


class BatchItem(Base):
    """One draft of a batch, as it was reviewed: the bytes that are sent, and what was found.

    *seen* names the version of the draft, and what was said of its findings; *judged* is what
    rules found, for the trail. *reason* says why it is UNFIT or LEFT_OUT.
    """

    __tablename__ = "batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"))
    name: Mapped[str] = mapped_column(default="")
    seen: Mapped[str] = mapped_column(Words(80), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    digest: Mapped[str] = mapped_column(Words(64), default="")
    judged: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    calling_days: Mapped[int] = mapped_column(default=0)
    state: Mapped[ItemState] = mapped_column(default=ItemState.NEW)
    reason: Mapped[str] = mapped_column(default="")
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))

    __table_args__ = (
        Index("ix_batch_item_by_state", "batch_id", "state", "position"),
        Index("ix_batch_item_by_digest", "batch_id", "digest"),
        Index("ix_batch_item_by_draft", "batch_id", "draft_id"),
    )
