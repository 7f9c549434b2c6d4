"""What a press puts on record, and the same press again where the API asked for patience."""

from typing import Any

from sqlalchemy.orm import Session

from app.store import audit_trail, batches, submissions
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.binding import OUTCOME_IS_OPEN
from app.store.models import Batch, Submission

MOST_TIMES = 10
"""So often a batch sends a campaign to an API that says that it was asked too often."""


def record_press(session: Session, submission: Submission, **more: Any) -> None:
    """Put a press on record; *more* is what was confirmed and found beside the submission."""
    details: dict[str, Any] = {
        "submission": submission.id,
        "draft_version": submission.draft_version,
        "connection": submission.connection,
        "is_sandbox": submission.is_sandbox,
        "url": submission.url,
        "digest": submission.digest,
        OUTCOME_IS_OPEN: True,
        **write_grounds(submission),
    }
    chain = name_draft_chain(submission.draft_id)
    audit_trail.record(session, EventKind.SENT, chain, who=submission.who, **details, **more)


def write_grounds(sent: Submission | Batch) -> dict[str, str]:
    """Write down by whose word something was sent, where somebody had to approve it."""
    grounds = {"approved_by": sent.approved_by, "without_approval": sent.without_approval}
    return {name: words for name, words in grounds.items() if words}


def queue_again(session: Session, refused: Submission) -> None:
    """Queue a campaign of a batch again that the API did not take yet, as it was confirmed.

    It was asked too often (429), so nothing was created. Another submission takes the place of
    the one that was refused, which is no longer counted with the batch.
    """
    item = batches.find_item_of(session, refused.id)
    if item is None or submissions.count_tries(session, refused) >= MOST_TIMES:
        return
    again = Submission(
        draft=refused.draft,
        draft_version=refused.draft_version,
        batch_id=refused.batch_id,
        connection=refused.connection,
        connection_key=refused.connection_key,
        is_sandbox=refused.is_sandbox,
        stamp=refused.stamp,
        url=refused.url,
        body=refused.body,
        digest=refused.digest,
        state=State.QUEUED,
        who=refused.who,
        approved_by=refused.approved_by,
        without_approval=refused.without_approval,
        pressed_at=refused.pressed_at,
    )
    batch_id, refused.batch_id = refused.batch_id, None
    refused.draft.state = State.QUEUED
    session.add(again)
    session.flush()
    item.submission_id = again.id
    record_press(session, again, in_spite_of=None, batch=batch_id, **item.judged)
