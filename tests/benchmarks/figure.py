"""One measured figure, and how it is held against its goal and its peer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.goals import GOAL, Goal, Met


@dataclass(frozen=True)
class Figure:
    """A value for one line of the goals; *ours* and *peer* are what it was worked out from.

    *peer* is empty where nobody else was asked, or is our own with less to do.
    """

    name: str
    value: float
    ours: str = ""
    peer: str = ""

    @property
    def goal(self) -> Goal:
        return GOAL[self.name]

    @property
    def is_met(self) -> bool | None:
        return self.goal.is_met(self.value)

    @property
    def share(self) -> float | None:
        """How much of its limit it takes: at most 1 if the goal is met; `None` without one."""
        limit = self.goal.limit
        if limit is None:
            return None
        return self.value / limit if self.goal.met is Met.AT_MOST else limit / self.value

    def as_json(self) -> dict[str, Any]:
        """Write it for a script, with the goal."""
        return {
            "figure": self.name,
            "value": self.value,
            "unit": self.goal.unit,
            "met_by": self.goal.met,
            "goal": self.goal.limit,
            "is_met": self.is_met,
            "share_of_goal": self.share,
            "ours": self.ours,
            "peer": self.peer,
        }


def compare(name: str, ours: float, peer: float, words: Callable[[float], str]) -> Figure:
    """Tell how many times as fast as a peer we are, by the seconds of both."""
    return Figure(name, peer / ours, words(ours), words(peer))


def in_milliseconds(seconds: float) -> str:
    taken = seconds * 1000
    return f"{taken:.3g} ms" if taken < 1000 else f"{taken:,.0f} ms"


def in_a_second(seconds: float) -> str:
    return f"{1 / seconds:,.0f}/s"
