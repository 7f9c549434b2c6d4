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

    *rate* is so many a second, above 0. It is never longer than from one to the next.
    """
    if due.clock != now.boot:
        return 0.0
    return max(0.0, _find_arrival(due, rate, burst, now) - (burst - 1) / rate - now.seconds)


def bring_near(due: Arrival, rate: float, burst: int, now: Moment) -> None:
    """Bring what is due later than after a whole burst that far, before it is waited for.

    A clock that was set back, or a rate that was slower, must not hold everything up.
    """
    if due.clock == now.boot:
        due.arrival = _find_arrival(due, rate, burst, now)


def take(due: Arrival, rate: float, now: Moment) -> None:
    """Count one that goes now."""
    at = max(due.arrival, now.seconds) if due.clock == now.boot else now.seconds
    due.clock, due.arrival = now.boot, at + 1 / rate


def _find_arrival(due: Arrival, rate: float, burst: int, now: Moment) -> float:
    """Find when the next one is due: at the latest as after a whole burst that goes now."""
    return min(due.arrival, now.seconds + burst / rate)
