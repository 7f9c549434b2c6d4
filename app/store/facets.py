"""How many drafts each choice of the list's filters would show.

A choice is counted under the other filters, without the one that it belongs to. Only so many rows
are looked at, in one go, so that it costs the same however many there are; where more match, each
count is the least that there are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.store.base import MAY_EXIST, Readiness, State
from app.store.draft_query import DraftQuery, Show, select_matching
from app.store.draft_search import Hits
from app.store.listing import COUNTED
from app.store.models import Draft

NO_DAY = "9999-12"
"""The month of what has no first day, by the key that such drafts are sorted by."""


@dataclass(frozen=True)
class Facet:
    """The counts of one filter's choices; they are *capped* where not every row was looked at."""

    counts: Mapping[Any, int]
    is_capped: bool


@dataclass(frozen=True)
class Facets:
    """The counts by a connection's key, by how far a draft is, by type, and by month (2027-01).

    `sendable` counts by a connection's key what the query shows that is `DraftQuery.sendable`,
    with no campaign that may exist.
    """

    clients: Facet
    standings: Facet
    types: Facet
    months: Facet
    sendable: Facet

    @property
    def is_capped(self) -> bool:
        """Whether some of the counts are the least that there are."""
        return any(
            facet.is_capped for facet in (self.clients, self.standings, self.types, self.months)
        )


def count_facets(session: Session, query: DraftQuery, hits: Hits) -> Facets:
    """Count the choices of all filters among the *hits* of the query's search."""
    every_state = Show.DELETED if query.show is Show.DELETED else Show.ALL
    without = {
        "key": replace(query, client=None),
        "standing": replace(query, show=every_state),
        "type": replace(query, type=""),
        "month": replace(query, days=None),
    }
    groups = _read_groups(session, query, hits)
    facets = {
        name: _add_up(groups if asked == query else _read_groups(session, asked, hits), name)
        for name, asked in without.items()
    }
    is_capped = sum(group.drafts for group in groups) > COUNTED
    sendable = [  # As `read_ids` reads them.
        group
        for group in groups
        if group.readiness in query.sendable and group.state not in MAY_EXIST
    ]
    return Facets(
        facets["key"],
        facets["standing"],
        facets["type"],
        facets["month"],
        sendable=Facet(_count(sendable, "key"), is_capped),
    )


class _Group(NamedTuple):
    key: str
    state: State | None
    readiness: Readiness
    type: str | None
    month: str
    drafts: int

    @property
    def standing(self) -> State | Readiness:
        return self.state or self.readiness


def _read_groups(session: Session, query: DraftQuery, hits: Hits) -> list[_Group]:
    """Count the rows changed last that match by everything that there is a filter for."""
    matching, sequence = hits.hold(select_matching(query))
    seen = (
        matching.with_only_columns(
            Draft.connection_key,
            Draft.state,
            Draft.readiness,
            Draft.type,
            func.substr(cast(Draft.day_key, String), 1, 7).label("month"),
        )
        .order_by(sequence.desc())  # As the index of the search has them, or it is read whole.
        .limit(COUNTED + 1)
        .subquery()
    )
    counted = select(*seen.c, func.count()).group_by(*seen.c)
    return [_Group._make(row) for row in session.execute(counted)]


def _add_up(groups: list[_Group], name: str) -> Facet:
    counts = _count(groups, name)
    return Facet(counts, counts.total() > COUNTED)


def _count(groups: list[_Group], name: str) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for group in groups:
        counts[getattr(group, name)] += group.drafts
    return counts
