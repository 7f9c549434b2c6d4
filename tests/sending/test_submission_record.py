"""What is kept of a submission: all that was sent, all that was answered, and every attempt."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.remote.errors import BadKey, NotSent, Refused, RemoteError, Unclear
from app.sending.confirmation import StaleReview
from app.sending.resolution import LookUp, NoSuchSubmission, TooEarly, resolve
from app.store import audit_trail, drafts
from app.store.audit_trail import read_details
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, NoSuchDraft
from app.store.models import Submission
from app.store.verification import verify
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.remote.wire import TOKEN, calling, http
from tests.sending.presses import expire, look_up, submit
from tests.servers import answering

BODY = encode_payload(build_payload(outbound()))
REVIEWED = compute_digest(BODY)
Saved = Callable[..., str]


class Watched(FakeApi):
    """An API at which somebody looks around while it is asked."""

    def __init__(self, look: Callable[[], None]) -> None:
        super().__init__(ANSWERS[State.CREATED])
        self._look = look

    def create_campaign(self, body: bytes) -> Created:
        self._look()
        return super().create_campaign(body)


def kept(store: Store) -> list[Submission]:
    """Read every submission, the first one first."""
    with store.reading() as session:
        return list(session.scalars(select(Submission).order_by(Submission.id)))


def recorded(store: Store, draft_id: str, answer: Created | RemoteError) -> Submission:
    """Send a draft, get this answer, and read what is kept of it."""
    submit(draft_id, reviewed=REVIEWED, store=store, api=FakeApi(answer))
    return kept(store)[-1]


def test_what_was_sent_and_where_to_is_kept(store: Store, saved: Saved) -> None:
    submission = recorded(store, draft_id := saved(), ANSWERS[State.REFUSED])

    assert (submission.draft_id, submission.draft_version) == (draft_id, 1)
    assert (submission.body, submission.digest) == (BODY, REVIEWED)
    assert (submission.connection, submission.is_sandbox) == ("VoiceAIWrapper", False)
    assert submission.url == "https://api.example/api/v2/voice-campaigns"


def test_it_is_kept_when_it_began_and_when_it_was_known(store: Store, saved: Saved) -> None:
    before = datetime.now(UTC)
    submission = recorded(store, saved(), ANSWERS[State.UNSENT])

    assert submission.settled_at is not None
    assert before <= submission.pressed_at <= submission.settled_at <= datetime.now(UTC)


def test_a_created_campaign_is_kept_as_the_api_named_it(store: Store, saved: Saved) -> None:
    answer = Created("Vm9pY2U6MQ==", "Q4 (2)", "OUTBOUND", "DRAFT", 202, '{"status": "success"}')
    submission = recorded(store, saved(), answer)

    assert (submission.campaign_id, submission.campaign_name) == ("Vm9pY2U6MQ==", "Q4 (2)")
    assert (submission.campaign_type, submission.campaign_status) == ("OUTBOUND", "DRAFT")
    assert (submission.http_status, submission.answer) == (202, '{"status": "success"}')


@pytest.mark.parametrize("kind", [Refused, BadKey])
def test_a_refusal_is_kept_with_its_words_and_fields(
    store: Store, saved: Saved, kind: type[Refused]
) -> None:
    answer = kind("No.", status=401, answer="<b>No.</b>", errors={"name": ["Too long."]})
    submission = recorded(store, saved(), answer)

    assert (submission.state, submission.message) == (State.REFUSED, "No.")
    assert (submission.http_status, submission.answer) == (401, "<b>No.</b>")
    assert submission.errors == {"name": ["Too long."]}


def test_an_unclear_answer_is_kept_as_it_came(store: Store, saved: Saved) -> None:
    submission = recorded(
        store, saved(), Unclear("Odd.", status=502, answer="<h1>Bad gateway</h1>")
    )

    assert (submission.state, submission.message) == (State.UNKNOWN, "Odd.")
    assert (submission.http_status, submission.answer) == (502, "<h1>Bad gateway</h1>")


def test_what_was_not_sent_has_no_answer(store: Store, saved: Saved) -> None:
    submission = recorded(store, saved(), NotSent("No way there."))

    assert (submission.state, submission.message) == (State.UNSENT, "No way there.")
    assert (submission.http_status, submission.answer, submission.campaign_id) == (None, "", None)


def test_every_attempt_stays_on_record(store: Store, saved: Saved) -> None:
    draft_id = saved()
    for state in (State.UNSENT, State.REFUSED, State.CREATED):
        recorded(store, draft_id, ANSWERS[state])

    assert [submission.state for submission in kept(store)] == [
        State.UNSENT,
        State.REFUSED,
        State.CREATED,
    ]


def test_it_is_on_record_before_a_byte_leaves(store: Store, saved: Saved) -> None:
    seen: list[Submission] = []
    api = Watched(lambda: seen.extend(kept(store)))
    submit(saved(), reviewed=REVIEWED, store=store, api=api)

    assert [(submission.state, submission.body, submission.settled_at) for submission in seen] == [
        (State.SENDING, BODY, None)
    ]


def test_a_second_press_while_it_is_sent_sends_nothing(store: Store, saved: Saved) -> None:
    draft_id, second = saved(), FakeApi()

    def press_again() -> None:
        with pytest.raises(AlreadySubmitted):
            submit(draft_id, reviewed=REVIEWED, store=store, api=second)

    submit(draft_id, reviewed=REVIEWED, store=store, api=Watched(press_again))

    assert second.asked == []


def test_the_database_itself_allows_one_campaign_per_draft(store: Store, saved: Saved) -> None:
    recorded(store, draft_id := saved(), ANSWERS[State.CREATED])
    with store.writing() as session:
        drafts.find(session, draft_id).state = None  # As no code of ours leaves it.

    api, first = FakeApi(), kept(store)[0].id
    with pytest.raises(AlreadySubmitted):
        submit(draft_id, reviewed=REVIEWED, store=store, api=api, in_spite_of=first)
    assert api.asked == []


def test_a_deleted_draft_is_not_sent(store: Store, saved: Saved) -> None:
    draft_id, api = saved(), FakeApi()
    with store.writing() as session:
        drafts.delete(session, draft_id)

    with pytest.raises(StaleReview):
        submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    assert (api.asked, kept(store)) == ([], [])


def test_a_draft_that_never_was_is_not_sent(store: Store) -> None:
    api = FakeApi()
    with pytest.raises(NoSuchDraft):
        submit("nothing", reviewed=REVIEWED, store=store, api=api)
    assert (api.asked, kept(store)) == ([], [])


@pytest.mark.parametrize("campaign_id", ["Q2FtcGFpZ246Nw==", None])
def test_a_persons_word_is_kept_beside_what_was_known_before(
    store: Store, saved: Saved, campaign_id: str | None
) -> None:
    before = recorded(store, saved(), Unclear("Odd.", status=502, answer="Bad gateway"))
    look_up(store, before.id, campaign_id)

    (after,) = kept(store)
    assert (after.message, after.http_status, after.answer) == ("Odd.", 502, "Bad gateway")
    assert (after.settled_at, after.campaign_id) == (before.settled_at, campaign_id)
    assert after.resolved_at is not None


def test_a_persons_word_can_be_corrected_and_both_stay_on_record(
    store: Store, sent: Callable[[State], int]
) -> None:
    submission_id = sent(State.UNKNOWN)
    look_up(store, submission_id, "Vm9pY2VDYW1wYWlnbjo3")
    look_up(store, submission_id, "Vm9pY2VDYW1wYWlnbjo4")
    look_up(store, submission_id)
    look_up(store, submission_id, "Vm9pY2VDYW1wYWlnbjo4")

    (after,) = kept(store)
    assert (after.state, after.campaign_id) == (State.CREATED, "Vm9pY2VDYW1wYWlnbjo4")
    with store.reading() as session:
        events = audit_trail.read_draft_events(session, after.draft_id)[-4:]
        words = [(event.kind, read_details(event)["campaign_id"]) for event in events]
        assert verify(session).fault == ""
    assert words == [
        ("resolved", "Vm9pY2VDYW1wYWlnbjo3"),
        ("corrected", "Vm9pY2VDYW1wYWlnbjo4"),
        ("corrected", None),
        ("corrected", "Vm9pY2VDYW1wYWlnbjo4"),
    ]


def test_that_it_is_not_there_is_taken_only_once_no_late_answer_can_come(
    store: Store, sent: Callable[[State], int]
) -> None:
    submission_id = sent(State.UNKNOWN)
    with pytest.raises(TooEarly):
        resolve(submission_id, LookUp("Ada", None), store)
    expire(store, submission_id)
    resolve(submission_id, LookUp("Ada", None), store)
    assert kept(store)[0].state is State.UNSENT


def test_what_was_sent_again_meanwhile_is_not_found_any_more(store: Store, saved: Saved) -> None:
    draft_id, api = saved(), FakeApi(ANSWERS[State.UNKNOWN], ANSWERS[State.CREATED])
    first = submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    look_up(store, first)
    submit(draft_id, reviewed=REVIEWED, store=store, api=api)
    with pytest.raises(AlreadySubmitted):
        look_up(store, first, "Vm9pY2VDYW1wYWlnbjo3")


def test_a_submission_that_never_was_cannot_be_settled(store: Store) -> None:
    with pytest.raises(NoSuchSubmission):
        look_up(store, 7)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (http(422, r'{"message": "No \ud83d.", "errors": {"name": "No \ud83d."}}'), State.REFUSED),
        (http(400, b"\x00\xff\xfe"), State.REFUSED),
        (http(302, "", "Location: http://["), State.UNKNOWN),
        (b"", State.UNKNOWN),
    ],
    ids=["half a surrogate pair", "not text", "a redirect to nowhere", "none"],
)
def test_an_answer_that_is_hard_to_keep_is_kept(
    store: Store, saved: Saved, answer: bytes, state: State
) -> None:
    with answering(answer) as (address, _came):
        submit(saved(), reviewed=REVIEWED, store=store, api=calling(address))

    assert [submission.state for submission in kept(store)] == [state]


@pytest.mark.sqlite
def test_no_file_of_ours_holds_the_token(store: Store, saved: Saved, instance: Path) -> None:
    with answering(http(401, f'{{"message": "Who is {TOKEN}?"}}')) as (address, _came):
        submit(saved(), reviewed=REVIEWED, store=store, api=calling(address))

    assert b"Who is [token]?" in b"".join(file.read_bytes() for file in instance.iterdir())
    assert TOKEN.encode() not in b"".join(file.read_bytes() for file in instance.iterdir())
