"""More people than the server has threads are all answered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import event

from app.settings import Settings
from app.store.base import State
from app.store.database import Store
from tests.pages import Visitor
from tests.servers import serving

pytestmark = pytest.mark.slow

PEOPLE = 40
ADDRESSES = (
    *("/", "/connections", "/connections/sandbox", "/connections/sandbox/book", "/about"),
    *("/requests", "/requests.jsonl", "/sandbox-campaigns", "/nothing", "/submissions/1"),
)


def test_many_pages_at_once_are_all_answered(app: Flask, saved: Callable[..., str]) -> None:
    draft_id = saved()
    paths = ("/", f"/drafts/{draft_id}", f"/drafts/{draft_id}/review", "/connections", "/requests")
    with serving(app, threads=Settings().threads) as address, ThreadPoolExecutor(PEOPLE) as people:
        addresses = [address.url + paths[number % len(paths)] for number in range(PEOPLE * 3)]
        answers = list(people.map(lambda at: requests.get(at, timeout=25).status_code, addresses))
    assert answers == [200] * len(addresses)


@pytest.fixture
def most_held(store: Store) -> list[int]:
    """Count the connections that are held, and tell the most at the same time."""
    held, most = [0], [0]

    def take(*_: Any) -> None:
        held[0] += 1
        most[0] = max(most[0], held[0])

    def give_back(*_: Any) -> None:
        held[0] -= 1

    event.listen(store.engine, "checkout", take)
    event.listen(store.engine, "checkin", give_back)
    return most


@pytest.mark.parametrize(
    "part", ["", "/review", "/history", "/evidence.json", "/presets", "/duplicate", "/submission"]
)
def test_no_page_of_a_draft_holds_two_connections(
    visitor: Visitor, saved: Callable[..., str], most_held: list[int], part: str
) -> None:
    """Threads that each hold one and wait for another would wait for ever."""
    address = f"/drafts/{saved()}{part}"
    visitor.client.get(address, follow_redirects=True)
    assert most_held == [1]


@pytest.mark.parametrize(
    "address",
    ADDRESSES,
)
def test_no_other_page_holds_two_connections(
    visitor: Visitor, sent: Callable[[State], int], most_held: list[int], address: str
) -> None:
    sent(State.UNKNOWN)
    visitor.client.get(address)
    assert most_held == [1]


def test_no_press_holds_two_connections(
    visitor: Visitor, saved: Callable[..., str], most_held: list[int]
) -> None:
    page = visitor.open(f"/drafts/{saved()}")
    review = visitor.press(page, answers={"name": "Spring"}, then="review")
    assert review.heading == "Review Spring"
    assert most_held == [1]
