"""The doctor names what is weak or broken, with what to do, and tells them apart by its status."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import literal, select, text

from app.cli import database_weaknesses, weaknesses
from app.cli.doctor import doctor_command
from app.cli.weaknesses import is_own_sandbox
from app.sending.brought_back import FILE
from app.settings import Settings
from app.settings_table import SETTINGS
from app.store import seals
from app.store.database import Store
from app.store.dialects.postgresql import UNFINISHED_MOVE
from app.store.dialects.sqlite import MOVED, note_move
from app.version import RENEWED
from tests.pages import Visitor, drain
from tests.people.mail_server import SENDER, taking_mail
from tests.postgresql import as_plain_role, drop_database, make_database
from tests.sending.test_doorbell import Redis, listening
from tests.sending.webhook_receiver import make_certificate
from tests.servers import free_port
from tests.store.tampering import sealed, unguarded

KEY = "0123456789abcdef0123456789abcdef"
TOKEN_KEY = Fernet.generate_key().decode()
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

Examine = Callable[..., Result]


@pytest.fixture
def examine(app: Flask, instance: Path, database_url: str) -> Examine:
    """Examine an installation that was started once, with these further settings."""
    instance.chmod(0o700)

    def run(*options: str, **settings: str) -> Result:
        ours = dict.fromkeys([setting.name for setting in SETTINGS], "")
        environ = ours | {"INSTANCE": str(instance), "FLASK_DEBUG": ""}
        if database_url:
            environ |= {"DATABASE_URL": as_plain_role(database_url), "SECRET_KEY": SECRET}
            environ |= {"TOKEN_KEYS": TOKEN_KEY, "METRICS_TOKEN": "a-token-of-a-test"}
        return CliRunner(env=environ | settings).invoke(doctor_command, list(options))

    return run


@pytest.mark.parametrize(("days", "is_weak"), [(90, False), (91, True)])
def test_what_was_not_renewed_for_long_is_named(
    examine: Examine, days: int, *, is_weak: bool
) -> None:
    then = datetime.fromisoformat(f"{RENEWED}T12:00Z") + timedelta(days=days)
    with time_machine.travel(then, tick=False):
        findings = json.loads(examine("--json").output)["findings"]
    assert ("age" in [finding["check"] for finding in findings]) is is_weak


def find(result: Result) -> dict[str, str]:
    """Read the lines: how bad each thing is that was found."""
    lines = [line.split(":")[0].split() for line in result.output.splitlines()]
    return {name: severity for severity, name in lines}


@pytest.mark.parametrize(
    ("days", "expected"), [(46, {}), (44, {"certificate": "weak"}), (-1, {"certificate": "broken"})]
)
def test_an_app_that_speaks_tls_itself_needs_no_proxy_but_another_certificate_in_time(
    examine: Examine, tmp_path: Path, days: int, expected: dict[str, str]
) -> None:
    path = str(make_certificate(tmp_path / "web.pem", days))
    result = examine("--json", HOST="campaigns.example", TLS_CERTIFICATE=path, TLS_KEY=path)
    findings = json.loads(result.output)["findings"]
    assert "tls" not in [finding["check"] for finding in findings]
    report = {row["check"]: row["severity"] for row in findings if row["check"] == "certificate"}
    assert report == expected


def test_a_certificate_that_is_none_is_broken(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "web.pem").write_text("none")
    path = str(tmp_path / "web.pem")
    findings = find(examine(TLS_CERTIFICATE=path, TLS_KEY=path))
    assert findings == {"certificate": "broken", "tls-key": "broken"}


@pytest.mark.parametrize("fault", ["another", "missing", "open"])
def test_a_key_that_is_another_or_open_to_others_is_named(
    examine: Examine, tmp_path: Path, fault: str
) -> None:
    path = make_certificate(tmp_path / "web.pem", 300)
    path.chmod(0o600)
    key = path
    if fault == "another":
        key = make_certificate(tmp_path / "key.pem", 300)
        key.chmod(0o600)
    elif fault == "missing":
        key = tmp_path / "key.pem"
    else:
        path.chmod(0o644)
    findings = find(examine(TLS_CERTIFICATE=str(path), TLS_KEY=str(key)))
    assert findings == ({"private-files": "weak"} if fault == "open" else {"tls-key": "broken"})


def test_the_certificate_for_the_database_has_to_be_there(examine: Examine) -> None:
    url = "postgresql://somebody@database.invalid/campaigns?sslmode=verify-full&sslcert=gone.pem"
    assert find(examine(**shared(url)))["certificate"] == "broken"


def test_an_installation_that_was_started_is_fine(examine: Examine) -> None:
    result = examine()

    assert (result.exit_code, result.output) == (0, "Nothing is weak or broken.\n")
    assert json.loads(examine("--json").output) == {"status": 0, "findings": []}


@pytest.mark.parametrize(
    ("options", "check", "severity"),
    [
        ({"FLASK_DEBUG": "1"}, "debug", "broken"),
        ({"LOG_LEVEL": "debug"}, "log-level", "weak"),
        ({"HOST": "campaigns.example"}, "tls", "weak"),
        ({"TRUSTED_PROXY": "*"}, "trusted-proxy", "weak"),
        ({"TRUSTED_PROXY": "10.0.0.1"}, "second-factor", "weak"),
        ({"TRUSTED_PROXY": "10.0.0.1"}, "breached-passwords", "weak"),
        ({"HOST": "campaigns.example", "METRICS_TOKEN": ""}, "metrics", "weak"),
        ({"SECRET_KEY": "a" * 40}, "secret-key", "weak"),
        ({"SECRET_KEY": SECRET, "METRICS_TOKEN": SECRET}, "same-keys", "weak"),
        ({"TOKEN_KEYS": "short"}, "token-keys", "broken"),
        ({"TOKEN_KEYS": f"{TOKEN_KEY},{TOKEN_KEY}"}, "same-keys", "weak"),
        ({"PORT": "none"}, "settings", "broken"),
        (
            {
                "VOICEAIWRAPPER_TOKEN": "t",
                "VOICEAIWRAPPER_BASE_URL": "http://localhost:8000/sandbox",
            },
            "sandbox-as-live",
            "weak",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_a_setting_is_named(
    examine: Examine, options: dict[str, str], check: str, severity: str
) -> None:
    result = examine(**options)

    assert find(result)[check] == severity
    assert result.exit_code == {"weak": 1, "broken": 2}[max_of(find(result))]
    for secret in (SECRET, TOKEN_KEY, "a" * 40, "short"):
        assert secret not in result.output


def max_of(severities: dict[str, str]) -> str:
    return "broken" if "broken" in severities.values() else "weak"


def test_each_line_says_what_to_do(examine: Examine) -> None:
    result = examine(HOST="campaigns.example", TRUSTED_PROXY="*", LOG_LEVEL="debug")

    for line in result.output.splitlines():
        assert re.fullmatch(r"(weak  |broken)  [a-z-]+: [^a-z].+\.", line), line


def test_an_object_for_scripts_has_the_same(examine: Examine) -> None:
    report: dict[str, Any] = json.loads(examine("--json", TRUSTED_PROXY="*").output)

    finding, *_, mail = report["findings"]
    assert mail["check"] == "mail"
    assert report["status"] == 1
    assert (finding["check"], finding["severity"]) == ("trusted-proxy", "weak")
    assert finding["sentence"].startswith("TRUSTED_PROXY is *")


class TestMail:
    def test_a_server_that_takes_mail_is_fine(self, examine: Examine) -> None:
        with taking_mail() as inbox:
            result = examine(
                SMTP_URL=inbox.url, MAIL_FROM=SENDER, PUBLIC_URL="https://campaigns.example"
            )
        assert (result.exit_code, inbox.letters) == (0, [])

    def test_a_server_that_is_not_there_is_broken(self, examine: Examine) -> None:
        url = f"smtp://who:s3cret@127.0.0.1:{free_port()}"
        result = examine(SMTP_URL=url, MAIL_FROM=SENDER)
        assert find(result) == {"mail": "broken", "public-url": "weak"}
        assert "s3cret" not in result.output

    def test_where_others_sign_in_mail_is_missed(self, examine: Examine) -> None:
        options = {"TRUSTED_HOSTS": "campaigns.example", "REQUIRE_SECOND_FACTOR": "yes"}
        options["BREACHED_PASSWORDS_URL"] = "https://breaches.example/range/"
        assert find(examine(**options)) == {"mail": "weak"}


@pytest.mark.sqlite
def test_a_column_that_is_missing_is_named(examine: Examine, store: Store) -> None:
    with store.writing() as session:
        session.execute(text("ALTER TABLE batch DROP COLUMN made_by"))

    result = examine()
    assert find(result)["migrations"] == "broken"
    assert "The database lacks batch.made_by" in result.output


@pytest.mark.sqlite
class TestFolder:
    def test_what_was_never_started_is_weak_and_nothing_is_made(
        self, examine: Examine, tmp_path: Path
    ) -> None:
        result = examine(INSTANCE=str(tmp_path / "fresh"))

        assert find(result).keys() == {"secret-key", "token-keys", "instance", "database"}
        assert result.exit_code == 1
        assert not (tmp_path / "fresh").exists()

    @pytest.mark.parametrize("name", ["secret_key", "token_keys", "campaigns.sqlite3"])
    def test_a_file_that_others_can_read_is_named(
        self, examine: Examine, instance: Path, name: str
    ) -> None:
        (instance / name).chmod(0o640)

        result = examine()

        assert find(result) == {"private-files": "weak"}
        assert f"chmod 600 {instance / name}" in result.output

    def test_a_file_that_a_setting_names_is_weak_if_others_can_read_it(
        self, examine: Examine, tmp_path: Path
    ) -> None:
        file = tmp_path / "secret"
        file.write_text(SECRET)
        file.chmod(0o644)
        assert find(examine(SECRET_KEY_FILE=str(file))) == {"private-files": "weak"}

        file.chmod(0o400)

        assert examine(SECRET_KEY_FILE=str(file)).exit_code == 0

    def test_a_folder_that_others_can_read_is_weak(self, examine: Examine, instance: Path) -> None:
        instance.chmod(0o755)

        assert find(examine()) == {"instance": "weak"}

    def test_a_folder_that_cannot_be_written_is_broken(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda *_arguments: False)

        assert find(examine()) == {"instance": "broken"}

    def test_what_cannot_be_looked_at_is_broken_and_the_rest_is_looked_at(
        self, examine: Examine, instance: Path
    ) -> None:
        (instance / "secret_key").write_bytes(b"\xff" * 40)
        instance.chmod(0o755)

        assert find(examine()) == {"keys": "broken", "instance": "weak"}

    def test_the_key_in_the_file_is_a_secret_of_its_own(
        self, examine: Examine, instance: Path
    ) -> None:
        secret = (instance / "secret_key").read_text().strip()

        assert find(examine(METRICS_TOKEN=secret)) == {"same-keys": "weak"}

    def test_a_short_key_in_the_file_is_weak(self, examine: Examine, instance: Path) -> None:
        (instance / "secret_key").write_text("short")

        assert find(examine()) == {"secret-key": "weak"}

    @pytest.mark.parametrize(("name", "severity"), [("LEAST_FREE", "broken"), ("FEW_FREE", "weak")])
    def test_a_disk_with_little_room_is_named(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch, name: str, severity: str
    ) -> None:
        monkeypatch.setattr(weaknesses, name, 10**18)

        assert find(examine()) == {"disk": severity}

    def test_a_database_that_is_none_is_broken(
        self, examine: Examine, instance: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        copytree(instance, other, ignore=ignore_patterns("*-wal", "*-shm"))
        (other / "campaigns.sqlite3").write_text("This is none. " * 100)
        result = examine(INSTANCE=str(other))

        assert find(result) == {"database": "broken"}
        assert "DATABASE_URL" not in result.output

    @pytest.mark.parametrize("is_whole", [True, False])
    def test_one_that_was_left_for_postgresql_is_broken(
        self, examine: Examine, instance: Path, *, is_whole: bool
    ) -> None:
        note_move(instance / MOVED, "elsewhere", is_whole=is_whole)
        result = examine()

        assert find(result) == {"database": "broken"}
        words = "everything was moved to PostgreSQL" if is_whole else "a move to PostgreSQL was cut"
        assert f"From {instance} {words}" in result.output


@pytest.mark.parametrize(("is_there", "expected"), [(True, {}), (False, {"queue": "broken"})])
def test_a_queue_out_of_reach_is_broken(
    examine: Examine, *, is_there: bool, expected: dict[str, str]
) -> None:
    with listening(Redis) as there:
        port = there if is_there else free_port()
        result = examine(QUEUE_URL=f"redis://127.0.0.1:{port}/0", SECRET_KEY=SECRET)

    assert ({} if result.exit_code == 0 else find(result)) == expected


@pytest.mark.parametrize(("version", "severity"), [("0001", "weak"), ("9999", "broken")])
def test_another_schema_is_named(
    examine: Examine, store: Store, version: str, severity: str
) -> None:
    with unguarded(store) as session:
        before = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": version})
    try:
        assert find(examine()) == {"migrations": severity}
    finally:
        with unguarded(store) as session:
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": before})


def test_a_large_log_that_nobody_shortens_is_named(
    app: Flask,
    examine: Examine,
    visitor: Visitor,
    saved: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database_weaknesses, "MANY_CALLS", 0)
    assert examine().exit_code == 0
    visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")
    drain(app)

    assert find(examine()) == {"retention": "weak"}
    assert examine(KEEP_LOG_DAYS="90", ARCHIVE="/srv/archive").exit_code == 0


def test_a_live_connection_to_the_own_sandbox_is_named(
    examine: Examine, add_connection: Callable[..., str]
) -> None:
    add_connection(name="Client B", base_url="http://127.0.0.1:8000/sandbox")

    result = examine()

    assert find(result) == {"sandbox-as-live": "weak"}
    assert "“Client B”" in result.output


def shared(url: str) -> dict[str, str]:
    keys = {"SECRET_KEY": SECRET, "TOKEN_KEYS": TOKEN_KEY, "METRICS_TOKEN": "a-token-of-a-test"}
    return keys | {"DATABASE_URL": url}


def test_a_database_out_of_reach_is_broken_and_its_password_not_told(examine: Examine) -> None:
    url = f"postgresql://somebody:pa55word@127.0.0.1:{free_port()}/campaigns"
    result = examine(**shared(url))

    assert find(result) == {"database": "broken"}
    assert "pa55word" not in result.output


@pytest.mark.parametrize(
    ("mode", "is_weak"),
    [("", True), ("?sslmode=require", True), ("?sslmode=verify-full", False)],
)
def test_a_database_elsewhere_is_reached_over_tls_that_is_verified(
    examine: Examine, mode: str, *, is_weak: bool
) -> None:
    result = examine(**shared(f"postgresql://somebody@database.invalid/campaigns{mode}"))

    assert ("database-tls" in find(result)) == is_weak


@pytest.mark.parametrize(
    ("setting", "name", "scheme"),
    [
        ("DATABASE_URL", "sslcert", "postgresql"),
        ("DATABASE_URL", "sslrootcert", "postgresql"),
        ("QUEUE_URL", "ssl_certfile", "rediss"),
        ("QUEUE_URL", "ssl_ca_certs", "rediss"),
    ],
)
def test_a_certificate_in_an_address_that_has_ended_is_named(
    examine: Examine, tmp_path: Path, setting: str, name: str, scheme: str
) -> None:
    path = make_certificate(tmp_path / "client.pem", -1)
    url = f"{scheme}://127.0.0.1:{free_port()}/0?{name}={path}"
    result = examine(**(shared("") | {setting: url}))

    assert f"The certificate {path} has ended" in result.output


@pytest.mark.parametrize(
    ("base_url", "is_own"),
    [
        ("http://[::1]:8000/sandbox", True),
        ("https://app.example.com/sandbox", True),
        ("https://APP.example.com:443/sandbox/", True),
        ("https://a.example.org/sandbox", True),
        ("https://example.com/sandbox", False),
        ("http://localhost:9000/sandbox2", False),
        ("https://api.voiceaiwrapper.com", False),
    ],
)
def test_the_own_sandbox_is_known_by_its_address(
    settings: Settings, base_url: str, *, is_own: bool
) -> None:
    hosts = ("app.example.com", ".example.org")

    assert is_own_sandbox(base_url, replace(settings, trusted_hosts=hosts)) is is_own


@pytest.mark.postgresql
class TestServer:
    def test_a_move_that_was_cut_off_is_broken(self, examine: Examine, store: Store) -> None:
        UNFINISHED_MOVE.create(store.engine)
        try:
            result = examine()
        finally:
            UNFINISHED_MOVE.drop(store.engine)

        assert find(result) == {"database": "broken"}
        assert "run move-to again" in result.output

    def test_one_without_tables_is_to_be_started(self, examine: Examine, database_url: str) -> None:
        name = f"empty_{token_hex(4)}"
        empty = make_database(database_url, name)
        try:
            result = examine(DATABASE_URL=as_plain_role(empty))
        finally:
            drop_database(database_url, name)

        assert "The database has no tables yet" in result.output

    def test_one_that_knows_no_letters_is_weak(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ascii_only = select(literal("Ö").collate("C").op("=")("ö"))
        monkeypatch.setattr(database_weaknesses, "KNOWS_LETTERS", ascii_only)

        assert find(examine()) == {"database-locale": "weak"}

    def test_a_role_that_may_do_all_is_weak(self, examine: Examine, database_url: str) -> None:
        assert find(examine(DATABASE_URL=database_url)) == {"database-role": "weak"}

    def test_a_clock_that_is_wrong_is_named(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database_weaknesses, "time", lambda: 0.0)

        assert find(examine()) == {"clock": "weak"}

    def test_a_server_that_is_too_old_is_broken(
        self, examine: Examine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database_weaknesses, "OLDEST", 99)

        assert find(examine()) == {"database-version": "broken"}


def test_an_older_copy_that_was_brought_back_is_broken(
    store: Store, saved: Callable[..., str], examine: Examine, instance: Path
) -> None:
    saved()
    sealed(store)
    with store.reading() as session:
        first = seals.read_hashes(session, {1})[1]
    missing = {"first": first, "number": 999, "hash": "0" * 64, "at": "2026-01-01T00:00:00.000"}
    (instance / FILE).write_text(json.dumps(missing))
    result = examine()
    assert find(result)["records"] == "broken"
    assert "an older copy of the database was brought back" in result.output
