"""A log and a trail of many rows, and how long the pages take that read them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from statistics import median
from time import perf_counter

from app.store.audit_trail import name_draft_chain
from app.store.chains import NOTHING_BEFORE, hash_event
from tests.load.browser import Browser

_EVENTS_OF_A_DRAFT = 10
_TIMES = 11
_CALL = """
INSERT INTO exchange (connection_key, connection, at, duration_ms, method, url, request_headers,
    request_body, status, response_headers, response_body, outcome)
VALUES ('sandbox', 'Sandbox', '2026-11-24 09:00:00.000000', 12, 'POST',
    'https://sandbox.invalid/api/v2/voice-campaigns', '{}', ?, 201, '{}',
    '{"status": "success", "message": "Campaign created successfully"}', 'CREATED')"""
_SEARCH = """
INSERT INTO exchange_search (rowid, connection_key, text)
SELECT id, connection_key, connection || char(10) || outcome || char(10) || request_body ||
    char(10) || response_body FROM exchange WHERE id > ?"""
_EVENT = """
INSERT INTO event (chain, number, at, kind, who, details, before, hash)
VALUES (:chain, :number, :at, :kind, :who, :details, :before, :hash)"""
_HEAD = "INSERT INTO chain_head (chain, number, hash, sealed) VALUES (:chain, :number, :hash, 0)"


def fill(instance: Path, rows: int) -> None:
    """Write so many calls and so many events into a database, as the app would have."""
    with closing(sqlite3.connect(instance / "campaigns.sqlite3")) as database, database:
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM exchange").fetchone()
        calls = ((f'{{"name": "Recall {number}"}}',) for number in range(rows))
        database.executemany(_CALL, calls)
        database.execute(_SEARCH, (last,))
        for chain in _chains(rows):
            database.executemany(_EVENT, chain)
            database.execute(_HEAD, chain[-1])


def _chains(events: int) -> Iterator[list[dict[str, object]]]:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    for _ in range(events // _EVENTS_OF_A_DRAFT):
        chain, before = [], NOTHING_BEFORE
        name = name_draft_chain(token_hex(8))
        for number in range(1, _EVENTS_OF_A_DRAFT + 1):
            event: dict[str, object] = {
                "chain": name,
                "number": number,
                "at": at,
                "kind": "edited",
                "who": "",
                "details": '{"version": 2, "fields": {"name": ["Recall", "Recall East"]}}',
                "before": before,
            }
            event["hash"] = before = hash_event(event)
            chain.append(event)
        yield chain


def page_times(port: int, draft_id: str) -> dict[str, list[float]]:
    """Open each page that reads them some times; gives the seconds, by what was opened."""
    pages = {
        "requests": "/requests",
        "requests of a connection without any": "/requests?connection=environment",
        "requests with a common word": "/requests?search=successfully",
        "… of a connection without any": "/requests?search=successfully&connection=environment",
        "requests with a rare word": "/requests?search=Recall+4711",
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
