"""The requests: each comes of a seed and its number alone, so that any can be made again.

A number stands for one request or, now and then, for a conversation: a draft with odd
answers, and then every page of it.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias

from app.forms.campaign import TYPED
from app.sandbox import TOKEN
from app.sandbox.sample import SAMPLE_REQUEST
from app.store.draft_query import Sort
from tests.factories import inbound, outbound, typed
from tests.fuzz import odd
from tests.fuzz.bodies import as_json, multipart, urlencoded
from tests.fuzz.wire import Answer, Request
from tests.fuzz.world import Route, World, pressed

Conversation: TypeAlias = Generator[Request, Answer | None, None]
"""Gives requests, and is sent the answer to each; `None` where none came."""

_FORM = ("version", "then", "fix", "clock", "who")
_KEPT = tuple(f"keep-{name}" for name in TYPED)
UNFORMED: Mapping[str, tuple[str, ...]] = {
    "answers.keep_reason": ("version", "rules", "reason-us-hours", "reason-x", "who"),
    "api.create": (),
    "api.validate": (),
    "batches.again": ("who",),
    "batches.check": (),
    "batches.change": ("who",),
    "batches.open_connection": ("who",),
    "comments.assign": ("account",),
    "comments.here": (),
    "connections.resume": ("who",),
    "editing.autosave": _FORM,
    "editing.merge": ("version", "keep", *_KEPT),
    "hooks.delete": ("who",),
    "hooks.set_active": ("active",),
    "hooks.test": (),
    "policy_reports.take": (),
    "preview.show": ("accepted", "clock"),
    "review.resume": ("who",),
    "sandbox": (),
    "samples.begin": (),
    "samples.make": (),
    "selection.delete_new": ("draft", "who"),
    "selection.move_back": ("draft", "connection", "who"),
    "submissions.settle": ("found", "campaign_id", "who"),
    "submissions.take_back": ("who",),
    "views.forget": ("view",),
}
"""What is posted by scripts, by programs, or from pages that the world is not in the state for."""

_OF_A_CAMPAIGN = {"editing.save", "editing.autosave", "editing.merge", "preview.show"}
_FIRST = 0x1000000  # No draft of the world has such an id.
_ANSWERS = frozenset({*TYPED, "connection"})
_METHODS = (
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "BREW",
    "get",
    "G\u0000T",
)
_PAGES = (
    *("", "/review", "/history", "/evidence.json", "/windows.ics", "/duplicate", "/presets"),
    *("/submission", "/review"),
)
_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Host",
        ("", "evil.example", "127.0.0.1:99999", "[::1", "localhost", "a b", "é", "127.0.0.1,x"),
    ),
    ("Accept", ("application/json", "*/*;q=x", ",,;", "text/html;level=" + "9" * 400, "\x01")),
    ("Accept-Encoding", ("gzip", "br", "gzip;q=0, br;q=nan", ";;", "*", "zstd", "deflate")),
    ("Accept-Language", ("xx-yy;q=9", "*")),
    (
        "Cookie",
        (
            "session=",
            "session=e30.x.y",
            'clock="\\777"',
            "who=\xff; who=a",
            "=;=;",
            "clock=Nowhere",
        ),
    ),
    ("If-None-Match", ("*", '"x', "W/")),
    ("If-Modified-Since", ("Mon, 01 Jan 0000 00:00:00 GMT", "x", "Fri, 31 Dec 9999 23:59:59 GMT")),
    ("Range", ("bytes=9999999-", "bytes=-", "bytes=5-1", "lines=1-2", "bytes=0-0,1-1")),
    ("Origin", ("null", "http://evil.example", "x")),
    ("Referer", ("http://[", "https://127.0.0.1/")),
    ("X-Forwarded-For", ("' --", "127.0.0.1")),
    ("X-Forwarded-Proto", ("https", "gopher")),
    ("X-Forwarded-Host", ("evil.example",)),
    ("HX-Request", ("true",)),
    (
        "Authorization",
        ("Bearer", "Basic !!!", f"Bearer {TOKEN} {TOKEN}", "Digest a=b,", "Bearer \xff"),
    ),
    (
        "Sandbox-Fault",
        ("400", "400; seconds=nan", "no", "400; seconds=-1", "400; seconds=1e999", ""),
    ),
    ("X-Odd", ("x" * 9000, "a\x0bb", "é")),
)


def conversation(world: World, seed: int, number: int) -> Conversation:
    """Give what this number stands for."""
    chance = Random(f"{seed}/{number}")  # noqa: S311  Nothing secret hangs on it.
    if chance.random() < 0.03:
        return _life_of_a_draft(world, chance, number)
    return _alone(_odd_request(world, chance))


def _alone(request: Request) -> Conversation:
    yield request


def _odd_request(world: World, chance: Random) -> Request:
    route = chance.choice(world.routes)
    target = _path(world, chance, route) + _query(world, chance)
    request = Request(route.method, target, _usual(world))
    if route.method == "POST":
        request = _with_body(world, chance, route, request)
    request = replace(request, headers=_odd_headers(chance, request))
    if chance.random() < 0.05:
        request = replace(request, method=chance.choice(_METHODS), whole=False)
    return _with_a_wrong_length(chance, request)


def _usual(world: World) -> tuple[tuple[str, str], ...]:
    return (("Cookie", world.cookie),)


def _path(world: World, chance: Random, route: Route) -> str:
    """Put real and odd ids into an address."""
    parts = []
    for part in route.path.split("/"):
        before, _, converter = part.partition("<")
        name = converter.strip(">").rpartition(":")[2]
        if not name:
            parts.append(part)
        elif chance.random() < 0.6 and name in world.known:
            parts.append(before + chance.choice(world.known[name]))
        else:
            parts.append(before + odd.in_path(chance))
    path = "/".join(parts)
    return path + chance.choice(("/", "//", "/x", "%00")) if chance.random() < 0.03 else path


def _query(world: World, chance: Random) -> str:
    if chance.random() < 0.5:
        return ""
    offered = {**world.forms.queries, "cursor": (), "x": ()}
    names = [chance.choice(list(offered)) for _ in range(chance.randint(1, 4))]
    pairs = [
        f"{name}={odd.encoded(odd.value(chance, name, offered[name])[:8000])}" for name in names
    ]
    return "?" + chance.choice(("&", "&", ";", "&&")).join(pairs)


def _with_body(world: World, chance: Random, route: Route, request: Request) -> Request:
    if route.endpoint == "sandbox":
        return _to_the_api(chance, request)
    fields = _fields(world, chance, route)
    if chance.random() < 0.1:
        fields = [pair for pair in fields if pair[0] != "csrf_token"]
    # What a broken form loses is the vendor's own address.
    is_careful = not odd.ADDRESSES.isdisjoint(dict(fields))
    write: Callable[..., tuple[str, bytes]] = urlencoded
    if not is_careful and chance.random() < 0.2:
        write = chance.choice((multipart, as_json))
    kind, body = write(chance, fields)
    headers = (*request.headers, ("Content-Type", kind), ("X-CSRFToken", world.token))
    return replace(
        request, headers=headers if chance.random() < 0.95 else request.headers, body=body
    )


def _fields(world: World, chance: Random, route: Route) -> list[tuple[str, str]]:
    """Fill in the fields of a form, oddly; an address comes first, so that no cut loses it."""
    named = dict.fromkeys(UNFORMED.get(route.endpoint, ()), ())
    offered: Mapping[str, Sequence[str]] = world.forms.posted.get(route.endpoint, named)
    is_campaign = route.endpoint in _OF_A_CAMPAIGN
    names = [name for name in offered if not (is_campaign and name in _ANSWERS)]
    chosen = chance.sample(names, chance.randint(0, len(names))) if chance.random() < 0.4 else names
    fields = [(name, odd.value(chance, name, offered[name])) for name in chosen]
    if is_campaign:
        answers = _answers(world, chance)
        fields += [(name, text) for name, many in answers.items() for text in _each(many)]
    if chance.random() < 0.2:
        fields += [(name, odd.value(chance, name, offered[name])) for name in chosen[:3]]
    if route.endpoint.startswith("connections."):
        fields.insert(0, ("base_url", odd.value(chance, "base_url", ())))
    token = world.token if chance.random() < 0.95 else odd.text(chance)
    return [*fields[:1], ("csrf_token", token), *fields[1:]]


def _answers(world: World, chance: Random) -> dict[str, Any]:
    """Take a campaign that is fine, and make a few of its answers odd."""
    answers: dict[str, Any] = dict(typed(chance.choice((outbound, inbound))()))
    answers["connection"] = chance.choice([*world.known["key"], "", "nowhere"])
    for name in chance.sample(TYPED, chance.choice((0, 1, 1, 2, 3, 8))):
        answers[name] = odd.value(chance, name, world.forms.posted["editing.save"].get(name, ()))
        if name == "days_of_week" and chance.random() < 0.5:
            answers[name] = [odd.text(chance), "MONDAY", "MONDAY"]
        if chance.random() < 0.1:
            del answers[name]
    if chance.random() < 0.1:
        dates = ("0001-01-01", "2027-01-04", "9999-12-31", "9999-12-30", "1583-01-01")
        answers |= {"start_date": chance.choice(dates), "end_date": chance.choice(dates)}
    return answers


def _each(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _to_the_api(chance: Random, request: Request) -> Request:
    document: dict[str, Any] = dict(SAMPLE_REQUEST)
    for name in chance.sample(list(document), chance.randint(0, 3)):
        document[name] = chance.choice(
            (odd.text(chance), None, [], {}, 10**30, -1, True, 1.5, [[]])
        )
    body = json.dumps(document).encode()
    if chance.random() < 0.3:
        body = chance.choice(
            (b"", b"[]", b"{", body[:-9], b"\xff" + body, b"[" * 9000, b'{"a":NaN}')
        )
    headers = (("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json"))
    return replace(request, headers=headers, body=body)


def _odd_headers(chance: Random, request: Request) -> tuple[tuple[str, str], ...]:
    if chance.random() < 0.7:
        return request.headers
    headers = list(request.headers)
    for name, values in chance.sample(_HEADERS, chance.randint(1, 3)):
        if chance.random() < 0.8:
            headers = [pair for pair in headers if pair[0] != name]
        headers.append((name, chance.choice(values)))
    return tuple(headers)


def _with_a_wrong_length(chance: Random, request: Request) -> Request:
    """Tell, now and then, another length than the body's, or none that is one."""
    is_plain = all(sign.isprintable() for _, value in request.headers for sign in value)
    request = replace(request, whole=request.whole and is_plain)
    if chance.random() >= 0.02:
        return request
    length = chance.choice((0, len(request.body) // 2, len(request.body) + 10, 10**12, -1))
    return replace(request, length=length, whole=False)


def _life_of_a_draft(world: World, chance: Random, number: int) -> Conversation:
    """Save a draft with odd answers, open all its pages, send it if it can be, and look again."""
    draft_id = f"{_FIRST + number:016x}"
    place = f"/drafts/{draft_id}"
    answers = _answers(world, chance)
    if chance.random() < 0.5:
        answers["name"] = f"Odd {number}"
    yield world.look(f"/drafts/new/{draft_id}")
    yield world.form(f"{place}/{chance.choice(('autosave', 'autosave', ''))}".rstrip("/"), answers)
    yield world.form("/preview", answers)
    for page in _PAGES:
        answer = yield world.look(f"{place}{page}")
    if answer is not None and answer.status == 200:
        sent = yield world.form(f"{place}/send", pressed(answer))
        address = sent.headers.get("location", "") if sent is not None else ""
        if address.startswith("/submissions/"):
            yield world.look(f"{address}/state")
            yield world.look(address)
            yield world.form(f"{address}/resolve", {"found": "no", "who": "Ada"})
    fields = {"dates": "move", "weeks": odd.value(chance, "weeks", ())}
    yield world.form(f"{place}/duplicate", fields)
    yield world.form(f"{place}/presets/keep", {"name": odd.text(chance)[:60]})
    yield world.look("/?sort=" + chance.choice(list(Sort)))
    yield world.look(f"{place}/evidence.json")
    if chance.random() < 0.9:  # Few stay, so that the list is no longer than a person's.
        yield world.form(f"{place}/delete", {})
        yield world.look(place)
