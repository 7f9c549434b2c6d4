"""What the palette finds: campaigns by the list's own search, clients and presets, as JSON.

It asks what the list asks, so it shows nobody more than the list does.
"""

from dataclasses import replace

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.rights import Right
from app.services import connections, store
from app.store.collation import has_words, make_sort_key
from app.store.draft_query import Row
from app.store.listing import read_page
from app.store.search_words import NotSearchable
from app.web.access import find_person, needs
from app.web.clients import list_clients
from app.web.kept_presets import list_visible_presets, name_presets
from app.web.list_address import lead_to_list
from app.web.list_query import read_query
from app.web.names import name_campaign
from app.web.state_words import STATE_WORDS

MOST = 8
"""Campaigns that are offered at once; who wants more opens the list."""

_LOOKED_AT = 60
_MOST_CLIENTS = 3
_MOST_PRESETS = 3

bp = Blueprint("finder", __name__)


@bp.get("/find.json")
@needs(Right.VIEW)
def find() -> ResponseReturnValue:
    """Give the first that match: ``[{"name": …, "detail": …, "address": …}]``.

    First come campaigns with the search as it was typed in their names, then clients and presets
    whose names have all its words, and then other campaigns; campaigns changed last first, of all
    clients, whichever is worked on. Of the campaigns that match, the `_LOOKED_AT` changed last are
    sorted so. The detail of a campaign is the connection and the state, in words. What cannot be
    searched finds nothing.
    """
    query = replace(read_query(), client=None, size=_LOOKED_AT)
    with store().reading() as session:
        try:
            rows = read_page(session, query).drafts
        except NotSearchable:
            rows = []
        kept = _list_presets(session, query.search)
    phrase = make_sort_key(query.search)
    near = [row for row in rows if phrase in make_sort_key(row.name)][:MOST]
    others = [row for row in rows if row not in near][: MOST - len(near)]
    return jsonify(
        [
            *map(_describe, near),
            *_list_clients(query.search),
            *kept,
            *map(_describe, others),
        ]
    )


def _list_clients(search: str) -> list[dict[str, str]]:
    """List the clients whose names have the words of a search, of which there has to be one."""
    clients = [
        client for client in list_clients() if search.strip() and has_words(client.name, search)
    ]
    return [
        {
            "name": f"Campaigns of {client.name}",
            "detail": client.mode,
            "address": lead_to_list({"client": client.key}),
        }
        for client in clients[:_MOST_CLIENTS]
    ]


def _list_presets(session: Session, search: str) -> list[dict[str, str]]:
    """List the presets that who asks can begin a campaign with, found as clients are."""
    if not search.strip() or not find_person().may_somewhere(Right.EDIT):
        return []
    titles = name_presets(list_visible_presets(session))
    return [
        {
            "name": f"Preset {title}",
            "detail": "for a new campaign",
            "address": url_for("kept_presets.index", _anchor=f"preset-{preset_id}"),
        }
        for preset_id, title in titles.items()
        if has_words(title, search)
    ][:_MOST_PRESETS]


def _describe(row: Row) -> dict[str, str]:
    connection = connections().find(row.connection_key)
    return {
        "name": name_campaign(row.name),
        "detail": f"{connection.name}, {STATE_WORDS[row.state]}",
        "address": url_for("editing.edit", draft_id=row.id),
    }
