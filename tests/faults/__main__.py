"""Break it a thousand times: ``python -m tests.faults``, a table and a last line to read.

RUNS is how many randomised runs there are after one of each condition, SEED makes them the
same again, CREATES and RESTARTS say how much is sent while the app is stopped and started. With
DATABASE=postgresql the app is on a PostgreSQL that is started for it, and FLEET is how many
campaigns two web processes and three workers send there while they are killed.
"""

import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.bed import TestBed, open_test_bed
from tests.faults.conditions import CONDITIONS, ON_POSTGRESQL, Condition
from tests.faults.fleet import Sent, send_and_kill
from tests.faults.judge import Run, run
from tests.faults.restarts import unknown_after_restarts
from tests.faults.submit_patterns import SUBMIT_PATTERNS
from tests.postgresql import Server, running

BEDS = 2
ALL = (*CONDITIONS, *ON_POSTGRESQL)
STATES = ("Created", "Refused", "Not sent", "Unknown", "Never sent")


def main() -> None:
    """Run it all; exit status 1 unless nothing was lost, double or silent."""
    runs, seed = _number("RUNS", 200), _number("SEED", random.SystemRandom().randrange(10**6))
    print(f"{runs} runs, seed {seed}", flush=True)
    on_postgresql = os.environ.get("DATABASE") == "postgresql"
    with TemporaryDirectory() as folder, ExitStack() as stack:
        servers = [
            stack.enter_context(running(durable=True)) if on_postgresql else None
            for _ in range(BEDS)
        ]
        outcomes = _all_runs(Path(folder), runs, seed, servers)
        _print_table(outcomes)
        fleet = _send_by_many(Path(folder), seed, servers[0])
        creates, restarts = _number("CREATES", 200), _number("RESTARTS", 2)
        unknown = unknown_after_restarts(Path(folder) / "restarts", creates, restarts, servers[0])
    print(f"{creates} creates with {restarts} restarts: {unknown} unknown")
    if fleet:
        print(
            f"{fleet.states.total()} campaigns, {fleet.kills} kills: {dict(fleet.states)}, ", end=""
        )
        print(f"{len(fleet.lost)} lost, {len(fleet.double)} double, {len(fleet.silent)} silent")
        for fault in (*fleet.lost, *fleet.double, *fleet.silent):
            print(f"! {fault}")
    lost, double, silent = (
        sum(bool(getattr(outcome, kind)) for outcome in outcomes) for kind in _WRONG
    )
    print(f"{len(outcomes)} runs, {lost} lost, {double} double, {silent} silent")
    is_bad = lost or double or silent or unknown or (fleet and not fleet.is_good)
    sys.exit(1 if is_bad else 0)


_WRONG = ("lost", "double", "silent")


def _send_by_many(folder: Path, seed: int, server: Server | None) -> Sent | None:
    """Send as many as FLEET says by several processes on one PostgreSQL; none without one."""
    count = _number("FLEET", 0)
    return send_and_kill(folder / "fleet", server, count, seed) if server and count else None


def _number(name: str, usual: int) -> int:
    return int(os.environ.get(name) or usual)


def _all_runs(folder: Path, count: int, seed: int, servers: Sequence[Server | None]) -> list[Run]:
    """Share the runs among some beds, each with processes of its own."""
    conditions = ON_POSTGRESQL if servers[0] else CONDITIONS
    chance = random.Random(seed)  # noqa: S311  Nothing secret hangs on it.
    cases = list(_choose_cases(conditions, count, chance))

    def live(number: int) -> list[Run]:
        with open_test_bed(folder / str(number), server=servers[number]) as place:
            share = cases[number::BEDS]
            return [*(run(place, *case) for case in share), *_afterwards(place)]

    with ThreadPoolExecutor(BEDS) as pool:
        return [outcome for part in pool.map(live, range(BEDS)) for outcome in part]


def _choose_cases(
    conditions: Sequence[Condition], count: int, chance: random.Random
) -> Iterator[tuple[Condition, str, str]]:
    """Name what to run: each condition once, then any, each with a pattern and a draft's name."""
    for number in range(max(count, len(conditions))):
        condition = conditions[number] if number < len(conditions) else chance.choice(conditions)
        yield condition, chance.choice(list(SUBMIT_PATTERNS)), f"Campaign {number}"


def _afterwards(place: TestBed) -> Iterator[Run]:
    """Look for the token in everything that was written, and follow the chain of events."""
    outcome = Run("afterwards", "–")
    if place.leaks():
        outcome.silent.append("the token stands in a file")
    if fault := place.fault_in_records():
        outcome.silent.append(fault)
    if not outcome.is_good:
        yield outcome


def _print_table(outcomes: list[Run]) -> None:
    rows: dict[str, list[Run]] = defaultdict(list)
    for outcome in outcomes:
        rows[outcome.condition].append(outcome)
    print(_line("", "runs", *STATES, *_WRONG))
    for name in sorted(rows, key=[condition.name for condition in ALL].index):
        states = Counter(outcome.state for outcome in rows[name])
        wrong = [sum(bool(getattr(outcome, kind)) for outcome in rows[name]) for kind in _WRONG]
        print(_line(name, len(rows[name]), *(states[state] or "" for state in STATES), *wrong))
    for outcome in outcomes:
        if not outcome.is_good:
            faults = outcome.lost + outcome.double + outcome.silent
            print(f"! {outcome.condition}, {outcome.pattern}: {faults}")
    sys.stdout.flush()


def _line(first: str, *cells: object) -> str:
    return f"{first:<34}" + "".join(f"{cell!s:>11}" for cell in cells)


if __name__ == "__main__":
    main()
