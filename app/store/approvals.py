"""What has to be approved before it is sent, and what was approved, refused or sent without.

Whether an approval still holds is decided in `app.sending.approval`, which knows what it is bound
to. Here are its rows, and who may not approve, since they have changed what is to be approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.store import audit_trail
from app.store.audit_trail import (
    EventKind,
    name_batch_chain,
    name_connection_chain,
    name_draft_chain,
)
from app.store.base import ItemState
from app.store.batch_models import Batch, BatchItem
from app.store.dialects import queries
from app.store.models import Draft
from app.store.people_models import GroupMember
from app.store.records import Event
from app.store.team_models import DECIDED, Approval, ApprovalRule, ApprovalState, DraftEditor

_EARLIER = 10


@dataclass(frozen=True)
class Subject:
    """A draft or a batch as it stands, to one connection.

    *bound* is the SHA-256 over all that is approved, *seen* over what of that costs nothing to
    look up, and *digest* over what is sent.
    """

    draft_id: str | None
    batch_id: int | None
    version: int | None
    connection_key: str
    digest: str
    bound: str
    seen: str

    @property
    def chain(self) -> str:
        """Name the chain on which is written what becomes of it."""
        if self.draft_id is not None:
            return name_draft_chain(self.draft_id)
        return name_batch_chain(self.batch_id or 0)


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom and why; a refusal, and sending without approval, have a reason.

    An approver approves or refuses; who sends something without approval overrides.
    """

    state: ApprovalState
    who: str
    reason: str = ""


def find_rule(session: Session, connection_key: str) -> ApprovalRule | None:
    """Find who has to approve what goes to a connection; `None` if nobody has to."""
    return session.get(ApprovalRule, connection_key)


def set_rule(session: Session, connection_key: str, group: str | None, *, who: str) -> None:
    """Let what goes to a connection be approved: by one of a group, of anybody (""), or not at all.

    *group* is `None` where nobody has to approve.
    """
    rule = find_rule(session, connection_key)
    before = rule.group_name if rule else None
    if group == before:
        return
    if group is None:
        session.execute(delete(ApprovalRule).where(ApprovalRule.connection_key == connection_key))
    elif rule is None:
        session.add(ApprovalRule(connection_key=connection_key, group_name=group))
    else:
        rule.group_name = group
    session.flush()
    chain = name_connection_chain(connection_key)
    audit_trail.record(session, EventKind.APPROVAL_SET, chain, who=who, before=before, group=group)


def find_group_since(session: Session, connection_key: str) -> datetime | None:
    """Find when it was last set of which group somebody has to approve; `None` where it is none."""
    chain = name_connection_chain(connection_key)
    query = select(Event).where(Event.chain == chain, Event.kind == EventKind.APPROVAL_SET)
    event = session.scalars(query.order_by(Event.number.desc()).limit(1)).first()
    is_of_a_group = event is not None and bool(audit_trail.read_details(event)["group"])
    return datetime.fromisoformat(event.at) if event and is_of_a_group else None


def list_groups(session: Session) -> list[str]:
    """List the groups that somebody is in, by name."""
    return list(session.scalars(select(GroupMember.name).distinct().order_by(GroupMember.name)))


def find_newest(session: Session, subject: Subject) -> Approval | None:
    """Find what was last asked or said of a draft or a batch."""
    query = select(Approval).where(
        Approval.draft_id == subject.draft_id, Approval.batch_id == subject.batch_id
    )
    return session.scalar(query.order_by(Approval.id.desc()).limit(1))


def list_earlier_decisions(session: Session, newest: Approval) -> list[Approval]:
    """List what was decided before on the same draft or batch: `_EARLIER`, the last first."""
    query = select(Approval).where(
        Approval.draft_id == newest.draft_id,
        Approval.batch_id == newest.batch_id,
        Approval.id < newest.id,
        Approval.state.in_(DECIDED),
    )
    return list(session.scalars(query.order_by(Approval.id.desc()).limit(_EARLIER)))


def find_newest_by_draft(session: Session, draft_ids: Sequence[str]) -> dict[str, Approval]:
    """Find what was last asked or said of each of these drafts by itself, by its id."""
    last = select(func.max(Approval.id)).where(Approval.draft_id.in_(draft_ids))
    query = select(Approval).where(Approval.id.in_(last.group_by(Approval.draft_id)))
    return {str(approval.draft_id): approval for approval in session.scalars(query)}


def list_batches_of(session: Session, draft_id: str) -> list[int]:
    """List the numbers of the batches with a draft of which an approval was asked or decided."""
    query = (
        select(Approval.batch_id)
        .join(BatchItem, BatchItem.batch_id == Approval.batch_id)
        .where(BatchItem.draft_id == draft_id)
    )
    return sorted(number for number in session.scalars(query.distinct()) if number is not None)


def write_document(approval: Approval) -> dict[str, Any]:
    """Write out as JSON has it what was asked and said; times are ISO 8601 in UTC."""
    times = {name: getattr(approval, name) for name in ("asked_at", "decided_at")}
    return {
        "id": approval.id,
        "draft_id": approval.draft_id,
        "batch_id": approval.batch_id,
        "draft_version": approval.draft_version,
        "connection": approval.connection_key,
        "bound": approval.bound,
        "sha256": approval.digest,
        "state": approval.state.value,
        "asked_by": approval.asked_by,
        "decided_by": approval.decided_by,
        "reason": approval.reason,
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


class LastApproved(NamedTuple):
    """The version of a draft that was approved last, by itself or in a batch, by whom and when."""

    version: int
    decided_by: str
    decided_at: datetime | None


def find_last_approved(session: Session, draft_id: str) -> LastApproved | None:
    """Find the approval of a draft that was given last, whether or not it still holds."""
    is_approved = Approval.state == ApprovalState.APPROVED
    alone = select(Approval).where(Approval.draft_id == draft_id, is_approved)
    in_batch = (
        select(Approval, BatchItem.seen)
        .join(Batch, Batch.id == Approval.batch_id)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .where(
            BatchItem.draft_id == draft_id,
            BatchItem.state != ItemState.UNFIT,
            Batch.digest == Approval.digest,  # Else it was checked again since.
            is_approved,
        )
    )
    given_last = [
        (approval, approval.draft_version or 0)
        for approval in session.scalars(alone.order_by(Approval.id.desc()).limit(1))
    ] + [
        (approval, int(seen.partition(" ")[0]))
        for approval, seen in session.execute(in_batch.order_by(Approval.id.desc()).limit(1))
    ]
    if not given_last:
        return None
    approval, version = max(given_last, key=lambda pair: pair[0].id)
    return LastApproved(version, approval.decided_by, approval.decided_at)


def find_last_decisions(session: Session, draft_ids: Sequence[str]) -> dict[str, Approval]:
    """Find what was said last of each of these drafts by itself, by its id, if anything was."""
    query = select(Approval).where(Approval.draft_id.in_(draft_ids), Approval.state.in_(DECIDED))
    rows = session.scalars(query.order_by(Approval.id))
    return {str(approval.draft_id): approval for approval in rows}


def ask(session: Session, subject: Subject, *, who: str) -> None:
    """Ask for an approval; what is asked for already stays as it is."""
    newest = find_newest(session, subject)
    if newest is not None and newest.state is ApprovalState.ASKED:
        return
    session.add(_make(subject, ApprovalState.ASKED, asked_by=who, asked_at=datetime.now(UTC)))
    session.flush()
    _record(session, EventKind.APPROVAL_ASKED, subject, who)


def decide(session: Session, subject: Subject, decision: Decision) -> Approval:
    """Keep what an approver says of a draft or a batch as it stands."""
    newest = find_newest(session, subject)
    if newest is None:
        newest = _make(subject, decision.state)
        session.add(newest)
    elif newest.state is not ApprovalState.ASKED:  # Whoever asked is told of this as well.
        asked = {"asked_by": newest.asked_by, "asked_at": newest.asked_at}
        newest = _make(subject, decision.state, **asked)
        session.add(newest)
    newest.state, newest.bound, newest.seen = decision.state, subject.bound, subject.seen
    newest.digest = subject.digest
    newest.draft_version, newest.connection_key = subject.version, subject.connection_key
    newest.decided_by, newest.decided_at = decision.who, datetime.now(UTC)
    newest.reason = decision.reason
    _record(session, KIND_OF[decision.state], subject, decision.who, reason=decision.reason)
    session.flush()
    return newest


KIND_OF = {
    ApprovalState.APPROVED: EventKind.APPROVED,
    ApprovalState.REFUSED: EventKind.APPROVAL_REFUSED,
    ApprovalState.OVERRIDDEN: EventKind.APPROVAL_OVERRIDDEN,
}


def note_editor(session: Session, draft_id: str, who: str, version: int) -> None:
    """Note that somebody has made this version of a draft; who made the first is its author."""
    if not who:
        return
    row = {"draft_id": draft_id, "who": who, "is_author": version == 1, "version": version}
    queries(session).insert_if_missing(session, DraftEditor, row)
    is_it = (DraftEditor.draft_id == draft_id, DraftEditor.who == who)
    session.execute(update(DraftEditor).where(*is_it).values(version=version))


def find_last_editor(session: Session, draft: Draft) -> str:
    """Find who has made the version of a draft that there is; empty if nobody has said."""
    is_it = (DraftEditor.draft_id == draft.id, DraftEditor.version == draft.version)
    return session.scalar(select(DraftEditor.who).where(*is_it).limit(1)) or ""


def copy_editors(session: Session, draft_id: str, copy_id: str) -> None:
    """Take those who have made or changed a draft for authors of its copy as well."""
    rows = session.scalars(select(DraftEditor.who).where(DraftEditor.draft_id == draft_id))
    for who in rows.all():
        row = {"draft_id": copy_id, "who": who, "is_author": True, "version": 1}
        queries(session).insert_if_missing(session, DraftEditor, row)


def has_changed(session: Session, draft_id: str | None, batch_id: int | None, who: str) -> bool:
    """Tell whether somebody has written a part of a draft, or of one that is ready in a batch.

    That is who has made it, who has changed it last, and who has changed it since it was last
    approved by itself; and of a batch whoever has put it together.
    """
    batch = session.get(Batch, batch_id) if batch_id is not None else None
    if batch is not None and who and batch.made_by == who:
        return True
    approved = (
        select(func.coalesce(func.max(Approval.draft_version), 0))
        .where(Approval.draft_id == Draft.id, Approval.state == ApprovalState.APPROVED)
        .scalar_subquery()
    )
    query = (
        select(DraftEditor.draft_id)
        .join(Draft, Draft.id == DraftEditor.draft_id)
        .where(
            DraftEditor.who == who,
            or_(
                DraftEditor.is_author,
                DraftEditor.version == Draft.version,
                DraftEditor.version > approved,
            ),
        )
    )
    if draft_id is not None:
        query = query.where(DraftEditor.draft_id == draft_id)
    else:
        query = query.join(BatchItem, BatchItem.draft_id == DraftEditor.draft_id).where(
            BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY
        )
    return session.scalar(query.limit(1)) is not None


def _make(subject: Subject, state: ApprovalState, **more: object) -> Approval:
    return Approval(
        draft_id=subject.draft_id,
        batch_id=subject.batch_id,
        draft_version=subject.version,
        connection_key=subject.connection_key,
        bound=subject.bound,
        seen=subject.seen,
        digest=subject.digest,
        state=state,
        **more,
    )


def _record(
    session: Session, kind: EventKind, subject: Subject, who: str, **details: object
) -> None:
    seen = {"digest": subject.digest, "bound": subject.bound, "version": subject.version}
    audit_trail.record(session, kind, subject.chain, who=who, **seen, **details)
