"""Send one reviewed draft, at most once.

The API has no idempotency key and no way to look a campaign up, so an answer that is
lost cannot be asked for again. Hence three steps, with a commit between them:

    claim    write SENDING before a byte leaves; an index allows one per draft
    send     one POST, while no transaction is open
    record   write what is known: CREATED, REFUSED, UNSENT or UNKNOWN

If the process dies between claim and record, SENDING stays. Its lease says until when an
answer can come, since nothing is sent and no answer is read after the call's deadline;
`recording.recover` then calls it UNKNOWN, which blocks the draft until a person has looked and says
what became of it. Nothing is ever sent again by itself.

Each claim draws a token, and only its holder may record an outcome: a late answer can never
be taken for the answer to another submission. An answer that the database cannot take
is kept in the journal.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.campaign.explanation import Explanation, explain
from app.remote.redaction import redact
from app.sending.confirmation import SendRequest, StaleReview, check_request
from app.sending.journal import Journal
from app.sending.outcome import Api, Outcome, create_campaign
from app.sending.recording import RUN, Claim, record_outcome
from app.store import audit_trail, records, request_log, seals
from app.store.acceptances import write_judgement
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.binding import IS_OPEN
from app.store.database import Store
from app.store.dialects import queries
from app.store.drafts import AlreadySubmitted, find
from app.store.leases import Lease, grant_lease, grant_lease_from
from app.store.models import Draft, Submission

GRACE = timedelta(seconds=15)
"""How long after a call's deadline its outcome may take to be recorded."""

BEGIN_WITHIN = timedelta(seconds=5)
"""How long after the claim the call has to begin: nothing is sent after the lease has ended."""

_TOO_LATE = Outcome(State.UNSENT, "It could not be sent at once, and so was not sent at all.")


def claim(send_request: SendRequest, *, store: Store, deadline: float) -> Claim:
    """Record that this draft is being sent, before any byte is.

    *deadline* is the seconds that the call may take. Raises `NoSuchDraft` and what
    `confirmation.check_request` raises; then nothing is sent.
    """
    now = datetime.now(UTC)
    with store.reading() as session:
        draft = find(session, send_request.draft_id)
        version, answers = draft.version, draft.answers
    meaning = explain(answers, now)  # It can take long, and nobody else waits meanwhile.
    chain = name_draft_chain(send_request.draft_id)
    with store.writing(chain, f"{meaning.digest} to {send_request.to.key}") as session:
        draft = find(session, send_request.draft_id)
        if draft.version != version and not draft.is_locked:
            raise StaleReview
        check_request(session, draft, meaning, send_request, now)
        submission = _make_submission(draft, meaning, send_request, now)
        whole = BEGIN_WITHIN.total_seconds() + deadline + GRACE.total_seconds()
        lease = grant_lease_from(queries(session).read_clock(session), whole)
        _set_lease(submission, lease, now + timedelta(seconds=whole))
        draft.state = State.SENDING
        session.add(submission)
        try:
            session.flush()
        except IntegrityError as error:
            raise AlreadySubmitted(send_request.draft_id) from error
        _open_records(session, draft, submission, meaning, send_request)
        seals.seal(session)
        return Claim(
            submission.id,
            submission.token,
            submission.body,
            begin=grant_lease(BEGIN_WITHIN.total_seconds()),
            lease=grant_lease(whole),
            draft_id=draft.id,
        )


def deliver(claimed: Claim, *, store: Store, api: Api, journal: Journal) -> None:
    """Send the claimed bytes with one call, and record the outcome, even after an error."""
    outcome = Outcome(State.UNKNOWN, "The app failed while it waited for the answer.")
    try:
        # A machine may have slept since the claim, and its lease have ended meanwhile.
        outcome = _TOO_LATE if claimed.begin.is_over else create_campaign(api, claimed.body)
    finally:
        record_outcome(claimed, outcome, store, journal)


def _make_submission(
    draft: Draft, meaning: Explanation, send_request: SendRequest, now: datetime
) -> Submission:
    return Submission(
        draft=draft,
        draft_version=draft.version,
        connection=send_request.to.name,
        connection_key=send_request.to.key,
        is_sandbox=send_request.to.is_sandbox,
        url=send_request.to.campaigns_url,
        body=meaning.body,
        digest=meaning.digest,
        state=State.SENDING,
        who=send_request.who,
        claimed_at=now,
        token=RUN + token_hex(12),
    )


def _set_lease(submission: Submission, lease: Lease, until: datetime) -> None:
    submission.lease_boot, submission.lease_ends = lease.boot, lease.ends
    submission.lease_until = until


def _open_records(
    session: Session,
    draft: Draft,
    submission: Submission,
    meaning: Explanation,
    send_request: SendRequest,
) -> None:
    call = records.LoggedCall(
        submission_id=submission.id,
        connection_key=submission.connection_key,
        connection=submission.connection,
        at=submission.claimed_at,
        method="POST",
        url=submission.url,
        request_body=redact(submission.body.decode(), ""),
        request_headers={},
        response_headers={},
    )
    session.add(call)
    request_log.index_call(session, call)
    details: dict[str, Any] = {
        "submission": submission.id,
        "draft_version": draft.version,
        "connection": submission.connection,
        "is_sandbox": submission.is_sandbox,
        "url": submission.url,
        "digest": submission.digest,
        "in_spite_of": send_request.in_spite_of,
        "in_spite_of_the_wait": send_request.hurry,
        IS_OPEN: True,
    }
    audit_trail.record(
        session,
        EventKind.SENT,
        name_draft_chain(draft.id),
        who=send_request.who,
        **details,
        **write_judgement(draft, meaning.findings),
    )
