"""The generic cell rate algorithm (GCRA, as in ITU-T I.371): a rate, with a burst after a rest.

All that has to be kept is when the next one is due at that rate, its *arrival*, and on which
clock.
"""

from typing import Protocol

from app.store.leases import Moment


class Arrival(Protocol):
    """When the next one is due, in seconds on a clock."""

    clock: str
    arrival: float


def measure_wait(due: Arrival, rate: float, burst: int, now: Moment) -> float:
    """Measure the seconds until the next one may go; 0.0 if it may go now.

    *rate* is so many a second, above 0. It is never longer than from one to the next: a clock that
    was set back, or a rate that was slower, must not hold everything up.
    """
    if due.clock != now.boot:
        return 0.0
    ahead = (burst - 1) / rate
    due.arrival = min(due.arrival, now.seconds + ahead + 1 / rate)
    return max(0.0, due.arrival - ahead - now.seconds)


def take(due: Arrival, rate: float, now: Moment) -> None:
    """Count one that goes now."""
    at = max(due.arrival, now.seconds) if due.clock == now.boot else now.seconds
    due.clock, due.arrival = now.boot, at + 1 / rate
