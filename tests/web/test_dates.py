"""How long ago something was, in few words."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from app.web.dates import write_ago
from tests.pages import text

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=24), "1 d"),
        (timedelta(days=6, hours=23), "6 d"),
        (timedelta(days=7), "22 Nov"),
        (timedelta(days=365), "29 Nov 2025"),
    ],
)
def test_the_distance_is_told_and_the_instant_for_who_listens(gone: timedelta, words: str) -> None:
    written = BeautifulSoup(write_ago(NOW - gone, NOW), "html.parser")
    assert text(written.select_one("[aria-hidden]")) == words
    moment = written.select_one(".visually-hidden time")
    assert moment is not None
    assert moment["datetime"] == (NOW - gone).isoformat()
