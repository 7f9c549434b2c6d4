"""Send one reviewed draft, at most once.

The API has no idempotency key and no way to look a campaign up, so an answer that is
lost cannot be asked for again. Hence three steps, with a commit between them:

    claim    write SENDING before a byte leaves; an index allows one per draft
    send     one POST, while no transaction is open
    record   write what is known: CREATED, REFUSED, UNSENT or UNKNOWN

If we die between claim and record, SENDING stays. Its lease says until when an answer can
come, since nothing is sent and no answer is read after the call's deadline; `recover` then
calls it UNKNOWN, which blocks the draft until a person has looked and says what became of
it. Nothing is ever sent again by itself.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.campaign.meaning import Meaning
from app.confirmation import Press, confirmed
from app.outcome import Api, Outcome, outcome_of, settle
from app.remote.redaction import redacted
from app.store import log, records, trail
from app.store.acceptances import judged
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, find
from app.store.models import Draft, Submission
from app.store.trail import Kind

GRACE = timedelta(seconds=15)
"""How long after a call's deadline its outcome may take to be recorded."""

BEGIN_WITHIN = timedelta(seconds=5)
"""How long after the claim the call has to begin: nothing is sent after the lease has ended."""

_PAUSE = 0.25
_TOO_LATE = Outcome(State.UNSENT, "It could not be sent at once, and so was not sent at all.")
_LEFT_BEHIND = """
SELECT 1 FROM submission
WHERE state = 'SENDING' AND (lease_until IS NULL OR lease_until <= ?) LIMIT 1"""
_log = logging.getLogger(__name__)


class NoSuchSubmission(LookupError):
    """No submission has this id, or it is not in the state that was asked for."""


@dataclass(frozen=True)
class Claim:
    """A submission that may be sent, once: its id, the bytes, and when that is too late."""

    submission_id: int
    body: bytes
    begin_by: datetime


def claim(press: Press, *, store: Store, deadline: float) -> Claim:
    """Write down that this draft is being sent, before anything is.

    *deadline* is the seconds that the call may take. Raises what `confirmed` raises, and then
    nothing is sent.
    """
    with store.writing() as session:
        now = datetime.now(UTC)
        begin_by = now + BEGIN_WITHIN
        draft = find(session, press.draft_id)
        meant = confirmed(session, draft, press, now)
        submission = _sending(draft, meant, press, now)
        submission.lease_until = begin_by + timedelta(seconds=deadline) + GRACE
        draft.state = State.SENDING
        session.add(submission)
        try:
            session.flush()
        except IntegrityError as error:
            raise AlreadySubmitted(press.draft_id) from error
        _open_records(session, draft, submission, meant, press)
        return Claim(submission.id, submission.body, begin_by)


def deliver(claimed: Claim, *, store: Store, api: Api) -> None:
    """Send what was claimed and record what became of it, whatever happens."""
    outcome = Outcome(State.UNKNOWN, "The app failed while it waited for the answer.")
    try:
        # A machine may have slept since the claim, and its lease have ended meanwhile.
        in_time = datetime.now(UTC) <= claimed.begin_by
        outcome = outcome_of(api, claimed.body) if in_time else _TOO_LATE
    finally:
        record_outcome(claimed.submission_id, outcome, store)


def recover(store: Store) -> int:
    """Call every submission whose answer can no longer come UNKNOWN, and count them."""
    interrupted = Outcome(State.UNKNOWN, "The app stopped while it waited for the answer.")
    now = datetime.now(UTC)
    if not store.rows(_LEFT_BEHIND, now.replace(tzinfo=None).isoformat(" ", "microseconds")):
        return 0  # Without waiting for anybody who writes.
    sending = select(Submission).where(Submission.state == State.SENDING)
    with store.writing() as session:
        found = [one for one in session.scalars(sending) if (one.lease_until or now) <= now]
        for submission in found:
            settle(session, submission, interrupted)
    return len(found)


def resolve(submission_id: int, *, campaign_id: str | None, store: Store, who: str = "") -> None:
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
        submission.resolved_at, submission.resolved_by = datetime.now(UTC), who
        submission.draft.state = submission.state
        trail.record(
            session,
            Kind.RESOLVED,
            draft_id=submission.draft_id,
            who=who,
            submission=submission.id,
            found=campaign_id is not None,
            campaign_id=campaign_id,
        )


def _sending(draft: Draft, meant: Meaning, press: Press, now: datetime) -> Submission:
    return Submission(
        draft=draft,
        draft_version=draft.version,
        connection=press.to.name,
        destination=press.to.key,
        is_sandbox=press.to.is_sandbox,
        url=press.to.campaigns_url,
        body=meant.body,
        digest=meant.digest,
        state=State.SENDING,
        who=press.who,
        claimed_at=now,
    )


def _open_records(
    session: Session, draft: Draft, submission: Submission, meant: Meaning, press: Press
) -> None:
    call = records.Exchange(
        submission_id=submission.id,
        destination=submission.destination,
        connection=submission.connection,
        at=submission.claimed_at,
        method="POST",
        url=submission.url,
        request_body=redacted(submission.body.decode(), ""),
        request_headers={},
        response_headers={},
    )
    session.add(call)
    log.index(session, call)
    trail.record(
        session,
        Kind.SENT,
        draft_id=draft.id,
        who=press.who,
        submission=submission.id,
        draft_version=draft.version,
        connection=submission.connection,
        is_sandbox=submission.is_sandbox,
        url=submission.url,
        digest=submission.digest,
        in_spite_of=press.in_spite_of,
        **judged(draft, meant.findings),
    )


def record_outcome(submission_id: int, outcome: Outcome, store: Store) -> None:
    """Write an outcome down, trying for as long as the lease lasts.

    A full disk or a locked database may come right again, and only we know the answer.
    """
    ends = datetime.now(UTC) + GRACE
    while True:
        try:
            with store.writing() as session:
                settle(session, session.get_one(Submission, submission_id), outcome)
        except OperationalError:
            if datetime.now(UTC) > ends:
                known = outcome.campaign.campaign_id if outcome.campaign else ""
                _log.critical(
                    "Submission %s could not be recorded: %s %s",
                    submission_id,
                    outcome.state,
                    known,
                )
                raise
            sleep(_PAUSE)
        else:
            return
