"""The list of drafts with a search word, when it is long and when it is not."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from flask import Flask

from app import create_app
from app.services import services_of
from app.settings import Settings
from app.store import drafts
from app.store.acceptances import judge
from tests.benchmarks.measure import Figure, answer, environ, p95, ratio
from tests.factories import outbound, typed

_FEW, _MANY = 1_000, 100_000
_TIMES = 300
_TRADES = ("roofing", "solar", "dental", "plumbing", "mortgage", "insurance", "tutoring", "legal")
_WORD = "roofing"


def figures(folder: Path) -> Iterator[Figure]:
    """Measure the 95th percentile of the list, searched, at both lengths."""
    few, many = (_filled(folder / f"list-{number}", number) for number in (_FEW, _MANY))
    request = environ(f"/?search={_WORD}")
    times: dict[int, list[float]] = {_FEW: [], _MANY: []}
    for number in range(_TIMES + 20):
        for length, app in ((_FEW, few), (_MANY, many)):
            start = perf_counter()
            answer(app, request)
            if number >= 20:
                times[length].append(perf_counter() - start)
    yield ratio(
        f"List of {_MANY:,} drafts, p95 of a search",
        p95(times[_MANY]),
        p95(times[_FEW]),
        f"{_FEW:,} drafts",
        1.5,
    )


def _filled(folder: Path, length: int) -> Flask:
    app = create_app(Settings(instance=folder))
    with services_of(app).store.writing() as session:
        for number in range(length):
            name = f"{_TRADES[number % len(_TRADES)]} {number} for branch {number * 7919 % length}"
            drafts.save(session, drafts.new_id(), judge(typed(outbound(name=name))), over=0)
    return app
