"""The mutants: one small change of one place each, by the operators of cosmic-ray.

Which of them are taken hangs on the seed and on the line that a mutant changes, on nothing
else: another line of the code can be changed without changing the sample of the rest.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.pointless import has_pointless_operator, is_pointless

OPERATORS = tuple(
    name
    for name in operator_names()
    if not get_operator(name).arguments() and not has_pointless_operator(name)
)


@dataclass(frozen=True)
class Mutant:
    """One change: an operator, applied to the so many-th place of a module that it fits.

    `path` is relative to the root of the tree, `line` counts from 1, and `text` and `becomes`
    are that line before and after, without the space around it. `code` is the whole module.
    """

    path: str
    line: int
    text: str
    operator: str
    becomes: str
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator}: {self.text} → {self.becomes}"


@dataclass(frozen=True)
class _Change:
    """A mutant that has not been made yet; `place` is where it is in the module."""

    path: str
    place: tuple[int, int]
    text: str
    operator: str
    occurrence: int

    def rank(self, seed: int, *more: object) -> str:
        """Draw a lot: the same for a seed and a line, wherever in the module the line is."""
        lot = (seed, self.path, self.text, self.place[1], *more)
        return sha256(repr(lot).encode()).hexdigest()


def sample_mutants(root: Path, paths: Iterable[str], seed: int, count: int) -> list[Mutant]:
    """Make so many mutants, spread evenly over these modules, and one of a place at most.

    Where there is not one more for each, the lot says whose turn it is.
    """
    in_turn = sorted(paths, key=lambda path: sha256(repr((seed, path)).encode()).digest())
    queues = [_draw(root, path, seed) for path in in_turn]
    turns = (mutant for turn in zip_longest(*queues) for mutant in turn if mutant)
    return sorted(islice(turns, count), key=lambda mutant: (mutant.path, mutant.line))


def find_mutants(root: Path, path: str, line: str, operator: str) -> Iterator[Mutant]:
    """Make all the mutants of one operator on the lines of this text."""
    source = (root / path).read_text()
    for change in _find_changes(path, source, (f"core/{operator}",)):
        if change.text == line and (mutant := _make(source, change)):
            yield mutant


def _draw(root: Path, path: str, seed: int) -> Iterator[Mutant]:
    """Give a module's mutants in the order of their lots, one for each place."""
    source = (root / path).read_text()
    places: dict[tuple[int, int], list[_Change]] = defaultdict(list)
    for change in _find_changes(path, source, OPERATORS):
        places[change.place].append(change)
    for changes in sorted(places.values(), key=lambda changes: changes[0].rank(seed)):
        changes.sort(key=lambda change: change.rank(seed, change.operator))
        if mutant := next(filter(None, (_make(source, change) for change in changes)), None):
            yield mutant


def _find_changes(path: str, source: str, operators: Iterable[str]) -> Iterator[_Change]:
    nodes, lines = list(ast_nodes(get_ast(source))), source.splitlines()
    for name in operators:
        operator = get_operator(name)()
        places = ((node, at) for node in nodes for at, _ in operator.mutation_positions(node))
        for occurrence, (node, place) in enumerate(places):
            if not is_pointless(node):
                text = lines[place[0] - 1].strip()
                yield _Change(path, place, text, name.removeprefix("core/"), occurrence)


def _make(source: str, change: _Change) -> Mutant | None:
    """Apply a change; `None` if what comes of it is no Python, or means the same."""
    operator: Any = get_operator(f"core/{change.operator}")()
    code: str = mutate_code(source, operator, change.occurrence)
    try:
        if ast.dump(ast.parse(code)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    line = change.place[0]
    becomes = code.splitlines()[line - 1].strip()
    return Mutant(change.path, line, change.text, change.operator, becomes, code)
