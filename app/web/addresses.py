"""What may stand in an address: ids have one form, so that nothing else reaches a view."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.routing import BaseConverter, ValidationError

from app.store.drafts import ID_FORM
from app.web.row_numbers import read_number


class DraftId(BaseConverter):
    """The id of a draft."""

    regex = ID_FORM


class Key(BaseConverter):
    """The key of a connection."""

    regex = "[a-z0-9]{1,32}"


class Row(BaseConverter):
    """The number of a row, as far as a database counts."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """Read it; no row has a number that no database counts to."""
        try:
            return read_number(value)
        except ValueError as error:
            raise ValidationError(value) from error


def has_host_name() -> bool:
    """Tell whether the browser has the app by a name; passkeys belong to one (WebAuthn, 5.1.2)."""
    host = urlsplit(request.host_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def install(app: Flask) -> None:
    """Let the addresses of views name these kinds."""
    app.url_map.converters |= {"draft": DraftId, "key": Key, "row": Row}
