"""What a browser remembers for a year: no secret, and nothing that rights depend on."""

from flask import request
from werkzeug.wrappers import Response

_YEAR = 365 * 24 * 60 * 60


def remember(response: Response, name: str, value: str) -> None:
    """Let the browser send a value with each request; scripts cannot read it."""
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
    )
