"""Take a person's word for what became of a submission that nobody knows the outcome of."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.store import audit_trail, seals, submissions
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import MAY_EXIST, State
from app.store.database import Store
from app.store.dialects import queries
from app.store.drafts import AlreadySubmitted
from app.store.models import Submission


class NoSuchSubmission(LookupError):
    """No submission has this id, or it is not in the state that was asked for."""


class TooEarly(Exception):
    """A late answer can still come, so that no campaign there proves nothing yet.

    *until* is when that is over (aware, UTC), `None` if it is not known.
    """

    def __init__(self, until: datetime | None) -> None:
        super().__init__(until)
        self.until = until


class IdTaken(Exception):
    """The id is that of another draft's campaign, *name*: to say it all the same takes a reason."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class LookUp:
    """What a person found: the campaign under *campaign_id*, or (`None`) none.

    *reason* is why an id is right that does not look like one, or that another draft's campaign
    has, which *knows_it_is_taken* says; *is_sure* is said when no campaign is there though one
    could still appear.
    """

    who: str
    campaign_id: str | None
    reason: str = ""
    is_sure: bool = False
    knows_it_is_taken: bool = False


def resolve(submission_id: int, look_up: LookUp, store: Store) -> None:
    """Record what a person found of an UNKNOWN submission, or correct an earlier finding.

    Raises `NoSuchSubmission` if it is in no such state, `AlreadySubmitted` if the draft was
    sent again meanwhile, `TooEarly`, and `IdTaken`. A campaign that is there has an id:
    `ValueError`.
    """
    if look_up.campaign_id == "":
        raise ValueError(look_up)
    with store.reading() as session:
        chain = submissions.name_chain(session, submission_id)
    with store.writing(chain) as session:
        submission = session.get(Submission, submission_id)
        if submission is None or not submission.can_be_resolved:
            raise NoSuchSubmission(submission_id)
        _check(session, submission, look_up)
        kind = EventKind.CORRECTED if submission.resolved_at else EventKind.RESOLVED
        _apply(submission, look_up)
        audit_trail.record(
            session,
            kind,
            name_draft_chain(submission.draft_id),
            who=look_up.who,
            found=look_up.campaign_id is not None,
            campaign_id=look_up.campaign_id,
            reason=look_up.reason,
            is_sure=look_up.is_sure,
            **submissions.bind_submission(session, submission),
        )
        seals.seal(session)


def _check(session: Session, submission: Submission, look_up: LookUp) -> None:
    """Raise what `resolve` does for what cannot be taken, or not without a reason."""
    if look_up.campaign_id is None and not (look_up.is_sure or _is_over(session, submission)):
        raise TooEarly(submission.lease_until)
    if _was_sent_again(submission):
        raise AlreadySubmitted(submission.draft_id)
    # The wrong line may have been copied. A reason for something else is none for this.
    if look_up.campaign_id and not (look_up.reason and look_up.knows_it_is_taken):
        others = submissions.find_others_with_id(session, submission, look_up.campaign_id)
        if others:
            raise IdTaken(others[0].name)


def _apply(submission: Submission, look_up: LookUp) -> None:
    submission.state = State.UNSENT if look_up.campaign_id is None else State.CREATED
    submission.campaign_id = look_up.campaign_id
    submission.resolved_at, submission.resolved_by = datetime.now(UTC), look_up.who
    submission.draft.state = _decide_state(submission)


def _is_over(session: Session, submission: Submission) -> bool:
    return submission.lease.is_over_at(queries(session).read_clock(session))


def _decide_state(submission: Submission) -> State:
    """Tell the state of a draft after this: what may exist counts, otherwise the newest."""
    newest = submission.draft.submissions[0]
    return submission.state if submission.is_created else newest.state


def _was_sent_again(submission: Submission) -> bool:
    others = submission.draft.submissions
    return any(other.state in MAY_EXIST and other.id != submission.id for other in others)
