"""A restore forgets nothing that was sent, and no answer, unless it says so."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.cli import archive
from app.sending.outcome import Outcome
from app.sending.recording import Claim, record_outcome, recover
from app.sending.sweep import run_sweep
from app.services import find_services
from app.store import batches, database_file
from app.store.audit_trail import INSTANCE, read_details
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.models import Submission
from app.store.records import Event
from app.store.verification import verify
from tests.cli.backups import Run, Saved, Sent, names
from tests.factories import outbound
from tests.fakes import FakeApi
from tests.pages import Visitor, drain
from tests.sending import batch_of
from tests.sending.claims import CREATED, MADE
from tests.sending.presses import destination, failing, journal, look_up, press, queue_and_claim
from tests.store.files import file_of

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


def test_a_restore_does_not_forget_what_was_sent(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    assert run("backup", file).exit_code == 0
    sent(State.CREATED)

    refused = run("restore", file)

    assert refused.exit_code == 1
    assert "could then be sent a second time" in refused.output
    assert "Q4 Outreach" in refused.output
    assert names(store) == {"Q4 Outreach"}
    assert run("restore", file, "--forget-sent").exit_code == 0
    assert names(store) == set()


def test_of_many_that_were_sent_some_are_named_and_all_are_counted(
    run: Run, file: Path, sent: Sent
) -> None:
    assert run("backup", file).exit_code == 0
    for _ in range(22):
        sent(State.CREATED)
    refused = run("restore", file).output
    assert "does not know of 22 campaigns that were sent after it" in refused
    assert refused.count("  Q4 Outreach, ") == 20
    assert "  and 2 more\n" in refused


def test_what_the_backup_knows_as_sent_is_no_reason_to_refuse(
    run: Run, file: Path, sent: Sent
) -> None:
    sent(State.UNKNOWN)
    assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0


def test_a_restore_is_on_record_with_what_it_forgot(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    assert run("backup", file).exit_code == 0
    sent(State.CREATED)
    assert run("restore", file, "--forget-sent").exit_code == 0

    with store.reading() as session:
        query = select(Event).where(Event.chain == INSTANCE).order_by(Event.number)
        event = session.scalars(query).all()[-1]
        details = read_details(event)
        assert verify(session).fault == ""
    assert event.kind == "backup restored"
    assert details["forgotten"][0][1:4] == ["Q4 Outreach", "VoiceAIWrapper", "CREATED"]


def claimed(store: Store, saved: Saved) -> Claim:
    reviewed, to = compute_digest(encode_payload(build_payload(outbound()))), destination(FakeApi())
    return queue_and_claim(press(saved(outbound()), reviewed=reviewed, to=to), store=store)


def test_an_answer_that_a_restore_forgets_is_named(
    run: Run, file: Path, store: Store, saved: Saved, visitor: Visitor
) -> None:
    mine = claimed(store, saved)
    assert run("backup", file).exit_code == 0
    record_outcome(mine, CREATED, store, journal(store))

    restored = run("restore", file)

    assert restored.exit_code == 0, restored.output
    assert f"CREATED as {MADE.campaign_id}" in restored.output
    page = visitor.open(f"/submissions/{mine.submission_id}")
    assert page.heading == "Unknown: Q4 Outreach"
    assert "A backup was brought back that was made before the answer came." in page.text
    with store.reading() as session:
        assert verify(session).fault == ""


def test_an_answer_that_is_not_written_down_yet_is_in_the_backup(
    run: Run, file: Path, store: Store, saved: Saved, visitor: Visitor
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    assert run("backup", file).exit_code == 0
    assert recover(store, journal(store)) == 1
    assert run("restore", file).exit_code == 0
    assert visitor.open(f"/submissions/{mine.submission_id}").heading == "Created: Q4 Outreach"


def test_an_answer_that_is_written_down_during_a_backup_is_in_it(
    run: Run,
    file: Path,
    store: Store,
    saved: Saved,
    visitor: Visitor,
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    copy = database_file.copy_database

    def copy_then_recover(source: Path, target: Path) -> None:
        copy(source, target)
        if source == file_of(store):
            recover(store, journal(store))  # As the running app does at any moment.

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "copy_database", copy_then_recover)
        assert run("backup", file).exit_code == 0
    assert run("restore", file).exit_code == 0
    assert visitor.open(f"/submissions/{mine.submission_id}").heading == "Created: Q4 Outreach"


def test_a_campaign_of_which_more_was_found_out_since_is_not_forgotten(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    number = sent(State.UNKNOWN)
    look_up(store, number)
    assert run("backup", file).exit_code == 0
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo3")
    refused = run("restore", file)
    assert (refused.exit_code, "as Vm9pY2VDYW1wYWlnbjo3" in refused.output) == (1, True)


def test_an_answer_that_the_backup_holds_itself_is_not_named_as_lost(
    run: Run, file: Path, store: Store, saved: Saved
) -> None:
    mine = claimed(store, saved)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    assert run("backup", file).exit_code == 0
    recover(store, journal(store))
    assert "not known here any more" not in run("restore", file).output.split("What was sent")[0]


def test_an_id_that_was_corrected_since_is_named(
    run: Run, file: Path, store: Store, sent: Sent
) -> None:
    number = sent(State.UNKNOWN)
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo3")
    assert run("backup", file).exit_code == 0
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo4")
    assert "CREATED as Vm9pY2VDYW1wYWlnbjo4" in run("restore", file).output


def test_an_answer_in_the_journal_is_no_reason_to_forget_a_campaign(
    run: Run, file: Path, store: Store, saved: Saved
) -> None:
    assert run("backup", file).exit_code == 0
    mine = claimed(store, saved)
    record_outcome(mine, Outcome(State.UNKNOWN, "Silence."), store, journal(store))
    look_up(store, mine.submission_id)
    with failing(store, OSError("No space left on device")):
        record_outcome(replace(mine, lease=grant_lease(0)), CREATED, store, journal(store))
    refused = run("restore", file)
    assert (refused.exit_code, f"CREATED as {MADE.campaign_id}" in refused.output) == (1, True)


def test_what_waited_at_the_backup_is_looked_up_and_never_sent_again(
    app: Flask, run: Run, file: Path, store: Store, sent: Sent
) -> None:
    waiting = sent(State.QUEUED)
    assert run("backup", file).exit_code == 0
    drain(app)  # It goes, and the backup does not know it.
    assert run("restore", file).exit_code == 0

    drain(app)
    with store.reading() as session:
        submission = session.get_one(Submission, waiting)
        assert submission.state is State.UNKNOWN
        assert "A backup was brought back" in submission.message
        assert verify(session).fault == ""


def test_a_batch_that_went_on_after_the_backup_is_stopped_by_it(
    app: Flask, run: Run, file: Path, store: Store, saved: Saved
) -> None:
    services = find_services(app)
    batch_id = batch_of.make_confirmed(store, services.connections, batch_of.save_many(saved, 2))
    assert run("backup", file).exit_code == 0
    batch_of.queue_all(store, services.connections, batch_id)
    drain(app)
    assert run("restore", file, "--forget-sent").exit_code == 0

    run_sweep(store, services.journal, services.sender.wake, services.batch_work.start)
    drain(app)
    with store.reading() as session:
        assert batches.find(session, batch_id).stopped_at
        assert batches.count_submissions(session, batch_id)[State.QUEUED] == 0
        assert verify(session).fault == ""
