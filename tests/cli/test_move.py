"""An instance moves to PostgreSQL with all that it has, and only whole."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    insert,
    make_url,
    text,
)
from sqlalchemy.exc import OperationalError

from app import CannotStart, create_app
from app.campaign.contract.id_kinds import IdKind
from app.cli import move as cli_move
from app.cli import sandbox_copy
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Switch
from app.sandbox.tables import find_tables, make_tables, writing
from app.services import Services, find_services
from app.settings import Settings
from app.store import address_book, move
from app.store.base import State
from app.store.database import Store
from app.store.dialects.sqlite import MOVED
from app.store.draft_query import DraftQuery
from app.store.listing import read_page
from app.store.migrations import UnusableDatabase
from tests.conftest import ON_POSTGRESQL
from tests.factories import inbound, outbound
from tests.pages import Visitor
from tests.people.accounts import add_account, is_signed_in, make_client, sign_in
from tests.postgresql import drop_database, make_database
from tests.sending.presses import TOKEN, look_up, rows
from tests.store.archives import archive
from tests.store.tampering import sealed, tamper, verdict

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

Run = Callable[..., Result]
Saved = Callable[..., str]
Sent = Callable[[State], int]
CLIENT = "Client A"
REQUEST = {"name": "Rehearsed", "type": "INBOUND"}


@pytest.fixture
def settings(instance: Path) -> Settings:
    """Begin on SQLite."""
    return Settings(instance=instance)


@pytest.fixture
def target() -> Iterator[str]:
    """Give the URL of an empty database."""
    name = f"move_{token_hex(8)}"
    yield make_database(ON_POSTGRESQL, name)
    drop_database(ON_POSTGRESQL, name)


@pytest.fixture
def filled(
    saved: Saved,
    sent: Sent,
    store: Store,
    ledger: Ledger,
    add_connection: Callable[..., str],
) -> str:
    """Fill the instance with some of everything, and give the newest seal's hash."""
    saved(inbound(name="Zeppelins"), notes="Ünïcode\0")
    saved(outbound(name="Roofs"))
    add_connection(CLIENT)
    ledger.add(REQUEST)
    sent(State.REFUSED)
    look_up(store, sent(State.UNKNOWN))
    sent(State.CREATED)
    with store.writing() as session:
        address_book.keep(session, "client", IdKind.NUMBER, "pn_abc123", "Front desk")
    return sealed(store)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = Store(make_url(url))
    yield store
    store.engine.dispose()


def test_everything_is_there(run: Run, target: str, filled: str, instance: Path) -> None:
    moved = run("move-to", target)
    assert (moved.exit_code, "Moved and verified" in moved.output) == (0, True), moved.output

    with opened(target) as there:
        assert verdict(there, filled).fault == ""
        with there.reading() as session:
            matching = read_page(session, DraftQuery(search="zepp")).drafts
        assert [draft.name for draft in matching] == ["Zeppelins"]
    assert f"TOKEN_KEYS (it is in {instance / 'token_keys'}, with commas between)" in moved.output
    keys = tuple((instance / "token_keys").read_text().split())
    app = create_app(Settings(instance=instance, database_url=target, token_keys=keys))
    services = find_services(app)
    [connection] = [
        candidate for candidate in services.connections.list_all() if candidate.name == CLIENT
    ]
    assert services.connections.open_api(connection.key).connection.token == TOKEN
    services.store.engine.dispose()


def test_what_was_archived_is_still_on_record_there(
    run: Run, target: str, filled: str, store: Store, sent: Sent
) -> None:
    assert len(archive(store)) == 2
    assert run("move-to", target).exit_code == 0
    with opened(target) as there:
        assert verdict(there, filled).fault == ""
        assert rows(there, "SELECT count(*) FROM exchange") == [(0,)]
        tamper(there, "DELETE FROM event WHERE kind = 'shortened'")
        assert verdict(there).fault != ""


@pytest.fixture
def app_there(target: str, instance: Path) -> Iterator[Callable[[], Services]]:
    """Start the app on the target."""
    started: list[Services] = []

    def start() -> Services:
        app = create_app(Settings(instance=instance, database_url=target))
        started.append(find_services(app))
        return started[-1]

    yield start
    for services in started:
        services.store.engine.dispose()


def test_an_address_that_is_not_given_is_asked_for_and_not_shown(
    app: Flask, store: Store, saved: Saved, target: str
) -> None:
    saved()
    moved = app.test_cli_runner().invoke(args=("move-to",), input=f"{target}\n")
    assert (moved.exit_code, target in moved.output) == (0, False)


def test_the_sandbox_is_there_too_and_counts_on(
    run: Run, target: str, app: Flask, app_there: Callable[[], Services]
) -> None:
    here = find_services(app)
    kept = [here.ledger.add(REQUEST) for _ in range(3)]
    campaign = find_tables(here.ledger.engine).campaign
    with writing(here.ledger.engine) as connection:
        connection.execute(delete(campaign).where(campaign.c.number == 3))
    here.faults.switch_on(on := Switch("slow-drip", every=True, seconds=0.3))
    assert run("move-to", target).exit_code == 0

    there = app_there()
    assert there.ledger.read_page(9) == [kept[1], kept[0]]
    assert there.faults.read_current() == on
    assert there.ledger.add(REQUEST).number == 4


def test_a_database_whose_sandbox_was_used_is_refused(
    run: Run, target: str, app_there: Callable[[], Services]
) -> None:
    kept = app_there().ledger.add(REQUEST)
    refused = run("move-to", target)
    assert (refused.exit_code, "Something is kept there already" in refused.output) == (1, True)
    assert app_there().ledger.read_page(9) == [kept]


def test_a_sandbox_that_is_not_the_same_is_not_used(
    run: Run, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(copy: Connection) -> None:
        make_tables(copy)
        row = {"number": 99, "created_at": "", "request": "{}"}
        copy.execute(insert(find_tables(copy).campaign), row)

    with monkeypatch.context() as patch:
        patch.setattr(sandbox_copy, "make_tables", spoil)
        refused = run("move-to", target)
    reason = "The rows of sandbox_campaign are not the same."
    assert (refused.exit_code, reason in refused.output) == (1, True)
    with pytest.raises(UnusableDatabase, match="run move-to again"), opened(target):
        pass
    assert run("move-to", target).exit_code == 0


def test_work_goes_on_there_with_higher_numbers(
    run: Run, store: Store, target: str, filled: str, instance: Path
) -> None:
    [(last,)] = rows(store, "SELECT max(id) FROM submission")
    assert run("move-to", target).exit_code == 0

    app = create_app(Settings(instance=instance, database_url=target, secret_key="k" * 32))
    visitor = Visitor(app.test_client())
    visitor.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    page = visitor.press(visitor.open("/drafts/new"), answers={"name": "After"})
    assert page.typed("name") == "After"
    there = find_services(app).store
    with there.writing() as session:
        taken = session.scalars(text("SELECT nextval(pg_get_serial_sequence('submission', 'id'))"))
        assert taken.one() > last
    there.engine.dispose()


def test_numbers_of_rows_that_are_gone_are_known_after_two_moves(
    app: Flask, run: Run, store: Store, saved: Saved, target: str
) -> None:
    saved()
    with store.writing() as session:
        session.execute(text("UPDATE sqlite_sequence SET seq = 41 WHERE name = 'event'"))
        session.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('submission', 7)"))
    assert run("move-to", target).exit_code == 0

    with opened(target) as moved, moved.reading() as session:
        counters = move.read_counters(session.connection())
    assert (counters["submission"], counters["event"] >= 41) == (7, True)
    assert counters["exchange"] == 0


def test_people_sign_in_where_they_were_moved_to(
    app: Flask, run: Run, target: str, instance: Path
) -> None:
    add_account(app)
    for _ in range(3):
        sign_in(make_client(app))
    assert run("move-to", target).exit_code == 0

    moved = create_app(Settings(instance=instance, database_url=target))
    client = make_client(moved)
    sign_in(client)
    assert is_signed_in(client)
    assert add_account(moved, "new@example.com").id == 2
    find_services(moved).store.engine.dispose()


def test_the_older_file_is_not_used_again_by_mistake(
    run: Run, target: str, filled: str, instance: Path
) -> None:
    assert run("move-to", target).exit_code == 0

    with pytest.raises(CannotStart, match=r"was moved to PostgreSQL .*: set DATABASE_URL"):
        create_app(Settings(instance=instance))
    (instance / MOVED).unlink()
    create_app(Settings(instance=instance))


def test_an_app_that_is_still_running_does_not_use_the_older_file_again(
    run: Run, target: str, filled: str, visitor: Visitor, store: Store
) -> None:
    page = visitor.open("/drafts/new")
    assert run("move-to", target).exit_code == 0

    failed = visitor.press(page, answers={"name": "Too late"})
    assert (failed.status, failed.typed("name")) == (503, "Too late")
    assert "start the app again, with DATABASE_URL" in failed.text
    with pytest.raises(OperationalError, match="moved to PostgreSQL"), store.writing():
        pass


def test_a_move_that_fails_at_its_end_leaves_just_the_older_file_in_use(
    run: Run, target: str, filled: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cli_move, "note_move", Mock(side_effect=OSError("no room")))
        assert run("move-to", target).exit_code == 1
    with pytest.raises(UnusableDatabase, match="run move-to again"), opened(target):
        pass
    with store.writing():
        pass
    assert run("move-to", target).exit_code == 0


@pytest.mark.parametrize("table", ["event", "alembic_version", "users", "sandbox_campaign"])
def test_what_another_program_has_there_is_left_alone(
    run: Run, target: str, filled: str, table: str
) -> None:
    theirs, engine = Table(table, MetaData(), Column("one", Integer)), create_engine(target)
    with engine.begin() as connection:
        theirs.create(connection)
        connection.execute(theirs.insert(), {"one": 1})
    refused = run("move-to", target)
    assert (refused.exit_code, "Something is kept there already" in refused.output) == (1, True)
    with engine.begin() as connection:
        assert connection.execute(theirs.select()).all() == [(1,)]
    engine.dispose()


def test_a_database_with_something_in_it_is_refused(
    run: Run, target: str, filled: str, instance: Path
) -> None:
    assert run("move-to", target).exit_code == 0
    (instance / MOVED).unlink()

    again = run("move-to", target)
    assert (again.exit_code, "Something is kept there already" in again.output) == (1, True)


def test_a_database_that_an_app_was_only_started_on_is_taken(
    run: Run, target: str, filled: str, app_there: Callable[[], Services]
) -> None:
    app_there()
    assert run("move-to", target).exit_code == 0


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("is_changed", [False, True])
def test_a_move_that_was_cut_off_goes_on_and_is_not_used_meanwhile(
    run: Run, saved: Saved, target: str, monkeypatch: pytest.MonkeyPatch, is_changed: bool
) -> None:
    """Cut it off in the middle; if something was changed since, it has to be made anew."""
    copied: list[str] = []
    copy_table = move._copy  # noqa: SLF001

    def copy_some(source: object, to: object, table: object) -> None:
        if len(copied) == 4 and not copied[-1].endswith("again"):
            raise UnusableDatabase("the power went")
        copied.append(table.name)  # type: ignore[attr-defined]
        copy_table(source, to, table)  # type: ignore[arg-type]

    monkeypatch.setattr(move, "_copy", copy_some)
    cut = run("move-to", target)
    assert (cut.exit_code, "It is not moved (the power went)" in cut.output) == (1, True)
    with pytest.raises(UnusableDatabase, match="run move-to again"), opened(target):
        pass

    first = list(copied)
    copied.append("again")
    if is_changed:
        saved(inbound(name="Meanwhile"))
    ended = run("move-to", target)
    assert ended.exit_code == 0, ended.output
    assert (set(first) <= set(copied[5:])) is is_changed
    with opened(target) as there:
        assert verdict(there).fault == ""


def test_a_copy_that_is_not_the_same_is_not_used(
    run: Run, target: str, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_on = move._count_on  # noqa: SLF001

    def spoil(copy: Connection, counters: object) -> None:
        count_on(copy, counters)  # type: ignore[arg-type]
        copy.execute(text("UPDATE preset SET name = 'Other'"))
        copy.execute(text("UPDATE draft SET name = 'Other' WHERE sequence = 1"))

    monkeypatch.setattr(move, "_count_on", spoil)
    refused = run("move-to", target)
    assert (refused.exit_code, "The rows of draft are not the same." in refused.output) == (1, True)
    with pytest.raises(UnusableDatabase, match="run move-to again"), opened(target):
        pass


def test_a_trail_that_does_not_hold_is_not_moved(
    run: Run, store: Store, target: str, filled: str
) -> None:
    tamper(store, "UPDATE event SET who = 'Eve' WHERE number = 2")
    refused = run("move-to", target)
    assert (refused.exit_code, "The event trail does not hold there" in refused.output) == (1, True)


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING])
def test_nothing_is_moved_while_an_answer_can_still_come(
    run: Run, sent: Sent, target: str, state: State
) -> None:
    sent(state)
    refused = run("move-to", target)
    assert (refused.exit_code, "its answer can still come" in refused.output) == (1, True)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:///other", "does not begin with postgresql://"),
        ("nonsense", "is like postgresql://"),
        ("postgresql://nobody@127.0.0.1:1/none", "It is not moved"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(run: Run, url: str, message: str) -> None:
    refused = run("move-to", url)
    assert (refused.exit_code, message in refused.output) == (1, True), refused.output


LOST = OperationalError("COMMIT", {}, Exception("the server is gone"))


def lose_the_answer(monkeypatch: pytest.MonkeyPatch, *, has_come_about: bool) -> None:
    """Let a move fail at its last commit, which has come about or has not."""
    copy_everything = move.copy_everything

    def copy(*places: Any, **parts: Any) -> int:
        before_use = parts["before_use"]

        def note_and_fail(connection: Connection) -> None:
            before_use(connection)
            if not has_come_about:
                raise LOST

        copy_everything(*places, **parts | {"before_use": note_and_fail})
        raise LOST

    monkeypatch.setattr(cli_move, "copy_everything", copy)


@pytest.mark.parametrize("has_come_about", [True, False])
def test_a_move_that_fails_at_its_last_commit_is_settled_by_the_next_run(
    run: Run, target: str, filled: str, instance: Path, *, has_come_about: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lose_the_answer(patch, has_come_about=has_come_about)
        patch.setattr(cli_move, "is_complete", Mock(side_effect=LOST))
        assert run("move-to", target).exit_code == 1
    store = find_services(create_app(Settings(instance=instance))).store
    with pytest.raises(OperationalError, match="a move to PostgreSQL was cut off"), store.writing():
        pass
    other = run("move-to", re.sub(r":\d+/", ":1/", target))
    assert (other.exit_code, "Name that database" in other.output) == (1, True), other.output

    settled = run("move-to", target)
    assert settled.exit_code == 0, settled.output
    assert ("by an earlier run" in settled.output) is has_come_about
    with opened(target) as there:
        assert verdict(there, filled).fault == ""
    with pytest.raises(CannotStart, match=r"was moved to PostgreSQL .*: set DATABASE_URL"):
        create_app(Settings(instance=instance))
