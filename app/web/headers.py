"""What every answer carries to keep the browser from being used against the person.

It is put on around all applications, so that pages, errors, static files and the sandbox have
it; what an application has set itself stays. What the policy keeps from a page is reported to
`REPORTS`: `report-uri` is for browsers that do not know `report-to` yet.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REPORTS = "/csp-report"
"""The path to which browsers report what the policy has kept from a page."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    f"report-uri {REPORTS}; report-to csp"
)
_UNUSED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture "
    "screen-wake-lock serial usb xr-spatial-tracking"
)
"""Abilities of browsers that nothing here uses."""

_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("Reporting-Endpoints", f'csp="{REPORTS}"'),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{ability}=()" for ability in _UNUSED.split())),
)
_OVER_TLS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class GuardedAnswers:
    """A WSGI application whose answers carry these headers, and each once."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        # Whether a proxy is believed that it was over TLS has been decided in front of this.
        is_secure = environ["wsgi.url_scheme"] == "https"
        guards = (*_HEADERS, _OVER_TLS) if is_secure else _HEADERS

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            missing = [guard for guard in guards if guard[0].lower() not in present]
            return start_response(status, [*headers, *missing], *exc_info)

        return self._application(environ, start)
