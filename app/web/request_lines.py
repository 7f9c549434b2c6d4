"""An id for each request, and one line in the log when it has ended; then it is counted as well.

The id stands in the answer and in all lines that are logged meanwhile, so that a person's report
leads to them. Who asks may choose it, as proxies do, if it is one that can be written anywhere.
The line has the rule of the route: a path and a query can hold what was typed.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any

from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = {
    "about.tell_health",
    "about.tell_readiness",
    "metrics.show",
    "policy_reports.take",
    "static",
    "style",
}
"""Endpoints that are asked for every few seconds, or many times for one page."""

Count = Callable[[str | None, str, int, float], None]
"""Counts a request by the rule of its route, its method, its status and its seconds."""

_log = logging.getLogger(__name__)


class RequestLines:
    """A WSGI application whose requests have ids, and are logged."""

    def __init__(self, application: "WSGIApplication", count: Count | None = None) -> None:
        self._application = application
        self._count = count

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request_id = choose_id(environ.get("HTTP_X_REQUEST_ID", ""))
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        line = _Line(environ["REQUEST_METHOD"])

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            line.status = int(status.split(" ", 1)[0])
            line.name_route(environ)
            return start_response(status, [*headers, (HEADER, request_id)], *exc_info)

        def end() -> None:
            line.write(self._count)
            clear_contextvars()

        try:
            return ClosingIterator(self._application(environ, start), end)
        except Exception:
            line.write(self._count)
            raise  # The server logs it next, with the id.


@dataclass
class _Line:
    """What is known of a request so far."""

    method: str
    status: int = 500
    route: str | None = None
    is_quiet: bool = False
    began: float = field(default_factory=monotonic)

    def name_route(self, environ: "WSGIEnvironment") -> None:
        """Read which rule led to the answer, while Flask still has the request."""
        rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
        if rule is not None:
            self.route = environ.get("SCRIPT_NAME", "") + rule.rule
            self.is_quiet = rule.endpoint in _QUIET

    def write(self, count: Count | None) -> None:
        seconds = monotonic() - self.began
        if count:
            count(self.route, self.method, self.status, seconds)
        if self.is_quiet:
            return
        facts = {"method": self.method, "route": self.route, "status": self.status}
        _log.info("request", extra=facts | {"duration_ms": round(seconds * 1000, 1)})


def choose_id(asked: str) -> str:
    """Take the id that was asked for, unless it is long or has odd signs; then draw one."""
    return asked if _SANE.fullmatch(asked) else token_hex(8)
