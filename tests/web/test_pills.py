"""A pill says the worst, and keeps the rest for who looks at it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.store.base import State
from app.store.draft_query import Row
from app.store.team_models import ApprovalState
from app.web.pills import Pill, describe_approval, make_pill


def row(**fields: Any) -> Row:
    return cast("Row", SimpleNamespace(**({"state": None, "problems": {}} | fields)))


@pytest.mark.parametrize(
    ("fields", "findings", "pill"),
    [
        ({}, {}, Pill("Ready", "READY", "")),
        ({}, {"accepted": 2}, Pill("Ready", "READY", "2 accepted")),
        (
            {},
            {"not known": 4},
            Pill(
                "Ready, not all known", "INCOMPLETE", "not all rules are known where the leads are"
            ),
        ),
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


@pytest.mark.parametrize(
    ("findings", "state", "pill"),
    [
        ({}, None, Pill("Approval not asked for", "OPEN", "")),
        ({"accepted": 1}, ApprovalState.ASKED, Pill("Approval asked for", "QUEUED", "1 accepted")),
        ({}, ApprovalState.APPROVED, Pill("Approved", "READY", "")),
        (
            {"not known": 1},
            ApprovalState.APPROVED,
            Pill("Approved", "READY", "not all rules are known where the leads are"),
        ),
        ({}, ApprovalState.REFUSED, Pill("Not approved", "REFUSED", "")),
        ({}, ApprovalState.OVERRIDDEN, Pill("Approval not asked for", "OPEN", "")),
        ({"high": 1}, None, Pill("Breaks 1 law", "BREAKS", "approval not asked for")),
        (
            {"high": 1, "low": 2},
            ApprovalState.REFUSED,
            Pill("Breaks 1 law", "BREAKS", "2 to confirm", Pill("Not approved", "REFUSED", "")),
        ),
    ],
)
def test_what_is_ready_says_how_its_approval_stands(
    findings: dict[str, int], state: ApprovalState | None, pill: Pill
) -> None:
    assert make_pill(row(), findings, describe_approval(state)) == pill


def test_what_was_sent_says_nothing_of_approval() -> None:
    pill = make_pill(row(state=State.CREATED), {}, describe_approval(None))
    assert pill == Pill("Created", "CREATED", "")
