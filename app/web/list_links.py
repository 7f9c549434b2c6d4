"""Where the headings and the pages of the list lead."""

from typing import Any

from app.store.draft_query import MOST_ROWS, PAGE, Cursor, DraftQuery, Show, Sort
from app.store.listing import Page
from app.web.list_address import FILTERS, REVERSED, lead_to_list, read_asked
from app.web.list_query import read_filters


def link_heading(query: DraftQuery, sort: Sort) -> str:
    """Lead to the list sorted by a column; the one that it is sorted by turns it around."""
    asked = {name: value for name, value in read_filters().items() if name in FILTERS}
    turns = query.sort is sort and not query.is_reversed
    order = {"order": REVERSED} if turns else {}
    return lead_to_list(asked | {"sort": sort} | order)


def link_page(cursor: Cursor | None, turn: str) -> str | None:
    """Lead to the page that begins or ends at a cursor; `None` for none."""
    if cursor is None:
        return None
    at = {"key": cursor[0], "cursor": str(cursor[1]), "turn": turn}
    return lead_to_list(read_asked() | at)


def link_deleted() -> str:
    """Lead to what was deleted, of the client that the list is held to."""
    of_client = {name: value for name, value in read_filters().items() if name == "client"}
    return lead_to_list(of_client | {"show": Show.DELETED})


def _drop_cursor(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in {"key", "cursor", "turn"}}


def link_more(query: DraftQuery, page: Page) -> str | None:
    """Lead to the same page with more rows below, at the first of them; `None` if it is full."""
    is_first = page.previous is None
    if page.next is None or (query.before and not is_first) or query.size >= MOST_ROWS:
        return None
    asked = _drop_cursor(read_asked()) if is_first else read_asked()
    address = lead_to_list(asked | {"rows": query.size + PAGE})
    return f"{address}#row-{len(page.drafts) + 1}"
