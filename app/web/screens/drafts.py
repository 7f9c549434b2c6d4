"""The list of drafts, and what can be done to one from it."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import (
    Blueprint,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import CampaignType
from app.connections import Connection
from app.rights import Right
from app.sending.approval import find_states_of_drafts
from app.services import connections, store
from app.store import drafts
from app.store.acceptances import count_anew
from app.store.audit_trail import name_draft_chain
from app.store.base import MAY_EXIST, Readiness, State
from app.store.draft_query import MOST_ROWS, PAGE, Cursor, DraftQuery, Row, Show, Sort
from app.store.draft_search import find_hits
from app.store.drafts import AlreadySubmitted
from app.store.facets import count_facets, count_sendable
from app.store.listing import COUNTED, Page, read_page
from app.store.saved_views import NOBODY, list_views
from app.store.search_words import NotSearchable
from app.web.access import find_keys, find_person, list_connections, needs
from app.web.clients import (
    find_client,
    list_clients,
    list_keys,
    map_clients,
    name_connections,
)
from app.web.facets import NO_FIRST_DAY, Filter, describe_filters
from app.web.list_address import (
    FILTERS,
    REVERSED,
    find_last_view,
    lead_to_list,
    read_asked,
    select_filters,
)
from app.web.pills import READINESS_WORDS, SHORT_STATE_WORDS, Pill, describe_approval, make_pill
from app.web.row_numbers import read_number
from app.web.together import find_ticked, list_done_together
from app.web.visit import name_person

bp = Blueprint("drafts", __name__)

SHOW_WORDS: dict[Show | Readiness | State, str] = {
    Show.ALL: "All",
    Show.NOT_SENT: "Not sent yet",
    **{readiness: READINESS_WORDS[readiness] for readiness in READINESS_WORDS},
    **{state: SHORT_STATE_WORDS[state] for state in State},
    Show.DELETED: "Deleted",
}


@bp.get("/")
@needs(Right.VIEW)
def index() -> ResponseReturnValue:
    last = find_last_view()
    if last and not request.args:
        return redirect(url_for("views.show", view_id=last))
    by_key = {"": connections().default} | {
        connection.key: connection for connection in connections().list_all()
    }
    query = read_query()
    with store().reading() as session:
        listing = _read_listing(session, query)
        return render_template(
            "drafts/index.html",
            query=query,
            listing=listing,
            page=listing.page,
            chosen=_read_filters(),
            pills=_make_pills(session, listing.page.drafts, by_key),
            now=datetime.now(UTC),
            by_key=by_key,
            connection=_find_only_client(),
            is_of_another_client=_is_of_another_client(),
            deleted=[
                drafts.find(session, str(draft_id))
                for draft_id in get_flashed_messages(category_filter=["deleted"])
            ],
            together=list_done_together(),
            ticked=find_ticked(),
            offered=[to for to in list_connections(Right.EDIT) if to.is_enabled],
            counted=COUNTED,
            headings={sort: _link_heading(query, sort) for sort in Sort},
            asked=read_asked(),
            views=list_views(session, find_person().account_id or NOBODY),
            previous_page=_link_page(listing.page.previous, "back"),
            more=_link_more(query, listing.page),
            next_page=_link_page(listing.page.next, "on"),
        )


@dataclass(frozen=True)
class _Listing:
    """What a query finds: a page of rows, the filters beside it, and how many can be sent.

    With a `problem` the query cannot be asked, and all others are empty.
    """

    page: Page
    filters: Sequence[Filter] = ()
    sendable: int = 0
    problem: str = ""


def _read_listing(session: Session, query: DraftQuery) -> _Listing:
    try:
        hits = find_hits(session, query.search, query.names)
    except NotSearchable as error:
        return _Listing(Page([], 0, None, None), problem=str(error))
    counts = count_facets(session, query, hits)
    return _Listing(
        page=read_page(session, query, hits),
        filters=describe_filters(counts, _read_filters(), map_clients()),
        sendable=count_sendable(counts.standings, query),
    )


def _find_only_client() -> Connection | None:
    """Give the client that is worked on, or the only one that there is to look at."""
    clients = list_clients()
    return clients[0] if len(clients) == 1 else find_client(_asked_client())


def _is_of_another_client() -> bool:
    """Tell whether the address asks for another client than the one that is worked on."""
    asked = _asked_client()
    return bool(asked) and find_client(asked) != find_client()


def _asked_client() -> str:
    return request.args.get("client", "")


def _make_pills(
    session: Session, rows: Sequence[Row], by_key: Mapping[str, Connection]
) -> dict[str, Pill]:
    states = find_states_of_drafts(
        session,
        {
            row.id: by_key[row.connection_key]
            for row in rows
            if row.state not in MAY_EXIST and row.connection_key in by_key
        },
    )
    approvals = {draft_id: describe_approval(state) for draft_id, state in states.items()}
    return {
        row.id: make_pill(row, _count_findings(session, row), approvals.get(row.id)) for row in rows
    }


def _count_findings(session: Session, row: Row) -> Mapping[str, int]:
    """Count the findings of a draft; those that older rules found are looked for anew."""
    if row.rules == load_rulebook().version:
        return row.findings
    return count_anew(drafts.find(session, row.id))


@bp.post("/drafts/<draft:draft_id>/delete")
@needs(Right.EDIT)
def delete(draft_id: str) -> ResponseReturnValue:
    try:
        with store().writing(name_draft_chain(draft_id)) as session:
            drafts.delete(session, draft_id, who=name_person())
    except AlreadySubmitted:
        flash("This campaign was sent, and its record is kept.")
    else:
        flash(draft_id, "deleted")
    return redirect(lead_to_list())


@bp.post("/drafts/<draft:draft_id>/restore")
@needs(Right.EDIT)
def restore(draft_id: str) -> ResponseReturnValue:
    """Bring a draft back, and lead on to the list as it was, or to the draft."""
    with store().writing(name_draft_chain(draft_id)) as session:
        drafts.restore(session, draft_id, who=name_person())
    flash("The campaign is back.")
    if request.form.get("then") == "edit":
        return redirect(url_for("editing.edit", draft_id=draft_id))
    return redirect(lead_to_list())


def read_query() -> DraftQuery:
    """Read the query from the address; what is not known there is not asked for."""
    asked = request.args
    shows = {str(key): key for key in SHOW_WORDS}
    sequence, key = asked.get("cursor", type=read_number), asked.get("key", "")
    cursor = None if sequence is None else (key, sequence)
    is_back = asked.get("turn") == "back"
    return DraftQuery(
        search=asked.get("search", "").strip(),
        names=name_connections(),
        keys=find_keys(),
        client=list_keys(find_client(_asked_client())),
        days=_read_month(asked.get("month", "")),
        type=asked["type"] if asked.get("type") in set(CampaignType) else "",
        show=shows.get(asked.get("show", ""), Show.ALL),
        sort=asked.get("sort", Sort.CHANGED, type=Sort),
        is_reversed=asked.get("order") == REVERSED,
        after=None if is_back else cursor,
        before=cursor if is_back else None,
        size=min(max(asked.get("rows", PAGE, type=read_number), PAGE), MOST_ROWS),
    )


def _read_month(text: str) -> tuple[date, date] | None:
    """Read the days of a month, such as 2027-01; those without a first day are after all days."""
    if text == NO_FIRST_DAY:
        return date.max, date.max
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _read_filters() -> dict[str, Any]:
    """Give what the list is held to, and how it is sorted; what is no month is not asked for."""
    filters = select_filters(read_asked())
    if _read_month(filters.get("month", "")) is None:
        filters.pop("month", None)
    return filters


def _link_heading(query: DraftQuery, sort: Sort) -> str:
    """Lead to the list sorted by a column; the one that it is sorted by turns it around."""
    asked = {name: value for name, value in _read_filters().items() if name in FILTERS}
    turns = query.sort is sort and not query.is_reversed
    order = {"order": REVERSED} if turns else {}
    return lead_to_list(asked | {"sort": sort} | order)


def _link_page(cursor: Cursor | None, turn: str) -> str | None:
    if cursor is None:
        return None
    at = {"key": cursor[0], "cursor": str(cursor[1]), "turn": turn}
    asked = {name: value for name, value in read_asked().items() if name != "rows"}
    return lead_to_list(asked | at)


def _drop_cursor(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in {"key", "cursor", "turn"}}


def _link_more(query: DraftQuery, page: Page) -> str | None:
    """Lead to the same page with more rows below, at the first of them; `None` if it is full."""
    is_first = page.previous is None
    if page.next is None or (query.before and not is_first) or query.size >= MOST_ROWS:
        return None
    asked = _drop_cursor(read_asked()) if is_first else read_asked()
    address = lead_to_list(asked | {"rows": query.size + PAGE})
    return f"{address}#row-{len(page.drafts) + 1}"
