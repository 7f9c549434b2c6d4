"""Commands for whoever runs the app."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from tests.pages import Visitor
from tests.sending.presses import TOKEN, entered
from tests.store.tampering import tamper

UNREADABLE = Path("/proc/self/mem")
"""It opens, and its first byte cannot be read."""

Entered = Callable[..., str]


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=words)
    return done.exit_code, done.output


def token(app: Flask, key: str) -> str:
    return str(find_services(app).connections.open_api(key).connection.token)


def test_every_token_is_encrypted_anew_while_the_app_runs(
    app: Flask, instance: Path, add_connection: Entered
) -> None:
    keys = [add_connection("Client A"), add_connection("Client B")]
    before = (instance / "token_keys").read_text()

    assert run(app, "rotate-tokens") == (0, "2 tokens encrypted by the new key.\n")
    after = (instance / "token_keys").read_text()
    assert (len(after.split()), after != before) == (1, True)
    assert [token(app, key) for key in keys] == [TOKEN, TOKEN]


def test_keys_of_the_environment_are_changed_by_putting_a_new_one_in_front(instance: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    first = create_app(Settings(instance=instance, token_keys=(old,)))
    key = entered(find_services(first).connections, find_services(first).store)
    both = create_app(Settings(instance=instance, token_keys=(new, old)))

    status, output = run(both, "rotate-tokens")

    assert (status, "take the older keys out" in output) == (0, True)
    assert token(create_app(Settings(instance=instance, token_keys=(new,))), key) == TOKEN


def test_a_token_that_no_key_reads_is_named_and_the_keys_are_kept(
    app: Flask, instance: Path, add_connection: Entered
) -> None:
    add_connection("Client A")
    (instance / "token_keys").write_text(Fernet.generate_key().decode())
    add_connection("Client B")

    status, output = run(app, "rotate-tokens")

    assert status == 1
    assert "No key decrypts the token of Client A." in output
    assert len((instance / "token_keys").read_text().split()) == 2


def test_a_trail_that_holds_is_said_to_with_its_newest_seal(
    app: Flask, saved: Callable[..., str]
) -> None:
    saved()
    status, output = run(app, "verify-trail")
    seal = output.split("newest seal is ")[1].split(".")[0]
    assert (status, len(seal)) == (0, 64)
    assert run(app, "verify-trail", "--seal", seal)[0] == 0
    assert run(app, "verify-trail", "--seal", "f" * 64)[0] == 1


@pytest.mark.parametrize("statement", ["UPDATE event SET who = 'Eve'", "DELETE FROM event"])
def test_a_trail_that_was_changed_is_said_to_be(
    app: Flask, store: Store, saved: Callable[..., str], statement: str
) -> None:
    saved()
    tamper(store, statement)

    status, output = run(app, "verify-trail")
    assert (status, "The event trail does not hold." in output) == (1, True)


@pytest.mark.parametrize("times", range(3))
def test_two_rotations_at_once_lose_no_token(
    app: Flask, instance: Path, add_connection: Entered, times: int
) -> None:
    keys = [add_connection(f"Client {number}") for number in range(20)]
    with ThreadPoolExecutor(4) as hands:
        ended = list(hands.map(lambda _: run(app, "rotate-tokens"), range(4)))
    assert [status for status, _ in ended] == [0] * 4
    assert len((instance / "token_keys").read_text().split()) == 1
    assert [token(app, key) for key in keys] == [TOKEN] * 20


def test_a_token_that_is_entered_during_a_rotation_is_kept(app: Flask, visitor: Visitor) -> None:
    entry = {"kind": "live", "base_url": "https://a.example", "token": TOKEN, "colour": "blue"}
    with ThreadPoolExecutor(1) as hand:
        rotating = hand.submit(lambda: [run(app, "rotate-tokens")[0] for _ in range(10)])
        made: list[str] = []
        while not rotating.done():
            answers = entry | {"name": f"Client {len(made)}"}
            page = visitor.press(visitor.open("/connections/new"), "new", answers)
            made.append(page.path.rpartition("/")[2])
    assert rotating.result() == [0] * 10
    assert [token(app, key) for key in made] == [TOKEN] * len(made)


@pytest.mark.sqlite
def test_old_keys_stay_while_a_rotation_is_not_over(
    app: Flask, instance: Path, store: Store, add_connection: Entered
) -> None:
    """Let the database fail between the new key and the tokens that it encrypts."""
    key = add_connection("Client A")
    with store.writing() as session:
        session.execute(
            text(
                "CREATE TRIGGER no BEFORE UPDATE ON connection BEGIN "
                "SELECT RAISE(ABORT, 'not now'); END"
            )
        )
    status, output = run(app, "rotate-tokens")
    assert (status, "not now" in output, "Traceback" in output) == (1, True, False)
    assert len((instance / "token_keys").read_text().split()) == 2
    assert token(app, key) == TOKEN


class TestEvidence:
    """An evidence file is checked alone."""

    @pytest.fixture
    def file(
        self, client: FlaskClient, store: Store, sent: Callable[[State], int], tmp_path: Path
    ) -> Path:
        number = sent(State.CREATED)
        with store.reading() as session:
            draft_id = session.get_one(Submission, number).draft_id
        path = tmp_path / "evidence.json"
        path.write_bytes(client.get(f"/drafts/{draft_id}/evidence.json").data)
        return path

    def test_one_that_holds_is_said_to(self, app: Flask, file: Path) -> None:
        seal = json.loads(file.read_text())["trail"]["seal"]["hash"]
        assert run(app, "verify-evidence", str(file))[0] == 0
        status, output = run(app, "verify-evidence", str(file), "--seal", seal)
        assert (status, "events 1 to 3 of 3 are what they were then" in output) == (0, True)
        assert run(app, "verify-evidence", str(file), "--seal", "0" * 64)[0] == 1

    def test_one_that_was_changed_is_said_to_be(self, app: Flask, file: Path) -> None:
        file.write_text(file.read_text().replace("Ada", "Eve"))
        status, output = run(app, "verify-evidence", str(file))
        assert (status, "The evidence does not hold." in output) == (1, True)

    @pytest.mark.skipif(not UNREADABLE.exists(), reason="There is no such file here.")
    def test_one_that_opens_and_cannot_be_read_is_told_in_a_sentence(self, app: Flask) -> None:
        status, output = run(app, "verify-evidence", str(UNREADABLE))
        assert (status, output) == (
            1,
            f"Error: {UNREADABLE} cannot be read: Input/output error.\n",
        )

    @pytest.mark.parametrize("content", [b"", b"{}", b"[" * 5000, b"\xff\xfe", b'{"trail": 7}'])
    def test_what_is_none_is_told_in_a_sentence(
        self, app: Flask, tmp_path: Path, content: bytes
    ) -> None:
        (tmp_path / "odd.json").write_bytes(content)
        status, output = run(app, "verify-evidence", str(tmp_path / "odd.json"))
        assert (status, output) == (1, "Error: This is no evidence file of Campaign Builder.\n")
