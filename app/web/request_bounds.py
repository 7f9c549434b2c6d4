"""How much a request may bring: bytes by the screen that it is for, and fields of a form.

The servers refuse what is larger than any screen takes, and long heads and addresses. Werkzeug
bounds the parts of a multipart form only, and a form that is not one can hold a field in every two
bytes, so those are counted before they are read.
"""

from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

LARGEST_REQUEST = 512 * 1024
"""Bytes of a whole campaign: of CJK text, which takes nine bytes a sign in a form, 58,000 signs."""

MOST_BYTES = 64 * 1024
"""Of a form with a few answers in it."""

WHOLE = {"answers", "api", "approvals", "editing", "imports", "preview", "review"}
"""Blueprints that take all of a campaign, or what is said of its findings; these may be as
large as the server takes."""

MOST_FIELDS = 1000
_URLENCODED = "application/x-www-form-urlencoded"


class _BoundedParser(FormDataParser):
    """Reads a form of so many fields at most; raises `RequestEntityTooLarge`."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == _URLENCODED:
            content = stream.read()
            if content.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(content)
        return super().parse(stream, mimetype, content_length, options)


class _BoundedRequest(Request):
    form_data_parser_class = _BoundedParser


def install(app: Flask) -> None:
    """Bound what the screens of an app read; to be called before anything that reads a form."""
    app.request_class = _BoundedRequest
    app.config.update(
        MAX_FORM_PARTS=MOST_FIELDS,
        MAX_FORM_MEMORY_SIZE=app.config["MAX_CONTENT_LENGTH"],  # Or there would be two bounds.
    )
    app.before_request(_bound_bytes)


def _bound_bytes() -> None:
    if request.blueprint not in WHOLE:
        request.max_content_length = MOST_BYTES
