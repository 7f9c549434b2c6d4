"""Which rows are older than they have to be kept: found a portion at a time, each thing whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.store import approvals, audit_trail, batches, comments, request_log, submissions
from app.store.archive_file import Row
from app.store.audit_trail import EventKind, name_batch_chain, name_draft_chain
from app.store.base import MAY_EXIST, UNSETTLED, ItemState
from app.store.batch_models import Batch, BatchItem
from app.store.models import Draft, Submission
from app.store.records import ChainHead, Event, LoggedCall
from app.store.team_models import Approval, Comment


class ArchiveKind(StrEnum):
    """What an archive is of, in the order in which it goes: batches name drafts and submissions."""

    BATCHES = "batches"
    TRASH = "trash"
    LOG = "log"
    TRAIL = "trail"

    @property
    def setting(self) -> str:
        """The name in `Keep` for how long it is kept.

        Batches are kept as long as the trail: they are records of what was done, as events are.
        """
        return ArchiveKind.TRAIL if self is ArchiveKind.BATCHES else self


@dataclass
class Portion:
    """Rows that go into one archive together; *events* by their chains, each whole.

    *upto* is the key of what comes last, where that is no row's own.
    """

    batches: Sequence[Batch] = ()
    items: Sequence[BatchItem] = ()
    upto: tuple[int, int] | None = None
    drafts: Sequence[Draft] = ()
    submissions: Sequence[Submission] = ()
    approvals: Sequence[Approval] = ()
    comments: Sequence[Comment] = ()
    calls: Sequence[LoggedCall] = ()
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)

    @property
    def last(self) -> Any:
        """The key of what comes last: after it the next portion begins."""
        if self.upto:
            return self.upto
        if self.drafts:
            return self.drafts[-1].id
        return list(self.events)[-1] if self.events else self.calls[-1].id

    def iterate_rows(self) -> Iterator[Row]:
        """Yield the rows as JSON has them, each with its kind."""
        for batch in self.batches:
            yield "batch", batches.write_document(batch)
        for item in self.items:
            yield "item", batches.write_item_document(item)
        for draft in self.drafts:
            yield "draft", _write_draft(draft)
        for submission in self.submissions:
            yield "submission", submissions.write_document(submission)
        for approval in self.approvals:
            yield "approval", approvals.write_document(approval)
        for comment in self.comments:
            yield "comment", comments.write_document(comment)
        for call in self.calls:
            yield "call", request_log.write_document(call)
        for events in self.events.values():
            for event in events:
                yield "event", audit_trail.write_document(event)

    def list_keys(self) -> Iterator[tuple[str, Any]]:
        """List the keys of the rows, each with its kind."""
        yield from (("batch", batch.id) for batch in self.batches)
        yield from (("item", (item.batch_id, item.position)) for item in self.items)
        yield from (("draft", draft.id) for draft in self.drafts)
        yield from (("submission", submission.id) for submission in self.submissions)
        yield from (("approval", approval.id) for approval in self.approvals)
        yield from (("comment", comment.id) for comment in self.comments)
        yield from (("call", call.id) for call in self.calls)
        for events in self.events.values():
            yield from (("event", event.id) for event in events)


def _gather_batches(session: Session, before: datetime, last: tuple[int, int]) -> Portion:
    """Gather batches that have ended: items first, and each batch with the last one of its own.

    There may be very many items, so those of one batch may go in several archives.
    """
    query = select(Batch).where(Batch.id >= last[0], *_has_ended(before)).order_by(Batch.id)
    ended = session.scalars(query.limit(_FEW_AT_ONCE)).all()
    if not ended:
        return Portion()
    place = tuple_(BatchItem.batch_id, BatchItem.position)
    theirs = select(BatchItem).where(BatchItem.batch_id.in_([batch.id for batch in ended]))
    in_order = theirs.where(place > last).order_by(BatchItem.batch_id, BatchItem.position)
    *items, following = [*session.scalars(in_order.limit(_AT_ONCE + 1)), None]
    if len(items) > _AT_ONCE:
        following = items.pop()
    upto = (following.batch_id, following.position - 1) if following else (ended[-1].id + 1, 0)
    whole = [batch for batch in ended if batch.id < upto[0]]
    chains = (name_batch_chain(batch.id) for batch in whole)
    return Portion(
        batches=whole,
        items=items,
        upto=upto,
        approvals=_read(session, Approval, Approval.batch_id.in_([batch.id for batch in whole])),
        events=_read_chains(session, chains),
    )


def _has_ended(before: datetime) -> Sequence[ColumnElement[bool]]:
    """Name what holds of a batch that was stopped or sent, and all of which was settled before."""
    is_left = BatchItem.state.in_((ItemState.NEW, ItemState.READY))
    is_newer = or_(
        Submission.state.in_(UNSETTLED),
        Submission.settled_at >= before,
        Submission.resolved_at >= before,
    )
    return (
        func.coalesce(Batch.stopped_at, Batch.confirmed_at) < before,
        ~_exists(BatchItem.batch_id == Batch.id, is_left),
        ~_exists(Submission.batch_id == Batch.id, is_newer),
    )


def _gather_calls(session: Session, before: datetime, last: int) -> Portion:
    """Gather calls whose submission has an outcome; a connection's last test is shown: it stays."""
    is_over = or_(LoggedCall.submission_id.is_(None), Submission.state.not_in(UNSETTLED))
    last_tests = (
        select(func.max(LoggedCall.id))
        .where(LoggedCall.submission_id.is_(None))
        .group_by(LoggedCall.connection_key)
    )
    query = (
        select(LoggedCall)
        .outerjoin(Submission, Submission.id == LoggedCall.submission_id)
        .where(LoggedCall.id > last, LoggedCall.at < before, is_over)
        .where(LoggedCall.id.not_in(last_tests))
    )
    return Portion(calls=session.scalars(query.order_by(LoggedCall.id).limit(_AT_ONCE)).all())


def _gather_trash(session: Session, before: datetime, last: str) -> Portion:
    """Gather deleted drafts of which nothing was created, and that no batch names."""
    was_created = or_(Submission.state.in_(MAY_EXIST), Submission.campaign_id.is_not(None))
    query = (
        select(Draft)
        .where(Draft.id > last, Draft.deleted_at < before)
        .where(~_exists(Submission.draft_id == Draft.id, was_created))
        .where(~_exists(BatchItem.draft_id == Draft.id))
    )
    trash = session.scalars(query.order_by(Draft.id).limit(_FEW_AT_ONCE)).all()
    ids = [draft.id for draft in trash]
    sent = _read(session, Submission, Submission.draft_id.in_(ids))
    is_of_them = LoggedCall.submission_id.in_([submission.id for submission in sent])
    return Portion(
        drafts=trash,
        submissions=sent,
        approvals=_read(session, Approval, Approval.draft_id.in_(ids)),
        comments=_read(session, Comment, Comment.draft_id.in_(ids)),
        calls=_read(session, LoggedCall, is_of_them),
        events=_read_chains(session, map(name_draft_chain, ids)),
    )


def _gather_trail(session: Session, before: datetime, last: str) -> Portion:
    """Gather the events of drafts to which nothing was done since, and of which nothing is open."""
    is_draft = ChainHead.chain.startswith(name_draft_chain(""), autoescape=True)
    open_chains = select(name_draft_chain("") + Submission.draft_id).where(
        Submission.state.in_(UNSETTLED)
    )
    query = (
        select(ChainHead.chain)
        .join(Event, (Event.chain == ChainHead.chain) & (Event.number == ChainHead.number))
        .where(ChainHead.chain > last, is_draft, Event.kind != EventKind.SHORTENED)
        .where(Event.at < before.isoformat(timespec="milliseconds"))
        .where(ChainHead.chain.not_in(open_chains))
    )
    chains = session.scalars(query.order_by(ChainHead.chain).limit(_FEW_AT_ONCE)).all()
    return Portion(events=_read_chains(session, chains))


_R = TypeVar("_R", Approval, Comment, LoggedCall, Submission)

_AT_ONCE, _FEW_AT_ONCE = 1000, 200
"""Calls or items, and drafts or batches, in one archive: while they are removed, others wait."""


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).where(*conditions).exists()


def _read(session: Session, table: type[_R], is_theirs: ColumnElement[bool]) -> Sequence[_R]:
    """Read the rows of a table of which something holds, in the order of their numbers."""
    return session.scalars(select(table).where(is_theirs).order_by(table.id)).all()


def _read_chains(session: Session, chains: Iterable[str]) -> dict[str, Sequence[Event]]:
    """Read all events of these chains; one that has none is left out."""
    events = {chain: audit_trail.read_chain(session, chain) for chain in chains}
    return {chain: of_chain for chain, of_chain in events.items() if of_chain}


def _write_draft(draft: Draft) -> dict[str, Any]:
    """Write a draft out as JSON has it; times are ISO 8601 in UTC."""
    return {
        "id": draft.id,
        "version": draft.version,
        "answers": draft.answers,
        "accepted": draft.accepted,
        "created_at": draft.created_at.isoformat(),
        "changed_at": draft.changed_at.isoformat(),
        "deleted_at": draft.deleted_at.isoformat() if draft.deleted_at else None,
    }


FIRST: Mapping[ArchiveKind, Any] = {
    ArchiveKind.BATCHES: (0, 0),
    ArchiveKind.TRASH: "",
    ArchiveKind.LOG: 0,
    ArchiveKind.TRAIL: "",
}
"""The key after which the first portion of a kind begins."""

GATHER: Mapping[ArchiveKind, Callable[[Session, datetime, Any], Portion]] = {
    ArchiveKind.BATCHES: _gather_batches,
    ArchiveKind.TRASH: _gather_trash,
    ArchiveKind.LOG: _gather_calls,
    ArchiveKind.TRAIL: _gather_trail,
}
"""What gathers the portion that is older than a moment (aware), and comes after a key."""
