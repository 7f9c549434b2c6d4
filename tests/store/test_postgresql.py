"""Writers about different things do not wait on PostgreSQL, and a failing server loses nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Barrier, Event, Thread

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.sending.confirmation import LooksCreated
from app.store import drafts, seals, throttles
from app.store.acceptances import judge
from app.store.audit_trail import (
    EventKind,
    name_connection_chain,
    name_draft_chain,
    read_chain,
    record,
)
from app.store.base import Base, State
from app.store.database import Store
from app.store.dialects import postgresql
from app.store.draft_query import DraftQuery
from app.store.draft_search import find_hits
from app.store.facets import count_facets
from app.store.migrations import UnusableDatabase
from app.store.models import Submission
from app.store.throttles import GENTLE, MOST_FAILURES, Pace
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.postgresql import Server, running
from tests.sending.presses import journal, submit
from tests.store.described import is_described
from tests.store.files import note_folder

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

ONE, OTHER = "a1a1a1a1a1a1a1a1", "b2b2b2b2b2b2b2b2"
REVIEWED = compute_digest(encode_payload(build_payload(outbound())))
Saved = Callable[..., str]


@pytest.fixture
def impatient(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Give a second store on the same database that waits for nobody."""
    monkeypatch.setitem(postgresql._OPTIONS, "lock_timeout", 0.05)  # noqa: SLF001
    second = Store(store.engine.url)
    yield second
    second.engine.dispose()


def save(store: Store, draft_id: str, name: str) -> None:
    chain = name_draft_chain(draft_id)
    with store.writing(chain) as session:
        version = drafts.find(session, draft_id).version if drafts.exists(session, draft_id) else 0
        drafts.save(session, draft_id, judge({"name": name}), expected_version=version)


def count_together(store: Store, *, writers: int, times: int) -> str:
    """Let writers count up one draft's name, so many times in all, and read it."""
    save(store, ONE, "0")

    def count_up(_turn: int) -> None:
        with store.writing(name_draft_chain(ONE)) as session:
            draft = drafts.find(session, ONE)
            answers = {"name": f"{int(draft.name) + 1}"}
            drafts.save(session, ONE, judge(answers), expected_version=draft.version)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(count_up, range(times)))
    with store.reading() as session:
        return drafts.find(session, ONE).name


_BACK_TO_0007 = """
DROP TABLE presence, assignment, mention, comment, draft_editor, approval;
DROP TABLE approval_rule, group_member;
DROP TABLE digest, told_item, hook_delivery, hook;
DROP TABLE api_token, identity, join_link, passkey, role_grant, sign_in, sign_in_pace, account;
DROP TABLE throttle, duty, batch_item, saved_view;
ALTER TABLE preset DROP CONSTRAINT uq_preset_name, DROP COLUMN connection_key,
    ADD CONSTRAINT uq_preset_name UNIQUE (name);
ALTER TABLE connection DROP COLUMN dashboard_url;
DROP INDEX ix_event_kind, ix_event_who;
DROP INDEX one_campaign_per_draft, ix_submission_queued, ix_submission_wait, ix_submission_by_state;
CREATE UNIQUE INDEX one_campaign_per_draft ON submission (draft_id)
    WHERE state IN ('SENDING', 'CREATED', 'UNKNOWN');
ALTER TABLE submission DROP COLUMN stamp, DROP COLUMN hurries, DROP COLUMN batch_id,
    DROP COLUMN approved_by, DROP COLUMN without_approval;
DROP TABLE batch;
ALTER TABLE draft DROP COLUMN problems, DROP COLUMN readiness, DROP COLUMN hours, DROP COLUMN zone,
    DROP COLUMN hours_key, DROP COLUMN day_key_down;
DROP INDEX IF EXISTS ix_draft_by_readiness, ix_draft_by_connection, ix_draft_by_type;
UPDATE alembic_version SET version_num = '0007'"""


def test_months_are_counted_however_the_server_writes_dates(
    store: Store, saved: Callable[..., str]
) -> None:
    saved(outbound(start_date="2027-01-04"))
    with store.engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET datestyle = 'German, DMY'"))
    anew = Store(store.engine.url)
    try:
        with anew.reading() as session:
            counted = count_facets(session, DraftQuery(), find_hits(session, "", {}))
    finally:
        anew.engine.dispose()
        with store.engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" RESET datestyle'))
    assert counted.months.counts == {"2027-01": 1}


def test_the_migrations_make_what_the_models_describe(
    store: Store, sent: Callable[[State], int]
) -> None:
    sent(State.CREATED)
    with store.writing() as session:
        session.execute(text(_BACK_TO_0007))

    upgraded = Store(store.engine.url)

    with upgraded.reading() as session:
        options = {"include_name": is_described}
        context = MigrationContext.configure(session.connection(), opts=options)
        differences = compare_metadata(context, Base.metadata)
        assert differences == []
        assert verify(session).fault == ""
    upgraded.engine.dispose()


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        ([f"draft/{ONE}"], [f"draft/{OTHER}"], False),
        ([f"draft/{ONE}"], [f"draft/{ONE}"], True),
        ([f"draft/{ONE}", "payload"], [f"draft/{OTHER}", "payload"], True),
        ([], [f"draft/{ONE}"], True),
        ([f"draft/{ONE}"], [], True),
    ],
    ids=["another draft", "the same draft", "the same payload", "who is alone", "to be alone"],
)
def test_writers_wait_just_for_those_who_write_about_the_same(
    store: Store, impatient: Store, first: list[str], second: list[str], waits: bool
) -> None:
    with store.writing(*first):
        outcome: list[str] = []

        def write() -> None:
            try:
                with impatient.writing(*second):
                    outcome.append("wrote")
            except OperationalError:
                outcome.append("waited")

        thread = Thread(target=write)
        thread.start()
        thread.join(10)
    assert outcome == ["waited" if waits else "wrote"]


def test_a_draft_that_is_being_written_is_read_as_it_was(store: Store, impatient: Store) -> None:
    save(store, ONE, "before")
    with store.writing(name_draft_chain(ONE)) as session:
        drafts.save(session, ONE, judge({"name": "after"}), expected_version=1)
        session.flush()
        with impatient.reading() as other:
            assert drafts.find(other, ONE).name == "before"


def test_a_pause_is_on_record_beside_what_else_is_done_to_its_connection(store: Store) -> None:
    """Who counts a failure names the draft alone, and two events have no number in common."""
    chain, begin = name_connection_chain("client"), Barrier(9)
    with store.writing() as session:
        throttles.find(session, "client", GENTLE)

    def fail(number: int) -> None:
        begin.wait(10)
        for _ in range(6):
            with store.writing(f"draft/{number}") as session:
                throttles.count_failure(session, "client", "Silence.")
            with store.writing(throttles.name_subject("client"), chain) as session:
                throttles.resume(session, "client", "Ada")

    def set_pace(_number: int) -> None:
        begin.wait(10)
        for rate in range(1, 25):
            with store.writing(throttles.name_subject("client"), chain) as session:
                throttle = throttles.find(session, "client", GENTLE)
                throttles.set_pace(session, throttle, Pace(rate / 10, 1, 1), "Bob")
                session.flush()
            with store.writing(f"draft/{rate}") as session:
                throttles.count_success(session, "client")

    with ThreadPoolExecutor(9) as pool:
        done = [pool.submit(fail, number) for number in range(8)] + [pool.submit(set_pace, 8)]
        assert [thread.exception(60) for thread in done] == [None] * 9
    with store.reading() as session:
        assert verify(session).fault == ""


def test_a_pause_waits_for_who_writes_to_its_connection(store: Store) -> None:
    chain = name_connection_chain("client")
    with store.writing() as session:
        throttles.find(session, "client", GENTLE).failures = MOST_FAILURES - 1

    def fail() -> None:
        with store.writing(name_draft_chain(ONE)) as session:
            throttles.count_failure(session, "client", "Silence.")

    with ThreadPoolExecutor(1) as pool:
        with store.writing(chain) as session:
            record(session, EventKind.CONNECTION_CHANGED, chain, name="Client")
            failing = pool.submit(fail)
            wait([failing], 0.3)
        assert failing.exception(10) is None
    with store.reading() as session:
        kinds = [event.kind for event in read_chain(session, chain)]
    assert kinds == [EventKind.CONNECTION_CHANGED, EventKind.SENDING_PAUSED]


def test_many_writers_of_many_drafts_lose_nothing_and_the_trail_holds(store: Store) -> None:
    ids = [f"{number:016x}" for number in range(16)]
    begin = Barrier(16)

    def work(draft_id: str) -> None:
        begin.wait(10)
        for number in range(8):
            save(store, draft_id, f"{number}")
            if number % 3 == 0:
                with store.writing(name_draft_chain(draft_id)) as session:
                    seals.seal(session)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, ids))
    with store.writing() as session:
        noted = seals.seal(session)
    with store.reading() as session:
        kept = [drafts.find(session, draft_id) for draft_id in ids]
        assert [(draft.name, draft.version) for draft in kept] == [("7", 8)] * 16
        assert len({draft.sequence for draft in kept}) == 16
        assert verify(session, noted).fault == ""


def test_writers_of_one_draft_lose_no_update(store: Store) -> None:
    assert count_together(store, writers=8, times=40) == "40"


def test_the_same_payload_of_two_drafts_is_sent_at_once_only_once(
    store: Store, saved: Saved
) -> None:
    api, begin = FakeApi(ANSWERS[State.CREATED]), Barrier(4)

    def press(draft_id: str) -> str:
        begin.wait(10)
        try:
            submit(draft_id, reviewed=REVIEWED, store=store, api=api)
        except LooksCreated:
            return "asked"
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, [saved() for _ in range(4)]))
    assert sorted(answers) == ["asked", "asked", "asked", "sent"]
    assert len(api.asked) == 1


def test_two_that_start_at_once_make_the_tables_once() -> None:
    with running() as server, ThreadPoolExecutor(4) as pool:
        begin = Barrier(4)

        def start(_number: int) -> None:
            begin.wait(10)
            Store(make_url(server.url)).engine.dispose()

        wait(starts := [pool.submit(start, number) for number in range(4)])
        assert [started.exception() for started in starts] == [None] * 4


def test_a_lease_ends_by_the_clock_of_the_server(
    store: Store, saved: Saved, sent: Callable[[State], int]
) -> None:
    number = sent(State.SENDING)
    with store.reading() as session:
        now = postgresql.read_clock(session)
        lease = session.get_one(Submission, number).lease
        assert 40 < lease.ends - now.seconds <= 50
        assert not lease.is_over_at(now)
        assert lease.is_over_at(now._replace(seconds=lease.ends))


def test_a_connection_that_was_cut_is_made_anew(impatient: Store, saved: Saved) -> None:
    saved()
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with impatient.engine.connect() as other:
        assert len(other.execute(cut).all()) > 0
    saved()


def test_a_connection_that_is_cut_inside_a_transaction_leaves_nothing_behind(
    store: Store, impatient: Store
) -> None:
    with suppress(DBAPIError), store.writing(name_draft_chain(ONE)) as session:
        drafts.save(session, ONE, judge({"name": "lost"}), expected_version=0)
        session.flush()
        number = session.scalar(text("SELECT pg_backend_pid()"))
        with impatient.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        pytest.fail("It was committed.") if session.scalar(text("SELECT 1")) else None
    save(store, ONE, "kept")
    with store.reading() as session:
        assert (drafts.find(session, ONE).name, drafts.find(session, ONE).version) == ("kept", 1)


def test_what_was_written_survives_a_power_cut_whatever_the_server_does_otherwise(
    server: Server,
) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_commit = off")
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")
    store = Store(make_url(server.url))
    save(store, ONE, "kept")
    server.stop()
    server.start()
    with store.reading() as session:
        assert drafts.find(session, ONE).name == "kept"
    store.engine.dispose()


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_the_servers_usual_isolation_changes_nothing(server: Server, level: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        setting = f"default_transaction_isolation = '{level}'"
        admin.execute(f"ALTER DATABASE postgres SET {setting}".encode())
    store = Store(make_url(server.url))
    assert count_together(store, writers=4, times=12) == "12"
    store.engine.dispose()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused(server: Server, encoding: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        options = f"ENCODING {encoding} LOCALE 'C' TEMPLATE template0"
        admin.execute(f"CREATE DATABASE odd {options}")
    with pytest.raises(UnusableDatabase, match="encoding UTF8"):
        Store(make_url(server.url).set(database="odd"))


@pytest.fixture
def server() -> Iterator[Server]:
    with running(durable=True) as server:
        yield server


def test_an_answer_that_comes_while_the_server_is_down_is_written_down_when_it_is_back(
    server: Server, tmp_path: object
) -> None:
    store = Store(make_url(server.url))
    note_folder(store, tmp_path)  # type: ignore[arg-type]
    with store.writing() as session:
        drafts.save(session, ONE, judge(typed(outbound())), expected_version=0)
    asked, is_down = Event(), Event()

    class Slow(FakeApi):
        def create_campaign(self, body: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
            asked.set()
            is_down.wait(30)
            return super().create_campaign(body)

    api = Slow(ANSWERS[State.CREATED])
    sending = Thread(
        target=submit, args=(ONE,), kwargs={"reviewed": REVIEWED, "store": store, "api": api}
    )
    sending.start()
    asked.wait(30)
    server.stop()
    is_down.set()
    while not list(journal(store).read_entries()):
        sending.join(0.05)
    server.start()
    sending.join(30)

    with store.reading() as session:
        assert drafts.find(session, ONE).state is State.CREATED
        assert verify(session).fault == ""
    assert list(journal(store).read_entries()) == []
    assert len(api.asked) == 1
    store.engine.dispose()
