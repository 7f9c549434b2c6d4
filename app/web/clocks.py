"""The clock by which times are shown: the campaign's, the reader's own, or UTC.

It is the reader's choice, kept in a cookie: the campaign itself is always by its own clock.
"""

from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.campaign.timezones.zones import ZONE_NAMES
from app.web.panel.macros import draw_macro

CAMPAIGN = "campaign"
_FIELD = "clock"
_YEAR = 365 * 24 * 60 * 60


def set_clock(response: Response) -> Response:
    """Keep the clock that was chosen with this request, if one was."""
    chosen = request.form.get(_FIELD, "")
    if chosen == CAMPAIGN or chosen in ZONE_NAMES:
        response.set_cookie(
            _name_cookie(), chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure
        )
    return response


def choose_zone(zone: str) -> str:
    """Name the zone by whose clock to show times, for a campaign in this zone."""
    chosen = request.form.get(_FIELD) or request.cookies.get(_name_cookie(), CAMPAIGN)
    return chosen if chosen in ZONE_NAMES else zone


def draw_clock_switch(form: str, address: str = "") -> Markup:
    """Draw the buttons that choose the clock, in the form with this id.

    They post to *address*, or to where the form does. One that was pressed to get this page keeps
    the focus.
    """
    pressed = request.form.get(_FIELD, "")
    return draw_macro("clocks", "clocks", choose_zone(CAMPAIGN), form, address, pressed)


def _name_cookie() -> str:
    """Name the cookie so that over TLS nobody else can set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{_FIELD}" if request.is_secure else _FIELD
