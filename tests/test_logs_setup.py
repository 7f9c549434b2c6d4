"""How the log is set up: for which levels, in which form, and by which programs."""

import logging
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copytree
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

from app import create_app
from app.logs import Handler
from app.settings import LogSettings, Settings
from tests.log_lines import JSON, Log, logging_to, parse
from tests.servers import environment

ROOT = Path(__file__).parents[1]
NAME = "Spring sale"
_log = logging.getLogger("app.of.a.test")


def fail() -> None:
    raise KeyError(NAME)


def levels(level: str) -> set[str]:
    """Log at all levels, here and in a library, and name what was written."""
    with logging_to(Log(), LogSettings("json", level)) as log:
        for logger in (_log, logging.getLogger("urllib3.connectionpool")):
            for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
                logger.log(number, "%s %s", logger.name[:3], logging.getLevelName(number))
    return {line["event"] for line in log.lines()}


def test_the_least_level_is_kept_and_libraries_say_only_what_is_wrong() -> None:
    assert levels("DEBUG") == levels("INFO") | {"app DEBUG"}
    assert levels("INFO") == levels("WARNING") | {"app INFO"}
    assert levels("WARNING") == levels("ERROR") | {"app WARNING", "url WARNING"}
    assert levels("ERROR") == {"app ERROR", "url ERROR"}


@pytest.fixture
def terminal() -> Iterator[tuple[int, Any]]:
    """Open a terminal: what it is read from, and what is written to."""
    reading, writing = os.openpty()
    with os.fdopen(writing, "w") as stream:
        yield reading, stream
    os.close(reading)


@pytest.mark.parametrize(("form", "is_json"), [("", False), ("text", False), ("json", True)])
def test_on_a_terminal_it_is_text_unless_told_otherwise(
    terminal: tuple[int, Any], form: str, is_json: bool
) -> None:
    reading, stream = terminal
    with logging_to(Log(stream), LogSettings(form, "INFO")):
        _log.info("Hello")
        stream.flush()
    assert os.read(reading, 4096).startswith(b"{") is is_json


@pytest.mark.parametrize(("form", "is_json"), [("", True), ("text", False), ("json", True)])
def test_elsewhere_it_is_json_unless_told_otherwise(form: str, is_json: bool) -> None:
    with logging_to(Log(), LogSettings(form, "INFO")) as log:
        _log.info("Hello")
    assert log.text.startswith("{") is is_json


def test_set_up_again_it_writes_each_line_once(log: Log) -> None:
    with logging_to(Log()) as later:
        _log.info("Hello")

    assert (log.text, len(later.lines())) == ("", 1)


def test_what_nobody_caught_is_a_line_like_any_other(
    log: Log, capfd: pytest.CaptureFixture[str]
) -> None:
    thread = Thread(target=fail)
    thread.start()
    thread.join(10)
    with pytest.raises(KeyError) as raised:
        fail()
    error = raised.value
    sys.excepthook(type(error), error, error.__traceback__)

    assert [line["event"] for line in log.lines()] == ["Uncaught, in a thread", "Uncaught"]
    assert all("KeyError" in line["exception"] for line in log.lines())
    assert NAME not in log.text + capfd.readouterr().err


def test_an_interruption_is_no_failure(log: Log) -> None:
    with suppress(KeyboardInterrupt):
        raise KeyboardInterrupt
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert log.lines() == []


def test_a_warning_of_python_is_a_line(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("This goes away.", stacklevel=1)

    [line] = log.lines()
    assert (line["logger"], line["level"]) == ("py.warnings", "warning")


def test_the_lines_of_requests_of_flasks_own_server_are_left_out(log: Log) -> None:
    server = logging.getLogger("werkzeug")
    server.setLevel(logging.INFO)  # As it does itself.
    try:
        server.info('127.0.0.1 - - [28/Nov/2026 12:00:00] "%s" %s %s', f"GET /?q={NAME}", 200, "-")
        server.info(" * Running on %s", "http://127.0.0.1:8000")
    finally:
        server.setLevel(logging.NOTSET)

    assert [line["event"] for line in log.lines()] == [" * Running on http://127.0.0.1:8000"]


def test_stderr_is_where_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    handler = Handler(JSON, (), sys.stderr)
    handler.handle(logging.LogRecord("app", logging.INFO, "", 0, "Hello", (), None))

    assert [line["event"] for line in parse(capsys.readouterr().err)] == ["Hello"]


def run(tmp_path: Path, *command: str, **settings: str) -> CompletedProcess[str]:
    """Run Python with these arguments as an operator does, without a terminal."""
    return subprocess.run(  # noqa: S603  It is our own program.
        (sys.executable, *command),
        cwd=ROOT,
        env=environment(tmp_path / "instance", **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


OWN = "import logging, app; app.create_app(); logging.getLogger('app').error('t0ken-of-client-a')"


@pytest.mark.slow
def test_every_program_that_makes_the_app_of_the_environment_logs_like_this(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", OWN, VOICEAIWRAPPER_TOKEN="t0ken-of-client-a")

    assert [line["event"] for line in parse(done.stderr)] == ["[token]"]


@pytest.mark.slow
def test_a_command_logs_nothing_when_all_is_well(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "flask", "--app", "app", "verify-trail", LOG_LEVEL="DEBUG")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_the_sandbox_alone_does_not_start_with_a_setting_that_cannot_be_meant(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, "-m", "app.sandbox", LOG_FORMAT="xml")

    assert (done.returncode, done.stderr) == (
        1,
        "The sandbox did not start. LOG_FORMAT is “xml”. Set it to json or text.\n",
    )


@pytest.mark.slow
def test_the_sandbox_alone_does_not_start_on_a_file_that_is_none(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "sandbox.sqlite3").write_text("This is none. " * 100)
    done = run(tmp_path, "-m", "app.sandbox", INSTANCE=str(instance))

    assert done.returncode == 1
    assert re.fullmatch(
        r"The sandbox did not start: \S+ cannot be read \([^\n]+\)\. Move it away: .*\n",
        done.stderr,
    )


@pytest.mark.slow
def test_the_sandbox_alone_does_not_start_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(tmp_path, "-m", "app.sandbox", INSTANCE=str(tmp_path / "file"))

    assert done.returncode == 1
    assert done.stderr == (
        f"The sandbox did not start: {tmp_path / 'file'} cannot be used (File exists). "
        "Set INSTANCE to another folder.\n"
    )


def test_an_app_with_settings_of_its_own_leaves_the_log_alone(
    settings: Settings, fresh_instance: Path, log: Log
) -> None:
    copytree(fresh_instance, settings.instance)
    hook, handlers = sys.excepthook, logging.getLogger().handlers[:]
    create_app(Settings(instance=settings.instance))

    assert sys.excepthook is hook
    assert logging.getLogger().handlers == handlers
