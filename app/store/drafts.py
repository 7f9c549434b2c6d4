"""Drafts: find, save, delete, restore. Each save makes a new version, and an old one is refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from app.campaign.contract.fields import CampaignType, Values
from app.campaign.contract.typed_length import LONGEST_IN_ALL
from app.store import approvals, audit_trail
from app.store.acceptances import Judgement, count_findings
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.collation import make_sort_key
from app.store.dialects import queries
from app.store.models import NO_HOURS, Draft
from app.store.readiness import describe_hours
from app.store.search_index import DRAFT_INDEX, replace_row

_AT_ONCE = 500
_SEQUENCE = select(Draft.sequence).where(Draft.id == bindparam("id"))


class NoSuchDraft(LookupError):
    """No draft has this id."""


class StaleVersion(Exception):
    """The draft has changed since it was read; *draft* is how it stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.id)
        self.draft = draft


class AlreadySubmitted(Exception):
    """The API may hold this draft's campaign, so the draft can no longer change or be sent."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


ID_FORM = "[0-9a-f]{16}"
"""The one form of a draft's id, as a regular expression."""


def make_id() -> str:
    """Make a random id of 16 hexadecimal digits, which nobody can guess."""
    return token_hex(8)


def derive_id(words: str) -> str:
    """Derive an id from words that nobody can guess: the same words are the same draft."""
    return sha256(words.encode()).hexdigest()[:16]


def is_kept(session: Session, draft_id: str) -> bool:
    """Tell whether a draft is there, and not deleted."""
    draft = session.get(Draft, draft_id)
    return draft is not None and draft.deleted_at is None


def find(session: Session, draft_id: str) -> Draft:
    """Find a draft, a deleted one too; raises `NoSuchDraft`."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise NoSuchDraft(draft_id)
    return draft


def find_heads(session: Session, ids: Iterable[str]) -> list[Draft]:
    """Find drafts, of which only the version and what was said of findings are read at once."""
    only = load_only(Draft.version, Draft.accepted)
    return list(session.scalars(select(Draft).where(Draft.id.in_(ids)).options(only)))


def select_ids(session: Session, ids: Sequence[str], keys: frozenset[str] | None) -> Sequence[str]:
    """Leave out the drafts that go to other connections than those of *keys*, or to none."""
    if keys is None:
        return ids
    at_keys = select(Draft.id).where(Draft.connection_key.in_(keys))
    allowed = {
        draft_id
        for start in range(0, len(ids), _AT_ONCE)
        for draft_id in session.scalars(at_keys.where(Draft.id.in_(ids[start : start + _AT_ONCE])))
    }
    return [draft_id for draft_id in ids if draft_id in allowed]


def exists(session: Session, draft_id: str) -> bool:
    """Tell whether a draft has this id, deleted or not."""
    return session.scalar(_SEQUENCE, {"id": draft_id}) is not None


def read_connection_keys(session: Session, draft_ids: Sequence[str]) -> dict[str, str]:
    """Read the key of the connection to which each of these drafts goes, by id, if it is there."""
    keys: dict[str, str] = {}
    for start in range(0, len(draft_ids), _AT_ONCE):
        some = Draft.id.in_(draft_ids[start : start + _AT_ONCE])
        keys |= dict(session.execute(select(Draft.id, Draft.connection_key).where(some)).all())
    return keys


def read_states(session: Session, draft_ids: Sequence[str]) -> dict[str, State | None]:
    """Read what became of each of these drafts, by id, if it is there; `None` was never sent."""
    states: dict[str, State | None] = {}
    for start in range(0, len(draft_ids), _AT_ONCE):
        some = Draft.id.in_(draft_ids[start : start + _AT_ONCE])
        states |= dict(session.execute(select(Draft.id, Draft.state).where(some)).all())
    return states


def read_names_with(session: Session, part: str, keys: frozenset[str] | None) -> set[str]:
    """Read the names of drafts that have this in them, deleted ones, too.

    *keys* are those of the connections that are looked at, all if there are none.
    """
    names = select(Draft.name).where(Draft.name.contains(part, autoescape=True))
    if keys is not None:
        names = names.where(Draft.connection_key.in_(keys))
    return set(session.scalars(names))


def save(
    session: Session,
    draft_id: str,
    judgement: Judgement,
    *,
    expected_version: int,
    who: str = "",
    **more: int,
) -> Draft:
    """Save what was typed into a version; the *expected_version* of a new draft is 0.

    A draft that is gone is made anew, so that nothing typed is lost. Saving what is there already
    changes nothing, and a deleted draft stays deleted. Raises
    `StaleVersion` if the draft is at another version, `AlreadySubmitted` if it can no longer
    change, and `NoSuchDraft` for a new one under what is no id. *more* is what the trail tells of
    it besides, such as `from_version`, which was put back by it.
    """
    answers = judgement.answers
    draft = session.get(Draft, draft_id)
    if draft is None:
        if not re.fullmatch(ID_FORM, draft_id):
            raise NoSuchDraft(draft_id)
        draft = Draft(id=draft_id, version=0, created_at=_now(), answers={}, accepted={})
        session.add(draft)
    elif draft.is_locked:
        raise AlreadySubmitted(draft_id)
    elif draft.answers == answers:
        return draft
    elif draft.version != expected_version:
        session.expunge(draft)  # The roll-back would empty it, and it has to be shown.
        raise StaleVersion(draft)
    changed = audit_trail.find_changes(draft.answers, answers)
    _take(session, draft, judgement)
    kind = EventKind.CREATED if draft.version == 1 else EventKind.EDITED
    chain = name_draft_chain(draft_id)
    audit_trail.record(session, kind, chain, who=who, version=draft.version, fields=changed, **more)
    approvals.note_editor(session, draft_id, who, draft.version)
    return draft


def delete(session: Session, draft_id: str, *, who: str = "") -> Draft:
    """Mark a draft as deleted, if it is not; raises `NoSuchDraft`, and `AlreadySubmitted`."""
    draft = find(session, draft_id)
    if draft.is_locked:
        raise AlreadySubmitted(draft_id)
    if draft.deleted_at:
        return draft
    draft.deleted_at = _now()
    audit_trail.record(session, EventKind.DELETED, name_draft_chain(draft_id), who=who)
    return draft


def restore(session: Session, draft_id: str, *, who: str = "") -> Draft:
    """Restore a draft, if it is deleted; raises `NoSuchDraft`."""
    draft = find(session, draft_id)
    if not draft.deleted_at:
        return draft
    draft.deleted_at = None
    audit_trail.record(session, EventKind.RESTORED, name_draft_chain(draft_id), who=who)
    return draft


def find_first_day(values: Values) -> date | None:
    """Find the first day of a campaign; an INBOUND one has none, whatever was typed before."""
    return None if values.get("type") == CampaignType.INBOUND else values.get("start_date")


def _take(session: Session, draft: Draft, judgement: Judgement) -> None:
    values = judgement.values
    draft.answers = dict(judgement.answers)
    draft.name = values.get("name", "")
    draft.type = values.get("type")
    draft.name_key = make_sort_key(draft.name)
    draft.first_day = find_first_day(values)
    draft.day_key = draft.first_day or date.max
    draft.day_key_down = draft.first_day or date.min
    draft.last_day = values.get("end_date")
    draft.hours, draft.zone = describe_hours(values)
    draft.hours_key = draft.hours or NO_HOURS
    draft.connection_key = str(judgement.answers.get("connection", ""))
    draft.version += 1
    draft.changed_at = _now()
    count_findings(draft, judgement)
    _move_to_the_top(session, draft)


def _move_to_the_top(session: Session, draft: Draft) -> None:
    old, draft.sequence = draft.sequence, queries(session).take_sequence(session)
    session.flush()
    words = _join_words(draft.answers)
    replace_row(session, DRAFT_INDEX, old, rowid=draft.sequence, text=words)


def _join_words(answers: Mapping[str, Any]) -> str:
    """Join what a search should find: every text that was typed, as far as we take it."""
    texts = "\n".join(
        value
        for name, value in answers.items()
        if isinstance(value, str) and value and name != "connection"
    )
    return texts[:LONGEST_IN_ALL]


def _now() -> datetime:
    return datetime.now(UTC)
