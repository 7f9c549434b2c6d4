"""Measure it all: ``python -m tests.benchmarks``, a table here and JSON in ``instance/``."""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from app.settings import Settings
from tests.benchmarks import (
    contract,
    form_page,
    hanging,
    judging,
    listing,
    preview,
    sending,
    transfer,
)
from tests.benchmarks.measure import Figure

_INSTANCE = Path(__file__).parents[2] / "instance"
_REPORT = _INSTANCE / "benchmarks.json"


def main() -> None:
    """Measure, and print each figure as soon as there is one."""
    _INSTANCE.mkdir(mode=0o700, exist_ok=True)
    print(_line("", "measured", "goal", "ours", "against"))
    found = []
    with TemporaryDirectory(dir=_INSTANCE) as folder:  # A real disk, where a commit costs its due.
        for figure in _figures(Path(folder)):
            print(_row(figure), flush=True)
            found.append(asdict(figure) | {"is_met": figure.is_met})
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": cpu_count(),
    }
    report = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    _REPORT.write_text(json.dumps(report | {"figures": found}, indent=2, ensure_ascii=False))
    print(f"Written to {_REPORT.relative_to(_INSTANCE.parent)}")


def _figures(folder: Path) -> Iterator[Figure]:
    app = create_app(Settings(instance=folder / "app"))
    yield from form_page.figures(app)
    yield from preview.figures(folder)
    yield from judging.figures()
    yield from contract.figures()
    yield from sending.figures(app)
    yield from hanging.figures(folder)
    yield from listing.figures(folder)
    yield from transfer.figures(app)


def _row(figure: Figure) -> str:
    limit = "≤" if figure.most else "≥"
    goal = "" if figure.goal is None else f"{limit} {figure.goal:,}"
    verdict = {None: "", True: "met", False: "MISSED"}[figure.is_met]
    value = f"{figure.value:,.3g}" if figure.value < 1000 else f"{figure.value:,.0f}"
    return _line(
        figure.name, f"{value} {figure.unit}", f"{goal} {verdict}", figure.ours, figure.floor
    )


def _line(*cells: str) -> str:
    widths = (40, 16, 18, 18, 0)
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


if __name__ == "__main__":
    main()
