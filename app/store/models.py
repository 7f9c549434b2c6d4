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

from app.store.base import MAY_EXIST, OPEN, Base, Readiness, State, Words
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


class KeptPreset(Base):
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


class PeriodicTask(Base):
    """Something that one of all machines does now and then, and no other until its lease ends."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(Words(16), primary_key=True)
    lease_boot: Mapped[str] = mapped_column(Words(36), default="")
    lease_ends: Mapped[float] = mapped_column(Float, default=0.0)
