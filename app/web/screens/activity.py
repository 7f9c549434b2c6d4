"""Activity: what was done to all campaigns and batches, by whom, and what became of it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for

from app.rights import Right
from app.services import connections, store
from app.store import activity
from app.store.activity import ActivityQuery
from app.store.audit_trail import OUTCOMES, SAYS, EventKind
from app.store.base import ENDED, State
from app.store.draft_query import DraftQuery
from app.store.newest_first import Bounds
from app.store.search_words import NotSearchable
from app.web.access import find_keys, needs
from app.web.clients import find_client, list_clients, list_keys, name_connections
from app.web.connection_names import make_naming
from app.web.event_words import describe_events
from app.web.row_numbers import read_number
from app.web.state_words import STATE_WORDS

bp = Blueprint("activity", __name__)

_KINDS: Mapping[str, tuple[str, frozenset[EventKind]]] = {
    "made": ("Made, copied, edited", frozenset({EventKind.CREATED, EventKind.EDITED})),
    "deleted": ("Deleted, brought back", frozenset({EventKind.DELETED, EventKind.RESTORED})),
    "reviewed": ("Reviewed, findings answered", SAYS | {EventKind.REVIEWED}),
    "approval": (
        "Approval",
        frozenset(
            {
                EventKind.APPROVAL_ASKED,
                EventKind.APPROVAL_OVERRIDDEN,
                EventKind.APPROVAL_REFUSED,
                EventKind.APPROVED,
            }
        ),
    ),
    "sent": ("Send pressed", frozenset({EventKind.SENT})),
    "batch": (
        "Batches sent, paused, ended",
        frozenset(
            {
                EventKind.BATCH_CONFIRMED,
                EventKind.BATCH_PAUSED,
                EventKind.BATCH_RESUMED,
                EventKind.BATCH_STOPPED,
            }
        ),
    ),
    "outcome": ("Outcomes", OUTCOMES),
    "talk": (
        "Comments, who looks after it",
        frozenset(
            {
                EventKind.ASSIGNED,
                EventKind.COMMENT_RESOLVED,
                EventKind.COMMENT_REOPENED,
                EventKind.COMMENTED,
            }
        ),
    ),
}
"""What can be asked for, by its name in the address: its words, and the events it has."""

_ASKED = ("search", "kind", "outcome", "who", "client")


@bp.get("/activity")
@needs(Right.VIEW)
def index() -> str:
    problem = ""
    with store().reading() as session:
        try:
            page, newer, older = activity.read_page(session, _read_query())
        except NotSearchable as error:
            page, newer, older, problem = [], None, None, str(error)
        events = [deed.event for deed in reversed(page)]
        entries = describe_events(events, make_naming(session))
    deeds = {deed.event.chain: deed for deed in page}
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in _ASKED}
    return render_template(
        "activity/index.html",
        connection=find_client(asked["client"] or ""),
        asked=asked,
        problem=problem,
        most=activity.MOST_CAMPAIGNS,
        rows=[(entry, deeds[entry.chain]) for entry in reversed(entries)],
        people=sorted({deed.event.who for deed in page} - {""}),
        kinds={name: words for name, (words, _) in _KINDS.items()},
        outcomes={state.value: STATE_WORDS[state] for state in ENDED},
        to={deed.connection_key: connections().find(deed.connection_key) for deed in page},
        has_clients=len(list_clients()) > 1,
        newer=newer and url_for("activity.index", **asked, after=newer),
        older=older and url_for("activity.index", **asked, before=older),
    )


def _read_query() -> ActivityQuery:
    """Read the query from the address; what is not known there is not asked for."""
    asked: Mapping[str, Any] = request.args
    outcome = asked.get("outcome", "")
    return ActivityQuery(
        DraftQuery(
            search=asked.get("search", "").strip(),
            names=name_connections(),
            keys=find_keys(),
            client=list_keys(find_client(asked.get("client", ""))),
        ),
        kinds=_KINDS.get(asked.get("kind", ""), ("", frozenset()))[1],
        who=asked.get("who", "").strip(),
        outcome=State(outcome) if outcome in set(ENDED) else None,
        bounds=Bounds(
            request.args.get("before", type=read_number),
            request.args.get("after", type=read_number),
        ),
    )
