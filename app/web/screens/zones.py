"""The time zones to choose from, with their present offsets; fetched when first needed."""

from datetime import UTC, datetime

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.campaign.timezones.zones import ZONE_NAMES, find_offset, format_offset
from app.web.access import SIGNED_IN, needs

bp = Blueprint("zones", __name__)


@bp.get("/zones.json")
@needs(SIGNED_IN)
def index() -> ResponseReturnValue:
    """Pair every zone's name with its offset from UTC now: ``[["Asia/Tokyo", "+09:00"]]``."""
    now = datetime.now(UTC)
    answer = jsonify([[name, format_offset(find_offset(name, now))] for name in sorted(ZONE_NAMES)])
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
