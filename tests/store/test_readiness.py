"""How far a draft is follows from what is open of it, the worst first."""

from datetime import date, time
from typing import Any

import pytest

from app.store.acceptances import judge
from app.store.base import Readiness
from app.store.readiness import describe_hours, find_readiness
from tests.factories import inbound, outbound, typed


@pytest.mark.parametrize(
    ("problems", "findings", "readiness"),
    [
        ({}, {}, Readiness.READY),
        ({"missing": 0, "wrong": 0}, {"accepted": 2, "lifted": 1}, Readiness.READY),
        ({}, {"low": 1}, Readiness.OPEN),
        ({}, {"medium": 1, "high": 0}, Readiness.OPEN),
        ({}, {"low": 1, "unmet": 1}, Readiness.BREAKS),
        ({}, {"medium": 1, "high": 1}, Readiness.BREAKS),
        ({"missing": 0, "wrong": 1}, {"high": 1}, Readiness.INCOMPLETE),
    ],
)
def test_the_worst_that_is_open_counts(
    problems: dict[str, int], findings: dict[str, int], readiness: Readiness
) -> None:
    assert find_readiness(problems, findings) is readiness


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, {"missing": 0, "wrong": 0}),
        ({"name": "", "assistant_id": ""}, {"missing": 2, "wrong": 0}),
        ({"end_date": date(2020, 1, 1), "name": ""}, {"missing": 1, "wrong": 1}),
    ],
)
def test_answers_are_counted_that_are_missing_or_wrong(
    changes: dict[str, Any], counts: dict[str, int]
) -> None:
    assert judge(typed(outbound(**changes))).problems == counts


def test_a_place_of_leads_that_is_not_known_has_to_change() -> None:
    assert judge(typed(outbound()) | {"audience": "Atlantis"}).problems == {
        "missing": 0,
        "wrong": 1,
    }


def test_hours_are_told_with_their_zone_where_there_are_some() -> None:
    late = outbound(daily_start_time=time(13, 30), daily_end_time=time(20), timezone="Asia/Tokyo")
    assert describe_hours(late) == ("13:30–20:00", "Asia/Tokyo")
    assert describe_hours(outbound(daily_end_time=None)) == ("", "America/New_York")
    assert describe_hours(inbound()) == ("", "")
