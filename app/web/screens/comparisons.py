"""Two campaigns side by side: only what differs."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.rights import Right
from app.services import store
from app.store import drafts
from app.web.access import find_keys, needs
from app.web.bulk_actions import TICK_TWO, TWO
from app.web.connection_names import make_naming
from app.web.event_words import list_changes
from app.web.list_address import lead_to_list

bp = Blueprint("comparisons", __name__)


@bp.get("/compare")
@needs(Right.VIEW)
def show() -> ResponseReturnValue:
    """Compare the two campaigns whose ids the address has as ``draft``."""
    asked = list(dict.fromkeys(request.args.getlist("draft")))
    if len(asked) != TWO:
        flash(TICK_TWO)
        return redirect(lead_to_list())
    with store().reading() as session:
        if len(drafts.select_ids(session, asked, find_keys())) != TWO:
            abort(404)
        first, second = (drafts.find(session, draft_id) for draft_id in asked)
        return render_template(
            "drafts/comparison.html",
            first=first,
            second=second,
            back=lead_to_list(),
            differences=list_changes(first.answers, second.answers, make_naming(session)),
        )
