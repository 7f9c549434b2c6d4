"""Try tests on a copy of the tree, in processes of their own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from tempfile import TemporaryDirectory

from tests.mutants.making import Mutant

LONGEST = 900.0
"""Seconds for one set of tests, where it is not known how long they take without a mutant."""

_BESIDE = (".venv", ".git", ".*_cache", ".hypothesis", "instance")
_PYTEST = (
    *("-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-p", "unshrunk", "--timeout=0", "-m", "not browser and not faults"),
)
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_PASSED, _NO_TESTS = 0, 5


@dataclass(frozen=True)
class Tree:
    """A copy of the tree, and a folder for what its tests write."""

    root: Path
    scratch: Path

    def try_mutant(self, mutant: Mutant, guards: Iterable[tuple[Sequence[str], float]]) -> str:
        """Name what kills a mutant; empty if it survives all its guards.

        A guard is some tests, and the seconds after which a mutant hangs in them.
        """
        path = self.root / mutant.path
        original = path.read_text()
        rmtree(path.parent / "__pycache__", ignore_errors=True)  # It could pass for the mutant's.
        path.write_text(mutant.code)
        try:
            return next(filter(None, (self.find_failure(*guard) for guard in guards)), "")
        finally:
            path.write_text(original)

    def find_failure(self, tests: Sequence[str], limit: float = LONGEST) -> str:
        """Run some tests up to the first that fails, and name it; empty if none does."""
        self.scratch.mkdir(exist_ok=True)
        with self._start(tests) as process:
            try:
                output, _ = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                return f"time: {limit:.0f} s were not enough for {' '.join(tests)}"
            finally:
                _end(process)
                rmtree(self.scratch, ignore_errors=True)
        if process.returncode in {_PASSED, _NO_TESTS}:
            return ""
        failed = _FAILED.search(output)
        return failed[1] if failed else f"an error in {' '.join(tests)}"

    def _start(self, tests: Sequence[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(  # noqa: S603  The command is ours.
            [sys.executable, *_PYTEST, *tests],
            cwd=self.root,
            env=_environment(self.scratch),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@contextmanager
def copy_of(root: Path) -> Iterator[Tree]:
    """Copy the tree to a temporary folder, which is removed afterwards."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        copied = Path(folder) / "tree"
        copytree(root, copied, ignore=ignore_patterns(*_BESIDE))
        yield Tree(copied, Path(folder) / "scratch")


def _environment(scratch: Path) -> dict[str, str]:
    """Leave out what a run of pytest around this one says to its own processes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {
        "PYTHONDONTWRITEBYTECODE": "1",  # A mutant's could be taken for the original's later.
        "PYTHONPATH": str(Path(__file__).parent),
        "TMPDIR": str(scratch),
    }


def _end(process: "subprocess.Popen[str]") -> None:
    """End the tests and whatever they have started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
