"""The verdict says the worst first, and that a campaign is complete only where nothing is open."""

from typing import Any

import pytest

from app.web.panel.verdict import make_verdict


@pytest.mark.parametrize(
    ("open_things", "words", "is_broken"),
    [
        ({}, [], False),
        ({"unanswered": 1}, ["One answer is still to be given or changed"], False),
        (
            {"unanswered": 3, "counts": {"high": 1}},
            ["3 answers are still to be given or changed", "1 law is broken"],
            False,
        ),
        ({"never_calls": True}, ["No call would ever be made"], True),
        (
            {"counts": {"high": 2, "unmet": 1, "medium": 3, "low": 4, "accepted": 5, "lifted": 6}},
            [
                "2 laws are broken",
                "1 duty is not met",
                "3 to verify",
                "4 to confirm",
                "5 accepted",
                "6 lifted",
            ],
            True,
        ),
        (
            {"counts": {"accepted": 1}, "gaps": 2},
            ["1 accepted", "not all rules are known here"],
            False,
        ),
    ],
)
def test_the_worst_comes_first(
    open_things: dict[str, Any], words: list[str], is_broken: bool
) -> None:
    nothing: dict[str, Any] = {"unanswered": 0, "never_calls": False, "counts": {}, "gaps": 0}
    verdict = make_verdict(**nothing | open_things)
    assert [phrase.words for phrase in verdict.phrases] == words
    assert verdict.is_broken is is_broken
    assert verdict.is_answered is not bool(open_things.get("unanswered"))
