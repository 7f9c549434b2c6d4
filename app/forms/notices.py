"""The forms about notices: when a person is told, and a webhook that is."""

from datetime import time
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, StopValidation

from app.campaign.timezones.zones import find_zone
from app.forms.account import NO_PROGRAM
from app.forms.names import make_name_field, strip
from app.remote.addresses import AllowedHosts, may_be_called
from app.remote.connection import LONGEST_URL
from app.rights import ALL
from app.store.digests import Rhythm, Wish

_NO_TIME = "Enter a time, as 08:00."


class DigestForm(Form):
    """When somebody is told of what waits for them."""

    rhythm = RadioField(
        "By e-mail",
        [DataRequired("Choose when.")],
        choices={
            Rhythm.NEVER.value: "Never",
            Rhythm.MORNING.value: "Each morning",
            Rhythm.AT_ONCE.value: "At once, each thing once",
        },
        description="At once is within some minutes.",
    )
    at = StringField("In the morning at", filters=[strip])
    zone = StringField(
        "Time zone", filters=[strip], description="A city or a zone, such as Europe/Zurich."
    )

    @classmethod
    def of(cls, wish: Wish) -> "DigestForm":
        """Fill in the form."""
        at = f"{wish.at:%H:%M}"
        return cls(data={"rhythm": wish.rhythm.value, "at": at, "zone": wish.zone})

    def validate_at(self, field: Any) -> None:
        """Hold the time to what prints back the same: more is read as one than people mean."""
        if self.rhythm.data == Rhythm.MORNING and _read_time(field.data) is None:
            raise StopValidation(_NO_TIME)

    def validate_zone(self, field: Any) -> None:
        """Hold the zone to those that there are."""
        if self.rhythm.data == Rhythm.MORNING and find_zone(field.data) is None:
            raise StopValidation("Enter a city or a time zone that there is, as Europe/Zurich.")

    def read_wish(self) -> Wish:
        """Read what was entered into a valid form; without a morning its time is the usual one."""
        usual = Wish()
        return Wish(
            Rhythm(self.rhythm.data),
            _read_time(self.at.data or "") or usual.at,
            find_zone(self.zone.data or "") or usual.zone,
        )


class HookForm(Form):
    """A webhook: what it is called, where it is, and what of it is told."""

    name = make_name_field(NO_PROGRAM)
    url = StringField(
        "Address",
        [
            DataRequired("Enter an address that starts with https://."),
            Length(max=LONGEST_URL, message=f"Shorten it to {LONGEST_URL:,} characters or fewer."),
        ],
        filters=[strip],
        description="Where the program takes calls, as https://host/path.",
    )
    connections = SelectMultipleField("What waits at", [DataRequired("Choose a connection.")])

    def __init__(
        self,
        typed: MultiDict[str, str] | None,
        names: dict[str, str],
        allowed: AllowedHosts,
    ) -> None:
        """Offer connections by *names*; addresses may be public ones and *allowed* ones."""
        self._allowed = allowed
        super().__init__(typed)
        self.connections.choices = {key or ALL_CHOSEN: name for key, name in names.items()}

    @property
    def keys(self) -> list[str]:
        """The keys of the connections, as roles have them."""
        return [ALL if key == ALL_CHOSEN else key for key in self.connections.data or ()]

    def validate_url(self, field: Any) -> None:
        """Hold the address to what may be called, and to what nobody can read on the way."""
        try:
            parts = urlsplit(field.data)
        except ValueError as error:
            raise StopValidation("Enter an address as https://host/path.") from error
        if parts.scheme != "https":
            raise StopValidation("Enter an address that starts with https://.")
        if "@" in parts.netloc:
            raise StopValidation("Take the user name and password out: the call is signed.")
        if not field.data.isprintable() or not may_be_called(field.data, self._allowed):
            raise StopValidation(
                "Enter a public host name: this one cannot be called, or it is in a private or "
                "reserved network."
            )


ALL_CHOSEN = "all"
"""The form's value for all connections; an empty one would mean that nothing was chosen."""


def _read_time(text: str) -> time | None:
    try:
        read = time.fromisoformat(text)
    except ValueError:
        return None
    return read if f"{read:%H:%M}" == text else None
