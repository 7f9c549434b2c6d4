"""Commands for whoever runs the app."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.settings import Settings
from app.store.database import Store
from tests.sending import TOKEN, entered

Entered = Callable[..., str]


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=words)
    return done.exit_code, done.output


def token(app: Flask, key: str) -> str:
    return str(app.extensions["connections"].api(key).connection.token)


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
    key = entered(first.extensions["connections"], first.extensions["store"])
    both = create_app(Settings(instance=instance, token_keys=(new, old)))

    status, said = run(both, "rotate-tokens")

    assert (status, "take the older keys out" in said) == (0, True)
    assert token(create_app(Settings(instance=instance, token_keys=(new,))), key) == TOKEN


def test_a_token_that_no_key_reads_is_named_and_the_keys_are_kept(
    app: Flask, instance: Path, add_connection: Entered
) -> None:
    add_connection("Client A")
    (instance / "token_keys").write_text(Fernet.generate_key().decode())
    add_connection("Client B")

    status, said = run(app, "rotate-tokens")

    assert status == 1
    assert "No key decrypts the token of Client A." in said
    assert len((instance / "token_keys").read_text().split()) == 2


def test_a_trail_that_holds_is_said_to_with_its_last_hash(
    app: Flask, saved: Callable[..., str]
) -> None:
    saved()
    status, said = run(app, "verify-trail")
    head = said.split()[-1].rstrip(".")
    assert (status, len(head)) == (0, 64)
    assert run(app, "verify-trail", "--head", head)[0] == 0
    assert run(app, "verify-trail", "--head", "f" * 64)[0] == 1


@pytest.mark.parametrize("statement", ["UPDATE event SET who = 'Eve'", "DELETE FROM event"])
def test_a_trail_that_was_changed_is_said_to_be(
    app: Flask, store: Store, saved: Callable[..., str], statement: str
) -> None:
    saved()
    with store.writing() as session:
        for change in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER no_{change}_of_events"))
        session.execute(text(statement))

    status, said = run(app, "verify-trail")
    assert (status, "The event trail does not hold." in said) == (1, True)
