"""The live preview: one round trip, on the code that submits, and nothing is stored."""

from flask import Blueprint, render_template, request

from app.forms.campaign import typed_answers
from app.web.panel import panel

bp = Blueprint("preview", __name__)


@bp.post("/preview")
def show() -> str:
    return render_template("campaign/preview.html", panel=panel(typed_answers(request.form)))
