"""The list of drafts and its search, when it is long and when it is not."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask import Flask

from app import create_app
from app.services import find_services
from app.settings import Settings
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import Readiness
from tests.benchmarks.figure import Figure, in_milliseconds
from tests.benchmarks.measure import answer, environ, p95, time_in_turn
from tests.factories import outbound, typed

_FEW = 1_000
_TRADES = ("roofing", "solar", "dental", "plumbing", "mortgage", "insurance", "tutoring", "legal")
_RARE = 500
_CLIENTS = 40
_READINESS = tuple(readiness.name for readiness in Readiness)
_PATHS = {
    "List": "/",
    "List by name": "/?sort=name",
    "List by client": "/?sort=client",
    "List by type": "/?sort=type",
    "List by readiness": "/?sort=readiness",
    "List by hours": "/?sort=hours",
    "Search for a common word": "/?search=roofing",
    "Search for a rare word": "/?search=zeppelins",
    "Search for one of many alike": "/?search=number-0000777",  # Most of it is in every name.
}


def figures(folder: Path, lengths: list[int], rounds: int = 200) -> Iterator[Figure]:
    """Measure the 95th percentile of each page at each length, against that of 1,000 drafts."""
    few, *many = [_filled(folder / f"list-{length}", length) for length in (_FEW, *lengths)]
    for name, path in _PATHS.items():
        request = environ(path)
        opens = [partial(answer, app, request) for app in (few, *many)]
        least, *most = map(p95, time_in_turn(*opens, rounds=rounds))
        for length, ours in zip(lengths, most, strict=True):
            words = f"{in_milliseconds(least)} at {_FEW:,}"
            yield Figure(
                f"{name} of {length:,} drafts, p95", ours / least, in_milliseconds(ours), words
            )


def _filled(folder: Path, length: int) -> Flask:
    """Make an app with so many drafts: one saved by it, and the others copied from that one."""
    app = create_app(Settings(instance=folder))
    with find_services(app).store.writing() as session:
        drafts.save(
            session, drafts.make_id(), judge(typed(outbound(name=_name(1)))), expected_version=0
        )
    with closing(sqlite3.connect(folder / "campaigns.sqlite3")) as database, database:
        _copy(database, length)
    return app


def _copy(database: sqlite3.Connection, length: int) -> None:
    """Write the other drafts; to save each of them would take an hour for a million."""
    drafts_there = database.execute("SELECT * FROM draft")
    names = [column[0] for column in drafts_there.description]
    saved = dict(zip(names, drafts_there.fetchone(), strict=True))
    (words,) = database.execute("SELECT text FROM draft_search").fetchone()
    columns = ", ".join(saved), ", ".join(f":{column}" for column in saved)
    database.executemany(
        "INSERT INTO draft ({}) VALUES ({})".format(*columns),  # noqa: S608  # the table's own
        (_copied(saved, sequence) for sequence in range(2, length + 1)),
    )
    database.executemany(
        "INSERT INTO draft_search (rowid, text) VALUES (?, ?)",
        ((sequence, words.replace(_name(1), _name(sequence))) for sequence in range(2, length + 1)),
    )


def _copied(saved: dict[str, Any], sequence: int) -> dict[str, Any]:
    name = _name(sequence)
    answers = json.loads(saved["answers"]) | {"name": name}
    return saved | {
        "id": token_hex(8),
        "sequence": sequence,
        "name": name,
        "name_key": name.casefold(),
        "answers": json.dumps(answers),
        "type": "INBOUND" if sequence % 10 == 0 else "OUTBOUND",
        "connection_key": "" if sequence % 2 else f"client-{sequence % _CLIENTS}",
        "readiness": _READINESS[sequence % len(_READINESS)],
        "hours_key": f"{8 + sequence % 4:02}:00–17:00",
    }


def _name(sequence: int) -> str:
    trade = "zeppelins" if sequence == _RARE else _TRADES[sequence % len(_TRADES)]
    return f"{trade} number-{sequence:07}, branch {sequence * 7919 % 1_000_003}"
