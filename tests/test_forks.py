"""A copy of a process is a process of its own, to others and to itself."""

import signal
from pathlib import Path

import pytest

from tests.forks import Fork
from tests.servers import environment, free_port

pytestmark = pytest.mark.slow


def test_a_copy_prints_and_ends_as_the_program_does(tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    program = ("flask", "--app", "app", "no-such-command")
    status = Fork(program, environment(tmp_path / "instance"), output).wait(timeout=30)

    assert status == 2
    assert "No such command 'no-such-command'." in output.read_text()


def test_a_copy_that_is_killed_says_by_which_signal(tmp_path: Path) -> None:
    environ = environment(tmp_path / "instance", PORT=free_port())
    fork = Fork(("app",), environ, tmp_path / "output.txt")
    assert fork.poll() is None
    fork.kill()

    assert fork.wait(timeout=30) == -signal.SIGKILL
