"""What this program is, which versions are in use, and how it is set up."""

from flask import Blueprint, render_template

from app.campaign.zones import ZONE_DATA_VERSION
from app.web.current import connection
from app.web.panel import public_url

bp = Blueprint("about", __name__)


@bp.get("/about")
def show() -> str:
    return render_template(
        "about/show.html", zone_data=ZONE_DATA_VERSION, url=public_url(connection())
    )


@bp.get("/healthz")
def healthy() -> str:
    return "ok"
