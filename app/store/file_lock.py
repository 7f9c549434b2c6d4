"""A lock that processes share through a file: many may hold it together, or one alone.

Everything that writes holds it together with others, and a restore holds it alone: so no
draft is saved and no campaign sent into a database that is just being replaced. The system
lets go of it when a process ends, however it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

_EVERY = 0.02


class Busy(Exception):
    """Others did not let go of the lock in time."""


@contextmanager
def hold_shared(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock beside others of this kind; raises `Busy` while one holds it alone."""
    with _held(path, fcntl.LOCK_SH, seconds):
        yield


@contextmanager
def hold_exclusively(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock alone; raises `Busy` while anybody else holds it."""
    with _held(path, fcntl.LOCK_EX, seconds):
        yield


@contextmanager
def _held(path: Path, kind: int, seconds: float) -> Iterator[None]:
    file = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        _take(file, kind, monotonic() + seconds)
        yield
    finally:
        os.close(file)  # It lets go, too.


def _take(file: int, kind: int, ends: float) -> None:
    while True:
        try:
            return fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if monotonic() >= ends:
                raise Busy from error
            sleep(_EVERY)
