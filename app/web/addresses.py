"""What may stand in an address: ids have one form, so that nothing else reaches a view."""

from flask import Flask
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


def install(app: Flask) -> None:
    """Let the addresses of views name these kinds."""
    app.url_map.converters |= {"draft": DraftId, "key": Key, "row": Row}
