"""What every table stands on: the kinds of columns, and the states of a submission."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class State(StrEnum):
    """What is known about one submission."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    CREATED = "CREATED"
    REFUSED = "REFUSED"
    UNSENT = "UNSENT"
    UNKNOWN = "UNKNOWN"


MAY_EXIST = (State.QUEUED, State.SENDING, State.CREATED, State.UNKNOWN)
"""States in which the API holds a campaign, or may, or soon will: such a draft is not sent again.

A submission is QUEUED from the press until a worker claims it, SENDING until its outcome is
recorded, and then one of the others.
"""


class ItemState(StrEnum):
    """What is known about one item of a batch; once it is QUEUED, its submission knows more."""

    NEW = "NEW"
    READY = "READY"
    UNFIT = "UNFIT"
    QUEUED = "QUEUED"
    LEFT_OUT = "LEFT_OUT"


class Readiness(StrEnum):
    """How far a draft is that was not sent: the worst that is open.

    INCOMPLETE misses answers or has wrong ones, BREAKS does not keep to a rule, and OPEN has
    something that people still have to verify or confirm.
    """

    INCOMPLETE = "INCOMPLETE"
    BREAKS = "BREAKS"
    OPEN = "OPEN"
    READY = "READY"


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC: SQLite forgets the zone and would give a naive one back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


def write_null(text: str) -> str:
    """Write a NUL as the sign for one."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


class Words(TypeDecorator[str]):
    """A text; PostgreSQL keeps no NUL, so there it is the sign for one."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return write_null(value) if value and dialect.name == "postgresql" else value


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
        str: Words,
        dict[str, Any]: JSON,
        State: Enum(State, native_enum=False, length=10),
        ItemState: Enum(ItemState, native_enum=False, length=10),
        Readiness: Enum(Readiness, native_enum=False, length=10),
    }
