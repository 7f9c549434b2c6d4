"""The tables of what people work on. `migrations` makes them; a test holds the two together."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    bindparam,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.store.base import MAY_EXIST, OPEN, Base, ItemState, Readiness, State, Words
from app.store.leases import Lease

_BY_CODE_POINT = Words().with_variant(Words(collation="C"), "postgresql")
"""Sorted as SQLite and Python sort; PostgreSQL would sort by the rules of a language."""

NO_HOURS = "none"
"""What a campaign without hours is sorted by: it comes after all times of day."""


class Draft(Base):
    """A campaign that somebody is working on.

    *answers* is what was typed, right or wrong; *name*, *type*, *first_day*, *last_day*,
    *connection_key* (of where it goes to, empty for the default) and *state* repeat, for the
    list, what the answers and the last submission say. *sequence* grows
    with every change of any draft, so that "last changed first" is an index; *name_key*,
    *day_key* and *hours_key* are what the other orders go by: a name as `collation` has it, and
    no day and no hours last, for which the latest first go by *day_key_down* and *hours*.
    *accepted* holds what people have said of findings, as `acceptances.write_statement` writes it:
    by a rule's id, or by the key of an exemption. *findings* counts findings as `acceptance.tally`
    does, and *rules* is the version of the rules that said so. *problems* counts the answers that
    are missing or wrong, and *readiness* is the worst of both counts; *hours* and *zone* are those
    of calling.
    """

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(Words(32), primary_key=True)
    version: Mapped[int]
    sequence: Mapped[int] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]]
    name: Mapped[str]
    type: Mapped[str | None] = mapped_column(Words(8))
    name_key: Mapped[str] = mapped_column(_BY_CODE_POINT)
    first_day: Mapped[date | None]
    day_key: Mapped[date]
    day_key_down: Mapped[date] = mapped_column(default=date.min)
    last_day: Mapped[date | None]
    connection_key: Mapped[str] = mapped_column(default="")
    state: Mapped[State | None]
    accepted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rules: Mapped[str] = mapped_column(Words(12), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    problems: Mapped[dict[str, Any]] = mapped_column(default=dict)
    readiness: Mapped[Readiness] = mapped_column(default=Readiness.INCOMPLETE)
    hours: Mapped[str] = mapped_column(default="")
    hours_key: Mapped[str] = mapped_column(_BY_CODE_POINT, default=NO_HOURS)
    zone: Mapped[str] = mapped_column(default="")

    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="draft", order_by="Submission.id.desc()"
    )

    __table_args__ = (
        Index("ix_draft_by_name", "name_key", "sequence"),
        Index("ix_draft_by_first_day", "day_key", "sequence"),
        Index("ix_draft_by_state", "state", "sequence"),
        Index(
            "ix_draft_by_readiness",
            "readiness",
            "sequence",
            sqlite_where=text("state IS NULL"),
            postgresql_where=text("state IS NULL"),
        ),
        Index("ix_draft_by_connection", "connection_key", "sequence"),
        Index("ix_draft_by_type", "type", "sequence"),
        Index("ix_draft_by_first_day_down", "day_key_down", "sequence"),
        Index("ix_draft_by_hours", "hours_key", "sequence"),
        Index("ix_draft_by_hours_down", "hours", "sequence"),
    )

    @property
    def is_locked(self) -> bool:
        """Whether the API may hold this campaign, so that the draft can no longer change."""
        return self.state in MAY_EXIST


IS_UNLOCKED = or_(Draft.state.is_(None), Draft.state.not_in(MAY_EXIST))
"""For queries: what `Draft.is_locked` is not."""


class Preset(Base):
    """Settings that somebody has given a name to; *settings* is what was typed, by field.

    *connection_key* is of the connection to which they belong, empty for none: presets of two
    connections may have one name, as whoever edits at one need not know of the other's.
    """

    __tablename__ = "preset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(_BY_CODE_POINT)
    connection_key: Mapped[str] = mapped_column(Words(32), default="")
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("name", "connection_key"),)


class Batch(Base):
    """Campaigns that are sent together, after one review and one confirmation, to one connection.

    *connection*, *connection_key*, *is_sandbox* and *stamp* are what that was when the batch was
    made, *made_by* who put it together, and *who* confirmed it; *approved_by* is who approved it
    before, or *without_approval* why it was sent without. *digest* is the SHA-256 over what is
    ready, and is confirmed, item by item; *calling_days* and *findings* (by kind) are added up over
    the same. All three are kept
    once all items are checked, and *digest* is empty until then; so is *judged*, the SHA-256 over
    what was found and said of the items.
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


class Submission(Base):
    """One attempt to create the campaign of a draft, and what is known of it.

    *connection* and *connection_key* are the name and the key of where it is sent, *stamp* is
    what that connection was when somebody reviewed it, and *body* is the bytes; *hurries* is one
    that does not wait as long as the API wants. *pressed_at*, in the column of an older name, is
    when the button was pressed; *answer* is the raw answer and *errors* the API's messages by
    field. *token* is the claim's own: only who has it may say what was answered. *lease_until* is
    when an answer can no longer come, for people to read; *lease_boot* and *lease_ends* are
    what is gone by (`leases.Lease`). *retry_at* is when the API wants to be asked again at the
    earliest; *who* pressed, and *resolved_by* said what became of it. *approved_by* is who had
    approved it, or *without_approval* why it was sent without, where it had to be.
    """

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"))
    draft_version: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    connection: Mapped[str]
    connection_key: Mapped[str] = mapped_column(Words(32), default="")
    is_sandbox: Mapped[bool]
    stamp: Mapped[str] = mapped_column(Words(16), default="")
    hurries: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(Words(64))
    state: Mapped[State]
    who: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    without_approval: Mapped[str] = mapped_column(default="")
    pressed_at: Mapped[datetime] = mapped_column("claimed_at")
    token: Mapped[str] = mapped_column(Words(32), default="")
    lease_until: Mapped[datetime | None]
    lease_boot: Mapped[str] = mapped_column(Words(36), default="")
    lease_ends: Mapped[float] = mapped_column(Float, default=0.0)
    settled_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")
    errors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    http_status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")
    campaign_id: Mapped[str | None]
    campaign_name: Mapped[str | None]
    campaign_type: Mapped[str | None]
    campaign_status: Mapped[str | None]
    retry_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(default="")

    draft: Mapped[Draft] = relationship(back_populates="submissions")

    __table_args__ = (
        Index("ix_submission_by_draft", "draft_id", "id"),
        Index("ix_submission_by_digest", "digest", "claimed_at"),
        Index("ix_submission_by_campaign", "campaign_id"),
        Index("ix_submission_by_state", "connection_key", "state", "resolved_at", "claimed_at"),
        {"sqlite_autoincrement": True},
    )

    @property
    def name(self) -> str:
        """The campaign's name as it was sent; its draft may have another since, for another."""
        return str(json.loads(self.body).get("name", ""))

    @property
    def is_created(self) -> bool:
        return self.state is State.CREATED

    @property
    def is_queued(self) -> bool:
        return self.state is State.QUEUED

    @property
    def was_not_sent(self) -> bool:
        """Whether nothing left this machine; what somebody looked up in vain was sent."""
        return self.state is State.UNSENT and self.resolved_at is None

    @property
    def turned_up_late(self) -> bool:
        """Whether it was created after somebody had looked in vain and sent the draft again."""
        return self.state is State.UNSENT and self.campaign_id is not None

    @property
    def is_draft_there(self) -> bool:
        """Whether the API said that it calls nobody yet, or nobody knows what it said."""
        return self.campaign_status in {"DRAFT", None}

    @property
    def can_be_settled(self) -> bool:
        """Whether an answer says something new: so far there is none, or only a person's word."""
        return self.is_queued or self.state in OPEN or self.resolved_at is not None

    @property
    def can_be_resolved(self) -> bool:
        """Whether a person's word for what became of it counts: a first one, or a correction."""
        if self.state is State.UNKNOWN:
            return True
        was_resolved = self.resolved_at is not None and self.state in {State.CREATED, State.UNSENT}
        return was_resolved and not self.was_answered

    @property
    def was_answered(self) -> bool:
        """Whether the API itself has said, in time or late, that it created the campaign."""
        return self.campaign_status is not None

    @property
    def lease(self) -> Lease:
        """Until when its outcome can come; a lease of before there were any is over."""
        return Lease(self.lease_boot, self.lease_ends)


Index(
    "one_campaign_per_draft",
    Submission.draft_id,
    unique=True,
    sqlite_where=Submission.state.in_(MAY_EXIST),
    postgresql_where=Submission.state.in_(MAY_EXIST),
)


IS_OPEN = Submission.state.in_(bindparam("open_states", OPEN, expanding=True, literal_execute=True))
IS_QUEUED = Submission.state == bindparam("queued_state", State.QUEUED, literal_execute=True)
"""For queries: SQLite uses a partial index only where the statement has the values themselves."""

Index(
    "ix_submission_open",
    Submission.state,
    sqlite_where=Submission.state.in_(OPEN),
    postgresql_where=Submission.state.in_(OPEN),
)


_IS_QUEUED_IN_INDEX = Submission.state == State.QUEUED  # An index takes no bound value.
Index(
    "ix_submission_queued",
    Submission.connection_key,
    Submission.batch_id,
    Submission.id,
    sqlite_where=_IS_QUEUED_IN_INDEX,
    postgresql_where=_IS_QUEUED_IN_INDEX,
)

_IS_OF_BATCH = Submission.batch_id.is_not(None)
Index(
    "ix_submission_batch",
    Submission.batch_id,
    Submission.state,
    Submission.settled_at,
    sqlite_where=_IS_OF_BATCH,
    postgresql_where=_IS_OF_BATCH,
)

_HAS_TO_WAIT = Submission.retry_at.is_not(None)
Index(
    "ix_submission_wait",
    Submission.connection_key,
    Submission.retry_at,
    sqlite_where=_HAS_TO_WAIT,
    postgresql_where=_HAS_TO_WAIT,
)


class Throttle(Base):
    """How fast campaigns go to a connection, and whether a run of failures has stopped that.

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


class PeriodicTask(Base):
    """Something that one of all machines does now and then, and no other until its lease ends."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(Words(16), primary_key=True)
    lease_boot: Mapped[str] = mapped_column(Words(36), default="")
    lease_ends: Mapped[float] = mapped_column(Float, default=0.0)


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

    *kind* is an `address_book.IdKind`; *nickname* may be empty.
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
