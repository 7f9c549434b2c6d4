"""The app and the API that it calls, each in processes of its own, for as long as a test needs."""

import atexit
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from subprocess import STDOUT, Popen
from tempfile import mkdtemp
from threading import Event
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any

import requests
from cryptography.fernet import Fernet
from sqlalchemy import make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from app.cli.archive import write_backup
from app.connections import ENVIRONMENT
from app.sandbox.file import FILE, open_file
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Faults
from app.store import drafts, saved_connections, throttles
from app.store.acceptances import judge
from app.store.database import Store
from app.store.models import Submission
from app.store.saved_connections import EnteredConnection
from app.store.vault import CannotUnlock, Vault
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.forks import Fork
from tests.postgresql import Server, make_database
from tests.servers import environment, free_port

ROOT = Path(__file__).parents[2]
TOKEN = "t0ken-0f-a-cust0mer-9f3c7a"
NAME = "VoiceAIWrapper"
BREAKABLE, AS_IT_IS = "tests.faults.launch", "app"
"""The app with places to die at and little patience, and the app."""

_BREAK_OFF = """
CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE serialization_failure USING MESSAGE = 'could not serialize access'; END $$;
CREATE TRIGGER break_off BEFORE INSERT OR UPDATE ON submission
FOR EACH ROW EXECUTE FUNCTION break_off()"""

DEADLINE = 1
_USUAL_DEADLINE = 30
_PATIENCE = 30
_EVERY = 0.02
_CROWD = 40


class Lost(Exception):
    """Something that has nothing to do with a press was not done as it should be."""


class TestBed:
    """An API over HTTP, an app that calls it, and a look into both from outside."""

    __test__ = False  # It is no test, whatever pytest thinks of its name.

    def __init__(  # noqa: PLR0913, PLR0917  Each is another way to break it.
        self,
        folder: Path,
        known_bug: str = "",
        program: str = BREAKABLE,
        without_hook: str = "",
        server: Server | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.server, self._shared = server, (_share(server) if server else {}) | dict(more)
        self._without_hook = without_hook
        self.instance, self.api_folder = folder / "app", folder / "api"
        self.control, self.output = folder / "control", folder / "output.txt"
        self.ports = [free_port(), free_port()]
        self._api_port, self._known_bug, self._program = free_port(), known_bug, program
        self._waits: dict[int, datetime | None] = {}
        self._processes: dict[str, Popen[bytes] | Fork] = {}
        self.api_folder.mkdir()
        self._start_api()
        self.start()
        kept = open_file(self.api_folder / FILE)
        self.ledger, self.faults = Ledger(kept), Faults(kept)
        where = self._shared.get("DATABASE_URL", "")
        self.store = Store(make_url(where) if where else self.instance / "campaigns.sqlite3")
        keys = [self._shared["TOKEN_KEYS"]] if where else []
        self._vault = Vault(self.instance / "token_keys", keys)
        with self.store.writing() as session:
            locked = self._vault.lock(TOKEN)
            client = EnteredConnection("Client A", "https://api.example", locked, False, "blue", "")
            self._client = saved_connections.add(session, client).id
            throttles.find(session, ENVIRONMENT, throttles.UNHURRIED)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def second_url(self) -> str:
        """The address of a second app on the same folder, started when it is wanted."""
        second = self._processes.get("second")
        if second is None or second.poll() is not None:
            self._start_app("second", self.ports[1])
        return f"http://127.0.0.1:{self.ports[1]}"

    def start(self) -> None:
        """Start the app, and wait until it answers."""
        self._start_app("first", self.ports[0])

    def restart_if_dead(self) -> None:
        if self._processes["first"].poll() is not None:
            self.start()

    def stop(self) -> int:
        """Ask the app to stop, as an operator does, and give its exit status."""
        process = self._processes["first"]
        os.kill(process.pid, signal.SIGTERM)
        return process.wait(_PATIENCE)

    def kill(self) -> None:
        self._processes["first"].kill()
        self._processes["first"].wait(_PATIENCE)

    def die_at(self, place: str) -> None:
        """Kill the app when it next comes to a place; no place lets it live."""
        if place:
            self.control.write_text(place)
        else:
            self.control.unlink(missing_ok=True)

    @property
    def is_to_die(self) -> bool:
        """Whether the app has not come to the place at which it was to die."""
        return self.control.exists()

    def command(self, *words: str) -> Fork:
        """Begin one of the app's commands on the same folder."""
        environ = environment(self.instance, **self._shared)
        return Fork(("flask", "--app", "app", *words), environ, self.output)

    @contextmanager
    def two_rotations(self) -> Iterator[None]:
        """Encrypt all tokens anew, twice at the same time; raises `Lost` if one cannot be read."""
        both = [self.command("rotate-tokens") for _ in range(2)]
        yield
        statuses = [process.wait(_PATIENCE) for process in both]
        with self.store.reading() as session:
            locked = saved_connections.find(session, self._client).token
        try:
            is_readable = self._vault.unlock(locked) == TOKEN
        except CannotUnlock:
            is_readable = False
        if statuses != [0, 0] or not is_readable:
            raise Lost(f"Rotations ended with {statuses}, and the token is readable: {is_readable}")

    @contextmanager
    def restore(self) -> Iterator[None]:
        """Bring a backup of just now back, at whatever moment that falls on."""
        file = self.instance.parent / f"{token_hex(4)}.zip"
        write_backup(self.instance, file)
        process = self.command("restore", str(file))
        yield
        if process.wait(_PATIENCE * 3) not in {0, 1}:
            raise Lost("The restore failed.")

    @contextmanager
    def crowd(self) -> Iterator[None]:
        """Let many more people look at pages than the app has threads."""
        until, failed = Event(), []

        def look() -> None:
            with requests.Session() as browser:
                while not until.is_set():
                    with suppress(requests.ConnectionError):  # It is killed now and then.
                        if not browser.get(self.url, timeout=_PATIENCE).ok:
                            failed.append(1)

        with ThreadPoolExecutor(_CROWD) as people:
            for _ in range(_CROWD):
                people.submit(look)
            yield
            until.set()
        if failed:
            raise Lost(f"{len(failed)} pages failed.")

    def answers(self, draft_id: str) -> dict[str, Any]:
        """Read what a draft holds."""
        with self.store.reading() as session:
            return dict(drafts.find(session, draft_id).answers)

    def forget_waiting(self) -> None:
        """Let APIs take campaigns again that have failed, or have asked for patience."""
        with self.store.writing() as session:
            throttles.resume(session, ENVIRONMENT, "Ada")
            asked = select(Submission.id, Submission.retry_at)
            for number, until in session.execute(asked.where(Submission.retry_at.is_not(None))):
                self._waits[number] = until
            session.execute(update(Submission).values(retry_at=None))

    def fault_in_records(self) -> str:
        """Hold the records to their hashes, which know of the waits that were forgotten."""
        with self.store.writing() as session:
            for number, until in self._waits.items():
                statement = update(Submission).where(Submission.id == number)
                session.execute(statement.values(retry_at=until))
        with self.store.reading() as session:
            fault = verify(session).fault
        self.forget_waiting()
        return fault

    def new_draft(self, name: str) -> str:
        """Save a complete draft of its own name."""
        draft_id = drafts.make_id()
        with self.store.writing() as session:
            drafts.save(session, draft_id, judge(typed(outbound(name=name))), expected_version=0)
        return draft_id

    def made(self, name: str) -> list[str]:
        """Give the ids of the campaigns of a name that the API really holds."""
        return [
            campaign.campaign_id for campaign in self.ledger.read_page(200) if campaign.name == name
        ]

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Hold the lock of a writer who is alone."""
        if self.server:
            with self.store.engine.begin() as other:
                other.execute(text("LOCK TABLE draft, submission IN EXCLUSIVE MODE"))
                yield
            return
        with closing(sqlite3.connect(self.instance / "campaigns.sqlite3", timeout=10)) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")

    @contextmanager
    def server_down(self) -> Iterator[None]:
        """Let PostgreSQL lose its power, and start it again at the end."""
        server = self._require_server()
        server.stop()
        try:
            yield
        finally:
            server.start()

    @contextmanager
    def connections_cut(self) -> Iterator[None]:
        """Cut every connection to PostgreSQL, over and over."""
        self._require_server()
        is_over = Event()

        def cut() -> None:
            while not is_over.wait(_EVERY):
                with suppress(DBAPIError), self.store.engine.begin() as other:
                    other.execute(_CUT)

        with ThreadPoolExecutor(1) as hand:
            cutting = hand.submit(cut)
            try:
                yield
            finally:
                is_over.set()
                cutting.result()

    @contextmanager
    def serialization_failures(self) -> Iterator[None]:
        """Let PostgreSQL break off each transaction that writes a submission, as it may do."""
        self._require_server()
        self._execute(_BREAK_OFF)
        try:
            yield
        finally:
            self._execute("DROP FUNCTION break_off CASCADE")

    def _execute(self, statement: str) -> None:
        with self.store.engine.begin() as other:
            other.execute(text(statement))

    def _require_server(self) -> Server:
        if self.server is None:
            raise RuntimeError("This test bed is on SQLite.")
        return self.server

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let the app write to no file any more, as a full disk does."""
        process = self._processes["first"].pid
        usual = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, usual[1]))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                resource.prlimit(process, resource.RLIMIT_FSIZE, usual)

    @contextmanager
    def without_api(self) -> Iterator[None]:
        """Take the API away, so that nobody listens at its address."""
        self._processes["api"].kill()
        self._processes["api"].wait(_PATIENCE)
        try:
            yield
        finally:
            self._start_api()

    def leaks(self) -> bool:
        """Tell whether the token stands in anything that the app wrote."""
        written = [self.output, *(path for path in self.instance.rglob("*") if path.is_file())]
        return any(TOKEN.encode() in path.read_bytes() for path in written)

    def close(self) -> None:
        self.store.engine.dispose()
        for process in self._processes.values():
            process.kill()
            process.wait(_PATIENCE)

    def _start_api(self) -> None:
        command = ("tests.faults.api", self._api_port, str(self.api_folder), TOKEN)
        self._processes["api"] = Fork(command, dict(os.environ), Path(os.devnull))
        wait_until(lambda: _answers(self._api_port, "/openapi.json"))

    def start_worker(self, which: str) -> None:
        """Start a worker under this name, in the place of an earlier one."""
        command = (BREAKABLE, "worker")
        self._processes[which] = Fork(command, self._list_settings(self.ports[0]), self.output)

    def kill_one(self, which: str) -> None:
        """Kill a process, whatever it is at."""
        self._processes[which].kill()
        self._processes[which].wait(_PATIENCE)

    def _list_settings(self, port: str) -> dict[str, str]:
        settings: dict[str, Any] = {
            "PORT": port,
            "DEADLINE": str(DEADLINE if self._program == BREAKABLE else _USUAL_DEADLINE),
            "VOICEAIWRAPPER_TOKEN": TOKEN,
            "VOICEAIWRAPPER_BASE_URL": f"http://127.0.0.1:{self._api_port}",
            "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "CONTROL": str(self.control),
            "KNOWN_BUG": self._known_bug,
            "WITHOUT_HOOK": self._without_hook,
            "TEMPLATES": _compiled_templates(),
            **self._shared,
        }
        return environment(self.instance, **settings)

    def _start_app(self, which: str, port: str) -> None:
        environ = self._list_settings(port)
        if self._program == BREAKABLE:
            self._processes[which] = Fork((BREAKABLE,), environ, self.output)
        else:
            self._processes[which] = self._start_really(environ)
        wait_until(lambda: _answers(port, "/healthz"))

    def _start_really(self, environ: dict[str, str]) -> Popen[bytes]:
        """Start the app as an operator does, and not as a copy."""
        with self.output.open("ab") as output:
            return Popen(  # noqa: S603  It is our own program.
                (sys.executable, "-m", self._program),
                cwd=ROOT,
                env=environ | {"PYTHONDONTWRITEBYTECODE": ""},
                stdout=output,
                stderr=STDOUT,
            )


_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _share(server: Server) -> dict[str, str]:
    """Make a database, and the settings with which apps use it."""
    url = make_database(server.url, f"bed_{token_hex(8)}")
    return {
        "DATABASE_URL": url,
        "PROCESSES": "1",  # The one that is killed is the one that sends.
        "SECRET_KEY": token_hex(),
        "TOKEN_KEYS": Fernet.generate_key().decode(),
    }


@lru_cache(maxsize=1)
def _compiled_templates() -> str:
    """Make a folder for what all apps of this process compile; it goes with the process."""
    folder = mkdtemp()
    atexit.register(rmtree, folder)
    return folder


def wait_until(holds: Any, seconds: float = _PATIENCE, every: float = _EVERY) -> None:
    """Wait for something to come true, asking again and again; raises `TimeoutError`."""
    ends = monotonic() + seconds
    while not holds():
        if monotonic() > ends:
            raise TimeoutError(f"It did not come true in {seconds} s.")
        sleep(every)


def _answers(port: str, path: str) -> bool:
    # That nobody listens yet is known by this at a tenth of what it costs `requests`.
    connection = HTTPConnection("127.0.0.1", int(port), timeout=5)
    with suppress(OSError, HTTPException), closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    return False


@contextmanager
def open_test_bed(folder: Path, **more: Any) -> Iterator[TestBed]:
    """Run the app and its API until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    bed = TestBed(folder, **more)
    try:
        yield bed
    finally:
        bed.close()
