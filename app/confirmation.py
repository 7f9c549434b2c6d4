"""What a person confirms by pressing the button that sends, and whether it may be sent now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaign.meaning import Meaning, meaning_of
from app.campaign.problems import Problem
from app.connections import Destination
from app.store.base import MAY_EXIST
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft, Submission

ALIKE_WITHIN = timedelta(hours=24)
"""How long the same payload to the same connection is taken for a second press."""


class StaleReview(Exception):
    """The draft, or the connection, is no longer what was reviewed."""


class NotReady(Exception):
    """The draft breaks the contract, and so cannot be sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class Disabled(Exception):
    """The connection is not to be used, or gone."""


class TooSoon(Exception):
    """The API wants to be asked again only after `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class LooksCreated(Exception):
    """The same payload went to the same connection a short while ago, as this submission."""

    def __init__(self, submission_id: int) -> None:
        super().__init__(submission_id)
        self.submission_id = submission_id


class NotNamed(Exception):
    """A live connection's name was not typed."""


@dataclass(frozen=True)
class Press:
    """What a person confirms by one press of the button that sends.

    *reviewed* is the digest of the bytes and *stamp* the connection's, as they were seen;
    *named* is what was typed for a live connection's name, and *in_spite_of* the id of a
    submission that they know this looks like.
    """

    draft_id: str
    reviewed: str
    to: Destination
    stamp: str
    named: str = ""
    in_spite_of: int | None = None
    who: str = ""


def confirmed(session: Session, draft: Draft, press: Press, now: datetime) -> Meaning:
    """Hold a press to what may be sent now, and give what the draft means.

    Raises `AlreadySubmitted`, `NotReady`, `StaleReview`, `Disabled`, `TooSoon`,
    `LooksCreated` or `NotNamed`.
    """
    if draft.is_locked:
        raise AlreadySubmitted(draft.id)
    meant = meaning_of(draft.answers, now)
    if meant.problems:
        raise NotReady(meant.problems)
    if draft.deleted_at or not _is_as_seen(draft, meant, press):
        raise StaleReview
    if not press.to.is_enabled:
        raise Disabled
    if until := paused_until(session, press.to, now):
        raise TooSoon(until)
    twin = alike(session, meant.digest, press.to, now)
    if twin is not None and twin.id != press.in_spite_of:
        raise LooksCreated(twin.id)
    if not is_named(press.to, press.named):
        raise NotNamed
    return meant


def alike(session: Session, digest: str, to: Destination, now: datetime) -> Submission | None:
    """Find the newest submission of these bytes to this connection that may have created one."""
    wanted = select(Submission).where(
        Submission.digest == digest,
        Submission.destination == to.key,
        Submission.state.in_(MAY_EXIST),
        Submission.claimed_at > now - ALIKE_WITHIN,
    )
    return session.scalars(wanted.order_by(Submission.id.desc()).limit(1)).first()


def paused_until(session: Session, to: Destination, now: datetime) -> datetime | None:
    """Tell until when a connection's API wants to be left alone; `None` if it does not."""
    wanted = select(Submission.retry_at).where(
        Submission.destination == to.key, Submission.retry_at > now
    )
    return session.scalars(wanted.order_by(Submission.retry_at.desc()).limit(1)).first()


def is_named(to: Destination, typed: str) -> bool:
    """Tell whether this is a live connection's name; the sandbox needs none."""
    return to.is_sandbox or " ".join(typed.split()).casefold() == to.name.casefold()


def _is_as_seen(draft: Draft, meant: Meaning, press: Press) -> bool:
    same_place = draft.destination in {"", press.to.key} and press.to.stamp == press.stamp
    return same_place and meant.digest == press.reviewed
