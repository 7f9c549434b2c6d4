"""The queue of what is to be sent: a confirmed draft goes in, and can be taken out again."""

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.campaign.explanation import explain
from app.sending.approval import settle_grounds
from app.sending.confirmation import SendRequest, StaleReview, check_request
from app.sending.outcome import Outcome
from app.sending.press import make_submission, record_press
from app.sending.settlement import apply_outcome
from app.store import queued, seals, submissions
from app.store.acceptances import write_judgement
from app.store.audit_trail import name_draft_chain
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, find
from app.store.models import Draft, Submission


def enqueue(send_request: SendRequest, *, store: Store) -> int:
    """Queue a draft to be sent, and give the id of its submission.

    Raises `NoSuchDraft` and what `confirmation.check_request` raises; then nothing is queued.
    """
    now = datetime.now(UTC)
    with store.reading() as session:
        draft = find(session, send_request.draft_id)
        version, answers = draft.version, draft.answers
    meaning = explain(answers, now)  # It can take long, and nobody else waits meanwhile.
    chain = name_draft_chain(send_request.draft_id)
    with store.writing(
        chain, submissions.name_payload_subject(meaning.digest, send_request.to.key)
    ) as session:
        draft = find(session, send_request.draft_id)
        if draft.version != version and not draft.is_locked:
            raise StaleReview
        standing = check_request(session, draft, meaning, send_request, now)
        grounds = settle_grounds(session, standing, send_request.without_approval, send_request.who)
        submission = _add(session, draft, meaning.body, send_request, now, **asdict(grounds))
        record_press(
            session,
            submission,
            in_spite_of=send_request.in_spite_of,
            in_spite_of_the_wait=send_request.hurry,
            **write_judgement(draft, meaning.findings),
        )
        seals.seal(session)
        return submission.id


def _add(
    session: Session,
    draft: Draft,
    body: bytes,
    send_request: SendRequest,
    now: datetime,
    **grounds: str,
) -> Submission:
    """Add the submission of a draft; raises `AlreadySubmitted` if somebody was here first."""
    submission = make_submission(
        draft,
        send_request.to,
        body,
        pressed_at=now,
        who=send_request.who,
        hurries=bool(send_request.hurry),
        **grounds,
    )
    draft.state = State.QUEUED
    session.add(submission)
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadySubmitted(send_request.draft_id) from error
    return submission


def withdraw(submission_id: int, reason: str, *, store: Store, who: str = "") -> bool:
    """Take a submission out of the queue; tells whether it still waited there.

    *reason* is a sentence for its page, and *who* took it back.
    """
    with store.reading() as session:
        chain = submissions.name_chain(session, submission_id)
    with store.writing(chain) as session:
        if not queued.take_back(session, submission_id):
            return False
        submission = session.get_one(Submission, submission_id)
        apply_outcome(session, submission, Outcome(State.UNSENT, reason), who=who)
        return True
