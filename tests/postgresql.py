"""A PostgreSQL server on loopback, in a temporary folder, for as long as the tests take.

    python -m tests.postgresql pytest -m …

runs a command with `TEST_DATABASE_URL` set to the server. PostgreSQL refuses to run as root, so
for root it runs as the user that Debian's package makes.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import Engine, create_engine, text

from app.sandbox.tables import ON_POSTGRESQL as SANDBOX
from app.store import models, records  # noqa: F401  They fill the metadata.
from app.store.base import Base
from app.store.dialects.postgresql import count_rows
from app.store.search_index import CALL_INDEX, DRAFT_INDEX

NEEDED = "PostgreSQL is not installed (on Debian: apt-get install postgresql)."
_USER = "postgres"
_USUAL = ("listen_addresses=127.0.0.1", "max_connections=200")
_THERE = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)
# What is lost in a crash is of no use to a test.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class NotInstalled(Exception):
    """There are no programs of PostgreSQL's here."""


def find_programs() -> Path:
    """Find the folder of PostgreSQL's programs, or install them; raises `NotInstalled`."""
    script = Path(__file__).with_suffix(".sh")
    answer = subprocess.run(  # noqa: S603
        ["/bin/sh", str(script)], stdout=subprocess.PIPE, text=True, check=False
    )
    if answer.returncode:
        raise NotInstalled(NEEDED)
    return Path(answer.stdout.strip())


@dataclass(frozen=True)
class Server:
    """A server; *url* is that of its first database."""

    url: str
    data: Path
    options: str

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self.data.with_name("log")
        self._control("-w", "-l", str(log), "-o", self.options, "start")

    def stop(self) -> None:
        """Stop it as a power cut does."""
        self._control("-m", "immediate", "stop")

    def _control(self, *words: str) -> None:
        _run(find_programs() / "pg_ctl", "-D", self.data, *words)


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """Run a server; raises `NotInstalled`."""
    programs, port = find_programs(), _find_port()
    with TemporaryDirectory(prefix="postgresql-") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, _USER)
        data = Path(folder) / "data"
        _run(programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "-N")
        settings = [f"port={port}", f"unix_socket_directories={folder}", *_USUAL]
        settings += [] if durable else _FAST
        options = " ".join(f"-c {setting}" for setting in settings)
        server = Server(f"postgresql://{_USER}@127.0.0.1:{port}/postgres", data, options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def make_database(url: str, name: str) -> str:
    """Make a database on a server, and give its URL."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def drop_database(url: str, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def as_plain_role(url: str) -> str:
    """Make a role that may read and write what is there, and no more; gives the URL with it."""
    with psycopg.connect(url, autocommit=True) as server, suppress(*_THERE):
        server.execute("CREATE ROLE plain LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
    return url.replace(f"{_USER}@", "plain@")


def empty_database(url: str) -> None:
    """Delete everything in a database but its tables, past the triggers that refuse that.

    Most tables have nothing in them, and to truncate one costs several files each time.
    """
    tables = [*Base.metadata.tables, DRAFT_INDEX.name, CALL_INDEX.name, *map(str, SANDBOX)]
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608  They are ours.
        for table in tables
    )
    with _engine(url).begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in connection.scalars(text(asked)).all():
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        used = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
        for sequence in connection.scalars(text(used)).all():
            connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))
        count_rows(connection)


@cache
def _engine(url: str) -> Engine:
    """Keep a connection to a database that is emptied for each test."""
    return create_engine(url, pool_size=1, pool_pre_ping=True)


def _run(*command: str | Path) -> None:
    user = _USER if os.getuid() == 0 else None
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        user=user,
        group=pwd.getpwnam(_USER).pw_gid if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main(command: Sequence[str]) -> int:
    """Run a command beside a server; gives its exit status."""
    try:
        with running() as server:
            environ = {**os.environ, "TEST_DATABASE_URL": server.url}
            return subprocess.run(command, env=environ, check=False).returncode  # noqa: S603
    except NotInstalled as error:
        print(f"Nothing is tested on PostgreSQL: {error}")
        return int(bool(os.environ.get("CI")))


if __name__ == "__main__":
    sys.exit(main([sys.executable, "-m", *sys.argv[1:]]))
