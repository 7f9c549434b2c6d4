"""A line of the log: what stands in it, and what never does."""

import logging
import sqlite3
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests
from sqlalchemy import exc
from structlog.contextvars import bound_contextvars

from app.logs import Handler, describe_error
from app.settings import LogSettings
from tests.log_lines import JSON, TEXT, Log, logging_to, parse

ROOT = Path(__file__).parents[1]
SECRET = "t0ken-of-client-a-7x9q"
NAME = "Spring sale"
_log = logging.getLogger("app.of.a.test")


def fail(message: str) -> None:
    """Fail as code does that quotes what it was given, which is in its variables as well."""
    quoted = message
    try:
        int(quoted)
    except ValueError as error:
        raise KeyError(quoted) from error


def log_failure(message: str) -> None:
    try:
        fail(message)
    except KeyError:
        _log.exception("It failed")


def test_a_line_names_when_where_and_how_bad(log: Log) -> None:
    _log.warning("The %s is full", "disk")

    [line] = log.lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "warning", "logger": _log.name, "event": "The disk is full"}


def test_what_is_bound_and_the_known_facts_stand_in_it_and_nothing_else(log: Log) -> None:
    with bound_contextvars(request_id="r1"):
        _log.info("It was sent", extra={"submission": 7, "payload": {"name": NAME}})

    [line] = log.lines()
    assert (line["request_id"], line["submission"]) == ("r1", 7)
    assert "payload" not in line
    assert NAME not in log.text


@pytest.mark.parametrize("settings", [JSON, TEXT])
def test_an_exception_is_its_type_and_place_and_not_what_it_quotes(settings: LogSettings) -> None:
    with logging_to(Log(), settings) as log:
        log_failure(NAME)

    assert NAME not in log.text
    for part in ("ValueError", "KeyError", __file__, "raise KeyError(quoted) from error"):
        assert part in log.text


def test_an_exception_of_an_exception_that_leads_to_itself_is_written(log: Log) -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    _log.error("It failed", exc_info=first)

    assert log.lines()[0]["exception"].count("Traceback") == 2


def test_a_cause_that_was_left_out_stays_out(log: Log) -> None:
    try:
        try:
            int(NAME)
        except ValueError:
            raise KeyError from None
    except KeyError:
        _log.exception("It failed")

    assert "ValueError" not in log.lines()[0]["exception"]


def test_no_exception_is_no_trace(log: Log) -> None:
    _log.exception("Nothing failed")

    assert "exception" not in log.lines()[0]


def raised_by(act: Callable[[], Any]) -> Exception:
    """Give the error that a library really raises."""
    try:
        act()
    except Exception as error:  # noqa: BLE001  Of any kind.
        return error
    raise AssertionError("Nothing was raised.")


def execute(statement: str) -> Callable[[], Any]:
    def act() -> None:
        connection = sqlite3.connect(":memory:")
        try:
            connection.execute(statement).fetchall()
        finally:
            connection.close()

    return act


def send(header: str) -> Callable[[], Any]:
    return lambda: requests.get("http://127.0.0.1:9", headers={"A": header}, timeout=1)


def refuse_row() -> None:
    """Fail as PostgreSQL does."""
    row = f"null value violates not-null constraint\nDETAIL:  Failing row contains ({SECRET})."
    raise exc.IntegrityError(None, None, Exception(row))


QUOTING = {
    "a statement": execute(f"SELECT '{SECRET}"),
    "a text that is none": execute(f"SELECT CAST(x'ff' || '{SECRET}' AS TEXT)"),
    "a header": send(f"{SECRET}\n"),
    "a number": lambda: int(SECRET),
    "a row": refuse_row,
}


@pytest.mark.parametrize("act", QUOTING.values(), ids=QUOTING)
def test_a_message_that_can_quote_is_left_out(act: Callable[[], Any]) -> None:
    error = raised_by(act)
    assert SECRET in str(error)
    assert SECRET not in describe_error(error)
    assert describe_error(error)


def test_a_header_that_cannot_be_sent_is_not_in_the_log(log: Log) -> None:
    error = raised_by(send(f"Bearer {SECRET}\n"))
    _log.error("It failed", exc_info=error)

    assert SECRET in str(error)
    assert SECRET not in log.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "OSError: No space left on device"),
        (
            PermissionError(13, "Permission denied", "/var/x"),
            "PermissionError: Permission denied (/var/x)",
        ),
        (sqlite3.OperationalError("database is locked"), "database is locked"),
        (
            exc.OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked")),
            "sqlite3.OperationalError: database is locked",
        ),
        (
            exc.OperationalError(None, None, Exception("connection refused\nIs it running?")),
            "Exception: connection refused Is it running?",
        ),
        (exc.TimeoutError("QueuePool limit reached"), "QueuePool limit reached"),
        (raised_by(execute("INSERT INTO nowhere VALUES (1)")), "OperationalError: SQLITE_ERROR"),
    ],
    ids=str,
)
def test_a_message_about_a_file_a_connection_or_a_lock_is_told(
    error: Exception, words: str
) -> None:
    assert describe_error(error).endswith(words)


def test_a_broken_database_is_told_by_what_sqlite_says() -> None:
    error = raised_by(execute_on_broken_file)
    assert describe_error(error) == "sqlite3.DatabaseError: file is not a database"


def execute_on_broken_file() -> None:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(b"no database" * 100)
        connection.execute("SELECT * FROM sqlite_schema")
    finally:
        connection.close()


SPELLED = {
    "as it is": SECRET,
    "as hex": SECRET.encode().hex(),
    "percent": SECRET.replace("-", "%2D"),
}


@pytest.mark.parametrize("spelled", SPELLED.values(), ids=SPELLED)
def test_a_known_secret_is_left_out_in_any_spelling(spelled: str) -> None:
    with logging_to(Log(), JSON, ["another", SECRET]) as log:
        _log.info("It is %s", spelled)

    assert log.lines()[0]["event"] == "It is [token]"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"https://api.example/?api_key={SECRET}",
        f'{{"token": "{SECRET}"}}',
    ],
)
@pytest.mark.parametrize("settings", [JSON, TEXT])
def test_what_looks_like_a_secret_is_left_out(settings: LogSettings, text: str) -> None:
    with logging_to(Log(), settings) as log:
        _log.info("%s", text)
        _log.info("It was asked", extra={"route": text})

    assert SECRET not in log.text
    assert log.text.count("[secret]") == 2


def test_a_line_that_cannot_be_written_is_told_without_what_it_was_to_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = logging.LogRecord(_log.name, logging.INFO, "", 0, "%d", (SECRET,), None)
    Handler(JSON, (), sys.stderr).handle(record)

    written = capsys.readouterr().err
    assert parse(written)[0]["event"] == f"A line of {_log.name} could not be written"
    assert SECRET not in written


def test_a_stream_that_is_closed_fails_nothing() -> None:
    stream = StringIO()
    with logging_to(Log(stream)):
        stream.close()
        _log.info("Nobody hears it")


def test_as_text_a_line_stays_a_line() -> None:
    with logging_to(Log(), TEXT) as log:
        _log.info("One\nTwo \x1b[31m\u2028 für %s", "A\r\nB")

    assert len(log.text.splitlines()) == 1
    assert "One\\nTwo \\x1b[31m\\u2028 für A\\r\\nB" in log.text


def test_a_password_like_a_word_of_each_line_leaves_the_line_readable() -> None:
    with logging_to(Log(), secrets=["warning", "app.test"]) as log:
        logging.getLogger("app.test").warning("This is a warning.")
    (line,) = log.lines()
    assert (line["level"], line["logger"]) == ("warning", "app.test")
    assert line["event"] == "This is a [token]."


@pytest.mark.parametrize("spell", [quote, quote_plus, str])
def test_a_secret_beyond_ascii_is_left_out_as_a_url_has_it(spell: Callable[[str], str]) -> None:
    secret = "pässwört€1"
    with logging_to(Log(), secrets=[secret]) as log:
        logging.getLogger("app.test").warning("smtp://who:%s@mail.example", spell(secret))
    assert log.lines()[0]["event"] == "smtp://who:[token]@mail.example"
