"""What every template can use: the contract's words, and times as a person reads them."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup

from app.campaign.contract import FIELD
from app.campaign.wording import CHOICES, FINAL, NOT_CHOSEN, WORDS
from app.store.models import State
from app.version import VERSION
from app.web.current import connection

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
    )
    app.jinja_env.filters.update(moment=moment, day=day)
    app.context_processor(lambda: {"connection": connection()})


def moment(at: datetime) -> Markup:
    """Write an instant in UTC; a script turns it into the reader's own time."""
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}" data-moment>{}</time>').format(
        at.isoformat(timespec="seconds"), f"{day(at)}, {at:%H:%M} UTC"
    )


def day(on: date) -> str:
    """Write a day so that nobody takes the month for the day: Mon 4 Jan 2027."""
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def label(name: str) -> Any:
    return WORDS[name].label if name in WORDS else name
