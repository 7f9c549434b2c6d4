"""The live preview: one round trip, on the code that submits, and nothing is stored."""

from flask import Blueprint, request

from app.forms.campaign import typed_answers
from app.web.current import connections
from app.web.macros import drawn
from app.web.panel import panel
from app.web.rulings import from_posted

bp = Blueprint("preview", __name__)


@bp.post("/preview")
def show() -> str:
    return drawn(
        "meaning",
        "preview",
        panel(
            typed_answers(request.form),
            from_posted(request.form.getlist("accepted")),
            connections().find(request.form.get("connection", "")),
        ),
    )
