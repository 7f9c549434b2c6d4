"""The figures as a table for a person, and as JSON for a script."""

import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from typing import Any

from tests.benchmarks.figure import Figure

_WIDTHS = (54, 18, 26, 24, 18, 0)
_PEERS = ("django", "flask", "flask-wtf", "marshmallow", "pydantic", "wtforms")
_VERDICTS = {None: "", True: "met", False: "MISSED"}

HEADINGS = ("measured", "goal", "ours", "peer", "ratio", "met")


def row(figure: Figure) -> tuple[str, ...]:
    """Write a figure's cells, in the order of the headings."""
    return (
        figure.name,
        goal_in_words(figure),
        figure.ours or value_in_words(figure),
        figure.peer,
        _ratio(figure),
        _VERDICTS[figure.is_met],
    )


def line(cells: Iterable[str]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def value_in_words(figure: Figure) -> str:
    value = f"{figure.value:,.3g}" if figure.value < 1000 else f"{figure.value:,.0f}"
    return f"{value} {figure.goal.unit}"


def goal_in_words(figure: Figure) -> str:
    limit = figure.goal.limit
    return "" if limit is None else f"{figure.goal.met} {limit:,} {figure.goal.unit}"


def machine() -> dict[str, Any]:
    """Say where it was measured, and by which versions."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": cpu_count(),
        "versions": {name: version(name) for name in _PEERS},
    }


def as_json(figures: Iterable[Figure]) -> str:
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [figure.as_json() for figure in figures],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _ratio(figure: Figure) -> str:
    """Tell the ratio to the peer, or to the goal where nobody else was asked."""
    if figure.goal.unit.startswith("×"):
        return f"{figure.value:.2f} ×"
    limit = figure.goal.limit
    return "" if limit is None else f"{figure.value / limit:.2f} of the goal"
