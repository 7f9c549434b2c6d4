"""A database comes to the schema that the models describe, from nothing and only once."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app import create_app
from app.campaign.contract.id_kinds import IdKind
from app.campaign.contract.payload import build_payload, encode_payload
from app.settings import Settings
from app.store import address_book, listing, migrations, request_log, seals
from app.store.base import Base, State
from app.store.database import Store
from app.store.dialects import sqlite
from app.store.draft_query import DraftQuery
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.pages import Visitor
from tests.store.described import is_described
from tests.store.files import file_of
from tests.store.older import columns_of, copy_as_revision, make_revision, rows_of

pytestmark = pytest.mark.slow


def test_the_migrations_make_what_the_models_describe(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    sqlite.migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_described})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_one_that_databases_are_brought_to() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))

    assert script.get_current_head() == migrations.HEAD


RELEASED = {
    "0001_drafts_and_submissions": "e5490901df213590",
    "0002_findings_and_presets": "8476326568155c52",
    "0003_connections_trail_and_log": "650edbd478de0bec",
    "0004_claims_chains_and_seals": "84ab83645230b7dd",
    "0005_rows_are_counted": "0214fdf10fdad736",
    "0006_sequence_and_connection_key": "a39a80d9d1cd166e",
    "0007_connection_and_last_day": "fa13746605b7f040",
    "0008_queue": "8dae2976561f52f0",
    "0009_index_by_state": "0970c58857ea1d85",
    "0010_batch_summary": "8e66201dda718bfa",
    "0011_people": "680df8754aa4e4d4",
    "0012_api_tokens": "86d4191cdd8367d4",
    "0013_approval": "b59ebe4d383a51ef",
    "0014_comments": "c18ae5e58c27ed43",
    "0015_notices": "d0cbccaa2682285f",
    "0016_identities": "8733dd0966ce27f9",
    "0017_readiness": "ebf6040476f11a82",
    "0018_activity": "6ef5d9ae9606ace2",
    "0019_saved_views": "e72b107382dcf151",
    "0020_dashboard": "1e19de2d23b195d9",
    "0021_orders_of_the_list": "c04f413fb4d1a7d9",
    "0022_presets_of_a_connection": "67a7213b407e16f9",
    "0023_left_out_of_batches": "a665316f42aebb59",
}
"""The beginning of the SHA-256 of each migration, by its file."""


def test_no_migration_that_databases_have_been_through_is_changed() -> None:
    """A database goes through each once, so what is added to one later never comes to it."""
    folder = Path(migrations.__file__).parent / "versions"
    files = {file.stem: file.read_bytes() for file in folder.glob("[0-9]*.py")}

    assert {name: sha256(source).hexdigest()[:16] for name, source in files.items()} == RELEASED


def test_a_database_that_is_up_to_date_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    sqlite.migrate(engine)

    monkeypatch.setitem(__import__("sys").modules, "alembic", None)  # Importing it now fails.
    sqlite.migrate(engine)


def test_drafts_of_the_first_version_are_kept_and_held_to_the_rules(instance: Path) -> None:
    instance.mkdir()
    engine = create_engine(f"sqlite:///{instance / 'campaigns.sqlite3'}")
    make_revision("0001", instance / "campaigns.sqlite3")
    with engine.begin() as connection:
        connection.execute(text(_FIRST_DRAFT), {"answers": json.dumps(typed(outbound()))})
        for draft, state in (("first", "REFUSED"), ("second", "SENDING")):
            sent = {
                "draft": draft,
                "state": state,
                "body": encode_payload(build_payload(outbound())),
            }
            connection.execute(text(_FIRST_SUBMISSION), sent)
    engine.dispose()

    visitor = Visitor(create_app(Settings(instance=instance)).test_client())
    assert " laws" in visitor.open("/").text
    refused = visitor.open("/submissions/1")
    assert refused.heading == "Refused: Q4 Outreach"
    link = refused.soup.find("a", string="Open the form")
    draft = str(link["href"])  # type: ignore[index]  # Its id has the usual form now.
    assert visitor.open(draft).typed("daily_start_time") == "09:00"
    assert "older than the record" in visitor.open(f"{draft}/history").text
    # What a stop had left open before there were leases is found as well.
    assert visitor.open("/submissions/2").heading == "Unknown: Q4 Outreach"
    made = visitor.press(visitor.open(f"{draft}/review"), "send")
    assert made.heading == "Created: Q4 Outreach"
    store = Store(instance / "campaigns.sqlite3")
    with store.reading() as session:
        assert verify(session).fault == ""
    with store.writing() as session:
        session.execute(text("DELETE FROM submission WHERE id = 1"))
    with store.reading() as session:
        assert verify(session).fault == "2 submissions are kept, and the trail knows of 3."


@pytest.mark.sqlite
def test_a_database_of_the_revision_before_keeps_its_rows_and_its_seals(
    store: Store, sent: Callable[[State], int], tmp_path: Path
) -> None:
    for state in (State.REFUSED, State.UNKNOWN, State.CREATED):
        sent(state)
    with store.writing() as session:
        address_book.keep(session, "client", IdKind.NUMBER, "pn_abc123", "Front desk")
        noted = seals.seal(session)
        session.execute(text("UPDATE submission SET stamp = ''"))  # It was not kept then.
        session.execute(text("DELETE FROM throttle"))
    before = rows_of(file_of(store))
    path = copy_as_revision("0005", file_of(store), tmp_path / "older.sqlite3")
    assert columns_of(path, "draft") != columns_of(file_of(store), "draft")

    upgraded = Store(path)

    assert rows_of(path) == before
    with upgraded.reading() as session:
        assert verify(session, noted).fault == ""
        assert [
            row.name for row in listing.read_page(session, DraftQuery(search="Outreach")).drafts
        ]
        query = request_log.LogQuery(search="Outreach", connection_key="client")
        assert len(request_log.read_page(session, query)[0]) == 3
        assert not request_log.read_page(session, replace(query, connection_key="another"))[0]
        assert request_log.write_document(request_log.find(session, 1))["destination"] == "client"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert {"ix_draft_by_name", "ix_exchange_tests", "one_campaign_per_draft"} <= names
    assert not any("before" in name or "destination" in name for name in names)


def test_names_of_before_are_sorted_without_their_accents(tmp_path: Path) -> None:
    path = tmp_path / "older.sqlite3"
    make_revision("0001", path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_FIRST_DRAFT, {"answers": json.dumps(typed(outbound(name="Élan")))})
        database.execute("UPDATE draft SET name = 'Élan', name_key = 'élan'")
    store = Store(path)
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT DISTINCT name, name_key FROM draft").fetchall()
    assert names == [("Élan", "elan")]
    store.engine.dispose()


_FIRST_DRAFT = """
    INSERT INTO draft (id, version, place, answers, name, type, name_key, day_key, created_at,
                       changed_at)
    VALUES ('first', 1, 1, :answers, 'Q4 Outreach', 'OUTBOUND', 'q4 outreach', '2027-01-04',
            '2026-11-23 12:00:00.000000', '2026-11-23 12:00:00.000000'),
           ('second', 1, 2, :answers, 'Q4 Outreach', 'OUTBOUND', 'q4 outreach', '2027-01-04',
            '2026-11-23 12:00:00.000000', '2026-11-23 12:00:00.000000')
"""


_FIRST_SUBMISSION = """
    INSERT INTO submission (draft_id, draft_version, connection, is_sandbox, url, body, digest,
                            state, claimed_at, message, errors, answer)
    VALUES (:draft, 1, 'Sandbox', 1, 'http://sandbox.localhost/api/v2/voice-campaigns', :body,
            '', :state, '2026-11-23 12:00:00.000000', '', '{}', '')
"""


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store(path := tmp_path / "test.sqlite3").engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(migrations.UnusableDatabase, match="newer version"):
        Store(path)


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite3").write_text("not a database, however long it may be " * 100)

    with pytest.raises(migrations.UnusableDatabase, match="no database"):
        Store(tmp_path / "test.sqlite3")
