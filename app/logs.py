"""Set up the log: one line of JSON, or of text, on stderr for each thing worth telling.

All modules log by `logging`, and name their facts in `extra`; one handler, with the processors of
structlog, writes the lines. No line may hold a secret or anything of a campaign, so

    extras       only those in `_FACTS` are written
    exceptions   are written as their type and place; their message only where it cannot quote a
                 value (`describe_error`), and local variables never
    texts        lose whatever looks like a secret, as the request log does
    libraries    write only what is a warning or worse, whatever the level is: below, some of them
                 write what they were given

`request_id`, bound by whoever serves the request, stands in each line that its thread writes.
"""

import logging
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from traceback import format_tb
from types import TracebackType
from typing import Any, TextIO

from sqlalchemy import exc
from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

from app.remote.redaction import redact
from app.settings import LogSettings

_FACTS = (
    "submission",
    "method",
    "route",
    "status",
    "duration_ms",
    "directive",
    "refused",
    "page",
    "address",
    "account",
)
_OF_THE_LINE = ("level", "logger", "timestamp")  # A short password may be part of them.
_OURS = "app"
_NEXT = "\n\nDuring handling of the above exception, or because of it, another occurred:\n\n"
_QUOTING = "Could not decode"  # The driver of SQLite quotes the value that it cannot decode.
_log = logging.getLogger(__name__)


def set_up(
    settings: LogSettings, secrets: Sequence[str] = (), stream: TextIO | None = None
) -> None:
    """Write the log of this process to *stream*, stderr unless told otherwise.

    *secrets* are left out in any spelling. A further call replaces what an earlier one set up.
    """
    root, level = logging.getLogger(), logging.getLevelNamesMapping()[settings.level]
    for handler in root.handlers[:]:
        if isinstance(handler, Handler):
            root.removeHandler(handler)
    root.addHandler(Handler(settings, secrets, stream or sys.stderr))
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger(_OURS).setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def describe_error(error: BaseException) -> str:
    """Name an error, with its message only where that can quote nothing that was typed or sent."""
    cause = getattr(error, "orig", None) or error
    kind, message = type(cause), _find_safe_message(error, cause)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    # What ends a line there could be the name of a file.
    return f"{name}: {' '.join(message.splitlines())}" if message else name


class Handler(logging.StreamHandler[TextIO]):
    """Writes each record as a line, by the processors of structlog."""

    def __init__(self, settings: LogSettings, secrets: Sequence[str], stream: TextIO) -> None:
        super().__init__(stream)
        is_terminal = stream.isatty()
        is_text = settings.form == "text" or (not settings.form and is_terminal)
        self.setFormatter(_make_formatter(secrets, is_text=is_text, has_colors=is_terminal))
        self.addFilter(_is_no_repetition)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  As `logging` has it.
        """Say that a line is missing, and not, as is usual, what it was to hold."""
        message = f"A line of {record.name} could not be written"
        missing = logging.LogRecord(_log.name, logging.ERROR, __file__, 0, message, (), None)
        with suppress(OSError, ValueError):  # A terminal that was hung up, a stream that is closed.
            self.stream.write(self.format(missing) + self.terminator)


def _make_formatter(
    secrets: Sequence[str], *, is_text: bool, has_colors: bool
) -> ProcessorFormatter:
    def redact_values(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {
            key: value if key in _OF_THE_LINE else _redact_value(value, secrets)
            for key, value in event.items()
        }

    text: list[Processor] = [
        _escape_signs,
        ConsoleRenderer(colors=has_colors, exception_formatter=plain_traceback),
    ]
    return ProcessorFormatter(
        foreign_pre_chain=[
            TimeStamper(fmt="iso", utc=True),
            add_log_level,
            add_logger_name,
            merge_contextvars,
            ExtraAdder(_FACTS),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            _write_exception,
            redact_values,
            *(text if is_text else [JSONRenderer()]),
        ],
    )


def _redact_value(value: Any, secrets: Sequence[str]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = redact(value, secret)
    return redact(value)


def _escape_signs(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Keep a line a line: a text may hold signs that end one, or that a terminal obeys."""
    return {
        key: "\n".join(map(_escape, value.split("\n") if key == "exception" else [value]))
        if isinstance(value, str)
        else value
        for key, value in event.items()
    }


def _escape(text: str) -> str:
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _write_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    _, error, _ = event.pop("exc_info", None) or (None, None, None)
    if error:
        event["exception"] = _NEXT.join(map(_describe_raised, reversed(list(_list_chain(error)))))
    return event


def _describe_raised(error: BaseException) -> str:
    frames = "".join(format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{describe_error(error)}"


def _list_chain(error: BaseException | None) -> Iterator[BaseException]:
    """List an exception and those that led to it, the last raised first."""
    seen: set[int] = set()
    while error and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _find_safe_message(error: BaseException, cause: BaseException) -> str:
    """Give the message of an error about files, connections or locks; others quote values."""
    if isinstance(cause, sqlite3.Error):
        return str(cause) if _is_safe(cause) else getattr(cause, "sqlite_errorname", "")
    if isinstance(cause, OSError) and cause.strerror:  # Those of `requests` have none.
        return f"{cause.strerror} ({cause.filename})" if cause.filename else cause.strerror
    if isinstance(error, exc.OperationalError | exc.InternalError | exc.TimeoutError):
        return " ".join(str(cause).split())
    return ""


def _is_safe(error: sqlite3.Error) -> bool:
    """Tell whether SQLite's message is about the file; its general error quotes statements."""
    if (code := getattr(error, "sqlite_errorcode", None)) is None:
        return isinstance(error, sqlite3.OperationalError) and not str(error).startswith(_QUOTING)
    return bool(code & 0xFF != sqlite3.SQLITE_ERROR)


def _is_no_repetition(record: logging.LogRecord) -> bool:
    """Leave out the request lines of Flask's own server: they have the query in them."""
    return record.name != "werkzeug" or " - - [" not in str(record.msg)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if isinstance(error, Exception):
        _log.critical("Uncaught", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


def _log_uncaught_in_thread(uncaught: threading.ExceptHookArgs) -> None:
    if isinstance(uncaught.exc_value, Exception):
        _log.critical("Uncaught, in a thread", exc_info=uncaught.exc_value)
