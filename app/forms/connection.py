"""The forms about connections: what one is, and an id for its address book."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.campaign.contract.id_kinds import IdKind
from app.connections import COLOURS, Connection
from app.forms.names import check_plain, make_name_field, strip, tidy_name
from app.remote.addresses import NOTHING_ELSE, AllowedHosts
from app.remote.connection import (
    LONGEST_URL,
    BadConnection,
    check_base_url,
    check_host,
    check_token,
    find_origin,
)
from app.settings_table import REAL_API
from app.store.address_book import LONGEST_ID, LONGEST_NICKNAME

LIVE, SANDBOX = "live", "sandbox"
_NO_DASHBOARD = (
    "Enter the whole address as https://host, without a user name or a password in it, "
    "or leave it empty."
)
_KINDS = {
    LIVE: "Live: campaigns are real",
    SANDBOX: "A sandbox: nobody is called",
}


class ConnectionForm(Form):
    """What a person says of a connection; *before* is what it was, if it is there already.

    *allowed* are the hosts that may be called besides public ones.
    """

    name = make_name_field(
        "Enter a name, such as the client's.",
        longest=60,
        description="It has to be typed before anything is sent to a live connection.",
    )
    kind = RadioField(
        "What it reaches", [DataRequired("Choose what it reaches.")], choices=_KINDS, default=LIVE
    )
    base_url = StringField(
        "Base URL",
        [DataRequired("Enter where the API is, as https://host.")],
        filters=[strip],
        default=REAL_API,
        description=f"Campaigns are created under it, at {CAMPAIGNS_PATH}.",
    )
    replace = BooleanField("Replace the token")
    token = StringField("Token", filters=[strip])
    colour = RadioField(
        "Colour",
        [DataRequired("Choose a colour.")],
        choices={colour: colour.capitalize() for colour in COLOURS},
        default=COLOURS[0],
        description="It marks every page from which something could be sent here.",
    )
    dashboard_url = StringField(
        "Dashboard",
        [
            Length(
                max=LONGEST_URL, message=f"Enter an address of {LONGEST_URL:,} characters or fewer."
            )
        ],
        filters=[strip],
        description="Where the client's campaigns are launched, as https://host. "
        "The page of a created campaign leads there.",
    )
    notes = TextAreaField(
        "Notes",
        [Length(max=2000, message="Write 2,000 characters or fewer.")],
        filters=[strip],
    )

    def __init__(
        self,
        typed: MultiDict[str, str] | None = None,
        before: Connection | None = None,
        allowed: AllowedHosts = NOTHING_ELSE,
    ) -> None:
        self.before = before
        self._allowed = allowed
        super().__init__(typed, data=_write_typed(before) if before else None)

    def validate(self, *args: Any, **options: Any) -> bool:
        """Hold everything to what it must be; a token does not come back onto the page."""
        is_valid = bool(super().validate(*args, **options))
        if not is_valid and self.token.data and not self.token.errors:
            self.token.errors = ["Paste the token again: no page shows one that was typed."]
        return is_valid

    @property
    def has_new_token(self) -> bool:
        """Whether the token that was entered counts: for a new connection, or to replace one."""
        return self.before is None or bool(self.replace.data)

    def validate_base_url(self, field: Any) -> None:
        """Hold the address to what a token may be sent to."""
        is_sandbox = self.kind.data == SANDBOX
        try:
            check_base_url(field.data)
            check_host(
                field.data, self._allowed.add_this_machine() if is_sandbox else self._allowed
            )
        except BadConnection as error:
            raise StopValidation(str(error)) from error

    def validate_dashboard_url(self, field: Any) -> None:
        """Hold the dashboard to an address that a browser may be led to."""
        if not field.data:
            return
        page, _, rest = field.data.replace("#", "?").partition("?")
        try:
            check_base_url(page)
            check_base_url(f"https://host/{rest.replace('?', '')}")
        except BadConnection as error:
            raise StopValidation(_NO_DASHBOARD) from error

    def validate_kind(self, field: Any) -> None:
        """Let nobody call the vendor's own API a sandbox, to which things go unasked."""
        host = urlsplit(REAL_API).hostname or ""
        if field.data == SANDBOX and host in (self.base_url.data or "").casefold():
            raise StopValidation("This is the real API: choose live.")

    def validate_token(self, field: Any) -> None:
        """Ask for a token where one is needed, and keep an old one from another address."""
        if self.has_new_token:
            if not field.data:
                raise StopValidation("Paste the token.")
            try:
                check_token(field.data)
            except BadConnection as error:
                raise StopValidation(str(error)) from error
        elif field.data:
            raise StopValidation("Tick “Replace the token” to keep this one, or empty the field.")
        elif self.base_url.errors:  # First of all it needs an address that may be called.
            return
        elif self.before and _is_elsewhere(self.base_url.data or "", self.before.base_url):
            raise StopValidation(
                "The base URL is another now. Tick “Replace the token” and paste it again, "
                "so that it goes only where you mean it to."
            )


class BookForm(Form):
    """One id for the address book."""

    kind = RadioField(
        "Kind",
        [DataRequired("Choose what it is.")],
        choices={kind.value: kind.value.capitalize() for kind in IdKind},
        default=IdKind.ASSISTANT.value,
    )
    value = StringField(
        "Id",
        [
            DataRequired("Paste the id."),
            Length(max=LONGEST_ID, message=f"Paste an id of {LONGEST_ID} characters or fewer."),
        ],
        filters=[strip],
    )
    nickname = StringField(
        "Nickname",
        [
            DataRequired("Enter a nickname."),
            Length(
                max=LONGEST_NICKNAME,
                message=f"Choose a nickname of {LONGEST_NICKNAME} characters or fewer.",
            ),
            check_plain,
        ],
        filters=[tidy_name],
    )


def _write_typed(connection: Connection) -> dict[str, Any]:
    return {
        "name": connection.name,
        "kind": SANDBOX if connection.is_sandbox else LIVE,
        "base_url": connection.base_url,
        "colour": connection.colour,
        "notes": connection.notes,
        "dashboard_url": connection.dashboard_url,
    }


def _is_elsewhere(now: str, before: str) -> bool:
    try:
        return find_origin(now) != find_origin(before)
    except BadConnection:  # The field of the address says so.
        return False
