"""The app as its own process, as it is really run, for as long as something is asked of it."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import STDOUT, Popen, TimeoutExpired
from time import monotonic, sleep

from tests.servers import environment, free_port

_ROOT = Path(__file__).parents[1]
_FRAME = re.compile(rf'  File "{re.escape(str(_ROOT))}/((?:app|templates)/.*)", line (\d+)')
_NUMBER = re.compile(r"\d{2,}|'\\\\[^']*'|characters?")
_PATIENCE = 30
# Connections of tests are on this machine, which no live one is otherwise.
_USUAL = {"LOG_FORMAT": "text", "ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
_EVERY = 0.05


@dataclass(frozen=True)
class Running:
    """A server that runs: its port, its process, and the file with all that it has printed."""

    port: int
    pid: int
    output: Path

    def resident(self) -> float:
        """Read how much memory the process has, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def exceptions(self) -> Counter[str]:
        """Count the exceptions that the server has written down, each with its place in the app."""
        counted: Counter[str] = Counter()
        place, is_inside = "", False
        for line in self.output.read_text(errors="replace").splitlines():
            if line.startswith("Traceback"):
                place, is_inside = "", True
            elif is_inside and line.startswith("  File "):
                place = _place(line) or place
            elif is_inside and line and not line.startswith(" "):
                counted[f"{_NUMBER.sub('…', line[:200])} ({place or 'outside the app'})"] += 1
                is_inside = False
        return counted


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    """Run the app on a free port, with what it keeps under *folder*, until the block ends.

    It logs as text, whose tracebacks `Running.exceptions` reads, unless *settings* say otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, output = free_port(), folder / "output.txt"
    with output.open("ab") as file:
        process = Popen(
            (sys.executable, "-m", "app"),
            cwd=_ROOT,
            env=environment(folder / "instance", **_USUAL | {"PORT": port} | settings),
            stdout=file,
            stderr=STDOUT,
        )
    try:
        _wait_for(int(port), process)
        yield Running(int(port), process.pid, output)
    finally:
        _stop(process)


def _wait_for(port: int, process: Popen[bytes]) -> None:
    ends = monotonic() + _PATIENCE
    while not _answers(port):
        if monotonic() > ends or process.poll() is not None:
            raise TimeoutError("The server did not start.")
        sleep(_EVERY)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, HTTPException), closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def _stop(process: Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except TimeoutExpired:
        process.kill()
        process.wait(_PATIENCE)


def _place(line: str) -> str:
    """Name a line of the app's own code, as a traceback does; nothing for other code."""
    traced = _FRAME.match(line)
    return f"{traced[1]}:{traced[2]}" if traced else ""
