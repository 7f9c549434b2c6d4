"""The tables of where campaigns go: connections, how fast, and the ids known at each."""

from datetime import datetime

from sqlalchemy import Float, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, Words


class SavedConnection(Base):
    """An API to send campaigns to; *token* is encrypted, *version* grows with every change."""

    __tablename__ = "connection"

    id: Mapped[str] = mapped_column(Words(32), primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    base_url: Mapped[str]
    token: Mapped[bytes] = mapped_column(LargeBinary)
    is_sandbox: Mapped[bool]
    colour: Mapped[str] = mapped_column(Words(16))
    notes: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    dashboard_url: Mapped[str] = mapped_column(default="", server_default="")


class BookEntry(Base):
    """An id of a voice provider that somebody has used or wrote down, for one connection.

    *kind* is an `IdKind`; *nickname* may be empty.
    """

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_key: Mapped[str] = mapped_column(Words(32))
    kind: Mapped[str] = mapped_column(Words(10))
    value: Mapped[str]
    nickname: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("connection_key", "kind", "value", name="uq_book_connection_key"),
    )


class Throttle(Base):
    """How fast campaigns go to a connection, and whether sending there is paused, and why.

    At most *concurrency* at once and *rate* a second (0 is no limit), *burst* of them at once
    after a rest. *arrival* is when the next one is due at that rate (GCRA's theoretical arrival
    time), in seconds on *clock*. *failures* counts those in a row that failed or are UNKNOWN.
    """

    __tablename__ = "throttle"

    connection_key: Mapped[str] = mapped_column(Words(32), primary_key=True)
    rate: Mapped[float] = mapped_column(Float)
    burst: Mapped[int]
    concurrency: Mapped[int]
    clock: Mapped[str] = mapped_column(Words(36), default="")
    arrival: Mapped[float] = mapped_column(Float, default=0.0)
    failures: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")
