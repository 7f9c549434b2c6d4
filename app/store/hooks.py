"""Signed webhooks: who is called, and the digests that they have not taken yet.

A delivery is claimed before it is called, by setting when the next try is: nobody else makes the
same call meanwhile, and one that ends with its process is made again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.store import audit_trail, told_items
from app.store.audit_trail import INSTANCE, EventKind
from app.store.notice_models import Hook, HookDelivery
from app.store.told_items import name_hook_subject

WITHIN = timedelta(days=1)
"""How long a delivery is tried for."""

DELIVERIES = "hook deliveries"
"""What a writer locks who claims one."""

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_GROWTH = 3
_SILENT_FOR = timedelta(minutes=1)
_KEPT = timedelta(days=30)
_SHOWN = 5
_NEVER_CALLED = "It was not taken within a day."


class NoSuchHook(LookupError):
    """There is no hook of this number."""


@dataclass(frozen=True)
class EnteredHook:
    """What a person entered, with the *keys* of connections; *secret* is encrypted."""

    name: str
    url: str
    keys: list[str]
    secret: bytes


@dataclass(frozen=True)
class Due:
    """A delivery that was claimed; *secret* is encrypted."""

    id: int
    url: str
    secret: bytes
    message_id: str
    body: str


@dataclass(frozen=True)
class Standing:
    """How deliveries to a hook stand: how many wait, and those that failed last, newest first."""

    waiting: int
    failures: Sequence[HookDelivery]


def find(session: Session, hook_id: int) -> Hook:
    """Find a hook; raises `NoSuchHook`."""
    hook = session.get(Hook, hook_id)
    if hook is None:
        raise NoSuchHook(hook_id)
    return hook


def list_all(session: Session) -> list[Hook]:
    """List all hooks by name."""
    return list(session.scalars(select(Hook).order_by(func.lower(Hook.name), Hook.id)))


def add(session: Session, entered: EnteredHook, *, who: str) -> Hook:
    """Add a hook."""
    hook = Hook(**asdict(entered), made_at=datetime.now(UTC))
    session.add(hook)
    session.flush()
    _record(session, EventKind.HOOK_ADDED, hook, who, keys=entered.keys)
    return hook


def set_active(session: Session, hook: Hook, *, active: bool, who: str) -> None:
    """Call a hook from now on, or no longer; what waits goes on unless it is a day old."""
    if active is (hook.disabled_at is None):
        return
    hook.disabled_at = None if active else datetime.now(UTC)
    _record(session, EventKind.HOOK_CHANGED, hook, who, active=active)


def remove(session: Session, hook: Hook, *, who: str) -> None:
    """Delete a hook, and what waits for it."""
    session.execute(delete(HookDelivery).where(HookDelivery.hook_id == hook.id))
    told_items.forget_all(session, name_hook_subject(hook.id))
    _record(session, EventKind.HOOK_DELETED, hook, who)
    session.delete(hook)


def read_standing(session: Session, hook_id: int) -> Standing:
    """Read how deliveries to a hook stand."""
    of_hook = HookDelivery.hook_id == hook_id
    waiting = session.scalar(select(func.count()).where(of_hook, HookDelivery.next_at.is_not(None)))
    failures = select(HookDelivery).where(of_hook, HookDelivery.failed_at.is_not(None))
    newest = failures.order_by(HookDelivery.failed_at.desc(), HookDelivery.id.desc()).limit(_SHOWN)
    return Standing(waiting or 0, session.scalars(newest).all())


def enqueue(session: Session, hook_id: int, body: str, now: datetime) -> None:
    """Let a body be delivered to a hook."""
    delivery = HookDelivery(
        hook_id=hook_id,
        message_id=make_message_id(),
        body=body,
        made_at=now,
        tries=0,
        next_at=now,
        failure="",
    )
    session.add(delivery)


def make_message_id() -> str:
    """Make the id of a message, the same at each try."""
    return f"msg_{token_hex(16)}"


def claim(session: Session, now: datetime) -> Due | None:
    """Claim the delivery that has waited longest for its next try; `None` if none is due."""
    session.execute(delete(HookDelivery).where(HookDelivery.made_at < now - _KEPT))
    is_too_late = (HookDelivery.made_at < now - WITHIN, HookDelivery.next_at.is_not(None))
    was_tried = (*is_too_late, HookDelivery.failed_at.is_not(None))
    session.execute(update(HookDelivery).where(*was_tried).values(next_at=None))
    given_up = {"next_at": None, "failed_at": now, "failure": _NEVER_CALLED}
    session.execute(update(HookDelivery).where(*is_too_late).values(**given_up))
    query = (
        select(HookDelivery, Hook)
        .join(Hook, Hook.id == HookDelivery.hook_id)
        .where(HookDelivery.next_at <= now, Hook.disabled_at.is_(None))
        .order_by(HookDelivery.next_at, HookDelivery.id)
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    delivery, hook = row
    delivery.tries += 1
    delivery.next_at = now + find_pause(delivery.tries)
    return Due(delivery.id, hook.url, hook.secret, delivery.message_id, delivery.body)


def find_pause(tries: int) -> timedelta:
    """Find how long to wait after so many tries: three times as long each time, up to 6 hours."""
    return min(_FIRST_PAUSE * int(_GROWTH ** min(tries - 1, 10)), _LONGEST_PAUSE)


def note_taken(session: Session, delivery_id: int, now: datetime) -> None:
    """Write down that a hook has taken a delivery."""
    delivery = session.get(HookDelivery, delivery_id)
    if delivery is not None:  # The hook may have been deleted meanwhile.
        find(session, delivery.hook_id).delivered_at = now
        session.delete(delivery)


def note_failure(
    session: Session, delivery_id: int, words: str, now: datetime, *, was_answered: bool = True
) -> None:
    """Write down what came of a try, and give up if the next one would be too late.

    Where nobody has answered, all else that waits for the hook waits a little, too: other hooks
    would be kept waiting by it.
    """
    delivery = session.get(HookDelivery, delivery_id)
    if delivery is None:
        return
    if not was_answered:
        until = now + _SILENT_FOR
        others = (HookDelivery.hook_id == delivery.hook_id, HookDelivery.next_at < until)
        due = HookDelivery.id != delivery_id
        session.execute(update(HookDelivery).where(*others, due).values(next_at=until))
    delivery.failed_at, delivery.failure = now, words
    if delivery.next_at is not None and delivery.next_at > delivery.made_at + WITHIN:
        delivery.next_at = None


def _record(session: Session, kind: EventKind, hook: Hook, who: str, **details: object) -> None:
    audit_trail.record(session, kind, INSTANCE, who=who, hook=hook.id, name=hook.name, **details)
