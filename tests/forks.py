"""Programs that start without their imports, as copies of a process that has made them."""

import atexit
import json
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from threading import Lock
from time import monotonic, sleep
from typing import Any, Self

_ROOT = Path(__file__).parents[1]
_EVERY = 0.01


class Fork:
    """A program that was started, with those methods of `subprocess.Popen` that are used."""

    def __init__(
        self,
        command: tuple[str, ...],
        environ: dict[str, str],
        output: Path,
        errors: Path | None = None,
    ) -> None:
        """Start what ``python -m`` and *command* would; what it prints is added to a file.

        What it prints to standard error is added to the same file, or to another.
        """
        paths = {"output": str(output), "errors": str(errors or output)}
        for path in paths.values():
            Path(path).touch()
        self.args = command
        self.pid: int = _FORK_SERVER.ask({"command": command, "environ": environ, **paths})
        self._status: int | None = None
        self._lock = Lock()

    def poll(self) -> int | None:
        """Give the exit status, or `None` while it runs."""
        with self._lock:
            if self._status is None:
                self._status = _FORK_SERVER.ask(self.pid)
            return self._status

    def wait(self, timeout: float) -> int:
        """Wait for the exit status; raises `TimeoutExpired`."""
        ends = monotonic() + timeout
        while (status := self.poll()) is None:
            if monotonic() > ends:
                raise TimeoutExpired(self.args, timeout)
            sleep(_EVERY)
        return status

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:  # Its number is its own until it has been asked for its status.
            os.kill(self.pid, number)


class PipedFork(Fork):
    """A program whose output can be read while it runs; the end of its block waits for its."""

    def __init__(self, command: tuple[str, ...], environ: dict[str, str]) -> None:
        with TemporaryDirectory() as folder:
            pipes = [Path(folder, name) for name in ("output", "errors")]
            for pipe in pipes:
                os.mkfifo(pipe)
            super().__init__(command, environ, *pipes)
            self.stdout, self.stderr = (pipe.open(encoding="utf-8") for pipe in pipes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stdout.close()
        self.stderr.close()
        self.wait(timeout=30)


def run_fork(command: tuple[str, ...], environ: dict[str, str]) -> CompletedProcess[str]:
    """Run what ``python -m`` and *command* would to its end, as `subprocess.run` does."""
    with TemporaryDirectory() as folder:
        output, errors = (Path(folder, name) for name in ("output", "errors"))
        status = Fork(command, environ, output, errors).wait(timeout=60)
        texts = (path.read_text(encoding="utf-8") for path in (output, errors))
        return CompletedProcess(command, status, *texts)


class _ForkServer:
    """A process of `tests.fork_server`, started when a thread first asks it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: Popen[str] | None = None

    def ask(self, request: Any) -> Any:
        with self._lock:
            self._process = self._process or self._start()
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            print(json.dumps(request), file=self._process.stdin, flush=True)
            return json.loads(self._process.stdout.readline())

    def _start(self) -> Popen[str]:
        process = Popen(
            (sys.executable, "-m", "tests.fork_server"),
            cwd=_ROOT,
            env=os.environ | {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": ""},
            stdin=PIPE,
            stdout=PIPE,
            text=True,
            encoding="utf-8",
        )
        atexit.register(process.communicate)  # It ends at the end of its input.
        return process


_FORK_SERVER = _ForkServer()
