"""What went into archives is proved by the trail, and nothing goes that is not kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.settings import Keep
from app.store import (
    audit_trail,
    retention,
    submissions,
)
from app.store.archive_file import Damaged, read_archive, write_archive
from app.store.audit_trail import EventKind
from app.store.base import State
from app.store.chains import hash_document
from app.store.database import Store
from app.store.models import Submission
from app.store.records import ChainHead, Event, LoggedCall, Seal
from tests.factories import inbound
from tests.store.archives import (
    KEY,
    LOG,
    TRAIL,
    Saved,
    Sent,
    archive,
    count,
    draft_of,
    in_days,
    make_archiver,
    read_rows,
    throw_away,
)
from tests.store.tampering import forge, sealed, tamper, verdict


def test_a_seal_that_was_noted_before_still_holds(store: Store, sent: Sent) -> None:
    number = sent(State.REFUSED)
    noted = sealed(store)
    throw_away(store, draft_of(store, number))
    assert len(archive(store)) == 1
    assert verdict(store, noted).fault == ""
    sent(State.CREATED)
    assert verdict(store, noted).fault == ""


def test_each_archive_names_the_newest_seal_and_is_private(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    noted = sealed(store)
    (path,) = archive(store, LOG)
    assert read_archive(path, KEY).head["seal"]["hash"] == noted
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_archived_is_sealed_before(store: Store, saved: Saved) -> None:
    saved(inbound())
    (path,) = archive(store, TRAIL)
    lines = read_archive(path, KEY)
    with store.reading() as session:
        seal = session.get_one(Seal, lines.head["seal"]["number"])
        assert seal.hash == lines.head["seal"]["hash"]
        assert lines.holds["chains"][0] in json.loads(seal.heads)


def test_many_go_in_several_archives(
    store: Store, sent: Sent, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_AT_ONCE", "_FEW_AT_ONCE"):
        monkeypatch.setattr(f"app.store.portions.{name}", 2)
    for _ in range(3):
        sent(State.REFUSED)
        throw_away(store, saved(inbound()))
    due = make_archiver(store).count(in_days(2))
    assert due == {"draft": 3, "call": 3, "event": 15}

    files = archive(store)

    assert sorted(path.name.split("-")[0] for path in files) == sorted(
        2 * ["log"] + 2 * ["trash"] + 2 * ["trail"]
    )
    assert make_archiver(store).count(in_days(2)) == {}
    assert verdict(store).fault == ""


def test_nothing_is_removed_that_the_disk_does_not_keep(
    store: Store, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(State.CREATED)

    def lose_a_row(path: Path, *words: Any) -> Any:
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:1] + lines[2:]))
        return read_archive(path, *words)

    monkeypatch.setattr(retention, "read_archive", lose_a_row)
    with pytest.raises(Damaged):
        archive(store, LOG)
    assert count(store, LoggedCall) == 1
    assert verdict(store).fault == ""


def test_nothing_is_removed_that_is_not_in_the_archive(
    store: Store, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(State.CREATED)

    def leave_rows_out(path: Path, head: Any, _rows: Any, key: bytes) -> None:
        write_archive(path, head, [], key)

    monkeypatch.setattr(retention, "write_archive", leave_rows_out)
    with pytest.raises(Damaged, match="is not what was written"):
        archive(store, LOG)
    assert count(store, LoggedCall) == 1


def test_nothing_is_removed_where_nothing_can_be_written(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    make_archiver(store).folder.write_text("in the way")
    with pytest.raises(OSError, match="archive"):
        archive(store, LOG)
    assert count(store, LoggedCall) == 1


@pytest.mark.parametrize("table", ["event", "seal"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET at = ''"])
def test_everything_else_is_still_refused(
    store: Store, saved: Saved, table: str, change: str
) -> None:
    saved(inbound())
    archive(store, TRAIL)
    with (
        pytest.raises((IntegrityError, DatabaseError), match="never changed"),
        store.writing() as (session),
    ):
        session.execute(text(change.format(table)))


class TestTampering:
    """What is left cannot be changed, and nothing passed off as archived."""

    @pytest.mark.parametrize(
        ("statement", "fault"),
        [
            ("DELETE FROM event WHERE kind = 'shortened'", "All events of draft/"),
            ("DELETE FROM event WHERE kind = 'archived'", "no archive on record"),
            ("UPDATE event SET details = '{}' WHERE kind = 'shortened'", "was changed"),
            ("UPDATE event SET number = 9 WHERE kind = 'shortened'", "no archive on record"),
            ("UPDATE event SET before = hash WHERE kind = 'shortened'", "no archive on record"),
            ("DELETE FROM submission", "is missing"),
            ("DELETE FROM chain_head WHERE chain LIKE 'draft/%'", "Events are missing at the end"),
        ],
    )
    def test_a_change_of_what_is_left_shows(
        self, store: Store, sent: Sent, statement: str, fault: str
    ) -> None:
        sent(State.REFUSED)
        archive(store, Keep(log=1, trail=1))
        tamper(store, statement)
        assert fault in verdict(store).fault

    def test_a_call_that_is_put_back_changed_shows(self, store: Store, sent: Sent) -> None:
        sent(State.REFUSED)
        archive(store, LOG)
        with store.writing() as session:
            session.add(
                LoggedCall(
                    id=1,
                    connection_key="client",
                    connection="A",
                    at=in_days(0),
                    method="POST",
                    url="https://forged.example",
                )
            )
        assert verdict(store).fault == "1 calls are kept, and the trail knows of 0."

    def test_a_chain_cannot_be_said_to_be_in_an_archive_of_others(
        self, store: Store, sent: Sent, saved: Saved
    ) -> None:
        """Take a chain's events away, and forge the end of it as that of another."""
        sent(State.REFUSED)
        archive(store, TRAIL)
        draft_id = saved(inbound())
        with store.writing() as session:
            of_other = session.scalars(select(Event).where(Event.kind == "shortened")).one()
            details = audit_trail.read_details(of_other) | {"sent": [], "submissions": []}
            chain = audit_trail.name_draft_chain(draft_id)
            audit_trail.record(session, EventKind.SHORTENED, chain, **details | {"calls": []})
        sealed(store)
        assert verdict(store).fault == ""
        tamper(store, "DELETE FROM event WHERE kind = 'created' AND number = 1")
        assert verdict(store).fault == f"Events 1 to 1 of {chain} are in no archive on record."

    def test_a_forged_end_that_is_archived_shows_by_a_noted_seal(
        self, store: Store, saved: Saved
    ) -> None:
        saved(inbound())
        noted = sealed(store)
        with store.reading() as session:
            created = session.execute(text("SELECT * FROM event WHERE kind = 'created'"))
            row = created.mappings().one()
        forge(store, row, who="Eve")
        archive(store, TRAIL)
        assert "is not the one sealed" in verdict(store, noted).fault

    def test_no_further_event_of_that_kind_binds_anything(self, store: Store, sent: Sent) -> None:
        number = sent(State.REFUSED)
        chain = audit_trail.name_draft_chain(draft_of(store, number))
        with store.writing() as session:
            submission = session.get_one(Submission, number)
            forged = submissions.write_document(submission) | {"answer": "forged"}
            digests = [[number, hash_document(forged)]]
            details: dict[str, Any] = {"sent": [number], "submissions": digests, "calls": []}
            audit_trail.record(session, EventKind.SHORTENED, chain, **details)
        assert "is of a kind that is sealed" in verdict(store).fault
        sealed(store)
        assert verdict(store).fault == ""
        tamper(store, "UPDATE submission SET answer = 'forged'")
        assert verdict(store).fault == f"The submission {number} was changed."

    def test_an_archive_counts_once(self, store: Store, sent: Sent) -> None:
        sent(State.REFUSED)
        archive(store, LOG)
        with store.writing() as session:
            (details,) = audit_trail.read_archived(session)
            audit_trail.record(session, EventKind.ARCHIVED, audit_trail.INSTANCE, **details)
        sealed(store)
        assert verdict(store).fault == "An archive is on record twice."

    def test_what_the_event_of_an_archive_says_is_held_to_its_seal(
        self, store: Store, sent: Sent
    ) -> None:
        sent(State.REFUSED)
        archive(store, LOG)
        with store.reading() as session:
            row = session.execute(text("SELECT * FROM event WHERE kind = 'archived'"))
            event = row.mappings().one()
        forge(store, event, details=event["details"].replace('"log"', '"lot"'))
        assert "is not the one sealed" in verdict(store).fault


def test_files_that_are_there_are_held_to_the_trail(store: Store, sent: Sent) -> None:
    sent(State.REFUSED)
    archive(store)
    archiver = make_archiver(store)
    with store.reading() as session:
        archived = audit_trail.read_archived(session)
    assert list(archiver.find_faults(archived)) == []
    assert archiver.list_absent(archived) == []
    first, second = (archiver.folder / details["file"] for details in archived)
    first.write_bytes(second.read_bytes())
    assert list(archiver.find_faults(archived)) == [
        f"The archive {first.name} is not what the trail says."
    ]
    first.write_text("[]")
    assert "is not a complete archive" in next(archiver.find_faults(archived))
    first.unlink()
    assert list(archiver.find_faults(archived)) == []
    assert archiver.list_absent(archived) == [first.name]


def test_several_at_once_archive_each_thing_once_while_others_write(
    store: Store, sent: Sent, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.portions._AT_ONCE", 2)
    for _ in range(6):
        sent(State.REFUSED)
    with ThreadPoolExecutor(5) as pool:
        archiving = [pool.submit(archive, store, LOG) for _ in range(3)]
        writing = [pool.submit(saved, inbound(name=f"Desk {number}")) for number in range(12)]
        files = [path for done in archiving for path in done.result()]
        assert len({done.result() for done in writing}) == 12
    calls = [row["call"]["id"] for path in files for row in read_rows(path)]
    assert sorted(calls) == [1, 2, 3, 4, 5, 6]
    assert verdict(store).fault == ""


def test_seals_are_kept(store: Store, sent: Sent) -> None:
    sent(State.REFUSED)
    sealed(store)
    before = count(store, Seal)
    archive(store)
    assert count(store, Seal) > before
    with store.reading() as session:
        heads = session.scalars(select(ChainHead)).all()
        assert all(head.sealed == head.number for head in heads)


def test_an_archive_stays_where_nobody_knows_whether_the_removal_came_about(
    store: Store, sent: Sent
) -> None:
    sent(State.CREATED)
    archiver = make_archiver(store, LOG)

    def lose_the_answer(_session: Session) -> None:
        raise OperationalError("COMMIT", None, Exception("the connection broke"))

    event.listen(Session, "after_commit", lose_the_answer)
    try:
        with pytest.raises(OperationalError):
            archiver.archive(in_days(2))
    finally:
        event.remove(Session, "after_commit", lose_the_answer)
    assert count(store, LoggedCall) == 0
    assert len(list(archiver.folder.iterdir())) == 1


@pytest.mark.sqlite
def test_an_archive_of_which_nothing_is_removed_does_not_stay(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    with store.writing() as session:
        session.execute(
            text(
                "CREATE TRIGGER keep BEFORE DELETE ON exchange BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    archiver = make_archiver(store, LOG)
    for _ in range(2):
        with pytest.raises(DatabaseError):
            archiver.archive(in_days(2))
    assert list(archiver.folder.iterdir()) == []
