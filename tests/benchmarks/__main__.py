"""Measure it all: ``python -m tests.benchmarks``, a table here, JSON and a chart in ``docs/``.

ROWS is the longest list; with ROWS=1000000 it takes some minutes more.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from app.settings import Settings
from tests.benchmarks import (
    batch,
    contract,
    form_page,
    judging,
    listing,
    preview,
    sending,
    transfer,
)
from tests.benchmarks.chart import draw
from tests.benchmarks.figure import Figure
from tests.benchmarks.goals import LENGTHS
from tests.benchmarks.report import HEADINGS, as_json, line, row

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs"


def main() -> None:
    """Measure, print each figure as soon as there is one, and write them all down."""
    instance = _ROOT / "instance"
    instance.mkdir(mode=0o700, exist_ok=True)
    rows = int(os.environ.get("ROWS") or LENGTHS[0])
    print(line(HEADINGS))
    measured = []
    with TemporaryDirectory(dir=instance) as folder:  # A real disk, where a commit costs its due.
        for figure in _figures(Path(folder), rows):
            print(line(row(figure)), flush=True)
            measured.append(figure)
    for name, content in (
        ("benchmarks.json", as_json(measured)),
        ("benchmarks.svg", draw(measured)),
    ):
        (_DOCS / name).write_text(content)
        print(f"Written to {(_DOCS / name).relative_to(_ROOT)}")


def _figures(folder: Path, rows: int) -> Iterator[Figure]:
    app = create_app(Settings(instance=folder / "app"))
    yield from form_page.figures(app)
    yield from preview.figures(folder)
    yield from judging.figures()
    yield from contract.figures()
    yield from sending.figures(app)
    yield from batch.figures(folder)
    yield from listing.figures(folder, [length for length in LENGTHS if length <= rows])
    yield from transfer.figures(app)


if __name__ == "__main__":
    main()
