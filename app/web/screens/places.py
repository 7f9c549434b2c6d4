"""What can be named as an audience, for the form to offer; fetched when first needed."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.campaign.compliance.places import list_suggestions
from app.web.access import SIGNED_IN, needs

bp = Blueprint("places", __name__)


@bp.get("/places.json")
@needs(SIGNED_IN)
def index() -> ResponseReturnValue:
    """Pair every name with a word about it: ``[["48 states", "48 states"], ["France", "FR"]]``."""
    answer = jsonify(list_suggestions())
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
