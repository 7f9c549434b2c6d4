"""How far a draft is from being sent, kept with it so that the list need not work it out.

What the contract says is counted when a draft is saved, what rules say also when somebody answers
them. The list filters and counts by the one word that comes of both: the worst that is open.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.campaign.compliance.acceptance import breaks_a_rule
from app.campaign.compliance.evidence import Severity
from app.campaign.contract.fields import OUTBOUND, Values
from app.campaign.contract.problems import Code, Problem
from app.campaign.formatting import format_clock
from app.store.base import Readiness

MISSING, WRONG = "missing", "wrong"
"""Keys of counted problems: answers that are not there, and those that have to change."""


def count_problems(problems: Iterable[Problem]) -> dict[str, int]:
    """Count the answers that have problems: ``{MISSING: …, WRONG: …}``."""
    codes = {problem.field: problem.code for problem in problems}
    missing = sum(code is Code.MISSING for code in codes.values())
    return {MISSING: missing, WRONG: len(codes) - missing}


def find_readiness(problems: Mapping[str, int], findings: Mapping[str, int]) -> Readiness:
    """Find the worst that is open; *findings* are counted as `acceptance.tally` does."""
    if any(problems.values()):
        return Readiness.INCOMPLETE
    if breaks_a_rule(findings):
        return Readiness.BREAKS
    if findings.get(Severity.MEDIUM) or findings.get(Severity.LOW):
        return Readiness.OPEN
    return Readiness.READY


def describe_hours(values: Values) -> tuple[str, str]:
    """Give the daily hours of a campaign and their zone; an INBOUND one has neither."""
    if not OUTBOUND.holds(values):
        return "", ""
    times: list[Any] = [values.get(name) for name in ("daily_start_time", "daily_end_time")]
    hours = "–".join(map(format_clock, times)) if all(time is not None for time in times) else ""
    return hours, str(values.get("timezone") or "")
