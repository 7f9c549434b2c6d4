"""What a batch comes to, by what was written of each of its items."""

from collections import Counter

import pytest

from app.store.batch_models import BatchItem
from app.store.batch_summary import BrokenRule, find_broken, list_broken


@pytest.mark.parametrize(
    ("severity", "statement", "broken"),
    [
        ("high", {"accepted": None}, True),
        ("high", {"accepted": "They asked for it.", "answer": "", "by": "Ada"}, False),
        ("high", {"accepted": "", "answer": "", "by": "Ada", "lifted_by": "agreed"}, False),
        ("medium", {"accepted": None}, False),
        ("low", {"accepted": None}, False),
        ("low", {"accepted": "", "answer": "yes", "by": "Ada"}, False),
        ("low", {"accepted": "Planned for May.", "answer": "no", "by": "Ada"}, True),
    ],
)
def test_a_law_is_broken_until_somebody_accepts_it_and_a_duty_once_it_is_not_met(
    severity: str, statement: dict[str, str | None], *, broken: bool
) -> None:
    finding = {"rule": "us-fcc-hours", "severity": severity} | statement
    assert find_broken({"findings": [finding]}) == ({"us-fcc-hours"} if broken else set())


def test_the_law_that_most_break_comes_first_and_names_the_first_three() -> None:
    counted = Counter({"breaks us-fcc-hours": 1, "high": 6, "breaks us-tx-hours": 5})
    items = [BatchItem(name=f"Campaign {n}", findings={"breaks us-tx-hours": 1}) for n in range(5)]
    assert list_broken(counted, items) == [
        BrokenRule("us-tx-hours", 5, ["Campaign 0", "Campaign 1", "Campaign 2"]),
        BrokenRule("us-fcc-hours", 1, []),
    ]
