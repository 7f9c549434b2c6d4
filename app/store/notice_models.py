"""The tables of notices: who wants to be told of what waits, what was told, and signed webhooks."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, Words


class Digest(Base):
    """When a person is told of what waits: by *rhythm*, in the morning *at* HH:MM in a *zone*.

    *next_at* is when the next morning is; somebody who is told at once has none.
    """

    __tablename__ = "digest"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    rhythm: Mapped[str] = mapped_column(Words(8))
    at: Mapped[str] = mapped_column(Words(5))
    zone: Mapped[str] = mapped_column(Words(64))
    next_at: Mapped[datetime | None]


class ToldItem(Base):
    """Something that waits of which a *subject*, a person or a hook, was told; only its hash."""

    __tablename__ = "told_item"

    subject: Mapped[str] = mapped_column(Words(32), primary_key=True)
    item_hash: Mapped[str] = mapped_column(Words(64), primary_key=True)


class Hook(Base):
    """A webhook that is told what waits for people at connections, whose *keys* it has.

    *secret*, by which calls are signed, is encrypted. *delivered_at* is of the last call that was
    taken.
    """

    __tablename__ = "hook"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Words(80))
    url: Mapped[str] = mapped_column(Words(2000))
    keys: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]

    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012


class HookDelivery(Base):
    """A digest that a hook has not taken yet; without *next_at* it was given up.

    *tries* counts the calls, and *failure* says what came of the last one, at *failed_at*.
    """

    __tablename__ = "hook_delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hook.id"))
    message_id: Mapped[str] = mapped_column(Words(64), unique=True)
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    tries: Mapped[int]
    next_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Words(200))

    __table_args__ = (
        Index("ix_hook_delivery_by_hook", "hook_id"),
        Index("ix_hook_delivery_due", "next_at"),
        {"sqlite_autoincrement": True},
    )
