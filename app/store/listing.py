"""The list of drafts: searched, filtered, sorted, and read a page at a time.

Pages are found by where the last one ended (keyset), so that the thousandth costs
what the first does. The search index is keyed by `Draft.place`, so that its hits come
in the order of the last change without being sorted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, String, func, select, tuple_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.store.base import MAY_EXIST, State
from app.store.draft_search import search
from app.store.models import Draft

PAGE = 30
COUNTED = 1000
"""Matches are counted up to here; nobody needs to know more exactly."""


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
class Query:
    """What to list; *after* is where the page before ended, as `Page.next` gave it.

    *names* tells how each connection is called, by its key, so that one is found by its name.
    """

    search: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    show: Show | State = Show.ALL
    sort: Sort = Sort.CHANGED
    after: tuple[str, int] | None = None


class Row(NamedTuple):
    """A draft as the list shows it; its fields are those of `models.Draft`.

    Whole drafts would take several times as long: each brings all that was typed in it.
    """

    id: str
    place: int
    name: str
    name_key: str
    type: str | None
    state: State | None
    destination: str
    first_day: date | None
    day_key: date
    changed_at: datetime
    deleted_at: datetime | None
    findings: Mapping[str, int]
    rules: str

    @property
    def is_locked(self) -> bool:
        return self.state in MAY_EXIST


_COLUMNS = [
    func.coalesce(Draft.answers["connection"].as_string(), "").label(name)
    if name == "destination"
    else getattr(Draft, name)
    for name in Row._fields
]


@dataclass(frozen=True)
class Page:
    """One page of drafts, how many match (at most `COUNTED`, plus one for "more"), what follows."""

    drafts: list[Row]
    count: int
    next: tuple[str, int] | None


def page(session: Session, query: Query) -> Page:
    """Read one page of the list; raises `NotSearchable`."""
    matching, place = search(session, _filtered(query), query.search, query.names)
    ordered = _ordered(matching, place, query)
    rows = session.execute(ordered.with_only_columns(*_COLUMNS).limit(PAGE + 1))
    drafts = [Row(*row) for row in rows]
    counted = matching.with_only_columns(Draft.place).limit(COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    more = len(drafts) > PAGE
    return Page(drafts[:PAGE], count, _position(drafts[PAGE - 1], query.sort) if more else None)


def _filtered(query: Query) -> Select[Draft]:
    wanted = select(Draft)
    if query.show is Show.DELETED:
        wanted = wanted.where(Draft.deleted_at.is_not(None))
    else:
        wanted = wanted.where(Draft.deleted_at.is_(None))
    if query.show is Show.NOT_SENT:
        wanted = wanted.where(Draft.state.is_(None))
    elif isinstance(query.show, State):
        wanted = wanted.where(Draft.state == query.show)
    if query.type:
        wanted = wanted.where(Draft.type == query.type)
    return wanted


def _ordered(wanted: Select[Draft], place: Any, query: Query) -> Select[Draft]:
    if query.sort is Sort.CHANGED:
        if query.after:
            wanted = wanted.where(place < query.after[1])
        return wanted.order_by(place.desc())

    key = _KEYS[query.sort]
    if query.after:
        wanted = wanted.where(tuple_(type_coerce(key, String), place) > tuple_(*query.after))
    return wanted.order_by(key, place)


def _position(draft: Row, sort: Sort) -> tuple[str, int]:
    if sort is Sort.CHANGED:
        return "", draft.place
    return str(getattr(draft, _KEYS[sort].key)), draft.place
