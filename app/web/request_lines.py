"""An id for each request, and one line in the log when it has ended.

The id stands in the answer and in all lines that are logged meanwhile, so that a person's report
leads to them. Who asks may choose it, as proxies do, if it is one that can be written anywhere.
The line has the rule of the route: a path and a query can hold what was typed.
"""

import logging
import re
from collections.abc import Iterable
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any

from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = {"about.tell_health", "about.tell_readiness", "static", "style"}
"""Endpoints that are asked for every few seconds, or many times for one page."""

_log = logging.getLogger(__name__)


class RequestLines:
    """A WSGI application whose requests have ids, and are logged."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began, status = monotonic(), 500
        request_id = choose_id(environ.get("HTTP_X_REQUEST_ID", ""))
        clear_contextvars()
        bind_contextvars(request_id=request_id)

        def start(line: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            nonlocal status
            status = int(line.split(" ", 1)[0])
            return start_response(line, [*headers, (HEADER, request_id)], *exc_info)

        def end() -> None:
            _write_line(environ, status, monotonic() - began)
            clear_contextvars()

        try:
            return ClosingIterator(self._application(environ, start), end)
        except Exception:
            _write_line(environ, status, monotonic() - began)
            raise  # The server logs it next, with the id.


def choose_id(asked: str) -> str:
    """Take the id that was asked for, unless it is long or has odd signs; then draw one."""
    return asked if _SANE.fullmatch(asked) else token_hex(8)


def _write_line(environ: "WSGIEnvironment", status: int, seconds: float) -> None:
    request = environ.get("werkzeug.request")  # As Flask leaves it; none if it was not reached.
    if request is not None and request.endpoint in _QUIET:
        return
    rule = request.url_rule if request is not None else None
    facts = {
        "method": environ["REQUEST_METHOD"],
        "route": f"{environ.get('SCRIPT_NAME', '')}{rule.rule}" if rule else None,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    _log.info("request", extra=facts)
