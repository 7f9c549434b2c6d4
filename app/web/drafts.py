"""The list of drafts, and what can be done to one from it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract import CampaignType
from app.campaign.rulebook import rulebook
from app.store import drafts
from app.store.acceptances import findings_left
from app.store.base import State
from app.store.drafts import AlreadySubmitted
from app.store.listing import COUNTED, Page, Query, Row, Show, Sort, page
from app.store.search_words import NotSearchable
from app.web.current import connections, store, who
from app.web.paging import number
from app.web.state_words import STATE_WORDS

bp = Blueprint("drafts", __name__)

SHOW_WORDS: dict[Show | State, str] = {
    Show.ALL: "All",
    Show.NOT_SENT: "Not sent yet",
    **{state: STATE_WORDS[state] for state in State},
    Show.DELETED: "Deleted",
}
SORT_WORDS = {
    Sort.CHANGED: "Last changed",
    Sort.NAME: "Name",
    Sort.FIRST_DAY: "First day",
}


@bp.get("/")
def index() -> str:
    destinations = {"": connections().default} | {one.key: one for one in connections().all()}
    query, problem = _query({key: one.name for key, one in destinations.items()}), ""
    with store().reading() as session:
        try:
            drafts_page = page(session, query)
        except NotSearchable as error:
            drafts_page, problem = Page([], 0, None), str(error)
        return render_template(
            "drafts/index.html",
            query=query,
            problem=problem,
            page=drafts_page,
            findings={row.id: _findings(session, row) for row in drafts_page.drafts},
            destinations=destinations,
            counted=COUNTED,
            show_words=SHOW_WORDS,
            sort_words=SORT_WORDS,
            next_page=_address_of_next(drafts_page.next),
        )


def _findings(session: Session, row: Row) -> Mapping[str, int]:
    """Count the findings of a draft; those that older rules found are looked for anew."""
    if row.rules == rulebook().version:
        return row.findings
    return findings_left(drafts.find(session, row.id))


@bp.post("/drafts/<draft:draft_id>/delete")
def delete(draft_id: str) -> ResponseReturnValue:
    try:
        with store().writing() as session:
            drafts.delete(session, draft_id, who=who())
    except AlreadySubmitted:
        flash("This draft was sent, and its record is kept.")
    else:
        flash(draft_id, "deleted")
    return redirect(url_for("drafts.index"))


@bp.post("/drafts/<draft:draft_id>/restore")
def restore(draft_id: str) -> ResponseReturnValue:
    with store().writing() as session:
        drafts.restore(session, draft_id, who=who())
    flash("The draft is back.")
    return redirect(url_for("editing.edit", draft_id=draft_id))


def _query(names: Mapping[str, str]) -> Query:
    """Read the query from the address; what is not known there is not asked for."""
    asked = request.args
    shown = {str(key): key for key in SHOW_WORDS}
    after = asked.get("place", type=number)
    return Query(
        search=asked.get("search", "").strip(),
        names=names,
        type=asked["type"] if asked.get("type") in set(CampaignType) else "",
        show=shown.get(asked.get("show", ""), Show.ALL),
        sort=asked.get("sort", Sort.CHANGED, type=Sort),
        after=None if after is None else (asked.get("key", ""), after),
    )


def _address_of_next(after: tuple[str, int] | None) -> str | None:
    if after is None:
        return None
    kept: dict[str, Any] = {
        key: value for key, value in request.args.items() if key not in {"key", "place"}
    }
    return url_for("drafts.index", **kept | {"key": after[0], "place": str(after[1])})
