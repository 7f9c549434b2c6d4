"""What is measured and how fast it has to be: the one table of goals.

Ahead of what somebody would pick instead, and quick to the person at work. A figure without a
limit is told beside the others, and no goal.
"""

from dataclasses import dataclass
from enum import StrEnum


class Met(StrEnum):
    """How a figure meets its limit, as a table writes it."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True)
class Goal:
    """One figure by its name, its unit, and the limit that it has to keep.

    The unit "× as fast" is how many times the peer's time is ours, "× as long" how many times
    our own at the start, or what the API alone would take; "a second" counts.
    """

    figure: str
    unit: str
    met: Met
    limit: float | None = None

    def is_met(self, value: float) -> bool | None:
        """Tell whether a figure keeps the limit; `None` without one."""
        if self.limit is None:
            return None
        return value <= self.limit if self.met is Met.AT_MOST else value >= self.limit


def _faster(figure: str, limit: float | None = None) -> Goal:
    return Goal(figure, "× as fast", Met.AT_LEAST, limit)


def _within(figure: str, unit: str, limit: float | None = None) -> Goal:
    return Goal(figure, unit, Met.AT_MOST, limit)


_LISTS = (
    "List",
    "List by name",
    "List by client",
    "List by type",
    "List by readiness",
    "List by hours",
    "Search for a common word",
    "Search for a rare word",
    "Search for one of many alike",
)
LENGTHS = (100_000, 1_000_000)
"""Drafts in a list, held against the same list of 1,000."""

GOALS = (
    _faster("Form page, new campaign: WTForms", 2),
    _faster("Form page, new campaign: Django", 2),
    _faster("Form page, new campaign: WTForms, zone typed"),
    _faster("Form page, new campaign: Django, zone typed"),
    _faster("Form page, sample: WTForms", 2),
    _faster("Form page, sample: Django", 2),
    _faster("Form page, sample: WTForms, zone typed"),
    _faster("Form page, sample: Django, zone typed"),
    _within("Live preview, p95 of 8 people", "ms", 20),
    _within("Live preview, p95 of 32 people", "ms", 60),
    _within("Live preview, all worked out anew, p95 of 8 people", "ms"),
    _within("Live preview, all worked out anew, p95 of 32 people", "ms"),
    _within("Judging three months anew", "ms", 10),
    _within("Judging ten years over 50 states anew", "ms", 100),
    Goal("Contract checks from JSON, one core", "a second", Met.AT_LEAST, 50_000),
    _faster("Contract checks: WTForms", 10),
    _faster("Contract checks: Django"),
    _faster("Contract checks: marshmallow"),
    _faster("Contract checks: pydantic"),
    _within("Submit, our part, median", "ms", 10),
    _within("A batch of 1,000, 16 at once", "× as long", 1.15),
    *(
        _within(f"{name} of {length:,} drafts, p95", "× as long", 1.5)
        for length in LENGTHS
        for name in _LISTS
    ),
    _within("First visit of the form", "kB", 100),
    _within("Second visit of the form", "kB", 20),
)
GOAL = {goal.figure: goal for goal in GOALS}
