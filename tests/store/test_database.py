"""Writers wait for each other, and nothing is lost between them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from app.store import drafts
from app.store.base import Base
from app.store.database import Store


def test_eight_writers_at_once_lose_no_update(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.sqlite3")
    with store.writing() as session:
        drafts.save(session, "a1", {"name": "0"}, over=0)

    def count_up(_turn: int) -> None:
        with store.writing() as session:
            draft = drafts.find(session, "a1")
            drafts.save(session, "a1", {"name": str(int(draft.name) + 1)}, over=draft.version)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))

    with store.reading() as session:
        assert drafts.find(session, "a1").name == "80"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.sqlite3")
    with pytest.raises(drafts.NoSuchDraft), store.writing() as session:
        drafts.save(session, "a1", {"name": "lost"}, over=0)
        drafts.find(session, "a2")

    with store.reading() as session:
        assert not drafts.exists(session, "a1")


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path / "test.sqlite3").writing() as session:
        drafts.save(session, "a1", {"name": "kept"}, over=0)

    with Store(tmp_path / "test.sqlite3").reading() as session:
        assert drafts.find(session, "a1").name == "kept"


def test_one_live_submission_for_each_draft_is_an_index_of_postgresql_alike() -> None:
    indexes = Base.metadata.tables["submission"].indexes
    (index,) = (one for one in indexes if one.name == "one_campaign_per_draft")
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here.
    made = str(CreateIndex(index).compile(dialect=dialect))
    assert made == (
        "CREATE UNIQUE INDEX one_campaign_per_draft ON submission (draft_id) "
        "WHERE state IN ('SENDING', 'CREATED', 'UNKNOWN')"
    )
