"""Inside an installation the app signs in by a certificate, and nobody gets in without one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from os import getuid
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import make_url

from app import create_app
from app.cli.certificates import make_certificates
from app.services import find_services
from app.settings import Settings
from tests.deploy.test_deployment import COMPOSE, DEPLOY
from tests.pages import Visitor, drain
from tests.postgresql import running

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]

HERE = "localhost"


@contextmanager
def secured(tls: Path) -> Iterator[str]:
    """Run a database as that of Compose is run, and give the URL with which its app signs in."""
    make_certificates(tls, [HERE, "campaigns"])
    key = shutil.copy(tls / f"{HERE}-key.pem", tls / "database-key.pem")
    if getuid() == 0:
        shutil.chown(key, "postgres")
    with running() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for statement in read_script():
                connection.execute(statement)
        server.stop()
        options = " ".join(f"-c {option}" for option in list_options(tls))
        replace(server, options=f"{server.options} {options}").start()
        asked = {
            "sslmode": "verify-full",
            "sslrootcert": str(tls / "authority.pem"),
            "sslcert": str(tls / "campaigns.pem"),
            "sslkey": str(tls / "campaigns-key.pem"),
        }
        port = make_url(server.url).port
        yield f"postgresql://campaigns@{HERE}:{port}/campaigns?{urlencode(asked)}"


def read_script() -> list[bytes]:
    """Read the statements of the script; lines that begin with a backslash are for psql alone."""
    lines = (DEPLOY / "database" / "role.sql").read_text().splitlines()
    script = "\n".join(line for line in lines if not line.startswith(("\\", "--")))
    return [statement.encode() for statement in script.split(";") if statement.strip()]


def list_options(tls: Path) -> list[str]:
    """List the options of Compose's database, with the files that are here."""
    command = COMPOSE["services"]["database"]["command"]
    here = {
        "/tls/database.pem": tls / f"{HERE}.pem",
        "/tls/database-key.pem": tls / "database-key.pem",
        "/tls/authority.pem": tls / "authority.pem",
        "/etc/postgresql/pg_hba.conf": DEPLOY / "database" / "pg_hba.conf",
    }
    options = [option.removeprefix("--").partition("=") for option in command[1:]]
    return [f"{name}={here.get(value, value)}" for name, _, value in options]


@pytest.fixture
def tls() -> Iterator[Path]:
    """Give a folder that the server can read, whoever it runs as."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_the_app_works_with_a_certificate_and_without_a_password(tls: Path, instance: Path) -> None:
    with secured(tls) as url:
        app = create_app(Settings(instance=instance, database_url=url, queue_url=url))
        store = find_services(app).store
        visitor = Visitor(app.test_client())
        form = visitor.press(visitor.open("/"), "sample", {})
        visitor.press(visitor.press(form, then="review"), "send")
        drain(app)
        assert "Created" in visitor.open("/").text
        with psycopg.connect(url) as connection:
            [setting] = connection.execute(
                "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            ).fetchone() or [""]
        assert setting == "/CN=campaigns"
        store.engine.dispose()


@pytest.mark.parametrize("without", ["sslmode", "sslcert"])
def test_nobody_gets_in_without_tls_or_a_certificate(tls: Path, without: str) -> None:
    with secured(tls) as url:
        asked = dict(make_url(url).query)
        if without == "sslmode":
            asked = {"sslmode": "disable"}
        else:
            del asked["sslcert"], asked["sslkey"]
        plain = make_url(url).set(query=asked, password="guessed")
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry|certificate"):
            psycopg.connect(plain.render_as_string(hide_password=False))
