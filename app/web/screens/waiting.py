"""What waits for the person who looks."""

from flask import Blueprint, render_template

from app.services import connections, store
from app.web.access import SIGNED_IN, find_person, needs
from app.web.waiting_list import MOST, list_waiting

bp = Blueprint("waiting", __name__)


@bp.get("/waiting")
@needs(SIGNED_IN)
def index() -> str:
    with store().reading() as session:
        listed = list_waiting(session, find_person(), connections())
    return render_template(
        "people/waiting.html", waiting=listed.waiting, is_cut=listed.is_cut, most=MOST
    )
