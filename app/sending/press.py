"""What a press puts on record, and the same press again where the API asked for patience."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.campaign.contract.payload import compute_digest
from app.connections import Connection
from app.store import audit_trail, batches, submissions
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.batch_models import Batch
from app.store.binding import OUTCOME_IS_OPEN
from app.store.models import Draft, Submission

MOST_TIMES = 10
"""So often a batch sends a campaign to an API that says that it was asked too often."""


_PRESSED = (
    *("draft", "draft_version", "batch_id", "connection", "connection_key", "is_sandbox", "stamp"),
    *("url", "body", "digest", "who", "approved_by", "without_approval", "pressed_at"),
)
"""What stays the same where the same press sends a second time."""


def make_submission(
    draft: Draft, to: Connection, payload: bytes, *, pressed_at: datetime, who: str, **more: Any
) -> Submission:
    """Make the submission of a draft by one press, which waits to be sent.

    *more* is what not every press has: `batch_id`, `hurries`, and by whose word it is sent, as
    `Grounds` has it.
    """
    return Submission(
        draft=draft,
        draft_version=draft.version,
        connection=to.name,
        connection_key=to.key,
        is_sandbox=to.is_sandbox,
        stamp=to.stamp,
        url=to.campaigns_url,
        body=payload,
        digest=compute_digest(payload),
        state=State.QUEUED,
        who=who,
        pressed_at=pressed_at,
        **more,
    )


def record_press(session: Session, submission: Submission, **more: Any) -> None:
    """Put a press on record; *more* is what was confirmed and found beside the submission.

    With *repeats*, the id of the submission that the API refused for now, nobody has pressed.
    """
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
    who = "" if "repeats" in more else submission.who
    audit_trail.record(session, EventKind.SENT, chain, who=who, **details, **more)


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
    again = Submission(**{name: getattr(refused, name) for name in _PRESSED}, state=State.QUEUED)
    batch_id, refused.batch_id = refused.batch_id, None
    refused.draft.state = State.QUEUED
    session.add(again)
    session.flush()
    item.submission_id = again.id
    record_press(
        session, again, in_spite_of=None, batch=batch_id, repeats=refused.id, **item.judged
    )
