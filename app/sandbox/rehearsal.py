"""Let a request meet the fault that its header names, or that is switched on."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.test import run_wsgi_app

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.sandbox.envelope import write_error
from app.sandbox.faults import FAULT, HEADER, FaultAnswer, Wait
from app.sandbox.switch import LONGEST, USUAL, Faults, Switch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIECE = 0.05
_CREATED = "201"


class BadFault(ValueError):
    """The header names an unknown fault or time; the message says what to write."""


class Rehearsal:
    """The sandbox, with a fault in front of it whenever one is wanted."""

    def __init__(self, application: "WSGIApplication", faults: Faults) -> None:
        self._application = application
        self._faults = faults

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as the fault does; one that stores only acts on what could be stored."""
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", CAMPAIGNS_PATH):
            return self._application(environ, start_response)
        header = environ.get(f"HTTP_{HEADER.upper().replace('-', '_')}")
        try:
            switch = self._read_current() if header is None else read_header(header)
        except BadFault as error:
            return _send(_make_refusal(str(error)), start_response)
        if switch is None:
            return self._application(environ, start_response)
        fault = FAULT[switch.name]
        true = self._ask(environ) if fault.stores else None
        if true and not true.status.startswith(_CREATED):
            return _send(true, start_response)
        if header is None and not self._take(switch):
            return _send(true or self._ask(environ), start_response)
        answer = fault.act(true or FaultAnswer(""), switch.seconds, _make_wait(environ))
        return _send(answer, start_response)

    def _read_current(self) -> Switch | None:
        try:
            switch = self._faults.read_current()
        except SQLAlchemyError:  # The sandbox itself says that its database cannot be used.
            return None
        return switch if switch and switch.name in FAULT else None

    def _take(self, switch: Switch) -> bool:
        """Take the fault for this request; tells that another one has met it, or nothing can."""
        try:
            return self._faults.take() == switch
        except SQLAlchemyError:
            return False

    def _ask(self, environ: "WSGIEnvironment") -> FaultAnswer:
        """Ask the sandbox itself."""
        content, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        return FaultAnswer(status, dict(headers.to_wsgi_list()), b"".join(content))


def read_header(text: str) -> Switch:
    """Read ``name`` or ``name; seconds=2``; raises `BadFault`."""
    name, _, more = (part.strip() for part in text.partition(";"))
    if name not in FAULT:
        raise BadFault(f"There is no fault “{name}”. Name one of {', '.join(FAULT)}.")
    if not more:
        return Switch(name, every=False, seconds=USUAL)
    key, _, value = more.partition("=")
    try:
        seconds = float(value) if key.strip() == "seconds" else 0.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:
        raise BadFault(f"Write seconds=, with a number above 0 and up to {LONGEST:g}.")
    return Switch(name, every=False, seconds=seconds)


def _make_wait(environ: "WSGIEnvironment") -> Wait:
    """Wait, but not for somebody who has hung up."""
    is_gone: Any = environ.get("waitress.client_disconnected", lambda: False)

    def wait(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and not is_gone():
            time.sleep(min(left, _PIECE))

    return wait


def _make_refusal(message: str) -> FaultAnswer:
    headers = {"Content-Type": "application/json"}
    return FaultAnswer("400 Bad Request", headers, write_error(message).encode())


def _send(answer: FaultAnswer, start_response: "StartResponse") -> Iterable[bytes]:
    length = len(answer.body) if answer.length is None else answer.length
    kept = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    if not answer.status.startswith("204"):
        kept["Content-Length"] = str(length)
    start_response(answer.status, list(kept.items()))
    return answer.pieces(answer.body)
