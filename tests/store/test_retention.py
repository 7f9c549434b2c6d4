"""What is older than it has to be kept goes into archives, whole, and the trail still holds."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.sending.outcome import Outcome
from app.sending.queue import enqueue, withdraw
from app.sending.settlement import apply_outcome
from app.settings import Keep
from app.store import (
    audit_trail,
    batches,
    drafts,
    listing,
    request_log,
    retention,
    submissions,
)
from app.store.acceptances import judge
from app.store.archive_file import Damaged, read_archive, write_archive
from app.store.audit_trail import EventKind
from app.store.base import Base, State
from app.store.chains import hash_document
from app.store.database import Store
from app.store.draft_query import DraftQuery, Show
from app.store.models import Draft, Submission
from app.store.records import ChainHead, Event, LoggedCall, Seal
from tests.factories import inbound, outbound, typed
from tests.fakes import FakeApi
from tests.sending.presses import destination, look_up, press, rows
from tests.store.archives import (
    KEY,
    Saved,
    Sent,
    archive,
    draft_of,
    in_days,
    make_archiver,
    throw_away,
)
from tests.store.tampering import forge, sealed, tamper, verdict

LOG, TRASH, TRAIL = Keep(log=1), Keep(trash=1), Keep(trail=1)


def count(store: Store, table: type[Base]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def read_rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text().splitlines()
    return [json.loads(line) for line in lines[1:-1]]


def log_test(session: Session, connection_key: str) -> None:
    """Log the test of a connection, as before the trail bound it in."""
    call = LoggedCall(
        connection_key=connection_key,
        connection="A",
        at=in_days(0),
        method="GET",
        url="https://a.example",
        request_headers={},
        response_headers={},
    )
    session.add(call)
    request_log.index_call(session, call)


def kinds_of(store: Store, draft_id: str) -> list[str]:
    with store.reading() as session:
        return [event.kind for event in audit_trail.read_draft_events(session, draft_id)]


def test_nothing_goes_unless_it_is_set(store: Store, sent: Sent, saved: Saved) -> None:
    sent(State.CREATED)
    throw_away(store, saved(inbound()))
    assert archive(store, Keep(), days=9999) == []
    assert not make_archiver(store).folder.exists()


def test_what_is_not_old_enough_stays(store: Store, sent: Sent, saved: Saved) -> None:
    sent(State.CREATED)
    throw_away(store, saved(inbound()))
    assert archive(store, Keep(2, 2, 2), days=1) == []


class TestLog:
    """Calls go once their submission has an outcome."""

    def test_old_calls_are_in_the_archive_as_they_were_and_no_longer_here(
        self, store: Store, sent: Sent
    ) -> None:
        sent(State.CREATED)
        with store.reading() as session:
            before = request_log.write_document(request_log.find(session, 1))

        (path,) = archive(store, LOG)

        assert read_rows(path) == [{"call": before}]
        assert count(store, LoggedCall) == 0
        assert rows(store, "SELECT count(*) FROM exchange_search") == [(0,)]
        assert verdict(store).fault == ""

    @pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.UNKNOWN])
    def test_calls_of_what_is_open_stay(self, store: Store, sent: Sent, state: State) -> None:
        sent(state)
        assert archive(store, LOG) == []

    def test_an_answer_may_still_come_late(self, store: Store, sent: Sent) -> None:
        number = sent(State.UNKNOWN)
        look_up(store, number)
        archive(store, LOG)
        assert count(store, LoggedCall) == 0

        with store.writing() as session:
            submission = session.get_one(Submission, number)
            answer = Created("id", "name", "OUTBOUND", "DRAFT", 201, "{}")
            apply_outcome(session, submission, Outcome(State.CREATED, campaign=answer))
        assert verdict(store).fault == ""

    def test_the_last_test_of_a_connection_stays(self, store: Store) -> None:
        with store.writing() as session:
            for key in ("b", "a", "a"):
                log_test(session, key)
        archive(store, LOG)
        assert rows(store, "SELECT id FROM exchange ORDER BY id") == [(1,), (3,)]

    def test_calls_that_are_older_than_the_trail_are_counted_on(self, store: Store) -> None:
        with store.writing() as session:
            for _ in range(3):
                log_test(session, "a")
            row = session.execute(text("SELECT * FROM event")).mappings().one()
        forge(store, row, details='{"submissions": [0, 0], "calls": [3, 3]}')
        assert verdict(store).fault == ""
        assert len(archive(store, LOG)) == 1
        assert verdict(store).fault == ""
        tamper(store, "DELETE FROM exchange")
        assert verdict(store).fault == "0 calls are kept, and the trail knows of 1."

    def test_numbers_are_not_used_again(self, store: Store, sent: Sent) -> None:
        sent(State.REFUSED)
        archive(store, LOG)
        sent(State.REFUSED)
        assert rows(store, "SELECT id FROM exchange") == [(2,)]
        assert verdict(store).fault == ""


class TestTrash:
    """Deleted campaigns go with all of theirs, unless something was created."""

    def test_a_deleted_draft_goes_with_its_versions(
        self, store: Store, sent: Sent, saved: Saved
    ) -> None:
        kept, draft_id = saved(inbound()), draft_of(store, sent(State.REFUSED))
        throw_away(store, draft_id)

        (path,) = archive(store, TRASH)

        kinds = [next(iter(row)) for row in read_rows(path)]
        assert kinds == ["draft", "submission", "call", *["event"] * 4]
        assert read_rows(path)[0]["draft"]["answers"]["name"] == "Q4 Outreach"
        with store.reading() as session:
            assert [draft.id for draft in session.scalars(select(Draft))] == [kept]
            query = DraftQuery(search="Outreach", show=Show.DELETED)
            assert listing.read_page(session, query).drafts == []
        assert (count(store, Submission), count(store, LoggedCall)) == (0, 0)
        assert kinds_of(store, draft_id) == [EventKind.SHORTENED]
        assert verdict(store).fault == ""

    def test_what_was_created_stays(self, store: Store, sent: Sent) -> None:
        """A draft can be deleted that turns out to be created later."""
        number = sent(State.UNKNOWN)
        look_up(store, number)
        throw_away(store, draft_of(store, number))
        with store.writing() as session:
            submission = session.get_one(Submission, number)
            answer = Created("id", "name", "OUTBOUND", "DRAFT", 201, "{}")
            apply_outcome(session, submission, Outcome(State.CREATED, campaign=answer))
        assert archive(store, TRASH) == []

    def test_what_turned_up_after_it_was_sent_again_stays(
        self, store: Store, sent: Sent, saved: Saved
    ) -> None:
        """The first is there after all, and the second was taken back."""
        number = sent(State.UNKNOWN)
        look_up(store, number)
        draft_id = draft_of(store, number)
        reviewed = compute_digest(encode_payload(build_payload(outbound())))
        second = enqueue(press(draft_id, reviewed=reviewed, to=destination(FakeApi())), store=store)
        with store.writing() as session:
            submission = session.get_one(Submission, number)
            answer = Created("id", "name", "OUTBOUND", "DRAFT", 201, "{}")
            apply_outcome(session, submission, Outcome(State.CREATED, campaign=answer))
        withdraw(second, "Not wanted.", store=store)
        throw_away(store, draft_id)
        assert archive(store, TRASH) == []

    def test_what_a_batch_names_stays(self, store: Store, saved: Saved) -> None:
        draft_id = saved(inbound())
        with store.writing() as session:
            connection = {"connection": "A", "connection_key": "a", "stamp": ""}
            batch = batches.create(session, is_sandbox=False, **connection)
            batches.add_items(session, batch.id, 1, [draft_id])
        throw_away(store, draft_id)
        assert archive(store, TRASH) == []

    def test_one_that_was_restored_stays(self, store: Store, saved: Saved) -> None:
        draft_id = saved(inbound())
        throw_away(store, draft_id)
        with store.writing() as session:
            drafts.restore(session, draft_id)
        assert archive(store, TRASH) == []

    def test_what_an_old_page_saves_after_that_goes_on_in_the_same_chain(
        self, store: Store, saved: Saved
    ) -> None:
        draft_id = saved(inbound())
        throw_away(store, draft_id)
        archive(store, TRASH)

        with store.writing() as session:
            drafts.save(session, draft_id, judge(typed(inbound(name="Back"))), over=1)

        assert kinds_of(store, draft_id) == [EventKind.SHORTENED, EventKind.CREATED]
        assert rows(store, "SELECT number FROM event WHERE kind = 'created'") == [(4,)]
        assert verdict(store).fault == ""


class TestTrail:
    """The events of a draft go once nothing was done to it for so long."""

    def test_events_are_in_the_archive_and_the_next_one_binds_what_they_bound(
        self, store: Store, sent: Sent
    ) -> None:
        number = sent(State.CREATED)
        draft_id = draft_of(store, number)
        with store.reading() as session:
            events = audit_trail.read_draft_events(session, draft_id)
            before = [audit_trail.write_document(event) for event in events]

        (path,) = archive(store, TRAIL)

        assert read_rows(path) == [{"event": event} for event in before]
        (shortened,) = rows(store, "SELECT number, before FROM event WHERE kind = 'shortened'")
        assert shortened == (len(before) + 1, before[-1]["hash"])
        assert verdict(store).fault == ""
        tamper(store, "UPDATE submission SET answer = 'forged'")
        assert verdict(store).fault == f"The submission {number} was changed."

    @pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.UNKNOWN])
    def test_events_of_what_is_open_stay(self, store: Store, sent: Sent, state: State) -> None:
        sent(state)
        assert archive(store, TRAIL) == []

    def test_what_was_archived_is_not_archived_again(self, store: Store, saved: Saved) -> None:
        draft_id = saved(inbound())
        assert len(archive(store, TRAIL)) == 1
        assert archive(store, TRAIL, days=99) == []
        throw_away(store, draft_id)
        assert len(archive(store, TRAIL)) == 1
        assert kinds_of(store, draft_id) == [EventKind.SHORTENED]
        assert verdict(store).fault == ""

    def test_connections_and_the_instance_keep_their_events(
        self, store: Store, add_connection: Callable[..., str], saved: Saved
    ) -> None:
        add_connection("Client A")
        saved(inbound())
        archive(store, TRAIL)
        chains = rows(store, "SELECT DISTINCT chain FROM event WHERE kind <> 'shortened'")
        assert sorted(chain.split("/")[0] for (chain,) in chains) == ["connection", "instance"]

    def test_an_older_version_is_not_made_up(self, store: Store, saved: Saved) -> None:
        draft_id = saved(inbound())
        archive(store, TRAIL)
        with store.reading() as session:
            draft = drafts.find(session, draft_id)
            assert audit_trail.find_answers_at(session, draft, 1) == {}


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
    found = read_archive(path, KEY)
    with store.reading() as session:
        seal = session.get_one(Seal, found.head["seal"]["number"])
        assert seal.hash == found.head["seal"]["hash"]
        assert found.holds["chains"][0] in json.loads(seal.heads)


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
