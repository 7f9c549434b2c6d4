"""The live preview: one round trip, on the code that submits, and nothing is stored."""

from flask import Blueprint, request
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from app.forms.campaign import read_typed_answers
from app.rights import Right
from app.services import connections, store
from app.web.access import hide_unless_visible, needs
from app.web.nicknames import read_sandbox_names
from app.web.panel.findings_view import read_posted
from app.web.panel.macros import draw_macro
from app.web.panel.panel import add_nicknames, build_panel, offer_changes
from app.web.security import is_from_here

bp = Blueprint("preview", __name__)


@bp.post("/preview")
@needs(Right.VIEW)
def show() -> str:
    _check_origin()
    hide_unless_visible(request.form.get("connection", ""))
    to = connections().find(request.form.get("connection", ""))
    panel = build_panel(
        read_typed_answers(request.form),
        read_posted(request.form.getlist("accepted")),
        to,
        offers=offer_changes(to),
    )
    of_sandbox = read_sandbox_names() if to.is_built_in else {}
    with store().reading() as session:
        named = add_nicknames(panel, session, to, of_sandbox)
    return draw_macro("meaning", "preview", named)


def _check_origin() -> None:
    """Answer a page of ours only: by what the browser says of it, or by the page's token.

    Another site could otherwise keep the server at work. Raises `CSRFError`.
    """
    if is_from_here():
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error
