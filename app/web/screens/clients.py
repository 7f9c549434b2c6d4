"""The switch in the head of every page: whose campaigns to work on."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.rights import Right
from app.web.access import needs
from app.web.clients import remember_client

bp = Blueprint("clients", __name__)

_FOLLOW = frozenset({"activity.index", "batches.index", "drafts.index", "log.index"})
"""Pages that list what belongs to clients, and are shown again for another one."""


@bp.post("/client")
@needs(Right.VIEW)
def choose() -> ResponseReturnValue:
    """Work on a client from now on, in the same list, or else in that of campaigns."""
    page = request.form.get("page", "")
    answer = redirect(url_for(page if page in _FOLLOW else "drafts.index"))
    remember_client(answer, request.form.get("client", ""))
    return answer
