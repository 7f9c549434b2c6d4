"""What we add to the one call that creates a campaign: the whole request, commits and all."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask

from app.services import find_services
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import State
from tests.benchmarks.figure import Figure, in_milliseconds
from tests.benchmarks.measure import p95
from tests.factories import outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.hidden_fields import read_hidden
from tests.pages import drain


def figures(app: Flask, rounds: int = 200) -> Iterator[Figure]:
    """Measure pressing Send, until its outcome is on record, while the API answers in no time."""
    client, taken = app.test_client(), []
    connections: Any = find_services(app).connections
    api, connections.open_api = connections.open_api, lambda _key: FakeApi(ANSWERS[State.CREATED])
    for number in range(rounds):
        draft_id = f"{number:016x}"
        with find_services(app).store.writing() as session:
            drafts.save(
                session, draft_id, judge(typed(outbound(name=f"Send {number}"))), expected_version=0
            )
        page = client.get(f"/drafts/{draft_id}/review").text
        hidden = read_hidden(page)
        start = perf_counter()
        answer = client.post(f"/drafts/{draft_id}/send", data=hidden)
        drain(app)
        taken.append(perf_counter() - start)
        if "/submissions/" not in answer.location:
            raise RuntimeError(f"Not sent: {answer.status}")
    connections.open_api = api
    ours = median(taken)
    words = f"{in_milliseconds(ours)}, p95 {in_milliseconds(p95(taken))}"
    yield Figure("Submit, our part, median", ours * 1000, words)
