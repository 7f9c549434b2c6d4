"""Start programs as copies of this process, which has imported the app already.

``python -m tests.fork_server``, as `tests.forks` does. Each line of its input is one request in
JSON, answered by one line: a program to start is answered by its process id, a process id by its
exit status, as `subprocess` counts it, or by null while it runs. At the end of the input it ends,
and what it has started with it.

A start takes a second of processor time, most of it for imports, so a copy is there ten times as
fast. A copy makes its app itself, as any process does: what is shared is code, rules that were
read, and nothing that is open.
"""

import gc
import json
import os
import runpy
import signal
import sys
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from app.campaign.compliance.rulebook import load_rulebook

_LATE = ("alembic.command", "app.server", "flask.cli", "holidays")
"""What the app and its commands import when they come to need it."""


def main() -> None:
    """Serve until the input ends; in each copy, run its program instead."""
    for name in _LATE:
        import_module(name)
    load_rulebook()
    configure_mappers()
    gc.collect()
    gc.freeze()  # Or the first collection would write to, and so copy, all memory.
    if program := _serve():
        runpy.run_module(program, run_name="__main__", alter_sys=True)


def _serve() -> str:
    """Answer requests; returns in a copy, with what it is to run, and at the end, with nothing."""
    running: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if isinstance(request, int):
            answer = _poll(request)
            if answer is not None:
                running.discard(request)
        elif answer := os.fork():
            running.add(answer)
        else:
            return _become(**request)
        print(json.dumps(answer), flush=True)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return ""


def _poll(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(command: list[str], environ: dict[str, str], output: str, errors: str) -> str:
    """Make this copy what ``python -m`` and *command* would start."""
    added = os.O_WRONLY | os.O_APPEND
    for path, how, ours in ((os.devnull, os.O_RDONLY, 0), (output, added, 1), (errors, added, 2)):
        os.dup2(os.open(path, how), ours)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = command
    return command[0]


if __name__ == "__main__":
    main()
