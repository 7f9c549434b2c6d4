"""What a campaign will do, worked out anew: calendar, attempts and findings of the 50 states."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from statistics import median
from time import perf_counter
from typing import Any

from app.campaign.compliance.audience import read_audience
from app.campaign.compliance.fixes import find_fixes
from app.campaign.contract.fields import Weekday
from app.campaign.contract.reading import Reading
from app.campaign.explanation import explain_reading
from app.campaign.schedule.windows import iterate_windows
from tests.benchmarks.figure import Figure, in_milliseconds
from tests.campaign.meanings import NOW
from tests.factories import outbound

_LEADS = {"audience": "50 states"}
_gaps = count(61)


def figures(rounds: int = 60) -> Iterator[Figure]:
    """Measure the vendor's sample and a campaign of ten years, each time with another gap."""
    decade = {"end_date": date(2037, 1, 4), "days_of_week": tuple(Weekday)}
    for name, values in (
        ("Judging three months anew", outbound()),
        ("Judging ten years over 50 states anew", outbound(max_daily_attempts=3, **decade)),
    ):
        first, *taken = [_judge(values, day) for day in range(rounds)]
        ours = median(taken)
        words = f"{in_milliseconds(ours)}, first {in_milliseconds(first)}"
        yield Figure(name, ours * 1000, words)


def _judge(values: dict[str, Any], day: int) -> float:
    """Work out a campaign that nobody has asked about before: a day later, with another gap."""
    later = timedelta(days=day)
    dates = {name: values[name] + later for name in ("start_date", "end_date")}
    changed = values | dates | {"min_gap_between_attempts": next(_gaps)}
    start = perf_counter()
    explanation = explain_reading(
        Reading(changed, ()), read_audience(_LEADS, changed["timezone"]), NOW
    )
    if explanation.overview is None:
        raise RuntimeError("The campaign has no calendar, so nothing was worked out.")
    for _ in iterate_windows(explanation.overview.schedule):
        pass
    for finding in explanation.findings:
        find_fixes(finding, explanation.overview.schedule, explanation.limits, explanation.audience)
    return perf_counter() - start
