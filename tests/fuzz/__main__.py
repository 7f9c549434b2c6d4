"""Ask the real server oddly: ``python -m tests.fuzz``, what was found and a last line to read.

REQUESTS is how many, SEED makes them the same again, and ONLY asks again what one number
stands for and shows every answer.
"""

import os
import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.fuzz.asking import Asked, ask, ask_one
from tests.fuzz.wire import Answer, Client, Request
from tests.fuzz.world import World, settle
from tests.running import Running, running

WARM = 200
SHOWN = 3


class Shown(Asked):
    """What is asked, shown as it is answered."""

    def note(self, number: int, request: Request, answer: Answer | None, why: str) -> None:
        conclusion = why if answer is None else f"{answer.status} in {answer.seconds:.2f} s"
        print(f"{request}\n  → {conclusion}")
        super().note(number, request, answer, why)


def main() -> None:
    """Ask it all; exit status 1 if anything was found."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    with TemporaryDirectory() as folder, running(Path(folder)) as server:
        client = Client(server.port)
        world = settle(client)
        if only := os.environ.get("ONLY"):
            asked = _only(client, world, seed, int(only))
        else:
            asked = _all(server, world, seed, int(os.environ.get("REQUESTS") or 100_000))
        client.close()
        exceptions = server.exceptions()
    _print_findings(asked)
    for exception, number in exceptions.most_common():
        print(f"! written down {number} ×: {exception}")
    print(f"fuzz: {asked.total} requests, seed {seed}, {len(asked.findings)} findings")
    sys.exit(1 if asked.findings or exceptions else 0)


def _all(server: Running, world: World, seed: int, requests: int) -> Asked:
    print(f"{requests} requests, seed {seed}", flush=True)
    ask(server.port, world, seed, WARM, first=10**9)
    before, began = server.resident(), perf_counter()
    asked = ask(server.port, world, seed, requests)
    rate = asked.total / (perf_counter() - began)
    counted = ", ".join(f"{name} {number}" for name, number in sorted(asked.statuses.items()))
    print(f"{rate:.0f} requests a second; {counted}")
    print(f"longest {asked.longest[0]:.2f} s: {asked.longest[1]}")
    print(f"resident {before:.0f} MB → {server.resident():.0f} MB")
    return asked


def _print_findings(asked: Asked) -> None:
    """Print the first few of each sort: one fault of the app is found again and again."""
    counted: Counter[str] = Counter()
    for finding in asked.findings:
        counted[finding.sort] += 1
        if counted[finding.sort] <= SHOWN:
            print(finding)
    for sort, number in counted.items():
        if number > SHOWN:
            print(f"! {number - SHOWN} more: {sort}")


def _only(client: Client, world: World, seed: int, number: int) -> Asked:
    """Ask what one number stands for, and show each request with its answer."""
    asked = Shown(1)
    ask_one(client, world, seed, number, asked)
    return asked


if __name__ == "__main__":
    main()
