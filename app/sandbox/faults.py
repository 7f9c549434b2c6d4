"""The faults that can be rehearsed: one table, each with what a caller gets and what is stored.

All of them are invented: the vendor publishes no error and no way of failing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from waitress.channel import ClientDisconnected

HEADER = "Sandbox-Fault"
_JSON = {"Content-Type": "application/json"}
_WAIT = 30


class Dropped(ClientDisconnected, ConnectionAbortedError):
    """Hang up without a byte: waitress does at the first of these, and Werkzeug at the second."""


@dataclass(frozen=True)
class FaultAnswer:
    """An answer as it goes out; `length` is what is declared of the body, if not its own."""

    status: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    pieces: Callable[[bytes], Iterable[bytes]] = lambda body: [body]


class Lesson(StrEnum):
    """What a fault teaches."""

    NO = "It says no"
    FAILS = "It fails"
    SLOW = "It is slow"
    UNKNOWABLE = "You cannot know"


Wait = Callable[[float], None]
"""Waits some seconds, or less if nobody listens any more."""


@dataclass(frozen=True)
class Fault:
    """One fault: *act* makes its answer from the true one, which there is if it `stores`."""

    name: str
    lesson: Lesson
    words: str
    act: Callable[[FaultAnswer, float, Wait], FaultAnswer]
    stores: bool = False
    is_slow: bool = False


def _answer_with(
    status: str, content: Any = None, headers: Mapping[str, str] | None = None
) -> Callable[..., FaultAnswer]:
    """Answer with a status and, unless it is text already, JSON."""
    body = content if isinstance(content, str) else json.dumps(content)
    headers_sent = _JSON | dict(headers or {})
    return lambda *_: FaultAnswer(status, headers_sent, body.encode())


def _answer_error(status: str, message: str, headers: Mapping[str, str] | None = None) -> Any:
    return _answer_with(status, {"status": "error", "message": message}, headers)


def _answer_with_date(*_: object) -> FaultAnswer:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=_WAIT), usegmt=True)
    answer: FaultAnswer = _answer_error(
        "429 Too Many Requests", "Too many requests.", {"Retry-After": until}
    )()
    return answer


def _change(**changes: Any) -> Callable[..., FaultAnswer]:
    """Answer truly but for these members of the JSON."""

    def act(true: FaultAnswer, *_: object) -> FaultAnswer:
        return replace(true, body=json.dumps(json.loads(true.body) | changes).encode())

    return act


def _answer_late(true: FaultAnswer, seconds: float, wait: Wait) -> FaultAnswer:
    wait(seconds)
    return true


def _drip(true: FaultAnswer, seconds: float, wait: Wait) -> FaultAnswer:
    def pieces(body: bytes) -> Iterator[bytes]:
        for number in range(len(body)):
            wait(seconds / len(body))
            yield body[number : number + 1]

    return replace(true, pieces=pieces)


def _cut(true: FaultAnswer, *_: object) -> FaultAnswer:
    return replace(true, body=true.body[: len(true.body) // 2], length=len(true.body))


def _enlarge(true: FaultAnswer, *_: object) -> FaultAnswer:
    return replace(true, body=true.body + b" " * 2_000_000)


def _label_html(true: FaultAnswer, *_: object) -> FaultAnswer:
    return replace(true, headers=dict(true.headers) | {"Content-Type": "text/html"})


def _drop(*_: object) -> FaultAnswer:
    raise Dropped


_FIELD = "The sandbox does not like this name today."
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"
_HTML = {"Content-Type": "text/html"}
_UNPROCESSABLE = "422 Unprocessable Content"
_MOVED = {"Location": "/api/v3/voice-campaigns"}

FAULTS = (
    Fault("400", Lesson.NO, "Bad request", _answer_error("400 Bad Request", "That was no good.")),
    Fault(
        "401",
        Lesson.NO,
        "The token is not accepted",
        _answer_error("401 Unauthorized", "Who is it?"),
    ),
    Fault(
        "403",
        Lesson.NO,
        "The token may not do this",
        _answer_error("403 Forbidden", "Not with this."),
    ),
    Fault(
        "404",
        Lesson.NO,
        "Nothing at this address",
        _answer_error("404 Not Found", "No such thing."),
    ),
    Fault(
        "409", Lesson.NO, "A conflict", _answer_error("409 Conflict", "Something is in the way.")
    ),
    Fault(
        "422",
        Lesson.NO,
        "A field is wrong, told by field",
        _answer_with(
            _UNPROCESSABLE,
            {"status": "error", "message": "One field is wrong.", "errors": {"name": [_FIELD]}},
        ),
    ),
    Fault(
        "422-detail",
        Lesson.NO,
        "A field is wrong, told in one sentence",
        _answer_with(_UNPROCESSABLE, {"detail": _FIELD}),
    ),
    Fault(
        "422-places",
        Lesson.NO,
        "A field is wrong, told by its place",
        _answer_with(_UNPROCESSABLE, {"detail": [{"loc": ["body", "name"], "msg": _FIELD}]}),
    ),
    Fault(
        "422-list",
        Lesson.NO,
        "A field is wrong, told in a list",
        _answer_with(_UNPROCESSABLE, {"errors": [{"field": "name", "message": _FIELD}]}),
    ),
    Fault(
        "422-text",
        Lesson.NO,
        "A field is wrong, told in a bare text",
        _answer_with(_UNPROCESSABLE, json.dumps(_FIELD)),
    ),
    Fault(
        "429",
        Lesson.NO,
        f"Asked too often, wait {_WAIT} seconds",
        _answer_error("429 Too Many Requests", "Too many requests.", {"Retry-After": str(_WAIT)}),
    ),
    Fault("429-date", Lesson.NO, "Asked too often, wait until a time", _answer_with_date),
    Fault(
        "307",
        Lesson.NO,
        "A redirect that means: send it there again",
        _answer_with("307 Temporary Redirect", "", _MOVED | _HTML),
    ),
    Fault(
        "408", Lesson.FAILS, "It gave up waiting", _answer_error("408 Request Timeout", "Too slow.")
    ),
    Fault("500", Lesson.FAILS, "It failed", _answer_error("500 Internal Server Error", "Oh.")),
    Fault(
        "502",
        Lesson.FAILS,
        "A page of a proxy",
        _answer_with("502 Bad Gateway", _BAD_GATEWAY, _HTML),
    ),
    Fault(
        "503",
        Lesson.FAILS,
        "Out of service",
        _answer_error("503 Service Unavailable", "Back soon.", {"Retry-After": str(_WAIT)}),
    ),
    Fault(
        "302",
        Lesson.FAILS,
        "A redirect that may mean anything",
        _answer_with("302 Found", "", _MOVED | _HTML),
    ),
    Fault(
        "slow-headers",
        Lesson.SLOW,
        "Nothing comes for a while",
        _answer_late,
        stores=True,
        is_slow=True,
    ),
    Fault(
        "slow-drip",
        Lesson.SLOW,
        "The answer comes a byte at a time",
        _drip,
        stores=True,
        is_slow=True,
    ),
    Fault(
        "stored-then-dropped",
        Lesson.UNKNOWABLE,
        "The connection is dropped after the campaign is stored",
        _drop,
        stores=True,
    ),
    Fault("dropped", Lesson.UNKNOWABLE, "The connection is dropped before", _drop),
    Fault("cut", Lesson.UNKNOWABLE, "The answer is cut in the middle", _cut, stores=True),
    Fault(
        "not-json",
        Lesson.UNKNOWABLE,
        "A success that is not JSON",
        _answer_with("200 OK", "It worked!"),
    ),
    Fault("empty", Lesson.UNKNOWABLE, "A success with nothing in it", _answer_with("200 OK", "")),
    Fault(
        "no-content",
        Lesson.UNKNOWABLE,
        "A success without content",
        _answer_with("204 No Content", ""),
    ),
    Fault("huge", Lesson.UNKNOWABLE, "A success of 2 MB", _enlarge, stores=True),
    Fault(
        "wrong-type",
        Lesson.UNKNOWABLE,
        "A success that says it is a page",
        _label_html,
        stores=True,
    ),
    Fault("no-id", Lesson.UNKNOWABLE, "A success without an id", _change(data={}), stores=True),
    Fault(
        "error-as-200",
        Lesson.UNKNOWABLE,
        "A success that says “error”",
        _answer_with("200 OK", {"status": "error", "message": "Or is it?"}),
    ),
)
"""Every fault, in the order in which they are shown."""

FAULT: Mapping[str, Fault] = {fault.name: fault for fault in FAULTS}
