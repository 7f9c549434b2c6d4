"""Writers wait for each other, and nothing is lost between them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateIndex

from app.store import drafts
from app.store.acceptances import judge
from app.store.base import Base
from app.store.database import Store
from app.store.dialects import sqlite
from app.store.file_lock import Busy, hold_exclusively
from tests.store.files import file_of, writers_lock_of

DRAFT = "a1a1a1a1a1a1a1a1"


def test_eight_writers_at_once_lose_no_update(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.sqlite3")
    with store.writing() as session:
        drafts.save(session, DRAFT, judge({"name": "0"}), expected_version=0)

    def count_up(_turn: int) -> None:
        with store.writing() as session:
            draft = drafts.find(session, DRAFT)
            drafts.save(
                session,
                DRAFT,
                judge({"name": str(int(draft.name) + 1)}),
                expected_version=draft.version,
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))

    with store.reading() as session:
        assert drafts.find(session, DRAFT).name == "80"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.sqlite3")
    with pytest.raises(drafts.NoSuchDraft), store.writing() as session:
        drafts.save(session, DRAFT, judge({"name": "lost"}), expected_version=0)
        drafts.find(session, "a2")

    with store.reading() as session:
        assert not drafts.exists(session, DRAFT)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path / "test.sqlite3").writing() as session:
        drafts.save(session, DRAFT, judge({"name": "kept"}), expected_version=0)

    with Store(tmp_path / "test.sqlite3").reading() as session:
        assert drafts.find(session, DRAFT).name == "kept"


def test_one_live_submission_for_each_draft_is_an_index_of_postgresql_alike() -> None:
    indexes = Base.metadata.tables["submission"].indexes
    (index,) = (candidate for candidate in indexes if candidate.name == "one_campaign_per_draft")
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here.
    made = str(CreateIndex(index).compile(dialect=dialect))
    assert made == (
        "CREATE UNIQUE INDEX one_campaign_per_draft ON submission (draft_id) "
        "WHERE state IN ('QUEUED', 'SENDING', 'CREATED', 'UNKNOWN')"
    )


def test_a_block_of_reading_inside_another_sees_the_same_picture(store: Store) -> None:
    with store.reading() as outer, store.reading() as inner:
        assert inner is outer
    with store.writing() as writer, store.reading() as inner:
        assert inner is writer


def test_a_thread_that_reads_cannot_ask_for_a_second_connection(store: Store) -> None:
    with store.reading(), pytest.raises(RuntimeError, match="end it before"), store.writing():
        pass
    with store.writing() as session:  # And afterwards it may.
        assert not drafts.exists(session, DRAFT)


@pytest.mark.sqlite
def test_as_many_threads_read_at_once_as_there_are(store: Store) -> None:
    everybody = Barrier(60, timeout=20)

    def read(_turn: int) -> bool:
        with store.reading() as session:
            is_there = drafts.exists(session, DRAFT)
            everybody.wait()
        return is_there

    with ThreadPoolExecutor(60) as people:
        assert list(people.map(read, range(60))) == [False] * 60


@pytest.mark.sqlite
@pytest.mark.parametrize("happens", ["deleted", "replaced"])
def test_a_file_that_goes_under_a_running_app_is_noticed(
    store: Store, tmp_path: Path, happens: str
) -> None:
    if happens == "replaced":
        Store(tmp_path / "other.sqlite3").engine.dispose()
        (tmp_path / "other.sqlite3").replace(file_of(store))
    else:
        file_of(store).unlink()
    for block in (store.writing, store.reading):
        with pytest.raises(OperationalError, match="deleted or replaced"), block():
            pass


@pytest.mark.sqlite
def test_who_waits_to_write_while_everything_is_moved_away_is_refused(store: Store) -> None:
    mark = file_of(store).with_name(sqlite.MOVED)

    def save() -> None:
        with store.writing() as session:
            drafts.save(session, DRAFT, judge({"name": "lost"}), expected_version=0)

    with ThreadPoolExecutor(1) as writers:
        with hold_exclusively(writers_lock_of(store), 1):
            waiting = writers.submit(save)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            sqlite.note_move(mark, "elsewhere", is_whole=True)
        with pytest.raises(OperationalError, match="everything was moved to PostgreSQL"):
            waiting.result(10)
    mark.unlink()
    with store.reading() as session:
        assert not drafts.exists(session, DRAFT)


@pytest.mark.sqlite
def test_nobody_writes_while_a_backup_is_brought_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    with (
        hold_exclusively(writers_lock_of(store), 1),
        pytest.raises(OperationalError, match="a backup is being brought back just now"),
        store.writing(),
    ):
        pass
    with store.kept_in_place(), pytest.raises(Busy), hold_exclusively(writers_lock_of(store), 0.05):
        pass
    with store.writing() as session:
        assert not drafts.exists(session, DRAFT)
