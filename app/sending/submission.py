"""Send one reviewed draft, at most once.

The API has no idempotency key and no way to look a campaign up, so an answer that is
lost cannot be asked for again. Hence four steps, with a commit between them:

    enqueue  (`queue`, `batch_queue`) write QUEUED with the bytes that were reviewed; an index
             allows one per draft
    claim    (here) change QUEUED to SENDING, which exactly one worker can, before a byte leaves;
             several at once, if as many threads are there to begin with them at once
    send     (here) one POST, while no transaction is open; `sender` has the threads
    record   (`recording`) write what is known: CREATED, REFUSED, UNSENT or UNKNOWN

If the process dies while it is QUEUED, another claims it. If it dies between claim and
record, SENDING stays. Its lease says until when an answer can come, since nothing is sent and
no answer is read after the call's deadline; `recording.recover` then calls it UNKNOWN, which
blocks the draft until a person has looked and says what became of it. Nothing whose outcome
is unknown is ever sent again by itself; only a campaign of a batch that the API refused with
429 is queued again (`press.queue_again`).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Any

from sqlalchemy.orm import Session

from app.connections import Connection
from app.remote.redaction import redact
from app.sending.journal import Journal
from app.sending.outcome import Api, Outcome, create_campaign
from app.sending.recording import Claim, name_run, record_outcome
from app.store import approvals, queued, request_log, saved_connections, throttles
from app.store.base import QUEUED_AT_MOST, State
from app.store.database import Store
from app.store.dialects import queries
from app.store.leases import Moment, grant_lease, grant_lease_from
from app.store.queued import Taken, Waiting

GRACE = timedelta(seconds=15)
"""How long after its deadline a call may take to begin, and its outcome to be on record."""

BEGIN_WITHIN = timedelta(seconds=5)
"""How long after the claim the call has to begin: nothing is sent after the lease has ended."""

_log = logging.getLogger(__name__)
_NOT_APPROVED = (
    "What goes there has to be approved now, and did not have to be when this was confirmed. "
    "Review it again."
)
_BY_OTHERS = (
    "Somebody else has to approve what goes there than when this was confirmed. Review it again."
)
_TOO_OLD = "It waited for longer than a day, so its dates may have passed. Review it again."
_TOO_LATE = Outcome(State.UNSENT, "It could not be sent at once, and so was not sent at all.")


@dataclass(frozen=True)
class Wait:
    """Nothing may be claimed for so many *seconds*."""

    seconds: float


@dataclass(frozen=True)
class Unsendable:
    """What waits longest must not be sent as it was confirmed; *reason* is a sentence."""

    submission_id: int
    reason: str


Turn = Claim | Wait | Unsendable | None
"""What a thread is to do next; `None` if nothing waits, or as much is under way as may be."""


def claim(
    to: Connection, *, store: Store, deadline: float, threads: int, leaves_others: bool = False
) -> list[Turn]:
    """Take what has waited longest for this connection, before any byte of it is sent.

    Returns exactly *threads* turns, one for each thread. *deadline* is the seconds that a call may
    take. With *leaves_others*, what was confirmed for another version of the connection is passed
    over and not taken back: another machine may know that version.
    """
    now = datetime.now(UTC)
    with store.writing(throttles.name_subject(to.key)) as session:
        if not to.is_fixed and not saved_connections.is_at(session, to.key, to.version):
            return [Wait(0)] * threads  # It was changed since it was read: it is read anew at once.
        until = queued.find_end_of_wait(session, to.key, now)
        most = 2 * threads  # What none of them takes is for threads that are yet to start.
        find = partial(queued.find_next, only_hurrying=until is not None)
        rows = find(session, to.key, most)
        if leaves_others and any(_find_change(row, to) for row in rows):
            rows = _leave_others(rows, partial(find, session, to.key, most), to, now)
        has_to_be_approved = approvals.find_rule(session, to.key) is not None
        since = approvals.find_group_since(session, to.key) if has_to_be_approved else None
        problems = {
            row.id: _find_problem(row, to, now, has_to_be_approved, since) for row in rows[:threads]
        }
        turns: list[Turn] = [problem for problem in problems.values() if problem]
        ready = [number for number, problem in problems.items() if not problem]
        end = Wait((until - now).total_seconds()) if until else None
        if ready:
            moment = queries(session).read_clock(session)
            going, room, wait = _make_room(session, to, len(ready), moment)
            left = len(rows) - len(turns) - going
            claims = _take(session, ready[:going], deadline, moment, now)
            turns += _let_follow(claims, min(room, left))
            end = wait if going < len(ready) else end
    return turns + [end] * (threads - len(turns))


def _leave_others(
    rows: list[Waiting], find: Callable[..., list[Waiting]], to: Connection, now: datetime
) -> list[Waiting]:
    """Leave what was confirmed for another connection than this process knows to who knows that.

    What has waited for too long is for whoever sees it, and comes first.
    """
    _log.error("This process knows the connection %s as another", to.key)
    return [row for row in rows if _is_too_old(row, now)] or find(stamp=to.stamp)


def _let_follow(claims: Sequence[Claim | None], followers: int) -> list[Turn]:
    """Let as many claims start a thread beside theirs; who lost the race claims anew at once."""
    return [
        replace(claimed, is_followed=number < followers) if claimed else Wait(0)
        for number, claimed in enumerate(claims)
    ]


def _make_room(
    session: Session, to: Connection, most: int, moment: Moment
) -> tuple[int, int, Wait | None]:
    """Count as many as may go now to a connection, *most* at most.

    Gives how many go, for how many more there is room beside them, and how long the rate lets
    the next one wait.
    """
    throttle = throttles.find(session, to.key, throttles.choose_usual(to.is_built_in))
    room = throttle.concurrency - queued.count_in_flight(session, to.key, moment)
    if throttle.paused_at or room <= 0:
        return 0, 0, None
    going = throttles.take_up_to(throttle, min(room, most), moment)
    seconds = throttles.measure_wait(throttle, moment)
    return going, room - going, Wait(seconds) if going < min(room, most) else None


def _find_problem(
    waiting: Waiting,
    to: Connection,
    now: datetime,
    has_to_be_approved: bool,
    since: datetime | None,
) -> Unsendable | None:
    """Find out why a submission must not be sent any more as it was confirmed.

    *since* is when the group was set of which somebody has to approve.
    """
    if _is_too_old(waiting, now):
        return Unsendable(waiting.id, _TOO_OLD)
    if reason := _find_change(waiting, to):
        return Unsendable(waiting.id, reason)
    if has_to_be_approved and not waiting.has_grounds:
        return Unsendable(waiting.id, _NOT_APPROVED)
    if since and waiting.pressed_at < since:
        return Unsendable(waiting.id, _BY_OTHERS)
    return None


def _is_too_old(waiting: Waiting, now: datetime) -> bool:
    return now - waiting.pressed_at > QUEUED_AT_MOST


def _find_change(waiting: Waiting, to: Connection) -> str:
    """Say why a submission is not sent any more as it was confirmed."""
    if not to.is_enabled:
        return "The connection was switched off before it could be sent."
    if waiting.stamp != to.stamp:
        return "The connection was changed before it could be sent. Review the campaign again."
    return ""


def _take(
    session: Session, ids: Sequence[int], deadline: float, moment: Moment, now: datetime
) -> list[Claim | None]:
    """Change QUEUED to SENDING; `None` for each that somebody else did, or took back."""
    whole = BEGIN_WITHIN.total_seconds() + deadline + GRACE.total_seconds()
    lease, until = grant_lease_from(moment, whole), now + timedelta(seconds=whole)
    tokens = {number: name_run() + token_hex(12) for number in ids}
    taken = queued.take(session, tokens, lease, until)
    if taken:
        request_log.begin(session, [_open_call(row, now) for row in taken.values()])
    return [_make_claim(taken[number], whole) if number in taken else None for number in ids]


def _make_claim(row: Taken, whole: float) -> Claim:
    return Claim(
        row.id,
        row.token,
        row.body,
        begin=grant_lease(BEGIN_WITHIN.total_seconds()),
        lease=grant_lease(whole),
        draft_id=row.draft_id,
        connection_key=row.connection_key,
    )


def _open_call(row: Taken, now: datetime) -> dict[str, Any]:
    """Describe a call for the log, before it is made; the search finds it once it has ended."""
    return {
        "submission_id": row.id,
        "connection_key": row.connection_key,
        "connection": row.connection,
        "at": now,
        "method": "POST",
        "url": row.url,
        "request_body": redact(row.body.decode(), ""),
        "request_headers": {},
        "response_headers": {},
    }


def deliver(claimed: Claim, *, store: Store, api: Api, journal: Journal) -> None:
    """Send the claimed bytes with one call, and record the outcome, even after an error."""
    outcome = Outcome(State.UNKNOWN, "The app failed while it waited for the answer.")
    try:
        # A machine may have slept since the claim, and its lease have ended meanwhile.
        outcome = _TOO_LATE if claimed.begin.is_over else create_campaign(api, claimed.body)
    finally:
        record_outcome(claimed, outcome, store, journal)
