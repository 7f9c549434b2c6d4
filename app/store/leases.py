"""How long something may still be under way, by a clock that nobody can set.

It counts from the start of the machine and goes on while that sleeps. A lease that was
given before the machine was started anew is over: what held it has ended.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True)
class Lease:
    """Until when: *ends* is in seconds on the clock of the machine as it was started (*boot*)."""

    boot: str
    ends: float

    @property
    def is_over(self) -> bool:
        return self.boot != identify_boot() or self.ends <= read_clock()


def grant_lease(seconds: float) -> Lease:
    """Grant a lease of this many seconds from now."""
    return Lease(identify_boot(), read_clock() + seconds)


def read_clock() -> float:
    """Read the seconds since the machine was started, those asleep included."""
    return time.clock_gettime(_CLOCK)


@cache
def identify_boot() -> str:
    """Name this start of the machine; where the system does not, all starts have one name."""
    with suppress(OSError):
        return _BOOT_ID.read_text().strip()
    return "unnamed"
