"""Requests that are malformed or mean no good, answered in this process, and what answers tell.

They are those of the fuzzing, and changed further: other kinds of content, other bodies, tokens of
programs. No server stands before the app, so it also gets what a server would refuse.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.test import run_wsgi_app

from tests.fuzz import odd
from tests.fuzz.generator import Conversation, conversation
from tests.fuzz.wire import Answer, Request
from tests.fuzz.world import World

_KINDS = (
    *("application/json", "application/json; charset=utf-7", "application/xml", "text/xml", "x/"),
    *("multipart/form-data", 'multipart/form-data; boundary="', "multipart/mixed; boundary=odd"),
    *("application/x-www-form-urlencoded; charset=utf-32", "application/octet-stream", "", "\0"),
    *("application/x-java-serialized-object", "application/x-www-form-urlencoded;boundary=x"),
)
_BODIES: Sequence[bytes] = (
    *(b"", b"\0" * 1000, b"\xff\xfe" + b"a\0" * 500, b"%" * 2000, b"=&" * 400, b"&" * 5000),
    *(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", b"\x80\x04\x95.", b"{}"),
    *(b'{"__proto__": {"admin": true}}', b'{"a": 1, "a": 2}', b'{"payload": []}', b"x" * 600_000),
    *(b'{"payload": {"name": "\\ud800"}}', b"[" * 20_000, b'{"a":' * 5000, b"1e999", b"NaN"),
    *(gzip.compress(b"name=a" * 1000), b"--odd\r\n\r\n\r\n--odd--", b"--odd\r\nContent-", b"\r\n"),
)
_HEADERS = (
    *(("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue")),
    *(("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/people"), ("Upgrade", "h2c")),
    *(("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 x")),
    *(("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-origin"), ("Origin", "null")),
    *(("Access-Control-Request-Method", "PUT"), ("Origin", "https://evil.example")),
    *(
        ("X-Request-ID", "a\r\nSet-Cookie: a=b"),
        ("X-Request-ID", "x" * 5000),
        ("Range", "bytes=0-"),
    ),
    *(("Authorization", "Bearer cb_" + "A" * 43), ("Authorization", "Basic OjpcdWQ4MDA=")),
    *(("Cookie", "remember_token=1|x; clock=\ud800"), ("Cookie", "a=b;" * 3000), ("DNT", "")),
    *(("Authentication-Token", "x.y.z"), ("X-CSRFToken", "\0"), ("If-None-Match", '"' * 900)),
)


def list_requests(world: World, seed: int, first: int, token: str = "") -> Conversation:
    """Make the requests of a seed, without end; programs among them have a *token*."""
    number = first
    while True:
        talk = conversation(world, seed, number)
        chance = Random(f"{seed}/{number}/malformed")  # noqa: S311  Nothing secret hangs on it.
        answer: Answer | None = None
        while True:
            try:
                request = talk.send(answer)
            except StopIteration:
                break
            answer = yield _spoil(chance, request, token)
        number += 1


def _spoil(chance: Random, request: Request, token: str) -> Request:
    """Change a request further."""
    if request.target.startswith("/api/") and chance.random() < 0.9:
        request = _as_program(chance, request, token)
    if chance.random() < 0.1:
        request = replace(request, body=chance.choice(_BODIES))
    headers = list(request.headers)
    if chance.random() < 0.1:
        headers = [pair for pair in headers if pair[0] != "Content-Type"]
        headers.append(("Content-Type", chance.choice(_KINDS)))
    if chance.random() < 0.15:
        headers += chance.sample(_HEADERS, chance.randint(1, 4))
    if chance.random() < 0.03:
        junk = bytes(chance.randrange(256) for _ in range(chance.randint(1, 60)))
        request = replace(request, target=f"/{junk.decode('latin-1')}")
    return replace(request, headers=tuple(headers))


def _as_program(chance: Random, request: Request, token: str) -> Request:
    document: dict[str, Any] = {
        "connection": chance.choice(("sandbox", odd.text(chance)[:200])),
        "payload": {"name": odd.text(chance)[:200], "type": chance.choice(("INBOUND", "x", 1))},
    }
    for _ in range(chance.randint(0, 2)):
        document[chance.choice(("payload", "audience", "purpose", "connection", "version"))] = (
            chance.choice((None, [], {}, 10**30, -1, True, 1.5, [[]], odd.text(chance)[:500]))
        )
    body = json.dumps(document).encode()
    headers = [("Content-Type", "application/json")]
    if token:
        headers.append(("Authorization", f"Bearer {token}"))
    return replace(request, headers=tuple(headers), body=body)


def answer(app: Flask, request: Request, address: str) -> Answer:
    """Answer a request as a server hands it over, and read all of the answer."""
    content, status, headers = run_wsgi_app(app.wsgi_app, _make_environ(request, address))
    body = b"".join(content)
    getattr(content, "close", lambda: None)()
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    code = int(status.split(" ", 1)[0])
    return Answer(code, {name.lower(): value for name, value in headers.items()}, body)


def _make_environ(request: Request, address: str) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    length = len(request.body) if request.length is None else request.length
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(_encode(path)).decode("latin-1"),
        "QUERY_STRING": _encode(query).decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        environ[key] = _encode(value).decode("latin-1")
    if environ.get("HTTP_ACCEPT_ENCODING"):
        environ["HTTP_ACCEPT_ENCODING"] = "gzip"  # Others are undone by browsers alone.
    return environ


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Forbidden:
    """What no answer may have in it, by what it is called in a failure."""

    texts: dict[str, str]

    def find(self, answer: Answer) -> str:
        """Say what is wrong with an answer; nothing if it is fine."""
        if answer.status >= 500:
            return f"answered {answer.status}"
        if len(answer.headers.get("set-cookie", "").partition(";")[0]) > 4096:
            return "sets a cookie that no browser keeps"
        if "access-control-allow-origin" in answer.headers:
            return "lets other sites read it"
        whole = answer.text + repr(answer.headers)
        return next((f"tells {what}" for what, text in self.texts.items() if text in whole), "")
