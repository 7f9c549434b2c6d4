"""Whatever is done and archived in any order: the trail holds, and shows any change of it."""

import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.campaign.contract.reading import read_answers
from app.sending.confirmation import StaleReview
from app.sending.queue import enqueue
from app.settings import Keep
from app.store import drafts
from app.store.acceptances import judge
from app.store.archive_file import read_archive
from app.store.base import MAY_EXIST, State
from app.store.database import Store
from app.store.database_file import copy_database
from app.store.drafts import AlreadySubmitted, NoSuchDraft
from app.store.models import Draft, Submission
from app.store.records import LoggedCall
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.sending.presses import destination, look_up, press, submit
from tests.store.archives import KEY, archive, draft_of
from tests.store.files import file_of

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

NOTHING_SENT = (AlreadySubmitted, NoSuchDraft, StaleReview)
DAYS = st.sampled_from([None, 1, 3])
BOUND = {
    "event": ("chain", "number", "at", "kind", "who", "details", "before", "hash"),
    "seal": ("at", "heads", "before", "hash"),
    "chain_head": ("chain", "number", "hash", "sealed", "seal"),
    "submission": ("draft_id", "url", "digest", "body", "answer", "message", "who"),
    "exchange": ("url", "request_body", "response_body", "outcome", "at"),
}
"""What nobody can change unseen, by tables and their columns."""


class Keeping(RuleBasedStateMachine):
    """People write, send, look up and throw away, and what is old is archived now and then."""

    draft_ids = Bundle("draft_ids")

    def __init__(self, fresh_instance: Path) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        instance = copytree(fresh_instance, Path(self.folder.name) / "instance")
        self.store = Store(instance / "campaigns.sqlite3")
        self.names = 0
        self.created: set[str] = set()
        self.files: list[Path] = []

    @initialize(target=draft_ids)
    def begin(self) -> str:
        draft_id = drafts.make_id()
        self._save(draft_id)
        return draft_id

    @rule(target=draft_ids)
    def write(self) -> str:
        draft_id = drafts.make_id()
        self._save(draft_id)
        return draft_id

    @rule(draft_id=draft_ids)
    def edit(self, draft_id: str) -> None:
        """Save from a page that may be older than the draft's end."""
        with suppress(AlreadySubmitted):
            self._save(draft_id)

    @rule(draft_id=draft_ids)
    def delete(self, draft_id: str) -> None:
        with suppress(AlreadySubmitted, NoSuchDraft), self.store.writing() as session:
            drafts.delete(session, draft_id)

    @rule(draft_id=draft_ids)
    def restore(self, draft_id: str) -> None:
        with suppress(NoSuchDraft), self.store.writing() as session:
            drafts.restore(session, draft_id)

    @rule(draft_id=draft_ids, state=st.sampled_from(sorted(ANSWERS)))
    def send(self, draft_id: str, state: State) -> None:
        """Send a draft; if others wait in the queue, it is the oldest of them that goes."""
        with suppress(*NOTHING_SENT):
            api, reviewed = FakeApi(ANSWERS[state]), self._digest(draft_id)
            submission_id = submit(draft_id, reviewed=reviewed, store=self.store, api=api)
            if state is State.CREATED:
                self.created.add(draft_of(self.store, submission_id))

    @rule(draft_id=draft_ids)
    def queue(self, draft_id: str) -> None:
        with suppress(*NOTHING_SENT):
            to = destination(FakeApi())
            enqueue(press(draft_id, reviewed=self._digest(draft_id), to=to), store=self.store)

    @rule(is_there=st.booleans())
    def look(self, is_there: bool) -> None:
        with self.store.reading() as session:
            unknown = select(Submission).where(Submission.state == State.UNKNOWN)
            submission = session.scalars(unknown.limit(1)).first()
        if submission:
            look_up(self.store, submission.id, f"found {submission.id}" if is_there else None)
            if is_there:
                self.created.add(submission.draft_id)

    @rule(log=DAYS, trash=DAYS, trail=DAYS)
    def archive(self, log: int | None, trash: int | None, trail: int | None) -> None:
        self.files += archive(self.store, Keep(log, trash, trail))

    @rule(
        table=st.sampled_from(sorted(BOUND)),
        row=st.integers(0, 50),
        column=st.integers(0, 9),
        is_deleted=st.booleans(),
    )
    def tamper(self, table: str, row: int, column: int, is_deleted: bool) -> None:
        """Change one row of a copy as somebody with the file can."""
        copy = Path(self.folder.name) / "copy.sqlite3"
        copy_database(file_of(self.store), copy)
        with closing(sqlite3.connect(copy)) as database, database:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in database.execute(triggers).fetchall():
                database.execute(f"DROP TRIGGER {name}")
            which = _CHANGEABLE[table] if not is_deleted else _DELETABLE[table]
            numbers = database.execute(f"SELECT rowid FROM {table} WHERE {which}").fetchall()  # noqa: S608
            if not numbers:
                return
            ((number,), name) = (
                numbers[row % len(numbers)],
                BOUND[table][column % len(BOUND[table])],
            )
            change = f"UPDATE {table} SET {name} = 'x' || coalesce({name}, '')"  # noqa: S608
            statement = f"DELETE FROM {table}" if is_deleted else change  # noqa: S608
            database.execute(f"{statement} WHERE rowid = ?", [number])
        changed = Store(copy)
        try:
            with changed.reading() as session:
                assert verify(session).fault != ""
        finally:
            changed.engine.dispose()
            copy.unlink()

    @invariant()
    def the_trail_holds(self) -> None:
        with self.store.reading() as session:
            assert verify(session).fault == ""

    @invariant()
    def what_was_created_or_may_be_is_never_lost(self) -> None:
        with self.store.reading() as session:
            states = dict(session.execute(select(Draft.id, Draft.state)).all())
        assert all(states.get(draft_id) in MAY_EXIST for draft_id in self.created)

    @invariant()
    def each_call_is_here_or_in_one_archive(self) -> None:
        archives = [read_archive(path, KEY) for path in self.files]
        assert all(archive.is_signed for archive in archives)
        ranges = [bounds for archive in archives for bounds in archive.holds["calls"]]
        numbers = [number for first, last in ranges for number in range(first, last + 1)]
        with self.store.reading() as session:
            numbers += session.scalars(select(LoggedCall.id))
        assert sorted(numbers) == list(range(1, len(numbers) + 1))

    def teardown(self) -> None:
        self.store.engine.dispose()
        self.folder.cleanup()

    def _save(self, draft_id: str) -> None:
        self.names += 1
        answers = judge(typed(outbound(name=f"Campaign {self.names}")))
        with self.store.writing() as session:
            is_there = drafts.exists(session, draft_id)
            version = drafts.find(session, draft_id).version if is_there else self.names
            drafts.save(session, draft_id, answers, expected_version=version)

    def _digest(self, draft_id: str) -> str:
        with self.store.reading() as session:
            answers = drafts.find(session, draft_id).answers
        return compute_digest(encode_payload(build_payload(read_answers(answers).values)))


_DELETABLE = dict.fromkeys(BOUND, "true")
_OUTCOME_IS_BOUND = "submission_id IN (SELECT id FROM submission WHERE state <> 'SENDING')"
_CHANGEABLE = _DELETABLE | {"exchange": _OUTCOME_IS_BOUND}


def test_whatever_is_done_and_archived_in_any_order(fresh_instance: Path) -> None:
    run_state_machine_as_test(
        partial(Keeping, fresh_instance),  # type: ignore[arg-type]  # Any maker will do.
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
