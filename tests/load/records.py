"""A log and a trail of many rows, and how long the pages take that read them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from statistics import median
from time import perf_counter
from typing import TypeAlias

from app.store.audit_trail import name_draft_chain
from app.store.chains import NOTHING_BEFORE, hash_event
from app.store.records import LoggedCall
from app.store.request_log import join_words
from tests.load.browser import Browser

_Event: TypeAlias = dict[str, object]

_EVENTS_OF_A_DRAFT = 10
_TIMES = 11
_CALL = """
INSERT INTO exchange (id, connection_key, connection, at, duration_ms, method, url,
    request_headers, request_body, status, response_headers, response_body, outcome)
VALUES (:id, 'sandbox', :connection, '2026-11-24 09:00:00.000000', 12, :method, :url,
    :request_headers, :request_body, :status, :response_headers, :response_body, :outcome)"""
_SEARCH = """
INSERT INTO exchange_search (rowid, connection_key, text) VALUES (:id, 'sandbox', :text)"""
_EVENT = """
INSERT INTO event (chain, number, at, kind, who, details, before, hash)
VALUES (:chain, :number, :at, :kind, :who, :details, :before, :hash)"""
_HEAD = """
INSERT INTO chain_head (chain, number, hash, sealed) VALUES (:chain, :number, :hash, 0)
ON CONFLICT (chain) DO UPDATE SET number = excluded.number, hash = excluded.hash"""
_HEADERS = {"Content-Type": "application/json"}


def fill(instance: Path, rows: int, draft_id: str) -> None:
    """Write so many calls and so many events into a database, as the app would have.

    The chain of *draft_id* goes on by as many events as each other draft's has.
    """
    with closing(sqlite3.connect(instance / "campaigns.sqlite3")) as database, database:
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM exchange").fetchone()
        for number in range(last + 1, last + 1 + rows):
            call = _make_call(f'{{"name": "Recall {number}"}}')
            row = {name: getattr(call, name) for name in _CALL_FIELDS}
            headers = {name: json.dumps(_HEADERS) for name in _HEADERS_OF}
            database.execute(_CALL, {"id": number, **row, **headers})
            database.execute(_SEARCH, {"id": number, "text": join_words(call)})
        of_draft = "SELECT number, hash FROM chain_head WHERE chain = ?"
        head = database.execute(of_draft, (name_draft_chain(draft_id),)).fetchone()
        others = (token_hex(8) for _ in range(rows // _EVENTS_OF_A_DRAFT))
        for chain in (_make_chain(draft_id, *head), *map(_make_chain, others)):
            database.executemany(_EVENT, chain)
            database.execute(_HEAD, chain[-1])


def _make_call(body: str) -> LoggedCall:
    return LoggedCall(
        connection="Sandbox",
        method="POST",
        url="https://sandbox.invalid/api/v2/voice-campaigns",
        status=201,
        outcome="CREATED",
        request_headers=_HEADERS,
        request_body=body,
        response_headers=_HEADERS,
        response_body='{"status": "success", "message": "Campaign created successfully"}',
    )


_HEADERS_OF = ("request_headers", "response_headers")
_CALL_FIELDS = (
    "connection",
    "method",
    "url",
    "status",
    "outcome",
    "request_body",
    "response_body",
)


def _make_chain(draft_id: str, last: int = 0, before: str = NOTHING_BEFORE) -> list[_Event]:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    chain = []
    for number in range(last + 1, last + 1 + _EVENTS_OF_A_DRAFT):
        event: _Event = {
            "chain": name_draft_chain(draft_id),
            "number": number,
            "at": at,
            "kind": "edited",
            "who": "",
            "details": '{"version": 2, "fields": {"name": ["Recall", "Recall East"]}}',
            "before": before,
        }
        event["hash"] = before = hash_event(event)
        chain.append(event)
    return chain


def page_times(port: int, draft_id: str) -> dict[str, list[float]]:
    """Open each page that reads them some times; gives the seconds, by what was opened."""
    pages = {
        "requests": "/requests",
        "requests of a connection without any": "/requests?connection=environment",
        "requests with a common word": "/requests?search=successfully",
        "… of a connection without any": "/requests?search=successfully&connection=environment",
        "requests with a rare word": "/requests?search=Recall+1711",
        "history of a draft": f"/drafts/{draft_id}/history",
        "evidence of a draft": f"/drafts/{draft_id}/evidence.json",
        "list": "/",
    }
    browser = Browser(port)
    return {
        words: [_seconds(browser, path) for _ in range(_TIMES)] for words, path in pages.items()
    }


def _seconds(browser: Browser, path: str) -> float:
    began = perf_counter()
    browser.get(path)
    return perf_counter() - began


def table(times: dict[str, list[float]]) -> Iterator[str]:
    """Write a line for each page: the median and the longest, in milliseconds."""
    for words, seconds in times.items():
        yield f"{words:<40}{median(seconds) * 1000:>10.1f}{max(seconds) * 1000:>10.1f}"
