"""How long something may still be under way, by a clock that nobody can set.

It counts from the start of the machine and goes on while that sleeps. A lease that was
given before the machine was started anew is over: what held it has ended.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Moment(NamedTuple):
    """What a clock shows: *seconds* since it began, and which clock it is, in *boot*."""

    boot: str
    seconds: float


@dataclass(frozen=True)
class Lease:
    """Until when: *ends* is in seconds on the clock of the machine as it was started (*boot*).

    On a database that several machines use, the clock is that of the database.
    """

    boot: str
    ends: float

    @property
    def is_over(self) -> bool:
        """Whether it is over by the clock of this machine."""
        return self.is_over_at(read_moment())

    def is_over_at(self, now: Moment) -> bool:
        """Tell whether it is over; so is one that another clock was to end."""
        return self.boot != now.boot or self.ends <= now.seconds


def grant_lease(seconds: float) -> Lease:
    """Grant a lease of this many seconds from now, by the clock of this machine."""
    return grant_lease_from(read_moment(), seconds)


def grant_lease_from(now: Moment, seconds: float) -> Lease:
    """Grant a lease of this many seconds from a moment."""
    return Lease(now.boot, now.seconds + seconds)


def read_moment() -> Moment:
    """Read the clock of this machine."""
    return Moment(identify_boot(), read_clock())


def read_clock() -> float:
    """Read the seconds since the machine was started, those asleep included."""
    return time.clock_gettime(_CLOCK)


@cache
def identify_boot() -> str:
    """Name this start of the machine; where the system does not, all starts have one name."""
    with suppress(OSError):
        return _BOOT_ID.read_text().strip()
    return "unnamed"
