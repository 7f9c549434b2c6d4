"""Whatever people, the API and crashes do, in any order: at most one campaign, and the truth."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.campaign.contract.reading import read_answers
from app.connections import Connection
from app.remote.answers import Created
from app.remote.errors import NotSent, Refused, Unclear
from app.sending.confirmation import (
    Disabled,
    LooksCreated,
    NotNamed,
    NotReady,
    SendRequest,
    StaleReview,
    TooSoon,
)
from app.sending.outcome import Outcome
from app.sending.queue import enqueue, withdraw
from app.sending.recording import Claim, record_outcome, recover
from app.sending.resolution import NoSuchSubmission
from app.sending.submission import deliver
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import MAY_EXIST, State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, StaleVersion
from app.store.models import Draft, Submission
from app.store.verification import verify
from tests.factories import outbound, typed
from tests.fakes import LIVE
from tests.sending.presses import claim_next, expire, journal, look_up

pytestmark = pytest.mark.slow

CLIENT = Connection("client", LIVE.name, LIVE.base_url, False, "blue")
NOTHING_SENT = (AlreadySubmitted, NotReady, StaleReview, Disabled, TooSoon, LooksCreated, NotNamed)
ANSWERS = ("created", "refused", "busy", "unsent", "lost", "lost after storing", "a bug of ours")

FEW = 3
"""So many drafts there are at most: with more, hardly anything would happen to one twice."""


class Vendor:
    """The other side: it holds campaigns by name, and answers as it is told to."""

    connection = LIVE
    deadline = 30.0

    def __init__(self) -> None:
        self.holds: list[str] = []
        self.answer = "created"

    def create_campaign(self, body: bytes) -> Created:
        name = body.decode().split('"name": "')[1].split('"')[0]
        if self.answer in {"created", "lost after storing"}:
            self.holds.append(name)
        if self.answer == "created":
            return Created(self.id_of(name), name, "OUTBOUND", "DRAFT", 201, "{}")
        if self.answer == "unsent":
            raise NotSent("Nobody there.")
        if self.answer == "refused":
            raise Refused("No.", status=422)
        if self.answer == "busy":
            raise Refused("Later.", status=429, retry_after=0)
        if self.answer == "a bug of ours":
            raise ZeroDivisionError
        raise Unclear("Silence.")

    def id_of(self, name: str) -> str:
        return f"id of {name}"


class Sending(RuleBasedStateMachine):
    """People write, review, press and look; the API answers or not; the app dies now and then."""

    draft_ids = Bundle("draft_ids")
    presses = Bundle("presses")
    queued = Bundle("queued")
    dying = Bundle("dying")

    def __init__(self, fresh_instance: Path) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        instance = copytree(fresh_instance, Path(self.folder.name) / "instance")
        self.store = Store(instance / "campaigns.sqlite3")
        self.vendor = Vendor()
        self.answers: dict[str, dict[str, Any]] = {}
        self.names = 0

    @precondition(lambda self: len(self.answers) < FEW)
    @rule(target=draft_ids)
    def write(self) -> str:
        draft_id = drafts.make_id()
        self._save(draft_id, version=0)
        return draft_id

    @rule(draft_id=draft_ids, is_stale=st.booleans())
    def edit(self, draft_id: str, is_stale: bool) -> None:
        with self.store.reading() as session:
            version = drafts.find(session, draft_id).version
        try:
            self._save(draft_id, version=version - is_stale)
        except (AlreadySubmitted, StaleVersion):
            self.names += 1

    @rule(draft_id=draft_ids)
    def delete_and_restore(self, draft_id: str) -> None:
        try:
            with self.store.writing() as session:
                drafts.delete(session, draft_id)
        except AlreadySubmitted:
            return
        with self.store.writing() as session:
            drafts.restore(session, draft_id)

    @rule(target=presses, draft_id=draft_ids)
    def review(self, draft_id: str) -> SendRequest:
        seen = compute_digest(
            encode_payload(build_payload(read_answers(self.answers[draft_id]).values))
        )
        return SendRequest(draft_id, seen, CLIENT, CLIENT.stamp, CLIENT.name, who="Ada")

    @rule(target=queued, press=presses)
    def press(self, press: SendRequest) -> Any:
        try:
            return enqueue(press, store=self.store)
        except NOTHING_SENT:
            return multiple()

    @rule(answer=st.sampled_from(ANSWERS))
    def work(self, answer: str) -> None:
        """Send what waits longest; others may have been there first."""
        self.vendor.answer = answer
        claimed = claim_next(CLIENT, store=self.store)
        if not isinstance(claimed, Claim):
            return
        with suppress(ZeroDivisionError):
            deliver(claimed, store=self.store, api=self.vendor, journal=journal(self.store))

    @rule(submission_id=queued)
    def take_back(self, submission_id: int) -> None:
        withdraw(submission_id, "Not wanted.", store=self.store)

    @rule(target=dying, has_sent=st.booleans())
    def claim_and_die(self, has_sent: bool) -> Any:
        claimed = claim_next(CLIENT, store=self.store)
        if not isinstance(claimed, Claim):
            return multiple()
        if has_sent:
            self.vendor.answer = "created"
            self.vendor.create_campaign(claimed.body)
        return claimed

    @rule(claimed=dying)
    def start_again(self, claimed: Claim) -> None:
        if self._submission(claimed.submission_id).state is State.SENDING:
            expire(self.store, claimed.submission_id)
        recover(self.store, journal(self.store))

    @rule(claimed=consumes(dying))
    def come_back_late(self, claimed: Claim) -> None:
        """Let a process that was thought dead report what it knows."""
        name = claimed.body.decode().split('"name": "')[1].split('"')[0]
        is_there = name in self.vendor.holds
        answer = Created(self.vendor.id_of(name), name, "", "DRAFT", 201, "{}")
        known = Outcome(State.CREATED, campaign=answer) if is_there else Outcome(State.UNSENT)
        record_outcome(claimed, known, self.store, journal(self.store))

    @rule(draft_id=draft_ids)
    def look(self, draft_id: str) -> None:
        """Look at the vendor's, and say truly what is there."""
        name = str(self.answers[draft_id]["name"])
        with self.store.reading() as session:
            made = drafts.find(session, draft_id).submissions
            newest = made[0].id if made else 0
        campaign_id = self.vendor.id_of(name) if name in self.vendor.holds else None
        with suppress(NoSuchSubmission, AlreadySubmitted):
            look_up(self.store, newest, campaign_id)

    @invariant()
    def no_draft_is_lost_and_every_state_is_true(self) -> None:
        with self.store.reading() as session:
            rows = session.execute(select(Draft.id, Draft.answers, Draft.state)).all()
        assert {draft_id: answers for draft_id, answers, _state in rows} == self.answers
        for _id, answers, state in rows:
            is_there = answers["name"] in self.vendor.holds
            assert is_there if state is State.CREATED else state in MAY_EXIST or not is_there

    @invariant()
    def no_campaign_is_there_twice(self) -> None:
        assert len(self.vendor.holds) == len(set(self.vendor.holds))

    def teardown(self) -> None:
        """Verify the trail of all that was done: a link once broken stays broken."""
        try:
            with self.store.reading() as session:
                assert verify(session).fault == ""
        finally:
            self.store.engine.dispose()
            self.folder.cleanup()

    def _save(self, draft_id: str, *, version: int) -> None:
        answers = typed(outbound(name=f"Campaign {self.names}"))
        with self.store.writing() as session:
            drafts.save(session, draft_id, judge(answers), expected_version=version)
        self.answers[draft_id] = answers
        self.names += 1

    def _submission(self, submission_id: int) -> Submission:
        with self.store.reading() as session:
            return session.get_one(Submission, submission_id)


def test_whatever_happens_in_any_order(fresh_instance: Path) -> None:
    run_state_machine_as_test(
        partial(Sending, fresh_instance),  # type: ignore[arg-type]  # Any maker will do.
        settings=settings(
            max_examples=40,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
