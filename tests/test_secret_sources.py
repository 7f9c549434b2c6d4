"""A secret comes from a variable, a file or a command, and no sentence about it gives it away."""

import os
import sys
from pathlib import Path
from traceback import format_exception

import pytest

from app import secret_sources
from app.secret_sources import LONGEST
from app.setting_values import BadSetting
from app.settings import read_settings
from app.settings_table import SETTINGS

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SECRETS = {"VOICEAIWRAPPER_TOKEN", "DATABASE_URL", "QUEUE_URL", "SECRET_KEY", "TOKEN_KEYS"}


def refused(**environ: str) -> str:
    """Give the sentence with which these settings are refused, and nothing that led to it."""
    with pytest.raises(BadSetting) as raised:
        read_settings(environ)
    assert SECRET not in "".join(format_exception(raised.value))
    return str(raised.value)


def python(program: str) -> str:
    return f'{sys.executable} -c "{program}"'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    return path


def test_every_secret_has_the_same_sources() -> None:
    secret = {setting.name for setting in SETTINGS if setting.is_secret}

    assert secret == SECRETS | {"METRICS_TOKEN", "OIDC_CLIENT_SECRET", "SMTP_URL"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "METRICS_TOKEN", "VOICEAIWRAPPER_TOKEN"])
def test_each_source_gives_the_same(name: str, file: Path) -> None:
    plain = read_settings({name: SECRET})

    assert read_settings({f"{name}_FILE": str(file)}) == plain
    assert read_settings({f"{name}_COMMAND": python(f"print('{SECRET}')")}) == plain


def test_the_server_of_mail_comes_from_each_source_as_well(file: Path) -> None:
    url, sender = "smtp://who:password@mail.example", {"MAIL_FROM": "a@example.com"}
    file.write_text(f"{url}\n")
    plain = read_settings({"SMTP_URL": url} | sender)

    assert read_settings({"SMTP_URL_FILE": str(file)} | sender) == plain
    assert read_settings({"SMTP_URL_COMMAND": python(f"print('{url}')")} | sender) == plain


def test_a_file_has_a_key_on_each_line(file: Path) -> None:
    file.write_text("new\nold\n")

    assert read_settings({"TOKEN_KEYS_FILE": str(file)}).token_keys == ("new", "old")


def test_two_sources_are_one_too_many(file: Path) -> None:
    sentence = refused(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(file))

    assert sentence == "SECRET_KEY and SECRET_KEY_FILE are set. Set one of them."


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"", "gives nothing"), (b"\xff", "no text"), (b"x" * 70_000, "more")],
)
def test_a_file_without_a_secret_is_refused(file: Path, content: bytes | None, words: str) -> None:
    file.unlink()
    if content is not None:
        file.write_bytes(content)

    assert words in refused(SECRET_KEY_FILE=str(file))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python(f"print('{SECRET}'); raise SystemExit(3)"), "failed: it ended with 3."),
        (python(f"import sys; print('{SECRET}', file=sys.stderr)"), "gives nothing"),
        (python(f"print('x' * {LONGEST + 1})"), "more than"),
        ("/nowhere/vault read", "cannot be run (No such file or directory)."),
        ("vault 'read", "a quotation mark is missing"),
    ],
)
def test_a_command_without_a_secret_is_refused(command: str, words: str) -> None:
    sentence = refused(SECRET_KEY_COMMAND=command)

    assert sentence.startswith("SECRET_KEY_COMMAND ")
    assert words in sentence


def test_a_command_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_sources, "SECONDS", 0.3)
    command = python(f"print('{SECRET}', flush=True); import time; time.sleep(60)")

    assert refused(SECRET_KEY_COMMAND=command) == "SECRET_KEY_COMMAND took more than 0.3 seconds."


def test_a_command_runs_without_a_shell_and_once(tmp_path: Path) -> None:
    count, forged = tmp_path / "count", tmp_path / "forged"
    program = f"open('{count}', 'a').write('x'); print('{SECRET}')"
    command = f"{python(program)} ; touch {forged} $(touch {forged})"
    for _ in range(2):
        assert read_settings({"SECRET_KEY_COMMAND": command}).secret_key == SECRET

    assert count.read_text() == "x"
    assert not forged.exists()


def test_what_it_gives_is_a_secret_of_the_log_and_shown_nowhere(file: Path) -> None:
    settings = read_settings({"SECRET_KEY_FILE": str(file)})

    assert settings.secrets == (SECRET,)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": f"postgresql://who:p@host:{SECRET}@/database", "SECRET_KEY": "k" * 32},
        {"QUEUE_URL": f"redis://who:p@host:{SECRET}/0", "SECRET_KEY": "k" * 32},
        {"SMTP_URL": f"smtp://who:{SECRET}/p@host:587", "MAIL_FROM": "a@example.com"},
    ],
)
def test_an_address_with_a_bad_password_is_refused_without_it(environ: dict[str, str]) -> None:
    assert "cannot be read" in refused(**environ)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refused(SECRET_KEY_FILE=str(tmp_path / "pipe")).endswith("which is no ordinary file.")


def test_of_a_large_file_no_more_is_read_than_a_secret_has(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**40)

    assert "more than" in refused(SECRET_KEY_FILE=file.name)
