"""What is older than it has to be kept goes into archives, whole, and the trail still holds."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select, text

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.sending.outcome import Outcome
from app.sending.queue import enqueue, withdraw
from app.sending.settlement import apply_outcome
from app.settings import Keep
from app.store import (
    approvals,
    audit_trail,
    batches,
    comments,
    drafts,
    listing,
    request_log,
    retention,
)
from app.store.acceptances import judge
from app.store.approvals import Decision, Subject
from app.store.audit_trail import EventKind
from app.store.base import State
from app.store.database import Store
from app.store.draft_query import DraftQuery, Show
from app.store.models import Draft, Submission
from app.store.portions import ArchiveKind
from app.store.records import LoggedCall
from app.store.team_models import Approval, ApprovalState, Comment
from tests.factories import inbound, outbound, typed
from tests.fakes import FakeApi
from tests.sending.presses import destination, look_up, press, rows
from tests.store.archives import (
    LOG,
    TRAIL,
    TRASH,
    Saved,
    Sent,
    archive,
    count,
    draft_of,
    in_days,
    kinds_of,
    log_test,
    make_archiver,
    read_rows,
    throw_away,
)
from tests.store.tampering import forge, tamper, verdict


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

    def test_what_people_said_of_it_goes_along(self, store: Store, saved: Saved) -> None:
        draft_id = saved(inbound())
        about = Subject(draft_id, None, 1, "a", digest="d", bound="b", seen="s")
        with store.writing() as session:
            comments.add(session, draft_id, "Wrong hours?", [], who="Ada")
            approvals.ask(session, about, who="Ada")
            approvals.decide(session, about, Decision(ApprovalState.REFUSED, "Bo", "Too early"))
        throw_away(store, draft_id)

        (path,) = archive(store, TRASH)

        kept = {kind: row for document in read_rows(path) for kind, row in document.items()}
        assert (kept["comment"]["who"], kept["comment"]["text"]) == ("Ada", "Wrong hours?")
        assert (kept["approval"]["state"], kept["approval"]["reason"]) == ("REFUSED", "Too early")
        assert (count(store, Comment), count(store, Approval)) == (0, 0)
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
            drafts.save(session, draft_id, judge(typed(inbound(name="Back"))), expected_version=1)

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
        with store.writing() as session:
            drafts.save(session, draft_id, judge(typed(inbound(name="Newer"))), expected_version=1)
        archive(store, TRAIL)
        with store.reading() as session:
            draft = drafts.find(session, draft_id)
            assert audit_trail.find_answers_at(session, draft, 1) == {}
            assert audit_trail.find_answers_at(session, draft, 2)["name"] == "Newer"


def test_a_name_that_is_taken_keeps_the_archive_that_has_it(
    store: Store, sent: Callable[[State], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(State.CREATED)
    monkeypatch.setattr(retention, "token_hex", lambda _bytes: "0")
    with time_machine.travel(datetime.now(UTC), tick=False):
        archiver = make_archiver(store)
        archiver.folder.mkdir()
        kind = ArchiveKind.LOG
        taken = archiver._name_file(kind)  # noqa: SLF001  As another machine would, just now.
        taken.write_text("The only copy of its rows.")
        with pytest.raises(FileExistsError):
            archiver.archive(in_days(2))
    assert taken.read_text() == "The only copy of its rows."
