"""What waits to be approved, was refused or approved, and is still to be sent: the oldest first."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.store.base import ItemState
from app.store.batch_models import Batch, BatchItem
from app.store.models import IS_UNLOCKED, Draft
from app.store.team_models import Approval, ApprovalState, DraftEditor

_IS_TO_SEND = and_(
    Draft.id.is_not(None),
    Draft.deleted_at.is_(None),
    IS_UNLOCKED,
)

_IS_BATCH_TO_SEND = and_(
    Batch.id.is_not(None), Batch.confirmed_at.is_(None), Batch.stopped_at.is_(None)
)

About: TypeAlias = tuple[Approval, Draft | Batch]
"""What was asked for or decided, and the draft or the batch that it is about."""


_ABOUT = (
    select(Approval, Draft, Batch)
    .outerjoin(Draft, Draft.id == Approval.draft_id)
    .outerjoin(Batch, Batch.id == Approval.batch_id)
    .order_by(Approval.id)
)
_GOES_THERE = or_(
    Draft.connection_key.in_(bindparam("keys", expanding=True)),
    Batch.connection_key.in_(bindparam("keys", expanding=True)),
)
_ASKED = _ABOUT.where(Approval.state == ApprovalState.ASKED, or_(_IS_TO_SEND, _IS_BATCH_TO_SEND))
_newer = aliased(Approval)
_IS_LAST = ~exists().where(
    or_(_newer.draft_id == Approval.draft_id, _newer.batch_id == Approval.batch_id),
    _newer.id > Approval.id,
)
_LAST = _ABOUT.where(
    Approval.state == bindparam("state"),
    or_(and_(_IS_TO_SEND, Draft.version == Approval.draft_version), _IS_BATCH_TO_SEND),
    _IS_LAST,
)
"""What was decided last on what is still to be sent, unless the draft has another version now."""
_LAST_OF_ITS_AUTHOR = _LAST.where(
    or_(
        Approval.asked_by == bindparam("author"),
        exists().where(
            DraftEditor.draft_id == Approval.draft_id,
            DraftEditor.who == bindparam("author"),
            DraftEditor.is_author,
        ),
        exists().where(
            BatchItem.batch_id == Approval.batch_id,
            BatchItem.state == ItemState.READY,
            DraftEditor.draft_id == BatchItem.draft_id,
            DraftEditor.who == bindparam("author"),
            DraftEditor.is_author,
        ),
    )
)
_APPROVED_OF_ITS_EDITOR = _ABOUT.where(
    Approval.state == ApprovalState.APPROVED,
    _IS_TO_SEND,
    _IS_LAST,
    or_(
        Approval.asked_by == bindparam("editor"),
        exists().where(
            DraftEditor.draft_id == Approval.draft_id, DraftEditor.who == bindparam("editor")
        ),
    ),
)
_CHANGED_OF_ITS_EDITOR = _APPROVED_OF_ITS_EDITOR.where(Draft.version != Approval.draft_version)
_AS_IT_WAS_OF_ITS_EDITOR = (
    _APPROVED_OF_ITS_EDITOR.where(Draft.version == Approval.draft_version)
    .order_by(None)
    .order_by(Approval.id.desc())
    .limit(bindparam("most"))
)
_LAST_OF_BATCHES = _ABOUT.where(
    _IS_BATCH_TO_SEND,
    Approval.state.in_((ApprovalState.ASKED, ApprovalState.APPROVED)),
    or_(Approval.asked_by == bindparam("author"), Batch.made_by == bindparam("author")),
    ~exists().where(_newer.batch_id == Approval.batch_id, _newer.id > Approval.id),
)
_ASKED_THERE, _LAST_THERE = _ASKED.where(_GOES_THERE), _LAST.where(_GOES_THERE)


def iterate_asked(session: Session, connection_keys: frozenset[str] | None) -> Iterator[About]:
    """Iterate what waits to be approved at these connections, or at all; the oldest comes first.

    What was deleted, stopped or sent meanwhile waits no more. An empty key is the default's.
    """
    query = _ASKED if connection_keys is None else _ASKED_THERE
    yield from _iterate(session, query, keys=connection_keys)


def iterate_said_of_batches(session: Session, who: str) -> Iterator[tuple[Approval, Batch]]:
    """Iterate the batches to be sent that somebody has made or had asked about; the oldest first.

    Of each there is what was last asked or said of it, unless that is a refusal.
    """
    for approval, _, batch in session.execute(_LAST_OF_BATCHES, {"author": who}):
        yield approval, batch


def iterate_refused(session: Session, who: str) -> Iterator[About]:
    """Iterate what somebody had asked for, or has made, and was refused; the oldest comes first.

    Of a batch, that is also whoever has made a campaign that is ready in it.
    """
    yield from _iterate(session, _LAST_OF_ITS_AUTHOR, state=ApprovalState.REFUSED, author=who)


def iterate_approved(session: Session, connection_keys: frozenset[str] | None) -> Iterator[About]:
    """Iterate what is approved for these connections, or for any; the oldest comes first."""
    query = _LAST if connection_keys is None else _LAST_THERE
    yield from _iterate(session, query, state=ApprovalState.APPROVED, keys=connection_keys)


def iterate_approved_of(session: Session, who: str, most: int) -> Iterator[tuple[Approval, Draft]]:
    """Iterate the drafts that were approved last, whatever they are now.

    They are those that somebody has written a version of, or has asked about: first all that have
    another version now, then the *most* that were approved last of the others.
    """
    for query in (_CHANGED_OF_ITS_EDITOR, _AS_IT_WAS_OF_ITS_EDITOR):
        for approval, draft, _ in session.execute(query, {"editor": who, "most": most}):
            yield approval, draft


def _iterate(session: Session, query: Select[Any, Any, Any], **of: Any) -> Iterator[About]:
    for approval, draft, batch in session.execute(query, of):
        yield approval, draft or batch
