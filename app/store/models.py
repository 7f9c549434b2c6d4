"""The tables. `migrations` makes them; a test holds the two together."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class State(StrEnum):
    """What is known about one submission."""

    SENDING = "SENDING"
    CREATED = "CREATED"
    REFUSED = "REFUSED"
    UNSENT = "UNSENT"
    UNKNOWN = "UNKNOWN"


MAY_EXIST = (State.SENDING, State.CREATED, State.UNKNOWN)
"""States in which the API may hold a campaign: such a draft is not sent again."""


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC: SQLite forgets the zone and would give a naive one back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The base of all tables; constraints have names, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Instant,
        dict[str, Any]: JSON,
        State: Enum(State, native_enum=False, length=10),
    }


class Draft(Base):
    """A campaign that somebody is working on.

    *answers* is what was typed, right or wrong; *name*, *type*, *first_day* and *state*
    repeat, for the list, what the answers and the last submission say. *place* grows
    with every change of any draft, so that "last changed first" is an index; *name_key*
    and *day_key* are what the other orders go by, whatever the case and with no day last.
    *accepted* holds, by a rule's id, what was found of it when somebody accepted that, the
    reason and the time; *findings* counts, by severity, what nobody has accepted, and *rules*
    is the version of the rules that said so.
    """

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    place: Mapped[int] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]]
    name: Mapped[str]
    type: Mapped[str | None] = mapped_column(String(8))
    name_key: Mapped[str]
    first_day: Mapped[date | None]
    day_key: Mapped[date]
    state: Mapped[State | None]
    accepted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rules: Mapped[str] = mapped_column(String(12), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="draft", order_by="Submission.id.desc()"
    )

    __table_args__ = (
        Index("ix_draft_by_name", "name_key", "place"),
        Index("ix_draft_by_first_day", "day_key", "place"),
        Index("ix_draft_by_state", "state", "place"),
    )

    @property
    def is_locked(self) -> bool:
        """Whether the API may hold this campaign, so that the draft can no longer change."""
        return self.state in MAY_EXIST


class Preset(Base):
    """Settings that somebody has given a name to; *settings* is what was typed, by field."""

    __tablename__ = "preset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Submission(Base):
    """One attempt to create the campaign of a draft, and what is known of it.

    *body* is the bytes that were sent; *answer* the raw answer; *errors* the API's
    messages by field.
    """

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"))
    draft_version: Mapped[int]
    connection: Mapped[str]
    is_sandbox: Mapped[bool]
    url: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[State]
    claimed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")
    errors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    http_status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")
    campaign_id: Mapped[str | None]
    campaign_name: Mapped[str | None]
    campaign_type: Mapped[str | None]
    campaign_status: Mapped[str | None]
    resolved_at: Mapped[datetime | None]

    draft: Mapped[Draft] = relationship(back_populates="submissions")

    __table_args__ = (Index("ix_submission_by_draft", "draft_id", "id"),)


Index(
    "one_campaign_per_draft",
    Submission.draft_id,
    unique=True,
    sqlite_where=Submission.state.in_(MAY_EXIST),
    postgresql_where=Submission.state.in_(MAY_EXIST),
)
