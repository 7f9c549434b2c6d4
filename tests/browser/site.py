"""One address for the apps of all tests, so that a browser fetches styles and scripts once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLANK = "/blank"
_STAMP = "of-test"


class Site:
    """A WSGI application that hands each request to the app of the test that is running.

    What a page of an earlier test sends late, as when it is left, comes to no app: each window
    bears the number of its test, in a cookie as requests of pages that are left have no header.
    """

    def __init__(self) -> None:
        self._app: Flask | None = None
        self._number = 0

    def show(self, app: Flask) -> None:
        self._app, self._number = app, self._number + 1

    def stamp(self) -> tuple[str, str]:
        """Give the name and value of the cookie of the test that is running."""
        return _STAMP, str(self._number)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["PATH_INFO"] == BLANK:
            return Response("")(environ, start_response)
        stamp = Request(environ).cookies.get(_STAMP, str(self._number))
        if self._app is None or stamp != str(self._number):
            return Response("This is of an earlier test.", 410)(environ, start_response)
        return self._app(environ, start_response)
