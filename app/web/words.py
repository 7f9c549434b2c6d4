"""What every template can use: the contract's words, and ways of writing."""

from functools import lru_cache

from flask import Flask

from app.campaign.contract import FIELD
from app.campaign.readback import short_day
from app.campaign.wording import WORDS
from app.store.models import State
from app.version import VERSION
from app.web.current import connection
from app.web.dates import moment

STATE_WORDS = {
    None: "Not sent",
    State.SENDING: "Sending",
    State.CREATED: "Created",
    State.REFUSED: "Refused",
    State.UNSENT: "Not sent: no connection",
    State.UNKNOWN: "Unknown: look first",
}


def install(app: Flask) -> None:
    """Give all templates these words and filters."""
    addresses = app.url_map.bind("")  # Errors are shown for hosts that are none of ours, too.

    @lru_cache(maxsize=1024)
    def url_for(endpoint: str, **values: object) -> str:
        return addresses.build(endpoint, values)

    app.jinja_env.globals.update(
        contract=FIELD,
        words=WORDS,
        state_words=STATE_WORDS,
        version=VERSION,
        url_for=url_for,
        asset=lambda name: f"{app.static_url_path}/{name}",
    )
    app.jinja_env.filters.update(moment=moment, day=short_day)
    app.context_processor(lambda: {"connection": connection()})
