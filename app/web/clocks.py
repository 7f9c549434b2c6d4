"""The clock by which times are shown: the campaign's, the reader's own, or UTC.

It is the reader's choice, kept in a cookie: the campaign itself is always by its own clock.
"""

from functools import lru_cache

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.campaign.zones import ZONE_NAMES
from app.web.macros import drawn

bp = Blueprint("clocks", __name__)

CAMPAIGN = "campaign"
_COOKIE = "clock"
_YEAR = 365 * 24 * 60 * 60


@bp.post("/drafts/<draft:draft_id>/clock")
def choose(draft_id: str) -> ResponseReturnValue:
    """Change the clock of the review page; the form does it as it is saved."""
    return set_clock(redirect(url_for("review.show", draft_id=draft_id)))


def set_clock(response: Response) -> Response:
    """Keep the clock that was chosen with this request, if one was."""
    chosen = request.form.get(_COOKIE, "")
    if chosen == CAMPAIGN or chosen in ZONE_NAMES:
        response.set_cookie(_COOKIE, chosen, max_age=_YEAR, samesite="Lax")
    return response


def clock_zone(zone: str) -> str:
    """Name the zone by whose clock to show times, for a campaign in this zone."""
    chosen = request.cookies.get(_COOKIE, CAMPAIGN)
    return chosen if chosen in ZONE_NAMES else zone


def clock_switch(form: str) -> Markup:
    """Draw the buttons that choose the clock, as a part of the form with this id."""
    return _switch(clock_zone(CAMPAIGN), form)


@lru_cache(maxsize=64)
def _switch(chosen: str, form: str) -> Markup:
    return drawn("clocks", "clocks", chosen, form)
