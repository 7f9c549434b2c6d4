"""Put small faults into the code: ``python -m tests.mutants``, what noticed each, a last line.

MUTANTS is how many, SEED chooses others, and ONLY takes those alone whose path has this in it.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from queue import Queue
from time import monotonic

from tests.mutants.explanations import read_explanations
from tests.mutants.guards import find_guards, list_modules
from tests.mutants.making import Mutant, sample_mutants
from tests.mutants.trial import Tree, copy_of

AT_ONCE = 2
_SLOWER, _PATIENCE = 5, 60
"""A mutant hangs that takes so many times as long as the code itself, and seconds more."""

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Try them all; exit status 1 if one survives that nothing explains."""
    explanations = read_explanations()
    for explanation in explanations:
        if explanation.is_stale(ROOT):
            sys.exit(f"No such mutant can be made any more: {explanation}")
    mutants = _sample()
    print(f"{len(mutants)} mutants", flush=True)
    killed, explained, survived = 0, 0, 0
    for mutant, killer in _try_all(mutants):
        why = [explanation.why for explanation in explanations if explanation.is_of(mutant)]
        if killer:
            killed += 1
            print(f"{mutant}\n  killed by {killer}", flush=True)
        elif why:
            explained += 1
            print(f"{mutant}\n  explained: {why[0]}", flush=True)
        else:
            survived += 1
            print(f"{mutant}\n! survived", flush=True)
    made = len(mutants)
    print(f"mutants: {made} made, {killed} killed, {explained} explained, {survived} survived")
    sys.exit(1 if survived else 0)


def _sample() -> list[Mutant]:
    seed, count = (int(os.environ.get(name) or usual) for name, usual in _USUAL.items())
    only = os.environ.get("ONLY", "")
    paths = [path for path in list_modules(ROOT) if only in path]
    if not paths:
        sys.exit(f"No module that mutants are made of has “{only}” in its path.")
    return sample_mutants(ROOT, paths, seed, count)


_USUAL = {"SEED": 1, "MUTANTS": 60}


def _try_all(mutants: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Try mutants, each in a tree that nobody else uses meanwhile; name what killed each."""
    with ExitStack() as stack:
        trees: Queue[Tree] = Queue()
        for _ in range(AT_ONCE):
            trees.put(stack.enter_context(copy_of(ROOT)))
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        guards = {tuple(tests) for mutant in mutants for tests in find_guards(mutant.path)}
        limits = dict(pool.map(partial(_find_limit, trees), sorted(guards)))

        def try_one(mutant: Mutant) -> tuple[Mutant, str]:
            guards = [(tests, limits[tuple(tests)]) for tests in find_guards(mutant.path)]
            with _borrowed(trees) as tree:
                return mutant, tree.try_mutant(mutant, guards)

        yield from pool.map(try_one, mutants)


def _find_limit(trees: "Queue[Tree]", tests: tuple[str, ...]) -> tuple[tuple[str, ...], float]:
    """Tell how long tests may take with a mutant; without one they have to pass."""
    began = monotonic()
    with _borrowed(trees) as tree:
        failure = tree.find_failure(tests)
    if failure:  # It would kill every mutant.
        sys.exit(f"Without a mutant there fails {failure}")
    return tests, _PATIENCE + _SLOWER * (monotonic() - began)


@contextmanager
def _borrowed(trees: "Queue[Tree]") -> Iterator[Tree]:
    tree = trees.get()
    try:
        yield tree
    finally:
        trees.put(tree)


if __name__ == "__main__":
    main()
