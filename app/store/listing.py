"""The list of drafts, read a page at a time.

Pages are found by where the last one ended (keyset), so that the thousandth costs
what the first does. The search index is keyed by `Draft.sequence`, so that its hits come
in the order of the last change without being sorted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.store.draft_query import Cursor, DraftQuery, Row, Sort, select_matching
from app.store.draft_search import Hits, find_hits
from app.store.list_groups import GROUPINGS, Group, rank
from app.store.models import IS_UNLOCKED, Draft

COUNTED = 1000
"""Matches are counted up to here; nobody needs to know more exactly."""

_KEYS: dict[Sort, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]] = {
    Sort.NAME: (Draft.name_key, Draft.name_key),
    Sort.FIRST_DAY: (Draft.day_key, Draft.day_key_down),
    Sort.HOURS: (Draft.hours_key, Draft.hours),
}
"""What an order goes by, and what it does turned around: no day and no hours come last in both."""


@dataclass(frozen=True)
class Page:
    """One page of drafts, how many match (at most `COUNTED`, plus one for "more").

    *previous* and *next* are where it begins and ends, if there is more on that side.
    """

    drafts: list[Row]
    count: int
    previous: Cursor | None
    next: Cursor | None


class _Search(NamedTuple):
    """What to read from: the rows that match, the column of their sequence, and the groups."""

    query: DraftQuery
    matching: Select[Any]
    sequence: Any
    groups: list[Group]

    @property
    def is_down(self) -> bool:
        """Whether the highest comes first: the last changed, and the first of the groups."""
        return (self.query.sort not in _KEYS) is not self.query.is_reversed

    def list_keys(self) -> list[Any]:
        """List what rows are sorted by."""
        if self.groups:
            return [rank(self.groups), self.sequence]
        key = _find_key(self.query)
        return [self.sequence] if key is None else [key, self.sequence]


def read_page(session: Session, query: DraftQuery, hits: Hits | None = None) -> Page:
    """Read one page of the list, of the size that is asked for; raises `NotSearchable`.

    *hits* are those of its search, if somebody has found them already.
    """
    search = _begin(session, query, hits)
    counted = search.matching.with_only_columns(Draft.sequence).limit(COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    # Group after group, the hits of a search would be looked through again for each.
    in_turn = search.groups and not query.search
    read = partial(_read_groups if in_turn else _read, session, search)
    drafts, has_previous, has_next = _read_with_neighbours(read, query)
    return Page(
        drafts,
        count,
        _make_cursor(drafts[0], query) if has_previous else None,
        _make_cursor(drafts[-1], query) if has_next else None,
    )


def read_ids(
    session: Session, query: DraftQuery, most: int, *, sendable_only: bool = False
) -> list[str]:
    """Read the ids of the first drafts that match, in the order of the list.

    With *sendable_only* those are left out that are not `DraftQuery.sendable`, or of which a
    campaign may exist. Raises `NotSearchable`.
    """
    search = _begin(session, query)
    ids = search.matching.with_only_columns(Draft.id)
    if sendable_only:
        ids = ids.where(IS_UNLOCKED, Draft.readiness.in_(query.sendable))
    return list(session.scalars(_order(ids, search.list_keys(), search.is_down).limit(most)))


def _begin(session: Session, query: DraftQuery, hits: Hits | None = None) -> _Search:
    hits = hits or find_hits(session, query.search, query.names)
    matching, sequence = hits.hold(select_matching(query))
    grouping = GROUPINGS.get(query.sort)
    groups = grouping.list_groups(session, query) if grouping else []
    return _Search(query, matching, sequence, groups)


def _order(selection: Select[Any], by: list[Any], is_down: bool) -> Select[Any]:
    return selection.order_by(*(key.desc() if is_down else key for key in by))


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


def _read(
    session: Session, search: _Search, start: Cursor | None, *, backwards: bool = False
) -> tuple[list[Row], bool]:
    """Read what follows a cursor, or comes before it, and whether there is more that way."""
    by, is_down = search.list_keys(), backwards is not search.is_down
    matching = search.matching
    if start:
        values = (_read_key(search, start[0]), start[1])[-len(by) :]
        bounds = [literal(value, key.type) for value, key in zip(values, by, strict=True)]
        row, bound = tuple_(*by), tuple_(*bounds)
        matching = matching.where(row < bound if is_down else row > bound)
    rows = session.execute(_order(matching, by, is_down).limit(search.query.size + 1))
    return _end_page([Row(*row) for row in rows], search.query.size, backwards=backwards)


def _read_groups(
    session: Session, search: _Search, start: Cursor | None, *, backwards: bool = False
) -> tuple[list[Row], bool]:
    """Read as `_read` does, group after group; what is no group any more, comes after the last."""
    is_down = backwards is not search.is_down
    groups = search.groups if is_down else search.groups[::-1]
    if start:
        keys = [group.key for group in groups]
        end = len(groups) if is_down else 0
        groups = groups[keys.index(start[0]) if start[0] in keys else end :]
    rows: list[Row] = []
    size = search.query.size + 1
    for group in groups:
        matching = search.matching.where(group.condition)
        if start and group.key == start[0]:
            by, bound = search.sequence, start[1]
            matching = matching.where(by < bound if is_down else by > bound)
        following = session.execute(
            _order(matching, [search.sequence], is_down).limit(size - len(rows))
        )
        rows += [Row(*row) for row in following]
        if len(rows) == size:
            break
    return _end_page(rows, search.query.size, backwards=backwards)


def _end_page(rows: list[Row], size: int, *, backwards: bool) -> tuple[list[Row], bool]:
    more, rows = len(rows) > size, rows[:size]
    return rows[::-1] if backwards else rows, more


def _read_key(search: _Search, key: str) -> str | int | date:
    """Read a cursor's key; what is no day, or no group, comes after the last there is."""
    if search.groups:
        keys = [group.key for group in search.groups]
        return -keys.index(key) if key in keys else -len(keys)
    if search.query.sort is not Sort.FIRST_DAY:
        return key
    try:
        return date.fromisoformat(key)
    except ValueError:
        return date.max


def _find_key(query: DraftQuery) -> InstrumentedAttribute[Any] | None:
    return _KEYS[query.sort][query.is_reversed] if query.sort in _KEYS else None


def _make_cursor(draft: Row, query: DraftQuery) -> Cursor:
    if grouping := GROUPINGS.get(query.sort):
        return grouping.find_key(draft), draft.sequence
    key = _find_key(query)
    return "" if key is None else str(getattr(draft, key.key)), draft.sequence
