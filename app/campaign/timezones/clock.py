"""A zone's clock in plain numbers, for whoever looks at thousands of instants.

Instants are POSIX seconds, walls are the seconds from 1970 to what the clock on the wall shows,
and offsets the seconds that it is ahead of UTC.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from app.campaign.timezones.zones import find_clock_changes, find_offset

DAY_SECONDS = 24 * 60 * 60
_EPOCH = date(1970, 1, 1).toordinal()


class Clock(NamedTuple):
    """A zone's clock: the instants of its changes in ascending order, and the offsets between.

    There is one offset more than `changes`: the first holds before all of them. `walls` are the
    latest walls on which each change shows.
    """

    changes: tuple[int, ...]
    walls: tuple[int, ...]
    offsets: tuple[int, ...]

    def find_offset(self, instant: int) -> int:
        return self.offsets[bisect_right(self.changes, instant)]

    def find_instant(self, wall: int) -> int:
        """Find the first instant at which the clock shows a wall.

        One that it skips is read by the clock of before, as `datetime` does (PEP 495).
        """
        return wall - self.offsets[bisect_right(self.walls, wall)]

    def find_day(self, instant: int) -> int:
        """Find the ordinal of the date that the clock shows."""
        offset = self.offsets[bisect_right(self.changes, instant)]
        return (instant + offset) // DAY_SECONDS + _EPOCH

    def slice_changes(self, start: int, end: int) -> range:
        """Give the positions of the changes from an instant on and before another."""
        return range(bisect_left(self.changes, start), bisect_left(self.changes, end))


def count_seconds_to(day: date) -> int:
    """Count the seconds from 1970 to a date's beginning; it is a wall, or an instant in UTC."""
    return (day.toordinal() - _EPOCH) * DAY_SECONDS


@lru_cache(maxsize=4096)
def read_clock(zone: str, first: int, last: int) -> Clock:
    """Read a zone's clock from one year to another, with the years before and after them."""
    start, end = date(first - 1, 1, 1), date(last + 1, 12, 31)
    changes = find_clock_changes(zone, start, end)
    offsets = [find_offset(zone, datetime.combine(start, time(), UTC))]
    offsets += [change.after for change in changes]
    latest = [change.at + max(change.before, change.after) for change in changes]
    return Clock(
        tuple(int(change.at.timestamp()) for change in changes),
        tuple(int(wall.timestamp()) for wall in latest),
        tuple(int(offset.total_seconds()) for offset in offsets),
    )
