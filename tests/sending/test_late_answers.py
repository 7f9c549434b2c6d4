"""An answer is taken once, by the submission that it belongs to, and never over what is settled."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.sending.outcome import Outcome
from app.sending.recording import record_outcome
from app.store import audit_trail
from app.store.base import State
from app.store.database import Store
from app.store.verification import verify
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.sending.claims import CREATED, Saved, claimed, submission
from tests.sending.presses import journal, look_up, submit
from tests.store.files import file_of

pytestmark = pytest.mark.slow


def test_a_stray_answer_is_on_record_once(store: Store, saved: Saved) -> None:
    mine = replace(claimed(store, saved), token="of another database")
    for _ in range(3):
        record_outcome(mine, CREATED, store, journal(store))
    with store.reading() as session:
        assert len(audit_trail.read_strays(session)) == 1


def test_an_answer_is_taken_once(store: Store, saved: Saved) -> None:
    mine = claimed(store, saved)
    for _ in range(2):
        record_outcome(mine, CREATED, store, journal(store))
    draft_id = submission(store, mine.submission_id).draft_id
    with store.reading() as session:
        kinds = [event.kind for event in audit_trail.read_draft_events(session, draft_id)]
    assert kinds.count("answered") == 1


def test_an_entry_that_cannot_be_removed_never_undoes_a_correction(
    store: Store, saved: Saved
) -> None:
    mine = claimed(store, saved)
    record_outcome(mine, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    look_up(store, mine.submission_id)
    for _ in range(3):
        record_outcome(mine, CREATED, store, journal(store))
    assert submission(store, mine.submission_id).state is State.CREATED
    draft_id = submission(store, mine.submission_id).draft_id
    with store.reading() as session:
        kinds = [event.kind for event in audit_trail.read_draft_events(session, draft_id)]
    assert kinds.count("answered late") == 1


def test_a_late_answer_that_a_person_overrules_is_not_taken_a_second_time(
    store: Store, saved: Saved
) -> None:
    mine = claimed(store, saved)
    record_outcome(mine, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    look_up(store, mine.submission_id, "Vm9pY2VDYW1wYWlnbjo4")
    record_outcome(mine, CREATED, store, journal(store))
    look_up(store, mine.submission_id)
    record_outcome(mine, CREATED, store, journal(store))
    assert submission(store, mine.submission_id).state is State.UNSENT


def test_what_stays_unknown_is_written_down_once(store: Store, saved: Saved) -> None:
    mine = claimed(store, saved)
    for _ in range(2):
        record_outcome(mine, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    record_outcome(mine, Outcome(State.UNKNOWN, "A page of a proxy.", 502), store, journal(store))
    draft_id = submission(store, mine.submission_id).draft_id
    with store.reading() as session:
        kinds = [event.kind for event in audit_trail.read_draft_events(session, draft_id)]
    assert kinds.count("answered") == 2


@pytest.mark.parametrize("state", [State.CREATED, State.REFUSED, State.UNSENT])
def test_what_is_settled_is_not_settled_by_a_late_answer(
    store: Store, saved: Saved, state: State
) -> None:
    mine = claimed(store, saved)
    first = Outcome(state, "First.")
    record_outcome(mine, first, store, journal(store))
    record_outcome(mine, Outcome(State.UNKNOWN, "Later."), store, journal(store))
    assert submission(store, mine.submission_id).message == "First."


@pytest.mark.sqlite
def test_an_answer_to_what_a_restore_took_away_changes_no_other_submission(
    store: Store, saved: Saved, tmp_path: Path
) -> None:
    """Bring an older database back by hand during a send, and send another draft meanwhile."""
    backup = tmp_path / "older.sqlite3"
    copy(file_of(store), backup)
    first = claimed(store, saved)
    copy(backup, file_of(store))
    second = claimed(store, saved, name="Another")
    assert second.submission_id == first.submission_id  # As SQLite counts in an older file.

    record_outcome(first, CREATED, store, journal(store))

    assert submission(store, second.submission_id).state is State.SENDING
    record_outcome(second, Outcome(State.REFUSED, "No."), store, journal(store))
    assert submission(store, second.submission_id).state is State.REFUSED
    with store.reading() as session:
        (stray,) = audit_trail.read_strays(session)
        assert stray["campaign_id"] == "Vm9pY2VDYW1wYWlnbjo3"
        assert verify(session).fault == ""


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as other:
        original.backup(other)


def test_numbers_of_submissions_are_never_used_again(store: Store, saved: Saved) -> None:
    api = FakeApi(ANSWERS[State.CREATED], ANSWERS[State.CREATED])
    reviewed = compute_digest(encode_payload(build_payload(outbound())))
    first = submit(saved(), reviewed=reviewed, store=store, api=api)
    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE exchange SET submission_id = NULL")
        session.connection().exec_driver_sql("DELETE FROM submission")
    assert submit(saved(), reviewed=reviewed, store=store, api=api) > first
