"""How fast campaigns go to each connection: a rate, a number at once, and a pause.

The rate is held on one row for each connection (`gcra`), which is read and written in the
claim's own transaction: so it is exact, however many processes send.
"""

import logging
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.store import audit_trail, gcra
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.connection_models import Throttle
from app.store.dialects import queries
from app.store.leases import Moment

WEBHOOK_CHECK = "webhook"
"""The key under which the pace of trying webhook addresses out is kept: no connection has it."""

_log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """What a person sets.

    *rate* is campaigns a second (0: no limit), *burst* how many may go together after a rest, and
    *concurrency* how many may be under way at the same time.
    """

    rate: float
    burst: int
    concurrency: int


GENTLE = Pace(rate=5, burst=5, concurrency=8)
"""For an API that does not say what it takes."""

UNHURRIED = Pace(rate=0, burst=1, concurrency=16)
"""For the sandbox within the app."""


def choose_usual(is_built_in: bool) -> Pace:
    """Choose the pace of a connection for which nobody has set one."""
    return UNHURRIED if is_built_in else GENTLE


MOST_FAILURES = 5
"""After so many in a row that failed, nothing more is tried there by itself.

One whose outcome nobody knows is among them, even if only its worker was killed: that says
nothing about the API, but each such campaign may be there, and people be called twice.
"""


def find(session: Session, connection_key: str, usual: Pace) -> Throttle:
    """Find the throttle of a connection; one that nobody has set is made as is *usual*."""
    throttle = session.get(Throttle, connection_key)
    if throttle is None:
        throttle = Throttle(
            connection_key=connection_key,
            **usual._asdict(),
            clock="",
            arrival=0.0,
            failures=0,
            pause_reason="",
        )
        session.add(throttle)
    return throttle


def find_if_there(session: Session, connection_key: str) -> Throttle | None:
    """Find a connection's throttle, if anything went there yet or somebody has set its pace."""
    return session.get(Throttle, connection_key)


def list_all(session: Session) -> list[Throttle]:
    """List the throttles of all connections that something went to, or that somebody has set."""
    query = select(Throttle).where(Throttle.connection_key != WEBHOOK_CHECK)
    return list(session.scalars(query))


def read_pace(session: Session, connection_key: str, usual: Pace) -> Pace:
    """Read how fast campaigns go to a connection."""
    throttle = session.get(Throttle, connection_key)
    return _read(throttle) if throttle else usual


def _read(throttle: Throttle) -> Pace:
    return Pace(throttle.rate, throttle.burst, throttle.concurrency)


def name_subject(connection_key: str) -> str:
    """Name what a writer locks who changes a throttle."""
    return f"throttle/{connection_key}"


def measure_wait(throttle: Throttle, now: Moment) -> float:
    """Measure the seconds until the rate allows the next campaign; 0.0 if it may go now."""
    if not throttle.rate:
        return 0.0
    return gcra.measure_wait(throttle, throttle.rate, throttle.burst, now)


def take(throttle: Throttle, now: Moment) -> None:
    """Count one campaign that goes now."""
    if throttle.rate:
        gcra.take(throttle, throttle.rate, now)


def take_up_to(throttle: Throttle, most: int, now: Moment) -> int:
    """Count as many campaigns as may go now, *most* at most, and tell how many."""
    if throttle.rate:
        gcra.bring_near(throttle, throttle.rate, throttle.burst, now)
    taken = 0
    while taken < most and not measure_wait(throttle, now):
        take(throttle, now)
        taken += 1
    return taken


def is_paused(session: Session, connection_key: str) -> bool:
    """Tell whether sending to a connection is paused.

    It is after failures in a row, and after an older copy of the database was brought back.
    """
    return find_pause(session, connection_key) is not None


class Pause(NamedTuple):
    """Since when (aware) nothing goes to a connection, and why, in a sentence."""

    since: datetime
    reason: str


def find_pause(session: Session, connection_key: str) -> Pause | None:
    """Find what holds up all that goes to a connection; `None` if nothing does."""
    throttle = find_if_there(session, connection_key)
    if throttle is None or throttle.paused_at is None:
        return None
    return Pause(throttle.paused_at, throttle.pause_reason)


def pause(session: Session, connection_key: str, usual: Pace, reason: str) -> None:
    """Let nothing go to a connection until somebody says so; does nothing if nothing does now."""
    throttle = find(session, connection_key, usual)
    if not throttle.paused_at:
        throttle.paused_at, throttle.pause_reason = datetime.now(UTC), reason
        chain = name_connection_chain(connection_key)
        audit_trail.record(session, EventKind.SENDING_PAUSED, chain, reason=reason)


def list_paused(session: Session) -> set[str]:
    """List the keys of the connections to which nothing goes."""
    query = select(Throttle.connection_key).where(Throttle.paused_at.is_not(None))
    return set(session.scalars(query))


def count_success(session: Session, connection_key: str) -> None:
    """End a run of failures."""
    has_failures = (Throttle.connection_key == connection_key, Throttle.failures > 0)
    if session.scalar(select(Throttle.failures).where(*has_failures)):
        _wait_for_others(session, connection_key)
        session.execute(update(Throttle).where(*has_failures).values(failures=0))


_FAILED = (
    "Campaigns failed there one after the other, or nobody knows what became of them. The last: {}"
)


def count_failure(session: Session, connection_key: str, reason: str) -> None:
    """Count a campaign that failed; `MOST_FAILURES` in a row pause the connection."""
    _wait_for_others(session, connection_key)
    of_key = Throttle.connection_key == connection_key
    session.execute(update(Throttle).where(of_key).values(failures=Throttle.failures + 1))
    is_one_too_many = (Throttle.failures >= MOST_FAILURES, Throttle.paused_at.is_(None))
    pause = {"paused_at": datetime.now(UTC), "pause_reason": _FAILED.format(reason)}
    changed = session.execute(update(Throttle).where(of_key, *is_one_too_many).values(pause))
    if cast(CursorResult[Any], changed).rowcount:
        chain = name_connection_chain(connection_key)
        audit_trail.record(session, EventKind.SENDING_PAUSED, chain, reason=reason)
        _log.warning("Nothing goes to the connection %s any more: %s", connection_key, reason)


def _wait_for_others(session: Session, connection_key: str) -> None:
    """Wait until nobody else writes about the connection.

    Who records an outcome has waited for its draft alone. Everybody waits for the connection before
    they change its row, so no two can wait for each other.
    """
    queries(session).wait_for(session, name_connection_chain(connection_key))


def resume(session: Session, connection_key: str, who: str) -> None:
    """Let campaigns go again; does nothing if none is held.

    One failure more holds them again: whoever lets them go too early has one to look up, not five.
    """
    throttle = session.get(Throttle, connection_key)
    if throttle is None or not throttle.paused_at:
        return
    throttle.failures = MOST_FAILURES - 1
    throttle.paused_at, throttle.pause_reason = None, ""
    audit_trail.record(
        session, EventKind.SENDING_RESUMED, name_connection_chain(connection_key), who=who
    )


def set_pace(session: Session, throttle: Throttle, pace: Pace, who: str) -> None:
    """Set how fast campaigns go to a connection."""
    before = _read(throttle)
    if pace == before:
        return
    throttle.rate, throttle.burst, throttle.concurrency = pace
    throttle.clock = ""  # It begins anew.
    audit_trail.record(
        session,
        EventKind.PACE_SET,
        name_connection_chain(throttle.connection_key),
        who=who,
        before=before._asdict(),
        now=pace._asdict(),
    )
