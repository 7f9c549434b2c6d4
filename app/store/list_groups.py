"""The orders of the list in which campaigns that are alike stand together.

No column has what these go by: a client is called what its connection is called today, and how far
a campaign is has an order of its own. A group is one range of an index, the last changed first, so
that a page reads group after group until it is full, however long the list is.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.campaign.contract.fields import CampaignType
from app.store.base import Readiness, State
from app.store.collation import make_sort_key
from app.store.draft_query import DraftQuery, Row, Sort
from app.store.models import Draft

STANDINGS: tuple[State | Readiness, ...] = (
    *(State.UNKNOWN, State.REFUSED, State.UNSENT),
    *(Readiness.INCOMPLETE, Readiness.BREAKS, Readiness.OPEN, Readiness.READY),
    *(State.QUEUED, State.SENDING, State.CREATED),
)
"""How far a campaign is, in the order in which somebody has to see to it."""


class Group(NamedTuple):
    """Campaigns that are alike: what their rows say of it, and the condition that they meet."""

    key: str
    condition: ColumnElement[bool]


class Grouping(NamedTuple):
    """How to list the groups that a query can have, in their order, and how to tell a row's key."""

    list_groups: Callable[[Session, DraftQuery], list[Group]]
    find_key: Callable[[Row], str]


def rank(groups: Sequence[Group]) -> ColumnElement[int]:
    """Rank a row by its group: the first is the highest, as what was changed last is."""
    return case(*((group.condition, -place) for place, group in enumerate(groups)))


def _list_clients(session: Session, query: DraftQuery) -> list[Group]:
    """List those that have drafts, by name; one whose connection is gone comes last."""
    keys = select(func.min(Draft.connection_key).label("key")).cte(recursive=True)
    # Each by the index from the one before: to read all rows takes longer the more there are.
    following = select(func.min(Draft.connection_key)).where(Draft.connection_key > keys.c.key)
    keys = keys.union_all(select(following.scalar_subquery()).where(keys.c.key.is_not(None)))
    keys_there = [
        key
        for key in session.scalars(select(keys.c.key).where(keys.c.key.is_not(None)))
        if all(allowed is None or key in allowed for allowed in (query.keys, query.client))
    ]
    keys_there.sort(
        key=lambda key: (key not in query.names, make_sort_key(query.names.get(key, "")), key)
    )
    return [Group(key, Draft.connection_key == key) for key in keys_there]


def _list_types(_: Session, query: DraftQuery) -> list[Group]:
    groups = [Group(kind, Draft.type == kind) for kind in CampaignType]
    return [
        group
        for group in (*groups, Group("", Draft.type.is_(None)))
        if query.type in {"", group.key}
    ]


def _list_standings(_: Session, query: DraftQuery) -> list[Group]:
    return [Group(standing, _stands(standing)) for standing in STANDINGS if query.shows(standing)]


def _stands(standing: State | Readiness) -> ColumnElement[bool]:
    if isinstance(standing, State):
        return Draft.state == standing
    return and_(Draft.state.is_(None), Draft.readiness == standing)


GROUPINGS: dict[Sort, Grouping] = {
    Sort.CLIENT: Grouping(_list_clients, lambda row: row.connection_key),
    Sort.TYPE: Grouping(_list_types, lambda row: row.type or ""),
    Sort.READINESS: Grouping(_list_standings, lambda row: row.state or row.readiness),
}
