"""Views of the list: kept under a name, opened again, and forgotten."""

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.forms.view import ViewForm
from app.rights import Right
from app.services import store
from app.store import saved_views
from app.store.saved_views import MOST, NOBODY, TooManyViews
from app.web.access import find_person, needs
from app.web.clients import find_client
from app.web.list_address import lead_to_list, read_asked, remember_view, select_filters
from app.web.row_numbers import read_number

bp = Blueprint("views", __name__)


@bp.post("/views")
@needs(Right.VIEW)
def keep() -> ResponseReturnValue:
    """Keep what the list is held to, and how it is sorted, under a name."""
    form = ViewForm(request.form)
    if not form.validate():
        flash(str(form.name.errors[0]))
        return redirect(lead_to_list())
    try:
        with store().writing("views") as session:
            account_id, name = find_person().account_id or NOBODY, form.name.data or ""
            is_there = saved_views.find(session, account_id, name) is not None
            view = saved_views.keep(session, account_id, name, _read_view())
            view_id, asked = view.id, view.asked
    except TooManyViews:
        flash(f"Forget a view first: there are {MOST} already.")
        return redirect(lead_to_list())
    if is_there:
        flash(f"The view “{name}” was replaced.")
    answer = make_response(redirect(lead_to_list(asked | {"view": str(view_id)})))
    remember_view(answer, view_id)
    return answer


def _read_view() -> dict[str, str]:
    """Give what is kept of the list; the client that is worked on anyway is no part of it."""
    asked, client = select_filters(read_asked()), find_client()
    if client and asked.get("client") == client.key:
        del asked["client"]
    return asked


@bp.get("/views/<row:view_id>")
@needs(Right.VIEW)
def show(view_id: int) -> ResponseReturnValue:
    """Open a view; 0, or one that is gone, is all campaigns. The next visit begins with it."""
    with store().reading() as session:
        views = saved_views.list_views(session, find_person().account_id or NOBODY)
    asked = next((view.asked | {"view": str(view.id)} for view in views if view.id == view_id), {})
    answer = make_response(redirect(lead_to_list(asked)))
    remember_view(answer, view_id if asked else 0)
    return answer


@bp.post("/views/forget")
@needs(Right.VIEW)
def forget() -> ResponseReturnValue:
    """Forget a view, and show all campaigns."""
    with store().writing("views") as session:
        view_id = request.form.get("view", 0, type=read_number) or 0
        saved_views.forget(session, find_person().account_id or NOBODY, view_id)
    flash("The view is forgotten. The campaigns stay.")
    return redirect(url_for("views.show", view_id=0))
