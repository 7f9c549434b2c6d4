"""``python -m app``: it says where it listens, or in one sentence why it does not."""

import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from signal import Signals
from subprocess import PIPE, Popen

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import select

from app.__main__ import main
from app.sandbox.file import FILE, open_file
from app.sandbox.switch import Faults, Switch
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from app.version import VERSION
from tests.factories import outbound
from tests.faults.bed import wait_until
from tests.faults.person import Person
from tests.forks import PipedFork, run_fork
from tests.log_lines import parse
from tests.sending.presses import expire
from tests.servers import Address, environment, free_port

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "app")
EVERYWHERE = "0.0.0.0"  # noqa: S104  # It is what a test is about.
PROCESSES = ("1", "2")
STOPS = (Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP)
NO_NAME = "a" * 64  # Too long for one, so nobody has to be asked.


Process = PipedFork | Popen[str]


def running(instance: Path, **settings: str) -> AbstractContextManager[tuple[Process, Address]]:
    """Run the app until the block ends, and give its process and where it says it listens."""
    return _running(lambda environ: PipedFork(("app",), environ), instance, settings)


def running_really(instance: Path) -> AbstractContextManager[tuple[Process, Address]]:
    """Run the app as an operator does, and not as a copy: it inherits which signals are ignored."""
    return _running(_start_really, instance, {})


def _start_really(environ: dict[str, str]) -> Popen[str]:
    return Popen(  # noqa: S603  # It is our own program.
        COMMAND, cwd=ROOT, env=environ, stdout=PIPE, stderr=PIPE, text=True, encoding="utf-8"
    )


@contextmanager
def _running(
    start: Callable[[dict[str, str]], Process], instance: Path, settings: dict[str, str]
) -> Iterator[tuple[Process, Address]]:
    environ = environment(instance, **{"PORT": free_port()} | settings)
    with start(environ) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            host = settings.get("HOST", "127.0.0.1")
            scheme = "https" if "TLS_KEY" in settings else "http"
            assert greeting == f"Campaign Builder: {scheme}://{host}:{environ['PORT']}\n"
            yield process, Address(int(environ["PORT"]))
        finally:
            process.terminate()


def is_open(address: Address) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", address.port)) == 0


def said_next(instance: Path, **settings: str) -> str:
    """Give what the app says between its address and its first answer."""
    with running(instance, **settings) as (process, address):
        assert requests.get(f"{address.url}/healthz", timeout=10).text == "ok"
        process.terminate()
        assert process.stdout is not None
        return process.stdout.read()


def refused(instance: Path, **settings: str) -> str:
    """Give the one thing that the app says when it does not start, and ends with code 1."""
    ended = run_fork(("app",), environment(instance, **settings))
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


@pytest.fixture
def interrupted(store: Store, sent: Callable[[State], int]) -> Callable[[], State]:
    """Leave a submission in SENDING, and give a way to see what it is called."""
    submission_id = sent(State.SENDING)
    expire(store, submission_id)

    def state() -> State:
        with store.reading() as session:
            return session.get_one(Submission, submission_id).state

    return state


def test_on_this_machine_it_says_where_it_listens_answers_there_and_warns_of_nothing(
    instance: Path,
) -> None:
    assert said_next(instance) == "Campaigns are sent to: Sandbox\n"


@pytest.mark.parametrize("processes", PROCESSES)
def test_what_an_earlier_run_left_open_is_unknown_once_it_listens(
    instance: Path, interrupted: Callable[[], State], processes: str
) -> None:
    with running(instance, PROCESSES=processes):
        assert interrupted() is State.UNKNOWN


@pytest.fixture
def sending(instance: Path, saved: Callable[..., str]) -> Callable[..., None]:
    """Press the button of a draft of this name, whose answer takes this many seconds."""
    faults = Faults(open_file(instance / FILE))

    def press(address: Address, seconds: float, name: str = "One") -> None:
        person = Person(address.url, saved(outbound(name=name)))
        person.review()
        faults.switch_on(Switch("slow-headers", every=False, seconds=seconds))
        assert person.press() is not None
        wait_until(lambda: faults.read_current() is None)

    return press


def states(store: Store) -> list[State]:
    with store.reading() as session:
        return list(session.scalars(select(Submission.state)))


@pytest.mark.parametrize("processes", PROCESSES)
@pytest.mark.parametrize("number", STOPS)
def test_a_stop_waits_for_what_is_being_sent_and_its_outcome_is_on_record(
    instance: Path, store: Store, sending: Callable[..., None], number: Signals, processes: str
) -> None:
    with running(instance, PROCESSES=processes) as (process, address):
        sending(address, seconds=1)
        process.send_signal(number)
        assert process.wait(timeout=30) == 0
        assert process.stdout is not None
        assert "Stopping as soon as the campaigns" in process.stdout.read()

    assert states(store) == [State.CREATED]


@pytest.mark.parametrize("number", [Signals.SIGINT, Signals.SIGQUIT])
def test_a_second_signal_ends_several_processes_and_names_what_is_cut_off(
    instance: Path, store: Store, sending: Callable[..., None], number: Signals
) -> None:
    with running(instance, PROCESSES="2") as (process, address):
        sending(address, seconds=60)
        process.terminate()
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("Stopping as soon as") for line in lines)
        process.send_signal(number)
        process.wait(timeout=10)
        assert process.stderr is not None
        assert "(submission 1).\n" in process.stderr.read()

    assert states(store) == [State.SENDING]


def test_a_terminal_that_closes_cuts_nothing_off(
    instance: Path, store: Store, sending: Callable[..., None]
) -> None:
    with running(instance) as (process, address):
        sending(address, seconds=2)
        assert process.stdout is not None
        process.stdout.close()
        process.send_signal(Signals.SIGHUP)
        wait_until(lambda: not is_open(address))
        process.send_signal(Signals.SIGHUP)
        process.wait(timeout=30)

    assert states(store) == [State.CREATED]


@pytest.mark.parametrize("number", STOPS)
def test_a_worker_stops_cleanly_by_each_signal(instance: Path, number: Signals) -> None:
    queue = {"QUEUE_URL": f"redis://127.0.0.1:{free_port()}/0", "SECRET_KEY": "k" * 32}
    with PipedFork(("app", "worker"), environment(instance, **queue)) as process:
        assert process.stdout.readline() == "The worker sends what waits in the queue.\n"
        process.send_signal(number)
        assert process.wait(timeout=30) == 0


def test_what_is_told_to_live_on_without_its_terminal_does(instance: Path) -> None:
    before = signal.signal(Signals.SIGHUP, signal.SIG_IGN)  # As nohup does; a child inherits it.
    try:
        started = ExitStack()
        process, address = started.enter_context(running_really(instance))
    finally:
        signal.signal(Signals.SIGHUP, before)
    with started:
        process.send_signal(Signals.SIGHUP)
        assert requests.get(f"{address.url}/healthz", timeout=10).text == "ok"
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("number", STOPS)
def test_a_second_signal_names_what_it_cuts_off_and_ends_at_once(
    instance: Path, store: Store, sending: Callable[..., None], number: Signals
) -> None:
    with running(instance) as (process, address):
        for name in ("One", "Another"):
            sending(address, seconds=60, name=name)
        process.terminate()
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("Stopping as soon as") for line in lines)
        process.send_signal(number)
        assert process.wait(timeout=10) == 1
        assert process.stderr is not None
        *lines_of_log, last = process.stderr.read().splitlines()
        assert {line["event"] for line in parse("\n".join(lines_of_log))} == {"request"}
        assert last == (
            "Stopped. 2 campaigns were not answered yet: they are UNKNOWN after the next start "
            "(submissions 1, 2)."
        )

    assert states(store) == [State.SENDING, State.SENDING]


def test_the_real_server_refuses_what_is_too_large_for_the_app(instance: Path) -> None:
    with running(instance) as (_, address):
        answer = requests.post(address.url, data=b"x" * (512 * 1024 + 1), timeout=10)

    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("processes", PROCESSES)
def test_a_port_in_use_ends_it_and_what_is_being_sent_is_left_alone(
    instance: Path, interrupted: Callable[[], State], processes: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        output = refused(instance, PORT=port, PROCESSES=processes)

    assert output == (
        f"Campaign Builder did not start: port {port} on 127.0.0.1 cannot be used "
        "(Address already in use). Set PORT or HOST to another.\n"
    )
    assert interrupted() is State.SENDING


@pytest.mark.parametrize("processes", PROCESSES)
def test_a_host_that_there_is_not_ends_it_with_one_sentence(instance: Path, processes: str) -> None:
    assert refused(instance, HOST=NO_NAME, PROCESSES=processes) == (
        f"Campaign Builder did not start: port 8000 on {NO_NAME} cannot be used "
        "(there is no such host). Set PORT or HOST to another.\n"
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "http"}, "PORT is “http”. Set it to a number from 1 to 65535."),
        (
            {"VOICEAIWRAPPER_BASE_URL": "http://api.example", "VOICEAIWRAPPER_TOKEN": "t0ken"},
            "Give a base URL that starts with https://.",
        ),
    ],
    ids=["a port", "an address of the API"],
)
def test_a_setting_that_cannot_be_meant_ends_it_with_its_sentence(
    instance: Path, settings: dict[str, str], sentence: str
) -> None:
    assert refused(instance, **settings) == f"Campaign Builder did not start. {sentence}\n"


@pytest.mark.parametrize("processes", PROCESSES)
def test_a_file_in_place_of_its_folder_ends_it_with_one_sentence(
    tmp_path: Path, processes: str
) -> None:
    (tmp_path / "file").touch()

    assert refused(tmp_path / "file", PORT=free_port(), PROCESSES=processes) == (
        f"Campaign Builder did not start: {tmp_path / 'file'} cannot be used (File exists). "
        "Set INSTANCE to another folder.\n"
    )


def test_where_others_can_reach_it_it_prints_the_link_of_the_first_account(instance: Path) -> None:
    output = said_next(
        instance,
        HOST=EVERYWHERE,
        VOICEAIWRAPPER_BASE_URL="https://api.example",
        VOICEAIWRAPPER_TOKEN="t0ken",
    )

    first, second = output.splitlines()
    assert first == "Campaigns are sent to: VoiceAIWrapper"
    assert re.fullmatch(
        "Nobody has an account, and others can reach this machine: nothing is served until "
        r"somebody makes the first account, within 48 hours, at http://0\.0\.0\.0:\d+/join/[\w-]{32}",
        second,
    )


def test_it_says_which_version_it_is() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.output) == (0, f"Campaign Builder {VERSION}\n")
