"""What this program is, which versions are in use, and how it is set up."""

from flask import Blueprint, render_template

from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.timezones.zones import ZONE_DATA_LOCKED, ZONE_DATA_VERSION
from app.services import connections
from app.web.panel.panel import find_public_url

bp = Blueprint("about", __name__)


@bp.get("/about")
def show() -> str:
    book = load_rulebook()
    return render_template(
        "about/show.html",
        zone_data=ZONE_DATA_VERSION,
        zone_data_locked=ZONE_DATA_LOCKED,
        rules=len(book.rules),
        presets=len(book.presets),
        rules_version=book.version,
        rules_checked=min(rule.checked_on for rule in book.rules),
        to=connections().default,
        url=find_public_url(connections().default),
    )


@bp.get("/healthz")
def healthy() -> str:
    return "ok"
