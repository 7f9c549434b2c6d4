"""What was done to all campaigns and batches, the last thing first, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.store import newest_first
from app.store.audit_trail import OUTCOMES, EventKind, name_batch_chain, name_draft_chain
from app.store.base import State
from app.store.batch_models import Batch
from app.store.draft_query import DraftQuery
from app.store.listing import read_ids
from app.store.models import Draft
from app.store.newest_first import NEWEST, Bounds
from app.store.records import Event

PAGE = 50
MOST_CAMPAIGNS = 200
"""So many of the campaigns that a search matches are looked at, those changed last."""

_OF_DRAFTS, _OF_BATCHES = name_draft_chain(""), name_batch_chain("")
_LOOKED_UP = {State.CREATED: '"found": true', State.UNSENT: '"found": false'}
"""What somebody found who looked up what became of an UNKNOWN submission."""


@dataclass(frozen=True)
class ActivityQuery:
    """What to read: events of campaigns and batches, of these *kinds* if any, by exactly *who*.

    *campaigns* finds campaigns as the list does; with a search there are no batches. *outcome* is
    what became of a submission. *bounds* is that of the page among the numbers of events.
    """

    campaigns: DraftQuery
    kinds: Collection[EventKind] = ()
    who: str = ""
    outcome: State | None = None
    bounds: Bounds = NEWEST


class Deed(NamedTuple):
    """An event of a campaign, and how that is called and where it goes now; or of a batch."""

    event: Event
    draft_id: str | None
    batch_id: int | None
    name: str
    connection_key: str


def read_page(session: Session, query: ActivityQuery) -> newest_first.Page[Deed]:
    """Read a page of what was done, the last thing first; raises `NotSearchable`."""
    selections = [_select_of_drafts(query)]
    if query.campaigns.search:
        ids = read_ids(session, query.campaigns, MOST_CAMPAIGNS)
        selections = [selections[0].where(Event.chain.in_(map(name_draft_chain, ids)))]
    else:
        selections.append(_select_of_batches(query))

    def read(bounds: Bounds) -> list[Deed]:
        deeds = [
            Deed(*row)
            for selected in selections
            for row in session.execute(_limit(selected, bounds))
        ]
        deeds.sort(key=lambda deed: deed.event.id, reverse=bounds.after is None)
        return deeds[: PAGE + 1]

    return newest_first.read_page(read, lambda deed: deed.event.id, query.bounds, PAGE)


_Row: TypeAlias = Select[Event, str | None, int | None, str, str]


def _limit(selected: _Row, bounds: Bounds) -> _Row:
    if bounds.after is not None:
        there = selected.where(Event.id > bounds.after).order_by(Event.id)
    else:
        there = selected.order_by(Event.id.desc())
        if bounds.before is not None:
            there = there.where(Event.id < bounds.before)
    return there.limit(PAGE + 1)


def _select_of_drafts(query: ActivityQuery) -> _Row:
    selected = select(Event, Draft.id, null(), Draft.name, Draft.connection_key).join(
        Draft, Draft.id == func.substr(Event.chain, len(_OF_DRAFTS) + 1)
    )
    return _narrow(selected, query, Draft.connection_key).where(Event.chain.startswith(_OF_DRAFTS))


def _select_of_batches(query: ActivityQuery) -> _Row:
    chain = literal(_OF_BATCHES).concat(cast(Batch.id, String))
    selected = select(Event, null(), Batch.id, literal(""), Batch.connection_key).join(
        Batch, Event.chain == chain
    )
    # Without the condition on the chain alone, each event would be compared with each batch.
    return _narrow(selected, query, Batch.connection_key).where(Event.chain.startswith(_OF_BATCHES))


def _narrow(selected: _Row, query: ActivityQuery, key: InstrumentedAttribute[str]) -> _Row:
    """Select what a query is held to, but for its search and its page; *key* is a connection's."""
    if query.kinds:
        selected = selected.where(Event.kind.in_(query.kinds))
    if query.outcome:
        selected = selected.where(Event.kind.in_(OUTCOMES), _has_outcome(query.outcome))
    if query.who:
        selected = selected.where(Event.who == query.who)
    for keys in (query.campaigns.keys, query.campaigns.client):
        if keys is not None:
            selected = selected.where(key.in_(keys))
    return selected


def _has_outcome(outcome: State) -> ColumnElement[bool]:
    """Build the condition that an event is of an outcome: an answer, or what somebody looked up."""
    answered = Event.details.contains(f'"state": "{outcome}"')
    if outcome not in _LOOKED_UP:
        return answered
    return or_(answered, Event.details.contains(_LOOKED_UP[outcome]))
