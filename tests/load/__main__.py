"""Let people work at the real server: ``python -m tests.load``, a table and a last line to read.

SECONDS is how long each activity goes on, PEOPLE how many do it at once (``"8 32"``). With
ROWS the log and the trail are filled with so many rows, and the pages timed that read them.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.load import people, records
from tests.load.crowds import at_once, beside_drips
from tests.load.people import ACTIVITIES, Taken, act_together
from tests.running import Running, running

DRAFTS = 200
CROWD, TOGETHER = 240, 40
DRIPS, LOOKS = 120, 20


def main() -> None:
    """Measure it all; exit status 1 unless every request was answered as it should be."""
    seconds = float(os.environ.get("SECONDS") or 30)
    crowds = [int(number) for number in (os.environ.get("PEOPLE") or "8 32").split()]
    with TemporaryDirectory() as folder, running(Path(folder)) as server:
        errors = _activities(server, seconds, crowds) + _crowds(server)
        if rows := int(os.environ.get("ROWS") or 0):
            _records(Path(folder), server, rows)
        errors += list(server.exceptions().elements())
    for error, number in Counter(errors).most_common(20):
        print(f"! {number} × {error}")
    print(f"load: {len(errors)} errors")
    sys.exit(1 if errors else 0)


def _activities(server: Running, seconds: float, crowds: list[int]) -> list[str]:
    drafts, errors = people.fill(server.port, DRAFTS), []
    print(_line("activity", "people", "requests", "errors", "p50", "p95", "longest", "MB"))
    for activity in ACTIVITIES:
        for crowd in crowds:
            before = server.resident()
            taken = _elsewhere(act_together, activity, server.port, crowd, seconds, drafts)
            memory = f"{before:.0f} → {server.resident():.0f}"
            print(_line(activity, crowd, *_figures(taken), memory), flush=True)
            errors += taken.errors or ([] if taken.seconds else [f"Nobody did {activity}"])
    return errors


def _crowds(server: Running) -> list[str]:
    crowd = _elsewhere(at_once, server.port, CROWD, TOGETHER)
    print(f"at once: {TOGETHER} of {CROWD} together: {_answered(crowd)}", flush=True)
    drips = _elsewhere(beside_drips, server.port, DRIPS, LOOKS)
    print(f"dripping: {LOOKS} beside {DRIPS} that drip: {_answered(drips)}", flush=True)
    return crowd.errors + drips.errors


def _records(folder: Path, server: Running, rows: int) -> None:
    """Fill log and trail, and tell how long the pages take that read them, in milliseconds."""
    (draft_id,) = people.fill(server.port, 1)
    records.fill(folder / "instance", rows, draft_id)
    print(f"{rows:,} calls and events: median and longest in ms")
    for line in records.table(records.page_times(server.port, draft_id)):
        print(line, flush=True)


def _elsewhere(act: Callable[..., Taken], *arguments: Any) -> Taken:
    """Do this in a fresh process, as those who ask are never the server."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(act, *arguments).result()


def _figures(taken: Taken) -> tuple[object, ...]:
    times = [f"{_share(taken.seconds, part) * 1000:.1f}" for part in (0.5, 0.95, 1)]
    return len(taken.seconds), len(taken.errors), *times


def _answered(taken: Taken) -> str:
    return f"{len(taken.seconds)} answered, longest {_share(taken.seconds, 1) * 1000:,.0f} ms"


def _share(seconds: list[float], part: float) -> float:
    """Give the time within which this part of all was answered; 0 if nothing was."""
    ordered = sorted(seconds)
    return ordered[max(0, ceil(len(ordered) * part) - 1)] if ordered else 0.0


def _line(first: str, *cells: object) -> str:
    return f"{first:<10}" + "".join(f"{cell!s:>12}" for cell in cells)


if __name__ == "__main__":
    main()
