"""Periodic tasks: what one of all machines does now and then, however many there are."""

from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from app.store.dialects import queries
from app.store.leases import grant_lease_from
from app.store.models import PeriodicTask


def take(session: Session, name: str, seconds: float, longest: float = 0.0) -> bool:
    """Take a task for some seconds, unless another machine has it; tells whether it was taken.

    *longest* is the longest, in seconds, that `extend` may have kept it for: a lease that ends
    later is that of a clock that was set back, and counts for nothing.
    """
    now = queries(session).read_clock(session)
    queries(session).insert_if_missing(
        session, PeriodicTask, {"name": name, "lease_boot": "", "lease_ends": 0.0}
    )
    is_over = PeriodicTask.lease_ends <= now.seconds
    farthest = now.seconds + max(seconds, longest)
    is_of_another_time = PeriodicTask.lease_ends > farthest  # The clock was set back.
    is_free = or_(PeriodicTask.lease_boot != now.boot, is_over, is_of_another_time)
    lease = grant_lease_from(now, seconds)
    change = update(PeriodicTask).where(PeriodicTask.name == name, is_free)
    taken = session.execute(change.values(lease_boot=lease.boot, lease_ends=lease.ends))
    return bool(cast(CursorResult[Any], taken).rowcount)


def extend(session: Session, name: str, seconds: float) -> None:
    """Let nobody take on a task for some seconds from now."""
    lease = grant_lease_from(queries(session).read_clock(session), seconds)
    change = update(PeriodicTask).where(PeriodicTask.name == name)
    session.execute(change.values(lease_boot=lease.boot, lease_ends=lease.ends))
