"""Send one reviewed draft, at most once.

The API has no idempotency key and no way to look a campaign up, so an answer that is
lost cannot be asked for again. Hence three steps, with a commit between them:

    claim    write SENDING before a byte leaves; an index allows one per draft
    send     one POST, while no transaction is open
    record   write what is known: CREATED, REFUSED, UNSENT or UNKNOWN

If we die between claim and record, SENDING stays. `recover` finds it at the next start
and calls it UNKNOWN, which blocks the draft until a person has looked and says what
became of it. Nothing is ever sent again by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.campaign.audience import read_audience
from app.campaign.meaning import Meaning, meaning
from app.campaign.problems import Problem
from app.campaign.reading import read_answers
from app.remote.answers import Created
from app.remote.connection import Connection
from app.remote.errors import NotSent, Refused, Unclear
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, find
from app.store.models import Draft, State, Submission


class Api(Protocol):
    """What sends: `app.remote.client.CampaignApi`, or a stand-in."""

    connection: Connection

    def create_campaign(self, body: bytes) -> Created: ...


class StaleReview(Exception):
    """The draft is no longer what was reviewed."""


class NotReady(Exception):
    """The draft breaks the contract, and so cannot be sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class NoSuchSubmission(LookupError):
    """No submission has this id, or it is not in the state that was asked for."""


@dataclass(frozen=True)
class Outcome:
    """What is known after one attempt to create a campaign."""

    state: State
    message: str = ""
    http_status: int | None = None
    answer: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    campaign: Created | None = None


def submit(draft_id: str, *, reviewed: str, store: Store, api: Api) -> int:
    """Create the campaign that was reviewed, and give the id of the submission.

    *reviewed* is the digest of the bytes that the person saw. Raises `StaleReview`,
    `NotReady` or `AlreadySubmitted`, and then nothing was sent.
    """
    with store.writing() as session:
        submission = _claim(session, draft_id, reviewed, api.connection)

    outcome = Outcome(State.UNKNOWN, "The app failed while it waited for the answer.")
    try:
        outcome = _send(api, submission.body)
    finally:
        with store.writing() as session:
            _settle(session.get_one(Submission, submission.id), outcome)
    return submission.id


def recover(store: Store) -> int:
    """Call every submission that was interrupted UNKNOWN, and count them.

    To be called before anything is sent: a submission that is under way looks the same.
    """
    interrupted = Outcome(State.UNKNOWN, "The app stopped while it waited for the answer.")
    with store.writing() as session:
        found = session.scalars(select(Submission).where(Submission.state == State.SENDING)).all()
        for submission in found:
            _settle(submission, interrupted)
    return len(found)


def resolve(submission_id: int, *, campaign_id: str | None, store: Store) -> None:
    """Take a person's word for what became of an UNKNOWN submission.

    They looked, and found the campaign under *campaign_id*, or (`None`) found none.
    Raises `NoSuchSubmission` if it is not UNKNOWN.
    """
    with store.writing() as session:
        submission = session.get(Submission, submission_id)
        if submission is None or submission.state is not State.UNKNOWN:
            raise NoSuchSubmission(submission_id)
        submission.state = State.CREATED if campaign_id else State.UNSENT
        submission.campaign_id = campaign_id
        submission.resolved_at = datetime.now(UTC)
        submission.draft.state = submission.state


def _claim(session: Session, draft_id: str, reviewed: str, connection: Connection) -> Submission:
    draft = find(session, draft_id)
    if draft.is_locked:
        raise AlreadySubmitted(draft_id)
    now = datetime.now(UTC)
    reading = read_answers(draft.answers)
    meant = meaning(reading, read_audience(draft.answers, reading.values.get("timezone")), now)
    if meant.problems:
        raise NotReady(meant.problems)
    if meant.digest != reviewed or draft.deleted_at:
        raise StaleReview

    submission = _sending(draft, meant, connection, now)
    draft.state = State.SENDING
    session.add(submission)
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadySubmitted(draft_id) from error
    return submission


def _sending(draft: Draft, meant: Meaning, connection: Connection, now: datetime) -> Submission:
    return Submission(
        draft_id=draft.id,
        draft_version=draft.version,
        connection=connection.name,
        is_sandbox=connection.is_sandbox,
        url=connection.campaigns_url,
        body=meant.body,
        digest=meant.digest,
        state=State.SENDING,
        claimed_at=now,
    )


def _send(api: Api, body: bytes) -> Outcome:
    try:
        campaign = api.create_campaign(body)
    except NotSent as error:
        return Outcome(State.UNSENT, error.message)
    except Refused as error:
        return Outcome(State.REFUSED, error.message, error.status, error.answer, error.errors)
    except Unclear as error:
        return Outcome(State.UNKNOWN, error.message, error.status, error.answer)
    return Outcome(State.CREATED, "", campaign.http_status, campaign.answer, campaign=campaign)


def _settle(submission: Submission, outcome: Outcome) -> None:
    submission.state = outcome.state
    submission.settled_at = datetime.now(UTC)
    submission.message = outcome.message
    submission.errors = dict(outcome.errors)
    submission.http_status = outcome.http_status
    submission.answer = outcome.answer
    if outcome.campaign:
        submission.campaign_id = outcome.campaign.campaign_id
        submission.campaign_name = outcome.campaign.campaign_name
        submission.campaign_type = outcome.campaign.campaign_type
        submission.campaign_status = outcome.campaign.campaign_status
    submission.draft.state = outcome.state
