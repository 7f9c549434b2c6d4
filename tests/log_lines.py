"""The log as it is set up for a process, written to where a test can read it."""

import json
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from structlog.contextvars import clear_contextvars

from app import logs
from app.settings import LogSettings

JSON = LogSettings("json", "DEBUG")
TEXT = LogSettings("text", "DEBUG")


@dataclass(frozen=True)
class Log:
    """What has been logged."""

    stream: StringIO = field(default_factory=StringIO)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Read the lines, all or those of one event."""
        return [line for line in parse(self.text) if event in {"", line["event"]}]


def parse(text: str) -> list[dict[str, Any]]:
    """Read lines of JSON; raises `ValueError` for any other."""
    return [json.loads(line) for line in text.splitlines()]


@contextmanager
def logging_to(
    log: Log, settings: LogSettings = JSON, secrets: Sequence[str] = ()
) -> Iterator[Log]:
    """Set logging up as a process does, until the block ends."""
    root, ours = logging.getLogger(), logging.getLogger("app")
    before = root.level, ours.level, sys.excepthook, threading.excepthook
    logs.set_up(settings, secrets, log.stream)
    try:
        yield log
    finally:
        for handler in [kept for kept in root.handlers if isinstance(kept, logs.Handler)]:
            root.removeHandler(handler)
        root.setLevel(before[0])
        ours.setLevel(before[1])
        sys.excepthook, threading.excepthook = before[2:]
        logging.captureWarnings(capture=False)
        clear_contextvars()
