"""When each person is told of what waits for them: never, in the morning, or at once.

A morning is taken before it is told, so that nobody is told twice, whatever happens meanwhile; one
that could not be told is given back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.campaign.timezones.zones import load_zone
from app.store import told_items
from app.store.notice_models import Digest
from app.store.people_models import Account
from app.store.told_items import name_account_subject


class Rhythm(StrEnum):
    """How often somebody is told."""

    NEVER = "never"
    MORNING = "morning"
    AT_ONCE = "at once"


@dataclass(frozen=True)
class Wish:
    """When somebody wants to be told; *at* and *zone* are those of the morning."""

    rhythm: Rhythm = Rhythm.NEVER
    at: time = time(8)
    zone: str = "UTC"


def find_wish(session: Session, account_id: int) -> Wish:
    """Find when a person is told; who has not said so is never told."""
    row = session.get(Digest, account_id)
    return Wish(Rhythm(row.rhythm), time.fromisoformat(row.at), row.zone) if row else Wish()


def set_wish(session: Session, account_id: int, wish: Wish, now: datetime) -> None:
    """Tell a person like this from now on."""
    session.execute(delete(Digest).where(Digest.account_id == account_id))
    if wish.rhythm is not Rhythm.AT_ONCE:
        told_items.forget_all(session, name_account_subject(account_id))
    if wish.rhythm is Rhythm.NEVER:
        return
    is_morning = wish.rhythm is Rhythm.MORNING
    row = Digest(
        account_id=account_id,
        rhythm=wish.rhythm.value,
        at=f"{wish.at:%H:%M}",
        zone=wish.zone,
        next_at=find_next_morning(wish, now) if is_morning else None,
    )
    session.add(row)


def list_due(session: Session, now: datetime) -> list[tuple[int, Rhythm]]:
    """List the accounts that are to be told now, if anything waits, and in which rhythm.

    Closed accounts are told nothing.
    """
    is_due = or_(Digest.next_at.is_(None), Digest.next_at <= now)
    query = (
        select(Digest.account_id, Digest.rhythm)
        .join(Account, Account.id == Digest.account_id)
        .where(Account.active, is_due)
        .order_by(Digest.account_id)
    )
    return [(account_id, Rhythm(rhythm)) for account_id, rhythm in session.execute(query)]


class Morning(NamedTuple):
    """When a morning was due, and when the next one is; both aware."""

    due: datetime
    following: datetime


def take_morning(session: Session, account_id: int, now: datetime) -> Morning | None:
    """Take the morning of a person that has come; `None` if none has."""
    row = session.get(Digest, account_id)
    if row is None or row.next_at is None or row.next_at > now:
        return None
    following = find_next_morning(Wish(zone=row.zone, at=time.fromisoformat(row.at)), now)
    morning, row.next_at = Morning(row.next_at, following), following
    return morning


def give_back_morning(session: Session, account_id: int, morning: Morning) -> None:
    """Let a morning that was taken come again; does nothing if it was changed meanwhile."""
    row = session.get(Digest, account_id)
    if row is not None and row.next_at == morning.following:
        row.next_at = morning.due


def find_next_morning(wish: Wish, after: datetime) -> datetime:
    """Find the first morning after a moment, by the clock of its zone.

    A time that a clock change skips comes later by the length of the change.
    """
    zone = load_zone(wish.zone)
    day = after.astimezone(zone).date()
    morning = datetime.combine(day, wish.at, zone).astimezone(UTC)
    if morning > after:
        return morning
    return datetime.combine(day + timedelta(days=1), wish.at, zone).astimezone(UTC)
