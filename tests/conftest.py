"""The app as the tests use it: the real one, on an empty folder, with its real sandbox."""

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from secrets import token_hex
from shutil import copytree
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from structlog.contextvars import clear_contextvars
from werkzeug.routing import Rule

from app import create_app
from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.connections import SANDBOX
from app.people import sign_in_options
from app.remote.client import CampaignApi
from app.sandbox.ledger import Ledger
from app.sandbox.tables import make_tables, writing
from app.sending.doorbell import Doorbell
from app.sending.queue import enqueue
from app.services import find_services
from app.settings import Settings
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import MAY_EXIST, State
from app.store.database import Store
from app.store.models import Submission
from app.web.assets import fingerprint
from tests.factories import outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.log_lines import Log, logging_to
from tests.pages import Visitor
from tests.people.mail_server import Inbox, taking_mail
from tests.postgresql import empty_database, make_database
from tests.sending.presses import destination, entered, press, submit
from tests.servers import Address, serving
from tests.store.files import note_folder

_TESTS = Path(__file__).parent

ON_POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")
"""The URL of a server (see `tests.postgresql`): apps under test then keep their data there."""

# With as many modules and tests in memory, to look for cycles as often as usual takes long.
gc.set_threshold(100_000, 20, 50)


_FOLDERS = ("browser", "faults")
_WITH_APPS = ("cli", "notices", "people", "sending", "store", "web")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what the asked mark cannot be on: to read all tests takes each process seconds."""
    mark = config.getoption("markexpr")
    if mark not in _FOLDERS or not collection_path.is_relative_to(_TESTS):
        return None
    parts = collection_path.relative_to(_TESTS).parts
    return True if parts and parts[0] not in {mark, "conftest.py"} else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by their folders what drives a browser or breaks sending, and what makes many apps."""
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        if folder in _FOLDERS:
            item.add_marker(folder)
        if folder in _WITH_APPS and "app" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("slow")
    config.hook.pytest_deselected(items=[item for item in items if not _can_run(item)])
    items[:] = filter(_can_run, items)


def _can_run(item: pytest.Item) -> bool:
    """Tell whether a test is about the database that there is; the others need none."""
    if item.get_closest_marker("postgresql"):
        return bool(ON_POSTGRESQL)
    if not ON_POSTGRESQL:
        return True
    return "database_url" in item.fixturenames and not item.get_closest_marker("sqlite")  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Let a password cost a thousandth: what it costs in earnest is asked of the settings."""
    cheap = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_in_options, "HASHING", cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """Compile the building of each address once, and not for the app of every test."""
    compile_builder, known = Rule._compile_builder, {}  # noqa: SLF001

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, str(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def known_version_of_static_files() -> Iterator[None]:
    """Read the static files once, and not for the app of every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.fingerprint", cache(fingerprint))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Compile each statement once, and not for the database of every test."""
    known: LRUCache[Any, Any] = LRUCache(10_000)
    shared = property(lambda _: known, lambda *_: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__hash__", lambda it: hash(type(it)))
            patch.setattr(dialect, "__eq__", lambda it, other: type(it) is type(other))
        yield


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    """Let no app that a test has made sweep, and log, while another test runs."""
    listening: set[Doorbell] = set()
    listen = Doorbell.listen

    def listen_and_be_noted(doorbell: Doorbell) -> None:
        listening.add(doorbell)
        listen(doorbell)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Doorbell, "listen", listen_and_be_noted)
        yield
    for doorbell in listening:
        doorbell.stop()


@pytest.fixture(scope="session")
def postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a database with all tables, one for each process of the tests; gives its URL."""
    url = make_database(ON_POSTGRESQL, f"test_{token_hex(8)}")
    store = Store(make_url(url))
    with writing(store.database.writer) as connection:
        make_tables(connection)
    store.engine.dispose()
    return url


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty PostgreSQL database, or nothing for SQLite."""
    if not ON_POSTGRESQL:
        return ""
    url = str(request.getfixturevalue("postgresql_database"))
    empty_database(url)
    return url


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture(scope="session")
def fresh_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make what the first start makes, once: databases at the present schema, and keys."""
    folder = tmp_path_factory.mktemp("fresh") / "instance"
    create_app(Settings(instance=folder))
    return folder


class _Compiled(BytecodeCache):
    """Templates that were compiled in this process."""

    def __init__(self) -> None:
        self._known: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._known[bucket.key] = bucket.code


@pytest.fixture(scope="session")
def compiled_templates() -> BytecodeCache:
    """Keep compiled templates: every test has an app of its own, and all have the same pages."""
    return _Compiled()


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    """Give the settings of the app under test: an empty folder and, if asked for, PostgreSQL.

    Its connections may be on this machine, where the servers of tests are.
    """
    return Settings(
        instance=instance, database_url=database_url, allow_private_hosts=("127.0.0.1", "::1")
    )


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Run a server that takes mail, and show what came."""
    with taking_mail() as inbox:
        yield inbox


@pytest.fixture
def app(
    settings: Settings, fresh_instance: Path, compiled_templates: BytecodeCache
) -> Iterator[Flask]:
    if not settings.instance.exists():
        copytree(fresh_instance, settings.instance)
    app = create_app(settings)
    services = find_services(app)
    note_folder(services.store, settings.instance)
    app.jinja_env.bytecode_cache = compiled_templates
    yield app
    services.doorbell.stop()
    services.sender.stop()
    # Another test's campaigns have the same numbers, on PostgreSQL in the same database.
    assert services.background.drain(30)
    assert services.sender.drain(30)
    if settings.database_url:
        services.store.engine.dispose()


@pytest.fixture
def log() -> Iterator[Log]:
    """Read what is logged, as JSON and from DEBUG on, with nothing bound by another test."""
    clear_contextvars()
    with logging_to(Log()) as log:
        yield log


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without scripts; like any, it says which site a request comes from."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Sit a person at a browser that runs no scripts."""
    return Visitor(client)


@pytest.fixture
def store(app: Flask) -> Store:
    app_store: Store = find_services(app).store
    return app_store


@pytest.fixture
def api(app: Flask) -> CampaignApi:
    """Give the way to call the built-in sandbox."""
    sandbox_api: CampaignApi = find_services(app).connections.open_api(SANDBOX)
    return sandbox_api


@pytest.fixture
def add_connection(app: Flask) -> Callable[..., str]:
    """Enter a connection, a live one unless told otherwise, and give its key."""
    return partial(entered, find_services(app).connections, find_services(app).store)


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    """Read what the sandbox was sent."""
    app_ledger: Ledger = find_services(app).ledger
    return app_ledger


@pytest.fixture
def saved(store: Store) -> Callable[..., str]:
    """Save a draft with these values, and with what is typed beside them, and give its id."""

    def save(values: dict[str, Any] | None = None, **beside: str | list[str]) -> str:
        draft_id = drafts.make_id()
        with store.writing() as session:
            drafts.save(
                session, draft_id, judge(typed(values or outbound()) | beside), expected_version=0
            )
        return draft_id

    return save


@pytest.fixture
def sent(store: Store, saved: Callable[..., str]) -> Callable[[State], int]:
    """Send a draft to an API that leaves it in this state, and give the submission's id."""
    earlier: list[int | None] = [None]

    def send(state: State) -> int:
        draft_id, reviewed = saved(), compute_digest(encode_payload(build_payload(outbound())))
        if state is State.QUEUED:
            to = destination(FakeApi())
            confirmed = press(draft_id, reviewed=reviewed, to=to, in_spite_of=earlier[-1])
            earlier.append(enqueue(confirmed, store=store))
            return earlier[-1] or 0
        answer = ANSWERS.get(state, ANSWERS[State.UNKNOWN])
        sent_id = submit(
            draft_id, reviewed=reviewed, store=store, api=FakeApi(answer), in_spite_of=earlier[-1]
        )
        if state in MAY_EXIST:
            earlier.append(sent_id)
        if state is State.SENDING:
            with store.writing() as session:  # As if the process had died before it knew.
                submission = session.get_one(Submission, sent_id)
                submission.state = submission.draft.state = state
                submission.token = "of another run"
        return sent_id

    return send


@pytest.fixture
def site(app: Flask) -> Iterator[Address]:
    """Put the app behind its real server, on a free port."""
    with serving(app) as address:
        yield address
