"""A copy of a process is a process of its own, to others and to itself."""

import signal
from pathlib import Path

import pytest

from app.sending import recording, submission
from tests.fork_server import draw_run
from tests.forks import Fork
from tests.servers import environment, free_port

pytestmark = pytest.mark.slow


def test_a_copy_tells_its_submissions_from_those_of_other_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (recording, submission):
        monkeypatch.setattr(module, "RUN", "of the first process")
    draw_run()

    runs = {vars(module)["RUN"] for module in (recording, submission)}
    assert len(runs) == 1
    assert runs != {"of the first process"}


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
