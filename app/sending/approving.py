"""Ask for an approval, approve and refuse: what is looked at is what is decided on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from app.campaign.explanation import explain
from app.connections import Connection
from app.rights import Person, Right
from app.sending.approval import (
    Standing,
    find_approval_obstacle,
    find_standing_of_batch,
    find_standing_of_draft,
)
from app.sending.confirmation import NotReady, StaleReview
from app.store import accounts, approvals, batches, drafts, seals
from app.store.approvals import Decision
from app.store.audit_trail import name_batch_chain, name_draft_chain
from app.store.database import Store
from app.store.drafts import AlreadySubmitted
from app.store.team_models import ApprovalState


class NotNeeded(Exception):
    """Nobody has to approve this, or nobody can any more."""


class ApprovedAlready(Exception):
    """Nothing has to be asked: this is approved as it stands."""


class MayNotApprove(Exception):
    """Somebody else has to decide; the message says why."""


class NoReason(Exception):
    """What breaks a rule is approved without a word on why; the message asks for it."""


@dataclass(frozen=True)
class ApprovalDecision:
    """What somebody decides.

    *bound* is the hash over all that they have looked at (`Subject.bound`), and *mark* what others
    had asked or said by then (`Standing.mark`).
    """

    bound: str
    mark: str
    is_approved: bool
    reason: str
    person: Person


_SAY_WHY = (
    "A law is broken that nobody has accepted, or a duty is not met. "
    "Write down why it may be sent all the same: that stays with it."
)
_NO_LONGER = "You may no longer approve what goes there."

_Act: TypeAlias = Callable[[Session, Standing], None]


def ask_about_draft(draft_id: str, to: Connection, store: Store, *, who: str) -> None:
    """Ask that somebody approves a draft.

    Raises `NotNeeded`, `ApprovedAlready`, `AlreadySubmitted`, `NotReady`, and `StaleReview` if it
    changes meanwhile.
    """
    _act_on_draft(draft_id, to, store, _asking(who))


def ask_about_batch(batch_id: int, to: Connection, store: Store, *, who: str) -> None:
    """Ask that somebody approves a batch.

    Raises `ApprovedAlready` and `NotNeeded`, also if it cannot be approved as it is.
    """
    _act_on_batch(batch_id, to, store, _asking(who))


def decide_on_draft(draft_id: str, verdict: ApprovalDecision, to: Connection, store: Store) -> None:
    """Keep a verdict on a draft.

    Raises `StaleReview` if it is not what was looked at, or somebody has decided since;
    `MayNotApprove`, `NoReason`, `NotNeeded`, and `AlreadySubmitted` or `NotReady`.
    """
    _act_on_draft(draft_id, to, store, _deciding(verdict))


def decide_on_batch(batch_id: int, verdict: ApprovalDecision, to: Connection, store: Store) -> None:
    """Keep a verdict on a batch; raises as `decide_on_draft`."""
    _act_on_batch(batch_id, to, store, _deciding(verdict))


def _act_on_draft(draft_id: str, to: Connection, store: Store, act: _Act) -> None:
    with store.reading() as session:
        draft = drafts.find(session, draft_id)
        version, answers = draft.version, draft.answers
    meaning = explain(answers, datetime.now(UTC))  # It can take long; nobody waits meanwhile.
    if meaning.problems:
        raise NotReady(meaning.problems)
    with store.writing(name_draft_chain(draft_id)) as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            raise AlreadySubmitted(draft_id)
        if draft.version != version or draft.deleted_at:
            raise StaleReview
        _apply(session, find_standing_of_draft(session, draft, meaning, to), act)


def _act_on_batch(batch_id: int, to: Connection, store: Store, act: _Act) -> None:
    with store.writing(name_batch_chain(batch_id)) as session:
        batch = batches.find(session, batch_id)
        standing = find_standing_of_batch(session, batch, to)
        _apply(session, None if standing and standing.changed else standing, act)


def _apply(session: Session, standing: Standing | None, act: _Act) -> None:
    if standing is None:
        raise NotNeeded
    act(session, standing)


def _asking(who: str) -> _Act:
    def ask(session: Session, standing: Standing) -> None:
        if standing.is_approved:
            raise ApprovedAlready
        approvals.ask(session, standing.subject, who=who)

    return ask


def _deciding(verdict: ApprovalDecision) -> _Act:
    state = ApprovalState.APPROVED if verdict.is_approved else ApprovalState.REFUSED
    decision = Decision(state, verdict.person.label, verdict.reason)

    def decide(session: Session, standing: Standing) -> None:
        if standing.subject.bound != verdict.bound:
            raise StaleReview
        person = accounts.find_as_now(session, verdict.person)
        if not person.may(Right.APPROVE, standing.subject.connection_key):
            raise MayNotApprove(_NO_LONGER)
        if obstacle := find_approval_obstacle(session, standing, person):
            raise MayNotApprove(obstacle)
        if standing.mark != verdict.mark:
            raise StaleReview
        if verdict.is_approved and standing.is_broken and not verdict.reason:
            raise NoReason(_SAY_WHY)
        approvals.decide(session, standing.subject, decision)
        seals.seal(session)

    return decide
