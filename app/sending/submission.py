"""Send one reviewed draft, at most once.

The API has no idempotency key and no way to look a campaign up, so an answer that is
lost cannot be asked for again. Hence four steps, with a commit between them:

    enqueue  write QUEUED with the bytes that were reviewed; an index allows one per draft
    claim    change QUEUED to SENDING, which exactly one worker can, before a byte leaves
    send     one POST, while no transaction is open
    record   write what is known: CREATED, REFUSED, UNSENT or UNKNOWN

If the process dies while it is QUEUED, another claims it. If it dies between claim and
record, SENDING stays. Its lease says until when an answer can come, since nothing is sent and
no answer is read after the call's deadline; `recording.recover` then calls it UNKNOWN, which
blocks the draft until a person has looked and says what became of it. Nothing is ever sent
again by itself.

Each claim draws a token, and only its holder may record an outcome: a late answer can never
be taken for the answer to another submission. An answer that the database cannot take
is kept in the journal.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, update
from sqlalchemy.orm import Session

from app.connections import Connection
from app.remote.redaction import redact
from app.sending.journal import Journal
from app.sending.outcome import Api, Outcome, create_campaign
from app.sending.recording import Claim, name_run, record_outcome
from app.store import records, submissions, throttles
from app.store.base import State
from app.store.database import Store
from app.store.dialects import queries
from app.store.leases import Moment, grant_lease, grant_lease_from
from app.store.models import Draft, Submission
from app.store.submissions import Waiting

GRACE = timedelta(seconds=15)
"""How long after a call's deadline its outcome may take to be recorded."""

BEGIN_WITHIN = timedelta(seconds=5)
"""How long after the claim the call has to begin: nothing is sent after the lease has ended."""

_TOO_OLD = "It waited for longer than a day, so its dates may have passed. Review it again."
_TOO_LATE = Outcome(State.UNSENT, "It could not be sent at once, and so was not sent at all.")


QUEUED_AT_MOST = timedelta(hours=24)
"""How long what was confirmed may wait: by then its dates may have passed."""


@dataclass(frozen=True)
class Wait:
    """Nothing may be claimed for so many *seconds*."""

    seconds: float


@dataclass(frozen=True)
class Unsendable:
    """What waits longest must not be sent as it was confirmed; *reason* is a sentence.

    *is_changed* if its connection is not what it was, as far as this process knows.
    """

    submission_id: int
    reason: str
    is_changed: bool


def claim(to: Connection, *, store: Store, deadline: float) -> Claim | Wait | Unsendable | None:
    """Take the submission to this connection that has waited longest, before any byte is sent.

    *deadline* is the seconds that the call may take. `None` says that nothing waits, or that as
    many are under way as may be: who ends one claims the next.
    """
    now = datetime.now(UTC)
    with store.writing(throttles.name_subject(to.key)) as session:
        until = submissions.find_end_of_wait(session, to.key, now)
        queued = submissions.find_next_queued(session, to.key, only_hurrying=until is not None)
        if queued is None:
            return Wait((until - now).total_seconds()) if until else None
        if reason := _find_change(queued, to):
            return Unsendable(queued.id, reason, is_changed=True)
        if now - queued.claimed_at > QUEUED_AT_MOST:
            return Unsendable(queued.id, _TOO_OLD, is_changed=False)
        throttle = throttles.find(session, to.key, throttles.choose_usual(to.is_built_in))
        moment = queries(session).read_clock(session)
        room = throttle.concurrency - submissions.count_in_flight(session, to.key, moment)
        if throttle.paused_at or room <= 0:
            return None
        if seconds := throttles.measure_wait(throttle, moment):
            return Wait(seconds)
        throttles.take(throttle, moment)
        claimed = _take(session, queued.id, deadline, moment, now)
        is_followed = queued.is_followed and room > 1
        return replace(claimed, is_followed=is_followed) if claimed else Wait(0)


def _find_change(queued: Waiting, to: Connection) -> str:
    """Say why a submission is not sent any more as it was confirmed."""
    if not to.is_enabled:
        return "The connection was switched off before it could be sent."
    if queued.stamp != to.stamp:
        return "The connection was changed before it could be sent. Review the campaign again."
    return ""


_CLAIM = (
    update(Submission)
    .where(Submission.id == bindparam("submission"), Submission.state == State.QUEUED)
    .values(
        state=State.SENDING,
        token=bindparam("token"),
        lease_boot=bindparam("boot"),
        lease_ends=bindparam("ends"),
        lease_until=bindparam("until"),
    )
    .execution_options(synchronize_session=False)
)
_MARK_DRAFT = (
    update(Draft)
    .where(Draft.id == bindparam("draft"))
    .values(state=State.SENDING)
    .execution_options(synchronize_session=False)
)


def _take(
    session: Session, submission_id: int, deadline: float, moment: Moment, now: datetime
) -> Claim | None:
    """Change QUEUED to SENDING; `None` if somebody else did, or took it back."""
    whole = BEGIN_WITHIN.total_seconds() + deadline + GRACE.total_seconds()
    lease = grant_lease_from(moment, whole)
    token = name_run() + token_hex(12)
    until = now + timedelta(seconds=whole)
    values = {"token": token, "boot": lease.boot, "ends": lease.ends, "until": until}
    changed = session.execute(_CLAIM, {"submission": submission_id, **values})
    if not cast(CursorResult[Any], changed).rowcount:
        return None
    submission = session.get_one(Submission, submission_id)
    session.execute(_MARK_DRAFT, {"draft": submission.draft_id})
    _open_call(session, submission, now)
    return Claim(
        submission_id,
        token,
        submission.body,
        begin=grant_lease(BEGIN_WITHIN.total_seconds()),
        lease=grant_lease(whole),
        draft_id=submission.draft_id,
        connection_key=submission.connection_key,
    )


def deliver(claimed: Claim, *, store: Store, api: Api, journal: Journal) -> None:
    """Send the claimed bytes with one call, and record the outcome, even after an error."""
    outcome = Outcome(State.UNKNOWN, "The app failed while it waited for the answer.")
    try:
        # A machine may have slept since the claim, and its lease have ended meanwhile.
        outcome = _TOO_LATE if claimed.begin.is_over else create_campaign(api, claimed.body)
    finally:
        record_outcome(claimed, outcome, store, journal)


def _open_call(session: Session, submission: Submission, now: datetime) -> None:
    """Write the call to the log before it is made."""
    call = records.LoggedCall(
        submission_id=submission.id,
        connection_key=submission.connection_key,
        connection=submission.connection,
        at=now,
        method="POST",
        url=submission.url,
        request_body=redact(submission.body.decode(), ""),
        request_headers={},
        response_headers={},
    )
    session.add(call)  # The search finds it once it has ended.
