"""``python -m app``: it says where it listens, or in one sentence why it does not."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen, run

import pytest
import requests

from app.sandbox.switch import Faults, Switch
from app.store import drafts
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from tests.faults.person import Person
from tests.sending import expire
from tests.servers import Address, environment, free_port

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "app")
EVERYWHERE = "0.0.0.0"  # noqa: S104  # It is what a test is about.
NO_NAME = "a" * 64  # Too long for one, so nobody has to be asked.


@contextmanager
def running(instance: Path, **settings: str) -> Iterator[tuple[Popen[str], Address]]:
    """Run the app until the block ends, and give its process and where it says it listens."""
    environ = environment(instance, **{"PORT": free_port()} | settings)
    with Popen(  # noqa: S603  # It is our own program.
        COMMAND, cwd=ROOT, env=environ, stdout=PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            host = settings.get("HOST", "127.0.0.1")
            assert greeting == f"Campaign Builder: http://{host}:{environ['PORT']}\n"
            yield process, Address(int(environ["PORT"]))
        finally:
            process.terminate()


def said_next(instance: Path, **settings: str) -> str:
    """Give what the app says between its address and its first answer."""
    with running(instance, **settings) as (process, address):
        assert requests.get(f"{address.url}/healthz", timeout=10).text == "ok"
        process.terminate()
        assert process.stdout is not None
        return process.stdout.read()


def refused(instance: Path, **settings: str) -> str:
    """Give the one thing that the app says when it does not start, and ends with code 1."""
    ended = run(  # noqa: S603  # It is our own program.
        COMMAND,
        cwd=ROOT,
        env=environment(instance, **settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
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


def test_what_an_earlier_run_left_open_is_unknown_once_it_listens(
    instance: Path, interrupted: Callable[[], State]
) -> None:
    with running(instance):
        assert interrupted() is State.UNKNOWN


def test_a_stop_waits_for_what_is_being_sent_and_its_outcome_is_on_record(
    instance: Path, store: Store, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    with running(instance) as (process, address):
        person = Person(address.url, draft_id)
        switch = Switch("slow-headers", every=False, seconds=1)
        Faults(instance / "sandbox.sqlite3").switch_on(switch)
        person.review()
        assert person.press() is not None
        process.terminate()
        assert process.wait(timeout=30) == 0
        assert process.stdout is not None
        assert "Stopping as soon as the campaigns" in process.stdout.read()

    with store.reading() as session:
        (made,) = drafts.find(session, draft_id).submissions
    assert made.state is State.CREATED


def test_a_port_in_use_ends_it_and_what_is_being_sent_is_left_alone(
    instance: Path, interrupted: Callable[[], State]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        said = refused(instance, PORT=port)

    assert said == (
        f"Campaign Builder did not start: port {port} on 127.0.0.1 cannot be used "
        "(Address already in use). Set PORT or HOST to another.\n"
    )
    assert interrupted() is State.SENDING


def test_a_host_that_there_is_not_ends_it_with_one_sentence(instance: Path) -> None:
    assert refused(instance, HOST=NO_NAME) == (
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


def test_a_file_in_place_of_its_folder_ends_it_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert refused(tmp_path / "file") == (
        f"Campaign Builder did not start: {tmp_path / 'file'} cannot be used (File exists). "
        "Set INSTANCE to another folder.\n"
    )


def test_it_warns_that_others_can_send_where_they_can_reach_it(instance: Path) -> None:
    said = said_next(
        instance,
        HOST=EVERYWHERE,
        VOICEAIWRAPPER_BASE_URL="https://api.example",
        VOICEAIWRAPPER_TOKEN="t0ken",
    )

    assert said == (
        "Campaigns are sent to: VoiceAIWrapper\n"
        "Warning: there is no sign-in yet. Everybody who can reach 0.0.0.0 "
        "can read and send every campaign.\n"
    )
