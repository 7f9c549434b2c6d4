"""An answer in hand is never thrown away: what cannot be written down is kept in the journal."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from app.remote.exchange import Exchange
from app.sending import recording
from app.sending.journal import Entry, Journal
from app.sending.outcome import Outcome
from app.sending.recording import record_outcome, recover
from app.store.base import State
from app.store.database import Store
from app.store.leases import read_clock
from tests.log_lines import Log
from tests.pages import Visitor
from tests.sending.claims import CREATED, MADE, Saved, claimed, submission
from tests.sending.presses import expire, failing, journal, rows
from tests.store.files import folder_of

pytestmark = pytest.mark.slow

BROKEN = [
    sqlite3.OperationalError("database is locked"),
    sqlite3.DatabaseError("database disk image is malformed"),
    OSError("Input/output error"),
    ValueError("Something that nobody thought of."),
]


def test_what_fails_is_logged_with_its_submission_and_with_nothing_of_the_answer(
    store: Store, saved: Saved, log: Log
) -> None:
    mine = claimed(store, saved)
    with failing(store, ValueError("The row is Q4 Outreach.")):
        record_outcome(mine, CREATED, store, journal(store))
        recover(store, journal(store))

    kept, left = log.lines()
    assert kept["event"] == "Its outcome is in the journal: ValueError"
    assert left["event"] == "Its outcome stays in the journal"
    assert kept["submission"] == left["submission"] == mine.submission_id
    assert "Q4 Outreach" not in log.text


def test_what_is_in_the_journal_already_is_kept(tmp_path: Path) -> None:
    entry = Entry(7, "0" * 32, CREATED, "database is locked")
    assert [Journal(tmp_path).keep(entry) for _ in range(2)] == [True, True]


def test_an_answer_that_can_be_kept_nowhere_is_logged_with_its_submission(
    log: Log, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    entry = Entry(7, "0" * 32, CREATED, "database is locked")
    assert not Journal(tmp_path / "file" / "outcomes").keep(entry)

    line = log.lines()[-1]
    assert line["submission"] == 7
    assert "CREATED" in line["event"]
    assert "Vm9pY2VDYW1wYWlnbjo3" in line["event"]
    assert "Q4 Outreach" not in log.text


@pytest.mark.parametrize("error", BROKEN, ids=str)
def test_whatever_fails_the_answer_is_kept_and_taken_in_at_the_next_start(
    store: Store, saved: Saved, visitor: Visitor, error: Exception
) -> None:
    mine = claimed(store, saved)
    with failing(store, error):
        record_outcome(mine, CREATED, store, journal(store))
    assert submission(store, mine.submission_id).state is State.SENDING
    kept = journal(store).find(mine.token)
    assert kept is not None
    assert (kept.outcome, kept.why) == (CREATED, str(error))

    expire(store, mine.submission_id)
    assert recover(store, journal(store)) == 1
    assert submission(store, mine.submission_id).campaign_id == "Vm9pY2VDYW1wYWlnbjo3"
    assert list(journal(store).read_entries()) == []
    draft_id = submission(store, mine.submission_id).draft_id
    history = visitor.open(f"/drafts/{draft_id}/history").text
    assert f"It could not be written down when it came: {error}" in history


def test_an_answer_that_a_silent_database_does_not_take_is_kept_meanwhile(
    store: Store, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "SOON", 0.05)
    mine = claimed(store, saved)
    waiting = Thread(target=record_outcome, args=(mine, CREATED, store, journal(store)))
    with store.writing():
        waiting.start()
        while waiting.is_alive() and not journal(store).find(mine.token):
            waiting.join(0.02)
        kept = journal(store).find(mine.token)
    waiting.join(10)

    assert kept is not None
    assert (kept.outcome, kept.why) == (CREATED, "The database did not answer.")
    assert submission(store, mine.submission_id).state is State.CREATED
    assert list(journal(store).read_entries()) == []


def test_while_it_cannot_be_written_the_page_says_what_really_is(
    store: Store, saved: Saved, visitor: Visitor
) -> None:
    mine = claimed(store, saved)
    with failing(store, BROKEN[0]):
        record_outcome(mine, CREATED, store, journal(store))
        page = visitor.open(f"/submissions/{mine.submission_id}")
    assert "The answer is here, and cannot be written down yet" in page.text
    assert "The campaign was created, as Vm9pY2VDYW1wYWlnbjo3." in page.text
    assert "database is locked" in page.text
    assert visitor.open(f"/submissions/{mine.submission_id}").heading == "Created: Q4 Outreach"


def test_a_whole_answer_survives_the_journal(store: Store) -> None:
    call = Exchange(
        at=datetime.now(UTC),
        duration_ms=12,
        method="POST",
        url="https://api.example",
        request_headers={"A": "b"},
        request_body="{}",
        status=201,
        response_headers={"C": "d"},
        response_body="für",
    )
    campaign = replace(MADE, exchange=call)
    made = replace(CREATED, campaign=campaign, exchange=call)
    refused = Outcome(State.REFUSED, "No.", 422, "{}", {"name": ["Odd."]}, None, 30, call)
    box = journal(store)
    for number, outcome in enumerate((made, refused)):
        entry = Entry(number, f"{number:032x}", outcome, "database is locked")
        assert box.keep(entry)
        assert box.find(entry.token) == entry


def test_where_not_even_the_journal_can_keep_it_it_is_tried_for_ever(
    store: Store, saved: Saved, tmp_path: Path
) -> None:
    mine = claimed(store, saved)
    (tmp_path / "file").touch()
    nowhere = Journal(tmp_path / "file" / "outcomes")
    with failing(store, BROKEN[0]):
        trying = Thread(target=record_outcome, args=(mine, CREATED, store, nowhere))
        trying.start()
        trying.join(0.5)
        assert trying.is_alive()
    trying.join(10)
    assert submission(store, mine.submission_id).state is State.CREATED


class Full(Journal):
    """A journal that has no room, and takes until `go` to find that out."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.asked, self.go = Event(), Event()

    def keep(self, entry: Entry) -> bool:
        self.asked.set()
        return not self.go.wait(10)


def test_what_is_in_hand_is_not_called_unknown(store: Store, saved: Saved) -> None:
    mine, full = claimed(store, saved), Full()
    trying = Thread(target=record_outcome, args=(mine, CREATED, store, full))
    with failing(store, BROKEN[0]):
        trying.start()
        assert full.asked.wait(10)
    expire(store, mine.submission_id)
    assert recover(store, journal(store)) == 0
    assert submission(store, mine.submission_id).state is State.SENDING
    full.go.set()
    trying.join(10)
    assert submission(store, mine.submission_id).state is State.CREATED


def test_an_entry_that_is_damaged_is_written_again(store: Store, saved: Saved) -> None:
    mine = claimed(store, saved)
    folder = folder_of(store) / "outcomes"
    folder.mkdir()
    (folder / f"{mine.token}.json").touch()
    assert journal(store).keep(Entry(mine.submission_id, mine.token, CREATED, "why"))
    assert journal(store).find(mine.token) is not None


def test_an_entry_that_cannot_be_read_keeps_nobody_from_starting(
    store: Store, saved: Saved
) -> None:
    folder = folder_of(store) / "outcomes"
    folder.mkdir()
    (folder / "half.json").write_text('{"submission_id": 1')
    mine = claimed(store, saved)
    expire(store, mine.submission_id)
    assert recover(store, journal(store)) == 1
    assert submission(store, mine.submission_id).state is State.UNKNOWN
    assert (folder / "half.json").exists()


@pytest.mark.sqlite
def test_a_lease_stands_in_the_database_by_the_machines_clock(store: Store, saved: Saved) -> None:
    mine = claimed(store, saved)
    ((ends,),) = rows(store, "SELECT lease_ends FROM submission")
    assert 45 < ends - read_clock() <= 50
    assert recover(store, journal(store)) == 0
    assert not submission(store, mine.submission_id).lease.is_over


def test_a_folder_that_cannot_be_looked_into_loses_no_answer(
    store: Store, saved: Saved, tmp_path: Path
) -> None:
    mine = replace(claimed(store, saved), token="a" * 300)  # Too long for the name of a file.
    assert not Journal(tmp_path).keep(Entry(mine.submission_id, mine.token, CREATED, "why"))
