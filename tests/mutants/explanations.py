"""Mutants that survive and may: each says in `explained.toml` why nothing can notice it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.making import Mutant, find_mutants

FILE = Path(__file__).with_name("explained.toml")


@dataclass(frozen=True)
class Explanation:
    """Why a mutant behaves as the code does; the line is named by its text, as it can move."""

    file: str
    line: str
    operator: str
    becomes: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        return (self.file, self.line, self.operator, self.becomes) == (
            mutant.path,
            mutant.text,
            mutant.operator,
            mutant.becomes,
        )

    def is_stale(self, root: Path) -> bool:
        """Tell whether no such mutant can be made of the code any more."""
        if not (root / self.file).is_file():
            return True
        mutants = find_mutants(root, self.file, self.line, self.operator)
        return not any(map(self.is_of, mutants))


def read_explanations(file: Path = FILE) -> Sequence[Explanation]:
    """Read them all; the file is a list of tables called ``survivor``."""
    tables = tomllib.loads(file.read_text()).get("survivor", ())
    return [Explanation(**table) for table in tables]
