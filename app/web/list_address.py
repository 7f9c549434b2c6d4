"""The address of the list of campaigns: everything that is chosen there stands in it."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from app.web.clients import name_client
from app.web.remembered import remember
from app.web.row_numbers import read_number

REVERSED = "reversed"
FILTERS = ("search", "type", "show", "client", "month")
_SORTED = ("sort", "order")
_ASKED = (*FILTERS, *_SORTED, "view", "key", "cursor", "turn", "rows")
_COOKIE = "view"


def read_asked() -> dict[str, Any]:
    """Read the list's parameters from the address; forms on the list post to one with the same."""
    asked = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    client = name_client(asked.pop("client", ""))
    return asked | ({"client": client} if client else {})


def select_filters(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Select what holds the list to some campaigns, and how it is sorted, without the page."""
    return {name: value for name, value in asked.items() if name in {*FILTERS, *_SORTED}}


def lead_to_list(asked: Mapping[str, Any] | None = None) -> str:
    """Lead to the list as *asked* for, else as this request has it.

    Without anything asked for, the list begins with the view that was opened last; where that is
    not meant, the address says so.
    """
    asked = read_asked() if asked is None else asked
    if not asked and find_last_view():
        return url_for("drafts.index", view=0)
    return url_for("drafts.index", **asked)


def find_last_view() -> int:
    """Give the number of the view that was opened last; 0 is none."""
    try:
        return read_number(request.cookies.get(_COOKIE, "0"))
    except ValueError:
        return 0


def remember_view(response: Response, view_id: int) -> None:
    """Let the next visit begin with a view; 0 is all campaigns."""
    remember(response, _COOKIE, str(view_id))
