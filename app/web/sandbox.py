"""What the sandbox was sent, on a page that nobody can take for the vendor's."""

from flask import Blueprint, render_template, request, url_for

from app.web.current import ledger
from app.web.paging import place

bp = Blueprint("sandbox", __name__)

_PAGE = 50


@bp.get("/sandbox-campaigns")
def show() -> str:
    kept = ledger().page(_PAGE + 1, before=request.args.get("before", type=place))
    more = len(kept) > _PAGE
    return render_template(
        "sandbox/show.html",
        campaigns=kept[:_PAGE],
        older=url_for("sandbox.show", before=kept[_PAGE - 1].number) if more else None,
    )
