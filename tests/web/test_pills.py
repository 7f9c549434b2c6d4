"""A pill says the worst, and keeps the rest for who looks at it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.store.base import State
from app.store.draft_query import Row
from app.web.pills import Pill, make_pill


def row(**fields: Any) -> Row:
    return cast("Row", SimpleNamespace(**({"state": None, "problems": {}} | fields)))


@pytest.mark.parametrize(
    ("fields", "findings", "pill"),
    [
        ({}, {}, Pill("Ready", "READY", "")),
        ({}, {"accepted": 2}, Pill("Ready", "READY", "2 accepted")),
        ({}, {"high": 2, "low": 3}, Pill("Breaks 2 laws", "BREAKS", "3 to confirm")),
        ({}, {"unmet": 1}, Pill("1 duty not met", "BREAKS", "")),
        (
            {"problems": {"missing": 4, "wrong": 1}},
            {"high": 1},
            Pill("4 answers missing", "INCOMPLETE", "1 answer to change, breaks 1 law"),
        ),
        ({"state": State.UNKNOWN}, {}, Pill("Result unknown", "UNKNOWN", "")),
        ({"state": State.REFUSED}, {"high": 1}, Pill("Refused", "REFUSED", "breaks 1 law")),
    ],
)
def test_the_worst_is_said_first(
    fields: dict[str, Any], findings: dict[str, int], pill: Pill
) -> None:
    assert make_pill(row(**fields), findings) == pill
