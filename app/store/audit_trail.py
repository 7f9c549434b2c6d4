"""The event trail: what was done to a draft, a connection or the instance, by whom, and when.

Each of these has a chain of its own (`chains`), so writing about one draft need not wait for
writing about another.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Insert, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.store.chains import EVENT, NOTHING_BEFORE, SHORTENED, hash_document, hash_event
from app.store.models import Draft
from app.store.records import ChainHead, Event

INSTANCE = "instance"
"""The chain of what concerns all that is kept here."""


class EventKind(StrEnum):
    """What can happen."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    ACCEPTED = "accepted"
    TAKEN_BACK = "taken back"
    CONFIRMED = "confirmed"
    REVIEWED = "reviewed"
    SENT = "sent"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered late"
    RESOLVED = "resolved"
    CORRECTED = "corrected"
    CONNECTION_ADDED = "connection added"
    CONNECTION_CHANGED = "connection changed"
    CONNECTION_TEST_BEGUN = "connection test begun"
    CONNECTION_TESTED = "connection tested"
    BATCH_CONFIRMED = "batch confirmed"
    BATCH_PAUSED = "batch paused"
    BATCH_RESUMED = "batch resumed"
    BATCH_STOPPED = "batch stopped"
    PACE_SET = "pace set"
    SENDING_PAUSED = "sending paused"
    SENDING_RESUMED = "sending resumed"
    TOKENS_ROTATED = "tokens rotated"
    BACKUP_RESTORED = "backup restored"
    MOVED = "moved"
    STRAY_ANSWER = "stray answer"
    CHAINED_ANEW = "chained anew"
    COUNTED = "counted"
    ARCHIVED = "archived"
    ACCOUNT_ADDED = "account added"
    ACCOUNT_CORRECTED = "account corrected"
    ROLES_SET = "roles set"
    ACCOUNT_CLOSED = "account closed"
    ACCOUNT_OPENED = "account opened"
    LINK_MADE = "link made"
    PASSWORD_SET = "password set"  # noqa: S105  It is what happened.
    SECOND_STEP_CHANGED = "second step changed"
    SIGNED_IN = "signed in"
    SIGN_IN_ENDED = "sign-in ended"
    TOKEN_MADE = "token made"  # noqa: S105  It is what happened.
    TOKEN_ENDED = "token ended"  # noqa: S105  It is what happened.
    APPROVAL_SET = "approval set"
    APPROVAL_ASKED = "approval asked for"
    APPROVED = "approved"
    APPROVAL_REFUSED = "approval refused"
    APPROVAL_OVERRIDDEN = "approval overridden"
    GROUPS_SET = "groups set"
    COMMENTED = "commented"
    COMMENT_RESOLVED = "comment resolved"
    COMMENT_REOPENED = "comment reopened"
    ASSIGNED = "assigned"
    HOOK_ADDED = "hook added"
    HOOK_CHANGED = "hook changed"
    HOOK_DELETED = "hook deleted"
    IDENTITY_LINKED = "identity linked"
    IDENTITY_UNLINKED = "identity unlinked"
    SHORTENED = SHORTENED


OUTCOMES = frozenset(
    {EventKind.ANSWERED, EventKind.ANSWERED_LATE, EventKind.RESOLVED, EventKind.CORRECTED}
)
"""What became of a submission."""

SAYS = frozenset({EventKind.ACCEPTED, EventKind.TAKEN_BACK, EventKind.CONFIRMED})
"""What somebody says of findings, which changes nothing that is sent."""

SAID = "said_digest"
"""In these events: the digest of all that is kept then of what was said of the draft."""

SEALED_AT_ONCE = OUTCOMES | {EventKind.SENT, EventKind.ARCHIVED, EventKind.SHORTENED}
"""What is sealed in the transaction that records it."""


def name_draft_chain(draft_id: str) -> str:
    """Name the chain of a draft, by its id; what all of them begin with, for empty text."""
    return f"draft/{draft_id}"


def name_batch_chain(batch_id: int | str) -> str:
    """Name the chain of a batch, by its number; what all of them begin with, for empty text."""
    return f"batch/{batch_id}"


def name_connection_chain(key: str) -> str:
    """Name the chain of a connection."""
    return f"connection/{key}"


def name_account_chain(account_id: int) -> str:
    """Name the chain of an account."""
    return f"account/{account_id}"


_HEADS = select(ChainHead.chain, ChainHead.number, ChainHead.hash).where(
    ChainHead.chain.in_(bindparam("chains", expanding=True))
)
_NEW_HEAD: dict[str, Any] = {"number": bindparam("to"), "hash": bindparam("by")}
_GROW = update(ChainHead).where(ChainHead.chain == bindparam("of")).values(_NEW_HEAD)
_BEGIN = insert(ChainHead).values(chain=bindparam("of"), **_NEW_HEAD)
_OF_CHAIN = select(Event).where(Event.chain == bindparam("chain")).order_by(Event.number)
_LAST_DEED = (
    select(func.max(Event.number))
    .where(
        Event.chain == bindparam("chain"),
        Event.kind.not_in({EventKind.REVIEWED, *SAYS}),
    )
    .scalar_subquery()
)
_SINCE_THEN = select(Event.kind, Event.who, Event.details).where(
    Event.chain == bindparam("chain"), Event.number > func.coalesce(_LAST_DEED, 0)
)


class Happening(NamedTuple):
    """What is to be put on record; *details* are what JSON can hold."""

    kind: EventKind
    chain: str
    details: Mapping[str, Any]
    who: str = ""


def record(session: Session, kind: EventKind, chain: str, *, who: str = "", **details: Any) -> None:
    """Append an event to a chain; *details* are what JSON can hold."""
    record_all(session, [Happening(kind, chain, details, who)])


def record_all(session: Session, happenings: Sequence[Happening]) -> None:
    """Append events, in this order, each to its own chain."""
    chains = {happening.chain for happening in happenings}
    rows = session.connection().execute(_HEADS, {"chains": list(chains)})
    known = {chain: (number, hashed) for chain, number, hashed in rows}
    heads, events = dict(known), []
    for happening in happenings:
        number, before = heads.get(happening.chain, (0, NOTHING_BEFORE))
        event = _write_event(happening, number + 1, before)
        heads[happening.chain] = event["number"], event["hash"]
        events.append(event)
    if events:
        session.connection().execute(insert(Event), events)
    _write_heads(session, {chain: heads[chain] for chain in known}, _GROW)
    _write_heads(session, {chain: heads[chain] for chain in chains - known.keys()}, _BEGIN)


def _write_event(happening: Happening, number: int, before: str) -> dict[str, Any]:
    event = {
        "chain": happening.chain,
        "number": number,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": happening.kind.value,
        "who": happening.who,
        "details": json.dumps(happening.details, ensure_ascii=False),
        "before": before,
    }
    return event | {"hash": hash_event(event)}


def _write_heads(
    session: Session, heads: Mapping[str, tuple[int, str]], change: Update | Insert
) -> None:
    rows = [{"of": chain, "to": to, "by": by} for chain, (to, by) in sorted(heads.items())]
    if rows:
        session.connection().execute(change, rows)


def read_chain(session: Session, chain: str) -> list[Event]:
    """Read the events of one chain, the oldest first."""
    return list(session.scalars(_OF_CHAIN, {"chain": chain}))


def read_last_events(
    session: Session, chain: str, kinds: Collection[EventKind], most: int
) -> list[Event]:
    """Read the last events of some kinds in one chain, the oldest first."""
    query = select(Event).where(Event.chain == chain, Event.kind.in_(kinds))
    return list(session.scalars(query.order_by(Event.number.desc()).limit(most)))[::-1]


def read_draft_events(session: Session, draft_id: str) -> list[Event]:
    """Read the events of one draft, the oldest first."""
    return read_chain(session, name_draft_chain(draft_id))


def read_strays(session: Session) -> list[dict[str, Any]]:
    """Read the details of the answers whose submissions are missing here."""
    query = select(Event).where(Event.chain == INSTANCE, Event.kind == EventKind.STRAY_ANSWER)
    return [read_details(event) for event in session.scalars(query)]


def read_archived(session: Session) -> list[dict[str, Any]]:
    """Read the details of all archives on record, the oldest first."""
    query = select(Event).where(Event.chain == INSTANCE, Event.kind == EventKind.ARCHIVED)
    return [read_details(event) for event in session.scalars(query.order_by(Event.number))]


def was_brought_back_since(session: Session, at: str) -> bool:
    """Tell whether an older copy of the database was brought back, and settled, after a moment.

    *at* is in UTC, in ISO 8601 with milliseconds, as events have it.
    """
    query = select(Event.number).where(
        Event.chain == INSTANCE, Event.kind == EventKind.BACKUP_RESTORED, Event.at > at
    )
    return session.scalars(query.limit(1)).first() is not None


def find_said_digest(events: Sequence[Mapping[str, Any]]) -> str | None:
    """Find the digest of what was last said of a draft's findings; `None` if nothing binds it.

    *events* are all of its chain as JSON has them; older ones bind nothing.
    """
    binding = SAYS | {EventKind.CREATED, EventKind.SHORTENED}
    last = next((event for event in reversed(events) if event["kind"] in binding), None)
    if last is None:
        return None
    if last["kind"] == EventKind.CREATED:  # Also one under the id of a draft that is archived.
        return hash_document({})
    digest: str | None = json.loads(last["details"]).get(SAID)
    return digest


def record_review(
    session: Session, draft_id: str, *, digest: str, connection: str, who: str = ""
) -> None:
    """Record that somebody reviewed the payload of this digest before sending.

    One look of a person is recorded until something is done to the draft; what is said of findings
    does not count. A person gives their name only with such words, so a look without a name is
    taken for that of whoever has said some since.
    """
    seen = {"digest": digest, "connection": connection}
    chain = name_draft_chain(draft_id)
    since = session.execute(_SINCE_THEN, {"chain": chain}).all()
    has_spoken = any(event.who == who and event.kind in SAYS for event in since)
    names = {who, ""} if has_spoken else {who}
    looks = (event for event in since if event.kind == EventKind.REVIEWED and event.who in names)
    if not any(json.loads(look.details) == seen for look in looks):
        record(session, EventKind.REVIEWED, chain, who=who, **seen)


def find_answers_at(session: Session, draft: Draft, version: int) -> dict[str, Any]:
    """Find a draft's answers at an earlier version, by undoing the edits since.

    Returns ``{}`` if the edits since *version* are in an archive.
    """
    answers = dict(draft.answers)
    if version >= draft.version:
        return answers
    for event in reversed(read_draft_events(session, draft.id)):
        if event.kind == EventKind.SHORTENED:
            return {}
        if event.kind in {EventKind.CREATED, EventKind.EDITED}:
            details = read_details(event)
            if details["version"] <= version:
                break
            answers |= {name: was for name, (was, _) in details["fields"].items()}
            if details["version"] == version + 1:
                break
    return answers


def write_document(event: Event) -> dict[str, Any]:
    """Write an event as JSON has it, with the exact texts that are hashed, and the hash."""
    return {name: getattr(event, name) for name in (*EVENT, "hash")}


def find_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name the answers that differ, each with the old and the new one; "" stands for no answer."""
    both = ((name, old.get(name) or "", new.get(name) or "") for name in {**old, **new})
    return {name: [was, now] for name, was, now in both if was != now}


def read_details(event: Event) -> dict[str, Any]:
    """Read an event's details."""
    return dict(json.loads(event.details))
