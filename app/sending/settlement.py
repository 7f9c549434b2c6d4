"""Write down what became of submissions: in their rows, in the log, in the trail, all at once.

Several are written in one transaction with as few statements as one alone, each in the chain
of its own draft, and one seal names all of these chains.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.sending.call_record import complete_call
from app.sending.journal import Entry
from app.sending.outcome import Outcome
from app.sending.press import queue_again
from app.store import address_book, audit_trail, request_log, seals, submissions, throttles
from app.store.audit_trail import INSTANCE, EventKind, Happening, name_draft_chain
from app.store.base import State
from app.store.models import Submission
from app.store.records import LoggedCall

PATIENCE = 60
"""Seconds to wait where an API says that it was asked too often, and not how long to wait."""


class Settlement(NamedTuple):
    """An outcome and the submission that it is of.

    *why* is the reason for which it was not written down when it came, and *who* took it out
    of the queue.
    """

    submission: Submission
    outcome: Outcome
    why: str = ""
    who: str = ""


def settle(session: Session, entries: Sequence[Entry]) -> None:
    """Settle the submissions that were claimed with these tokens, unless that has been done.

    It goes by connection, and seals at the end: so two who do this never wait for each other.
    """
    claimed = submissions.find_to_settle(session, (entry.submission_id for entry in entries))
    strays, settlements = list[Entry](), list[Settlement]()
    for entry in entries:
        submission = claimed.get(entry.submission_id)
        if submission is None or submission.token != entry.token:
            strays.append(entry)
        elif submission.can_be_settled and not is_recorded(session, submission, entry.outcome):
            settlements.append(Settlement(submission, entry.outcome, entry.why))
    if settlements:
        _settle_all(session, settlements)
    for entry in strays:
        note_stray(session, entry.submission_id, entry.outcome, entry.why)
    seals.seal(session)


def _settle_all(session: Session, settlements: list[Settlement]) -> None:
    settlements.sort(key=lambda settlement: settlement.submission.connection_key)
    count_outcomes(session, settlements)
    apply_outcomes(session, settlements)
    for submission, outcome, *_ in settlements:
        if outcome.is_too_often and submission.batch_id and submission.resolved_at is None:
            queue_again(session, submission)


def count_outcomes(session: Session, settlements: Sequence[Settlement]) -> None:
    """Let failures in a row pause their connection, and any answer end the row.

    A failure that is known late, after its submission was marked UNKNOWN, was counted by that.
    """
    answering = None
    for submission, outcome, *_ in settlements:
        key = submission.connection_key
        if outcome.is_failure and submission.settled_at is None:
            throttles.count_failure(session, key, outcome.message)
            answering = None
        elif outcome.exchange and not outcome.is_failure and key != answering:
            throttles.count_success(session, key)
            answering = key  # Its row has ended, and need not be ended again.


def apply_outcome(
    session: Session, submission: Submission, outcome: Outcome, *, why: str = "", who: str = ""
) -> None:
    """Apply an outcome to its submission, as `apply_outcomes` does, and seal it."""
    apply_outcomes(session, [Settlement(submission, outcome, why, who)])
    seals.seal(session)


def apply_outcomes(session: Session, settlements: Sequence[Settlement]) -> None:
    """Apply outcomes to their submissions, and write log and trail in the same transaction.

    Whoever asks for it seals the trail at the end of that.
    """
    for settlement in settlements:
        _apply(settlement)
    calls = _complete_calls(session, settlements)
    address_book.note_uses(
        session,
        (
            (settlement.submission.connection_key, json.loads(settlement.submission.body))
            for settlement in settlements
            if settlement.outcome.campaign
        ),
    )
    audit_trail.record_all(
        session,
        [_describe(settlement, calls.get(settlement.submission.id)) for settlement in settlements],
    )


def _apply(settlement: Settlement) -> None:
    """Copy an outcome to its submission.

    What comes after a person has said what became of it does not undo that, unless they found
    nothing, and the draft can still be kept from being sent a second time.
    """
    submission, campaign = settlement.submission, settlement.outcome.campaign
    if submission.resolved_at is None or (campaign and not submission.draft.is_locked):
        _copy_outcome(submission, settlement.outcome)
    elif campaign and submission.state is State.UNSENT:
        submission.campaign_id = campaign.campaign_id
    elif campaign:
        submission.message = f"The answer came later: it is {campaign.campaign_id}."


def _complete_calls(session: Session, settlements: Sequence[Settlement]) -> dict[int, LoggedCall]:
    """Write to the log how the calls went; gives each by its submission's id.

    There is none of a submission that was sent before there was a log.
    """
    ids = [settlement.submission.id for settlement in settlements]
    calls = request_log.find_of_submissions(session, ids)
    for submission, outcome, *_ in settlements:
        if call := calls.get(submission.id):
            call.outcome = f"{outcome.state} {outcome.message}".strip()
            if outcome.exchange:
                complete_call(call, outcome.exchange)
    request_log.index_calls(session, list(calls.values()))
    return calls


def _describe(settlement: Settlement, call: LoggedCall | None) -> Happening:
    """Describe an outcome for the trail, and bind its submission and its call to that."""
    submission = settlement.submission
    is_late = submission.resolved_at is not None
    details = {
        **_list_facts(settlement.outcome),
        "not_written_down_at_once": settlement.why,
        **submissions.bind_to_call(submission, call),
    }
    return Happening(
        EventKind.ANSWERED_LATE if is_late else EventKind.ANSWERED,
        name_draft_chain(submission.draft_id),
        details,
        settlement.who,
    )


def is_recorded(session: Session, submission: Submission, outcome: Outcome) -> bool:
    """Tell whether this outcome is in the trail already, whatever a person has said since."""
    if submission.state is State.SENDING:
        return False
    known = {"submission": submission.id} | _list_facts(outcome)
    return any(
        event.kind in {EventKind.ANSWERED, EventKind.ANSWERED_LATE}
        and known.items() <= audit_trail.read_details(event).items()
        for event in audit_trail.read_draft_events(session, submission.draft_id)
    )


def note_stray(session: Session, submission_id: int, outcome: Outcome, why: str) -> None:
    """Record, once, an answer whose submission is missing since a backup was restored."""
    facts = _list_facts(outcome) | {"submission": submission_id}
    if any(facts.items() <= details.items() for details in audit_trail.read_strays(session)):
        return
    audit_trail.record(
        session, EventKind.STRAY_ANSWER, INSTANCE, **facts, not_written_down_at_once=why
    )


def _list_facts(outcome: Outcome) -> dict[str, Any]:
    return {
        "state": outcome.state,
        "message": outcome.message,
        "http_status": outcome.http_status,
        "campaign_id": outcome.campaign.campaign_id if outcome.campaign else None,
    }


def _copy_outcome(submission: Submission, outcome: Outcome) -> None:
    submission.state = submission.draft.state = outcome.state
    submission.settled_at = datetime.now(UTC)
    submission.message = outcome.message
    submission.errors = dict(outcome.errors)
    submission.http_status = outcome.http_status
    submission.answer = outcome.answer
    wait = outcome.retry_after
    if wait is None and outcome.is_too_often:
        wait = PATIENCE
    if wait is not None:
        submission.retry_at = submission.settled_at + timedelta(seconds=wait)
    if outcome.campaign:
        submission.campaign_id = outcome.campaign.campaign_id
        submission.campaign_name = outcome.campaign.campaign_name
        submission.campaign_type = outcome.campaign.campaign_type
        submission.campaign_status = outcome.campaign.campaign_status
