"""What the list of drafts is asked for, as its address says it."""

from calendar import monthrange
from datetime import date
from typing import Any

from flask import request

from app.campaign.contract.fields import CampaignType
from app.store.base import Readiness, State
from app.store.draft_query import MOST_ROWS, PAGE, DraftQuery, Show, Sort
from app.web.access import find_keys
from app.web.clients import find_client, list_keys, name_connections
from app.web.facets import NO_FIRST_DAY
from app.web.list_address import REVERSED, read_asked, select_filters
from app.web.row_numbers import read_number

_SHOWS: dict[str, Show | Readiness | State] = {str(key): key for key in (*Show, *Readiness, *State)}


def read_asked_client() -> str:
    """Read the client that the address asks for; empty is the one that is worked on."""
    return request.args.get("client", "")


def read_query() -> DraftQuery:
    """Read the query from the address; what is not known there is not asked for."""
    asked = request.args
    sequence, key = asked.get("cursor", type=read_number), asked.get("key", "")
    cursor = None if sequence is None else (key, sequence)
    is_back = asked.get("turn") == "back"
    return DraftQuery(
        search=asked.get("search", "").strip(),
        names=name_connections(),
        keys=find_keys(),
        client=list_keys(find_client(read_asked_client())),
        days=_read_month(asked.get("month", "")),
        type=asked["type"] if asked.get("type") in set(CampaignType) else "",
        show=_SHOWS.get(asked.get("show", ""), Show.ALL),
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


def read_filters() -> dict[str, Any]:
    """Give what the list is held to, and how it is sorted; what is no month is not asked for."""
    filters = select_filters(read_asked())
    if _read_month(filters.get("month", "")) is None:
        filters.pop("month", None)
    return filters
