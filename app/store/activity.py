"""What was done to all campaigns, the last thing first, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.store import newest_first
from app.store.audit_trail import OUTCOMES, EventKind, name_draft_chain
from app.store.base import State
from app.store.draft_query import DraftQuery
from app.store.listing import read_ids
from app.store.models import Draft
from app.store.newest_first import NEWEST, Bounds
from app.store.records import Event

PAGE = 50
MOST_CAMPAIGNS = 200
"""So many of the campaigns that a search matches are looked at, those changed last."""

_PREFIX = name_draft_chain("")
_LOOKED_UP = {State.CREATED: '"found": true', State.UNSENT: '"found": false'}
"""What somebody found who looked up what became of an UNKNOWN submission."""


@dataclass(frozen=True)
class ActivityQuery:
    """What to read: events of campaigns, of these *kinds* if any, by exactly *who*.

    *campaigns* finds campaigns as the list does. *outcome* is what became of a submission.
    *bounds* is that of the page among the numbers of events.
    """

    campaigns: DraftQuery
    kinds: Collection[EventKind] = ()
    who: str = ""
    outcome: State | None = None
    bounds: Bounds = NEWEST


class Deed(NamedTuple):
    """An event of a campaign, and the campaign as it is called and goes now."""

    event: Event
    draft_id: str
    name: str
    connection_key: str


def read_page(session: Session, query: ActivityQuery) -> newest_first.Page[Deed]:
    """Read a page of what was done, the last thing first; raises `NotSearchable`."""
    selected = _select(query)
    if query.campaigns.search:
        ids = read_ids(session, query.campaigns, MOST_CAMPAIGNS)
        selected = selected.where(Event.chain.in_(map(name_draft_chain, ids)))

    def read(bounds: Bounds) -> list[Deed]:
        if bounds.after is not None:
            there = selected.where(Event.id > bounds.after).order_by(Event.id)
        else:
            there = selected.order_by(Event.id.desc())
            if bounds.before is not None:
                there = there.where(Event.id < bounds.before)
        return [Deed(*row) for row in session.execute(there.limit(PAGE + 1))]

    return newest_first.read_page(read, lambda deed: deed.event.id, query.bounds, PAGE)


def _select(query: ActivityQuery) -> Select[Event, str, str, str]:
    """Select what a query is held to, but for its search and its page."""
    selected = select(Event, Draft.id, Draft.name, Draft.connection_key).join(
        Draft, Draft.id == func.substr(Event.chain, len(_PREFIX) + 1)
    )
    if query.kinds:
        selected = selected.where(Event.kind.in_(query.kinds))
    if query.outcome:
        selected = selected.where(Event.kind.in_(OUTCOMES), _tell(query.outcome))
    if query.who:
        selected = selected.where(Event.who == query.who)
    for keys in (query.campaigns.keys, query.campaigns.client):
        if keys is not None:
            selected = selected.where(Draft.connection_key.in_(keys))
    return selected.where(Event.chain.startswith(_PREFIX))


def _tell(outcome: State) -> ColumnElement[bool]:
    """Tell of an outcome's event by its details: an answer's state, or what somebody looked up."""
    answered = Event.details.contains(f'"state": "{outcome}"')
    if outcome not in _LOOKED_UP:
        return answered
    return or_(answered, Event.details.contains(_LOOKED_UP[outcome]))
