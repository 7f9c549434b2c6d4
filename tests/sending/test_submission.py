"""One draft is sent at most once, and what is known of it is recorded."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.client import CampaignApi
from app.remote.errors import Unclear
from app.sandbox.ledger import Ledger
from app.sending.confirmation import NotReady, StaleReview
from app.sending.outcome import Api, create_campaign
from app.sending.recording import recover
from app.sending.resolution import NoSuchSubmission
from app.sending.settlement import apply_outcome
from app.sending.submission import deliver
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted
from app.store.leases import grant_lease
from app.store.models import Draft, Submission
from tests.factories import inbound, outbound, typed
from tests.fakes import ANSWERS, FakeApi
from tests.pages import Visitor
from tests.sending.presses import (
    destination,
    expire,
    journal,
    look_up,
    press,
    queue_and_claim,
    submit,
)

BODY = encode_payload(build_payload(outbound()))
REVIEWED = compute_digest(BODY)
Saved = Callable[..., str]


def state_of(store: Store, draft_id: str) -> State | None:
    with store.reading() as session:
        return drafts.find(session, draft_id).state


@pytest.mark.parametrize("state", list(ANSWERS))
def test_what_is_known_is_recorded(store: Store, saved: Saved, state: State) -> None:
    api = FakeApi(ANSWERS[state])
    submission_id = submit(draft_id := saved(), reviewed=REVIEWED, store=store, api=api)

    assert api.asked == [BODY]
    assert state_of(store, draft_id) is state
    with store.reading() as session:
        submission = session.get_one(Submission, submission_id)
        assert (submission.state, submission.body, submission.digest) == (state, BODY, REVIEWED)
        assert submission.settled_at is not None
        assert submission.campaign_id == ("Q2FtcGFpZ246MQ==" if state is State.CREATED else None)


@pytest.mark.parametrize("state", [State.CREATED, State.UNKNOWN])
def test_what_may_exist_is_never_sent_again(store: Store, saved: Saved, state: State) -> None:
    draft_id, api = saved(), FakeApi(ANSWERS[state])
    submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    with pytest.raises(AlreadySubmitted):
        submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    assert len(api.asked) == 1


@pytest.mark.parametrize("state", [State.REFUSED, State.UNSENT])
def test_what_does_not_exist_may_be_sent_again(store: Store, saved: Saved, state: State) -> None:
    draft_id, api = saved(), FakeApi(ANSWERS[state], ANSWERS[State.CREATED])
    submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    assert state_of(store, draft_id) is State.CREATED


def test_what_was_not_reviewed_is_not_sent(store: Store, saved: Saved) -> None:
    api = FakeApi()
    with pytest.raises(StaleReview):
        submit(saved(outbound(name="Other")), reviewed=REVIEWED, store=store, api=api)
    assert api.asked == []


def test_what_breaks_the_contract_is_not_sent(store: Store, saved: Saved) -> None:
    api = FakeApi()
    with pytest.raises(NotReady):
        submit(saved(outbound(timezone=None)), reviewed=REVIEWED, store=store, api=api)
    assert api.asked == []


def test_eight_presses_at_once_make_one_campaign(
    store: Store, saved: Saved, api: CampaignApi, ledger: Ledger
) -> None:
    draft_id = saved()

    def press(_: int) -> bool:
        try:
            submit(draft_id, reviewed=REVIEWED, store=store, api=api)
        except AlreadySubmitted:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(press, range(8))) == 1
    assert len(ledger.read_page(10)) == 1
    assert state_of(store, draft_id) is State.CREATED


def test_others_work_on_while_the_api_is_asked(store: Store, saved: Saved) -> None:
    class Slow(FakeApi):
        def create_campaign(self, body: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
            saved(inbound(name="Meanwhile"))
            return super().create_campaign(body)

    submit(saved(), reviewed=REVIEWED, store=store, api=Slow(ANSWERS[State.CREATED]))
    with store.reading() as session:
        assert {draft.name for draft in session.query(Draft)} == {"Q4 Outreach", "Meanwhile"}


def test_while_it_is_sent_the_draft_cannot_change(store: Store, saved: Saved) -> None:
    draft_id = saved()

    class Meddling(FakeApi):
        def create_campaign(self, body: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
            with pytest.raises(AlreadySubmitted), store.writing() as session:
                drafts.save(session, draft_id, judge(typed(inbound())), expected_version=1)
            return super().create_campaign(body)

    submit(draft_id, reviewed=REVIEWED, store=store, api=Meddling(ANSWERS[State.CREATED]))
    assert state_of(store, draft_id) is State.CREATED


def test_a_bug_of_ours_leaves_the_draft_unknown_and_not_in_sending(
    store: Store, saved: Saved
) -> None:
    draft_id, api = saved(), FakeApi(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    assert state_of(store, draft_id) is State.UNKNOWN


def test_what_was_interrupted_is_unknown_after_the_next_start(
    store: Store, sent: Callable[[State], int]
) -> None:
    interrupted, created = sent(State.SENDING), sent(State.UNSENT)
    assert recover(store, journal(store)) == 0  # Its answer may still come.
    expire(store, interrupted)
    assert recover(store, journal(store)) == 1
    with store.reading() as session:
        submission = session.get_one(Submission, interrupted)
        assert (submission.state, submission.draft.state) == (State.UNKNOWN, State.UNKNOWN)
        assert session.get_one(Submission, created).state is State.UNSENT
    assert recover(store, journal(store)) == 0


def test_a_person_who_found_it_settles_it_as_created(
    store: Store, sent: Callable[[State], int]
) -> None:
    submission_id = sent(State.UNKNOWN)
    look_up(store, submission_id, "Q2FtcGFpZ246Nw==")
    with store.reading() as session:
        submission = session.get_one(Submission, submission_id)
        assert (submission.state, submission.campaign_id) == (State.CREATED, "Q2FtcGFpZ246Nw==")
        assert submission.draft.is_locked


def test_a_person_who_found_nothing_frees_the_draft(store: Store, saved: Saved) -> None:
    draft_id, api = saved(), FakeApi(ANSWERS[State.UNKNOWN], ANSWERS[State.CREATED])
    first = submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    look_up(store, first)
    submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    assert state_of(store, draft_id) is State.CREATED


@pytest.mark.parametrize("state", [State.CREATED, State.SENDING, State.REFUSED])
def test_only_what_is_unknown_can_be_settled(
    store: Store, sent: Callable[[State], int], state: State
) -> None:
    with pytest.raises(NoSuchSubmission):
        look_up(store, sent(state))


def test_a_stand_in_is_an_api() -> None:
    api: Api = FakeApi(Unclear("Nothing."))
    with pytest.raises(Unclear):
        api.create_campaign(BODY)


def test_what_could_not_be_sent_at_once_is_not_sent_at_all(store: Store, saved: Saved) -> None:
    api = FakeApi()
    confirmed = press(draft_id := saved(), reviewed=REVIEWED, to=destination(api))
    claimed = queue_and_claim(confirmed, store=store)
    asleep = replace(claimed, begin=grant_lease(0))  # As after a sleep of the machine.
    deliver(asleep, store=store, api=api, journal=journal(store))

    assert (api.asked, state_of(store, draft_id)) == ([], State.UNSENT)


class TestLate:
    """An answer that comes when nobody waited for it any more."""

    def answered(self, store: Store, submission_id: int) -> Submission:
        known = create_campaign(FakeApi(ANSWERS[State.CREATED]), BODY)
        with store.writing() as session:
            apply_outcome(session, session.get_one(Submission, submission_id), known)
        with store.reading() as session:
            return session.get_one(Submission, submission_id)

    def test_it_settles_what_was_unknown(self, store: Store, sent: Callable[[State], int]) -> None:
        assert self.answered(store, sent(State.UNKNOWN)).state is State.CREATED

    def test_it_locks_a_draft_that_was_thought_not_to_be_there(
        self, store: Store, sent: Callable[[State], int]
    ) -> None:
        submission_id = sent(State.UNKNOWN)
        look_up(store, submission_id)
        submission = self.answered(store, submission_id)
        assert submission.state is State.CREATED
        assert state_of(store, submission.draft_id) is State.CREATED

    def test_it_tells_of_two_campaigns_when_the_draft_was_sent_again(
        self, store: Store, saved: Saved, visitor: Visitor
    ) -> None:
        draft_id, api = saved(), FakeApi(ANSWERS[State.UNKNOWN], ANSWERS[State.CREATED])
        first = submit(draft_id, reviewed=REVIEWED, store=store, api=api)
        look_up(store, first)
        submit(draft_id, reviewed=REVIEWED, store=store, api=api)

        assert self.answered(store, first).state is State.UNSENT
        assert "there may be two campaigns" in visitor.open(f"/submissions/{first}").text

    def test_it_does_not_undo_what_a_person_has_found(
        self, store: Store, sent: Callable[[State], int]
    ) -> None:
        submission_id = sent(State.UNKNOWN)
        look_up(store, submission_id, "Vm9pY2VDYW1wYWlnbjo3")
        late = self.answered(store, submission_id)
        assert late.campaign_id == "Vm9pY2VDYW1wYWlnbjo3"
        assert late.message == "The answer came later: it is Q2FtcGFpZ246MQ==."

    def test_a_person_cannot_undo_what_the_api_said(
        self, store: Store, sent: Callable[[State], int], visitor: Visitor
    ) -> None:
        submission_id = sent(State.UNKNOWN)
        look_up(store, submission_id)
        self.answered(store, submission_id)
        with pytest.raises(NoSuchSubmission):
            look_up(store, submission_id)
        page = visitor.open(f"/submissions/{submission_id}").text
        assert "Correct what was found" not in page
        assert "does not call anybody yet" in page
