"""What the list of drafts can be asked for, and the rows that it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, select

from app.campaign.contract.fields import CampaignType
from app.store.base import MAY_EXIST, Readiness, State
from app.store.models import Draft

PAGE = 20
MOST_ROWS = 200
"""So many are shown at once, where more are asked for."""

Cursor: TypeAlias = tuple[str, int]
"""Where a page begins or ends: the key that drafts are sorted by, and the sequence."""


class Sort(StrEnum):
    """The orders of the list."""

    CHANGED = "changed"
    NAME = "name"
    CLIENT = "client"
    TYPE = "type"
    READINESS = "readiness"
    FIRST_DAY = "first_day"
    HOURS = "hours"


class Show(StrEnum):
    """Which drafts to list, beside the states of a submission."""

    ALL = "all"
    NOT_SENT = "not_sent"
    DELETED = "deleted"


@dataclass(frozen=True)
class DraftQuery:
    """What to list; *after* is where the page before ended, as `Page.next` gave it.

    *before*, given instead, is where the page after it began, as `Page.previous` gave it.
    *keys* are those of the connections to which the drafts go, all if there are none. *names* tells
    how each connection is called, by its key, so that one is found by its name.
    *client* has the keys of the one client to list, and *days* the first and the last day of those
    on which campaigns may begin. *size* is how many to read, up to `MOST_ROWS`.
    """

    search: str = ""
    keys: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    client: frozenset[str] | None = None
    type: str = ""
    days: tuple[date, date] | None = None
    show: Show | Readiness | State = Show.ALL
    sort: Sort = Sort.CHANGED
    after: Cursor | None = None
    before: Cursor | None = None
    is_reversed: bool = False
    size: int = PAGE

    @property
    def shows_deleted(self) -> bool:
        return self.show is Show.DELETED

    @property
    def shows_broken(self) -> bool:
        return self.show is Readiness.BREAKS

    @property
    def sendable(self) -> Sequence[Readiness]:
        """How far drafts are that are sent together: what breaks a rule if that was asked for."""
        whole = (Readiness.OPEN, Readiness.READY)
        return (Readiness.BREAKS,) if self.shows_broken else whole

    @property
    def shows_all(self) -> bool:
        return self.show is Show.ALL

    def shows(self, standing: State | Readiness) -> bool:
        """Tell whether drafts that stand so are shown."""
        if self.show is Show.NOT_SENT:
            return isinstance(standing, Readiness)
        return self.show in {Show.ALL, Show.DELETED, standing}


class Row(NamedTuple):
    """A draft as the list shows it; its fields are those of `models.Draft`.

    Whole drafts would take several times as long: each brings all that was typed in it.
    """

    id: str
    sequence: int
    name: str
    name_key: str
    type: str | None
    state: State | None
    connection_key: str
    first_day: date | None
    day_key: date
    day_key_down: date
    changed_at: datetime
    deleted_at: datetime | None
    findings: Mapping[str, int]
    rules: str
    problems: Mapping[str, int]
    readiness: Readiness
    hours: str
    hours_key: str
    zone: str

    @property
    def shown_day(self) -> date | None:
        """The first day; drafts that were saved long ago may have one though they are INBOUND."""
        return None if self.type == CampaignType.INBOUND else self.first_day

    @property
    def is_locked(self) -> bool:
        return self.state in MAY_EXIST


_ROWS = select(*(getattr(Draft, name) for name in Row._fields))
"""Built once: its columns take longer to put together than what a page filters by."""


def select_matching(query: DraftQuery) -> Select[Any]:
    """Select the rows that a query is held to, but for its search."""
    selection = _ROWS
    if query.show is Show.DELETED:
        selection = selection.where(Draft.deleted_at.is_not(None))
    else:
        selection = selection.where(Draft.deleted_at.is_(None))
    if query.show is Show.NOT_SENT:
        selection = selection.where(Draft.state.is_(None))
    elif isinstance(query.show, Readiness):
        selection = selection.where(Draft.state.is_(None), Draft.readiness == query.show)
    elif isinstance(query.show, State):
        selection = selection.where(Draft.state == query.show)
    if query.type:
        selection = selection.where(Draft.type == query.type)
    if query.keys is not None:
        selection = selection.where(Draft.connection_key.in_(query.keys))
    if query.client is not None:
        selection = selection.where(Draft.connection_key.in_(query.client))
    if query.days is not None:
        selection = selection.where(Draft.day_key.between(*query.days))
    return selection
