"""What is known after an attempt to create a campaign, and how that is written down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.remote.answers import Created
from app.remote.connection import Credentials
from app.remote.errors import NotSent, Refused, RemoteError, Unclear
from app.remote.exchange import Exchange
from app.sending.call_record import complete_call
from app.store import address_book, audit_trail, request_log, seals, submissions
from app.store.audit_trail import INSTANCE, EventKind, name_draft_chain
from app.store.base import State
from app.store.models import Submission


class Api(Protocol):
    """What sends: `app.remote.client.CampaignApi`, or a stand-in."""

    connection: Credentials
    deadline: float

    def create_campaign(self, body: bytes) -> Created: ...


_ABOUT_THE_CAMPAIGN = frozenset({400, 409, 413, 422})
"""Status codes by which an API refuses what is in a campaign."""

PATIENCE = 60
"""Seconds to wait where an API says that it was asked too often, and not how long to wait."""


@dataclass(frozen=True)
class Outcome:
    """What is known after one attempt to create a campaign; *retry_after* is in seconds."""

    state: State
    message: str = ""
    http_status: int | None = None
    answer: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    campaign: Created | None = None
    retry_after: int | None = None
    exchange: Exchange | None = None

    @property
    def is_too_often(self) -> bool:
        """Whether the API took nothing, as it was asked too often."""
        return self.state is State.REFUSED and self.http_status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def is_failure(self) -> bool:
        """Whether a call was made whose answer says nothing about the campaign.

        That the API refuses what is in it, or asks for patience, is an answer.
        """
        if self.exchange is None or self.state is State.CREATED:
            return False
        return self.state is not State.REFUSED or (
            self.http_status not in _ABOUT_THE_CAMPAIGN and not self.is_too_often
        )


def create_campaign(api: Api, body: bytes) -> Outcome:
    """Create a campaign from these bytes of JSON; every `RemoteError` becomes an outcome."""
    try:
        made = api.create_campaign(body)
    except NotSent as error:
        return _describe_failure(State.UNSENT, error)
    except Refused as error:
        return _describe_failure(State.REFUSED, error, error.errors, error.retry_after)
    except Unclear as error:
        return _describe_failure(State.UNKNOWN, error)
    return Outcome(
        State.CREATED, "", made.http_status, made.answer, campaign=made, exchange=made.exchange
    )


def _describe_failure(
    state: State,
    error: RemoteError,
    errors: Mapping[str, Sequence[str]] | None = None,
    retry_after: int | None = None,
) -> Outcome:
    return Outcome(
        state,
        error.message,
        error.status,
        error.answer,
        errors or {},
        retry_after=retry_after,
        exchange=error.exchange,
    )


def apply_outcome(
    session: Session, submission: Submission, outcome: Outcome, *, why: str = "", who: str = ""
) -> None:
    """Apply the outcome to the submission, and write log and trail in the same transaction.

    What comes after a person has said what became of it does not undo that, unless they found
    nothing, and the draft can still be kept from being sent a second time. *why* is the reason
    for which it was not written down when it came, and *who* took it out of the queue.
    """
    is_late = submission.resolved_at is not None
    if not is_late or (outcome.campaign and not submission.draft.is_locked):
        _copy_outcome(submission, outcome)
    elif outcome.campaign and submission.state is State.UNSENT:
        submission.campaign_id = outcome.campaign.campaign_id
    elif outcome.campaign:
        submission.message = f"The answer came later: it is {outcome.campaign.campaign_id}."
    _complete_call(session, submission, outcome)
    if outcome.campaign:
        address_book.note_use(session, submission.connection_key, json.loads(submission.body))
    audit_trail.record(
        session,
        EventKind.ANSWERED_LATE if is_late else EventKind.ANSWERED,
        name_draft_chain(submission.draft_id),
        who=who,
        **_list_facts(outcome),
        not_written_down_at_once=why,
        **submissions.bind_submission(session, submission),
    )
    seals.seal(session)


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
    seals.seal(session)


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


def _complete_call(session: Session, submission: Submission, outcome: Outcome) -> None:
    call = request_log.find_of_submission(session, submission.id)
    if call is None:  # It was sent before there was a log.
        return
    call.outcome = f"{outcome.state} {outcome.message}".strip()
    if outcome.exchange:
        complete_call(call, outcome.exchange)
    request_log.index_call(session, call)
