"""What the palette finds among the campaigns: the list's own search, as a few lines of JSON.

It asks what the list asks, so it shows nobody more than the list does.
"""

from dataclasses import replace

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from app.rights import Right
from app.services import connections, store
from app.store.draft_query import Row
from app.store.listing import read_page
from app.store.search_words import NotSearchable
from app.web.access import needs
from app.web.list_query import read_query
from app.web.names import name_campaign
from app.web.state_words import STATE_WORDS

MOST = 8
"""Campaigns that are offered at once; who wants more opens the list."""

bp = Blueprint("finder", __name__)


@bp.get("/find.json")
@needs(Right.VIEW)
def find() -> ResponseReturnValue:
    """Give the first campaigns that match: ``[{"name": …, "detail": …, "address": …}]``.

    They are those of all clients, whichever is worked on.

    The detail is the connection and the state, in words. What cannot be searched finds nothing.
    """
    with store().reading() as session:
        try:
            rows = read_page(session, replace(read_query(), client=None)).drafts[:MOST]
        except NotSearchable:
            rows = []
    return jsonify(
        [
            {
                "name": name_campaign(row.name),
                "detail": _describe(row),
                "address": url_for("editing.edit", draft_id=row.id),
            }
            for row in rows
        ]
    )


def _describe(row: Row) -> str:
    return f"{connections().find(row.connection_key).name}, {STATE_WORDS[row.state]}"
