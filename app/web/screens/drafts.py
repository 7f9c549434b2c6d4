"""The list of drafts, and what can be done to one from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

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

from app.campaign.compliance.acceptance import NOT_KNOWN
from app.campaign.compliance.rulebook import load_rulebook
from app.connections import Connection
from app.rights import Right
from app.sending.approval import find_states_of_drafts
from app.services import connections, store
from app.store import drafts
from app.store.acceptances import count_anew
from app.store.audit_trail import name_draft_chain
from app.store.base import MAY_EXIST
from app.store.draft_query import DraftQuery, Row, Sort
from app.store.draft_search import find_hits
from app.store.drafts import AlreadySubmitted
from app.store.facets import Facet, count_facets
from app.store.listing import COUNTED, Page, read_page
from app.store.saved_views import NOBODY, list_views
from app.store.search_words import NotSearchable
from app.web.access import find_person, list_connections, may, needs
from app.web.bulk_actions import find_ticked, list_done_together
from app.web.clients import find_client, list_clients, map_clients
from app.web.facets import Filter, describe_filters, write_count
from app.web.list_address import find_last_view, lead_to_list, read_asked
from app.web.list_links import link_deleted, link_heading, link_more, link_page
from app.web.list_query import read_asked_client, read_filters, read_query
from app.web.pills import Pill, describe_approval, make_pill
from app.web.visit import name_person

bp = Blueprint("drafts", __name__)


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
            chosen=read_filters(),
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
            headings={sort: link_heading(query, sort) for sort in Sort},
            asked=read_asked(),
            views=list_views(session, find_person().account_id or NOBODY),
            previous_page=link_page(listing.page.previous, "back"),
            more=link_more(query, listing.page),
            next_page=link_page(listing.page.next, "on"),
            deleted_page=link_deleted(),
        )


@dataclass(frozen=True)
class _Listing:
    """What a query finds: a page of rows, the filters beside it, and what of it can be sent.

    `is_counted` tells whether all counts are exact. `sendable` is how many can be sent to each
    client, as text. With a `problem` the query cannot be asked, and all others are empty.
    """

    page: Page
    filters: Sequence[Filter] = ()
    is_counted: bool = True
    sendable: Sequence[tuple[Connection, str]] = ()
    problem: str = ""


def _read_listing(session: Session, query: DraftQuery) -> _Listing:
    try:
        hits = find_hits(session, query.search, query.names)
    except NotSearchable as error:
        return _Listing(Page([], 0, None, None), problem=str(error))
    counts, page = count_facets(session, query, hits), read_page(session, query, hits)
    listed = write_count(page.count, is_capped=page.count > COUNTED)
    return _Listing(
        page=page,
        filters=describe_filters(counts, read_filters(), map_clients(), listed),
        is_counted=not counts.is_capped,
        sendable=_list_sendable(counts.sendable),
    )


def _list_sendable(counted: Facet) -> list[tuple[Connection, str]]:
    """List the clients to whom somebody may send some of what is listed, and how many those are."""
    clients, counts = map_clients(), Counter[str]()
    for key, count in counted.counts.items():
        if key in clients and may(Right.SEND, clients[key].key):
            counts[clients[key].key] += count
    return [
        (clients[key], write_count(count, is_capped=counted.is_capped))
        for key, count in counts.items()
    ]


def _find_only_client() -> Connection | None:
    """Give the client that is worked on, or the only one that there is to look at."""
    clients = list_clients()
    return clients[0] if len(clients) == 1 else find_client(read_asked_client())


def _is_of_another_client() -> bool:
    """Tell whether the address asks for another client than the one that is worked on."""
    asked = read_asked_client()
    return bool(asked) and find_client(asked) != find_client()


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
    """Give the stored counts of a draft's findings; older rules, or an older app, count anew."""
    if row.rules == load_rulebook().version and NOT_KNOWN in row.findings:
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
