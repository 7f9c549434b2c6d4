"""What every template can use: the contract's words, and ways of writing."""

from functools import lru_cache

from flask import Flask

from app.campaign.contract import FIELD
from app.campaign.wording import CHOICES, FINAL, NOT_CHOSEN, WORDS
from app.store.models import State
from app.version import VERSION
from app.web.current import connection
from app.web.dates import day, moment

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
    app.jinja_env.globals.update(
        contract=FIELD,
        words=WORDS,
        choices=CHOICES,
        not_chosen=NOT_CHOSEN,
        final=FINAL,
        state_words=STATE_WORDS,
        version=VERSION,
        url_for=lru_cache(maxsize=1024)(app.url_for),  # Nothing in an address but what is asked.
        asset=lambda name: f"{app.static_url_path}/{name}",
    )
    app.jinja_env.filters.update(moment=moment, day=day)
    app.context_processor(lambda: {"connection": connection()})
