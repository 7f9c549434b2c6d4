"""The list of drafts: searched, filtered, sorted, and read a page at a time.

Pages are found by where the last one ended (keyset), so that the thousandth costs
what the first does. The search index is keyed by `Draft.sequence`, so that its hits come
in the order of the last change without being sorted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.campaign.contract.fields import CampaignType
from app.store.base import MAY_EXIST, Readiness, State
from app.store.draft_search import search_drafts
from app.store.models import Draft

PAGE = 20
MOST_ROWS = 200
"""So many are shown at once, where more are asked for."""

COUNTED = 1000
"""Matches are counted up to here; nobody needs to know more exactly."""


Cursor: TypeAlias = tuple[str, int]
"""Where a page begins or ends: the key that drafts are sorted by, and the sequence."""


class Sort(StrEnum):
    """The orders of the list."""

    CHANGED = "changed"
    NAME = "name"
    FIRST_DAY = "first_day"


_KEYS: dict[Sort, InstrumentedAttribute[Any]] = {
    Sort.NAME: Draft.name_key,
    Sort.FIRST_DAY: Draft.day_key,
}


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
    changed_at: datetime
    deleted_at: datetime | None
    findings: Mapping[str, int]
    rules: str
    problems: Mapping[str, int]
    readiness: Readiness
    hours: str
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


@dataclass(frozen=True)
class Page:
    """One page of drafts, how many match (at most `COUNTED`, plus one for "more").

    *previous* and *next* are where it begins and ends, if there is more on that side.
    """

    drafts: list[Row]
    count: int
    previous: Cursor | None
    next: Cursor | None


def read_page(session: Session, query: DraftQuery) -> Page:
    """Read one page of the list, of the size that is asked for; raises `NotSearchable`."""
    matching, sequence = search_drafts(session, select_matching(query), query.search, query.names)
    counted = matching.with_only_columns(Draft.sequence).limit(COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    read = partial(_read, session, matching, sequence, query)
    drafts, has_previous, has_next = _read_with_neighbours(read, query)
    return Page(
        drafts,
        count,
        _make_cursor(drafts[0], query.sort) if has_previous else None,
        _make_cursor(drafts[-1], query.sort) if has_next else None,
    )


def read_ids(session: Session, query: DraftQuery, most: int) -> list[str]:
    """Read the ids of the first drafts that match, in the order of the list.

    Raises `NotSearchable`.
    """
    matching, sequence = search_drafts(session, select_matching(query), query.search, query.names)
    by, is_down = _order(query, sequence)
    ordered = matching.with_only_columns(Draft.id).order_by(
        *(key.desc() if is_down else key for key in by)
    )
    return list(session.scalars(ordered.limit(most)))


def _order(query: DraftQuery, sequence: Any) -> tuple[list[Any], bool]:
    """Give what the list is sorted by, and whether the highest comes first."""
    by_change = query.sort is Sort.CHANGED
    by = [sequence] if by_change else [_KEYS[query.sort], sequence]
    return by, by_change is not query.is_reversed


def _read_with_neighbours(
    read: Callable[..., tuple[list[Row], bool]], query: DraftQuery
) -> tuple[list[Row], bool, bool]:
    """Read the page that is asked for, and whether there is one before and after it.

    What would begin before the first draft is the first page; what has become empty is the last.
    """
    if query.before:
        drafts, more = read(query.before, backwards=True)
        if more:
            return drafts, True, True
    elif query.after:
        drafts, more = read(query.after)
        if drafts:
            return drafts, True, more
        drafts, more = read(None, backwards=True)
        return drafts, more, False
    drafts, more = read(None)
    return drafts, False, more


def _read(  # noqa: PLR0913  From where, in which order and direction.
    session: Session,
    matching: Select[Any],
    sequence: Any,
    query: DraftQuery,
    start: Cursor | None,
    *,
    backwards: bool = False,
) -> tuple[list[Row], bool]:
    """Read what follows a cursor, or comes before it, and whether there is more that way."""
    by, is_down = _order(query, sequence)
    is_down = backwards is not is_down
    if start:
        values = (_read_key(query.sort, start[0]), start[1])[-len(by) :]
        bounds = [literal(value, key.type) for value, key in zip(values, by, strict=True)]
        row, bound = tuple_(*by), tuple_(*bounds)
        matching = matching.where(row < bound if is_down else row > bound)
    ordered = matching.order_by(*(key.desc() if is_down else key for key in by))
    rows = session.execute(ordered.limit(query.size + 1))
    drafts = [Row(*row) for row in rows]
    more, drafts = len(drafts) > query.size, drafts[: query.size]
    return drafts[::-1] if backwards else drafts, more


def _read_key(sort: Sort, key: str) -> str | date:
    """Read a cursor's key; in place of what is no day comes what is after every day."""
    if sort is not Sort.FIRST_DAY:
        return key
    try:
        return date.fromisoformat(key)
    except ValueError:
        return date.max


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


def _make_cursor(draft: Row, sort: Sort) -> Cursor:
    if sort is Sort.CHANGED:
        return "", draft.sequence
    return str(getattr(draft, _KEYS[sort].key)), draft.sequence
