"""What every table stands on: the kinds of columns, and the states of a submission."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class State(StrEnum):
    """What is known about one submission.

    It is QUEUED from the press until a worker claims it, and SENDING until its outcome is recorded:
    CREATED, the API holds the campaign; REFUSED, the API said no; UNSENT, no campaign came of it,
    as the API could not be reached, as it was taken back or was too late, or as a person looked and
    found none; UNKNOWN, there may be one.
    """

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    CREATED = "CREATED"
    REFUSED = "REFUSED"
    UNSENT = "UNSENT"
    UNKNOWN = "UNKNOWN"


MAY_EXIST = (State.QUEUED, State.SENDING, State.CREATED, State.UNKNOWN)
"""States in which the API holds a campaign, or may, or soon will: its draft is not sent again."""

PENDING = (State.QUEUED, State.SENDING)
"""States in which the app itself has still something to do."""

OPEN = (State.SENDING, State.UNKNOWN)
"""States that somebody has to know of, whatever page they look at."""

NOT_CREATED = (State.REFUSED, State.UNSENT)
"""States in which the API holds no campaign, so the draft can be sent again."""

SETTLED = (State.CREATED, *NOT_CREATED)
"""States that a submission is in for good, unless a person has said what became of it."""

ENDED = (*SETTLED, State.UNKNOWN)
"""States in which nothing of a submission is under way any more."""

UNSETTLED = (*PENDING, State.UNKNOWN)
"""States of which an outcome is still to come, or to be looked for."""

QUEUED_AT_MOST = timedelta(hours=24)
"""How long what was confirmed may wait: by then its dates may have passed."""


class ItemState(StrEnum):
    """What is known about one item of a batch; once it is QUEUED, its submission knows more.

    NEW is not checked yet, and READY can be sent. UNFIT cannot, or repeats another campaign, and
    LEFT_OUT was dropped, as its draft or connection has changed or the batch was stopped.
    """

    NEW = "NEW"
    READY = "READY"
    UNFIT = "UNFIT"
    QUEUED = "QUEUED"
    LEFT_OUT = "LEFT_OUT"


class Readiness(StrEnum):
    """How far a draft is that was not sent: the worst that is open.

    INCOMPLETE misses answers or has wrong ones, BREAKS does not keep to a rule, and OPEN has
    something that people still have to verify or confirm; READY has nothing open.
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
