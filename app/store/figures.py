"""Figures of the queue and of what left it, for those who watch over the app.

They are read from indexes alone: a hundred thousand submissions take some hundredths of a second.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.store import batches, throttles
from app.store.base import State
from app.store.dialects import queries
from app.store.models import Submission


@dataclass
class ConnectionFigures:
    """How things stand with one connection.

    *counts* are the submissions by state. Those of which a person has said what became of them
    are in *looked_up* instead: what a person says can be corrected, so a count by state could
    fall. *oldest_age* is for how many seconds the first in the queue has waited, and *wait* in how
    many seconds the rate lets the next one go.
    """

    counts: Counter[State] = field(default_factory=Counter)
    looked_up: int = 0
    oldest_age: float = 0.0
    is_paused: bool = False
    wait: float = 0.0


@dataclass(frozen=True)
class Figures:
    """How the queue stands; *connections* by their keys, and batches of which something is left."""

    connections: dict[str, ConnectionFigures]
    unfinished_batches: int


def read_figures(session: Session, now: datetime) -> Figures:
    """Read how the queue stands; *now* is aware."""
    connections = defaultdict[str, ConnectionFigures](ConnectionFigures)
    _count_submissions(session, connections, now)
    _read_throttles(session, connections)
    unfinished = {*batches.list_unfinished(session, now), *batches.list_waiting(session)}
    return Figures(dict(connections), len(unfinished))


_COUNTS = select(
    Submission.connection_key,
    Submission.state,
    func.count(),
    func.count(Submission.resolved_at),
    func.min(Submission.pressed_at),
).group_by(Submission.connection_key, Submission.state)


def _count_submissions(
    session: Session, connections: dict[str, ConnectionFigures], now: datetime
) -> None:
    for key, state, count, looked_up, oldest in session.execute(_COUNTS):
        connection = connections[key]
        connection.counts[state] = count - looked_up
        connection.looked_up += looked_up
        if state is State.QUEUED:
            connection.oldest_age = max(0.0, (now - oldest).total_seconds())


def _read_throttles(session: Session, connections: dict[str, ConnectionFigures]) -> None:
    moment = queries(session).read_clock(session)
    for throttle in throttles.list_all(session):
        connection = connections[throttle.connection_key]
        connection.is_paused = throttle.paused_at is not None
        connection.wait = throttles.measure_wait(throttle, moment)
