"""Time zones by the pinned ``tzdata`` package, never by the system's copy.

Python asks the system's directory first and falls back to the package. A system
copy is often a year old, and an old copy is an hour wrong for several zones
today, so the search path is emptied here, before any zone is loaded.
"""

import unicodedata
import zoneinfo
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

import tzdata

from app.campaign.timezones.tables import load_zone_countries

zoneinfo.reset_tzpath(to=())

ZONE_NAMES = frozenset(zoneinfo.available_timezones())
ZONE_DATA_VERSION = tzdata.IANA_VERSION
ZONE_DATA_LOCKED = {"2026f": date(2026, 11, 23)}.get(ZONE_DATA_VERSION)
"""The day on which this version was the newest, renewed with the locked version; `None` for one
that somebody else has installed."""


@cache
def load_zone(name: str) -> ZoneInfo:
    """Load a zone and keep it: Python itself keeps only the last eight.

    Raises `zoneinfo.ZoneInfoNotFoundError` for a name that is not in `ZONE_NAMES`.
    """
    return ZoneInfo(name)


def find_zone(text: str) -> str | None:
    """Find the zone for a zone name or a city, in any case; `None` if there is not exactly one.

    A city that several zones share counts only if all but one of them are older names. A zone
    name without a city, such as "utc", counts in any case, too.
    """
    if text in ZONE_NAMES:
        return text
    word = fold(text)
    candidates = _index_zones().get(word, set())
    if len(candidates) > 1:
        candidates = candidates & _load_listed_zones() or {
            name for name in candidates if fold(name) == word
        }
    return next(iter(candidates)) if len(candidates) == 1 else None


def name_city(zone: str) -> str:
    """Take the city from a zone name: ``America/New_York`` gives New York."""
    return zone.rpartition("/")[2].replace("_", " ")


def format_offset(offset: timedelta) -> str:
    """Write an offset from UTC as ISO 8601 does: ``+05:30``, ``-08:00``."""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def find_offset(zone: str, instant: datetime) -> timedelta:
    """Find how far the zone's clock is ahead of UTC at an aware instant; negative if behind."""
    offset = instant.astimezone(load_zone(zone)).utcoffset()
    return offset if offset is not None else timedelta(0)


@dataclass(frozen=True)
class ClockChange:
    """A zone's offset from UTC changes at the instant `at` (aware, UTC)."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def day(self) -> date:
        """The day on the wall on which the change shows: the one with a repeated hour, or after.

        Hours that are repeated until midnight are the end of a day, and not the day after it.
        """
        return self.days[-1] if self.after < self.before else (self.at + self.after).date()

    @cached_property
    def walls(self) -> tuple[datetime, datetime]:
        """The naive wall clock times that are skipped or repeated: start and end, half open."""
        at = self.at.replace(tzinfo=None)
        return at + min(self.before, self.after), at + max(self.before, self.after)

    @cached_property
    def days(self) -> list[date]:
        """Every date on the wall clock that the change makes longer or shorter, or skips.

        A change at midnight that repeats the last hour of a day does not touch the day after it.
        """
        start, end = self.walls
        first, last = start.date(), (end - timedelta(microseconds=1)).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def find_clock_changes(zone: str, first: date, last: date) -> list[ClockChange]:
    """Find a zone's clock changes whose date in UTC is from *first* to *last*, in order of time."""
    return [
        change
        for year in range(first.year, last.year + 1)
        for change in _find_changes_in(zone, year)
        if first <= change.at.date() <= last
    ]


def iterate_even_stretches(
    zone: str, first: date, last: date
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Split the time from *first* to the end of *last* (dates in UTC) at the zone's clock changes.

    Yields the start and the end of each stretch (aware, UTC) and its offset from UTC.
    """
    start = _find_midnight(first)
    for change in find_clock_changes(zone, first, last):
        yield start, change.at, change.before
        start = change.at
    yield start, _find_midnight(last + timedelta(days=1)), find_offset(zone, start)


@lru_cache(maxsize=4096)
def _find_changes_in(zone: str, year: int) -> tuple[ClockChange, ...]:
    """Find the changes of one year in UTC, exact to the second."""
    changes = []
    for day in _find_days_with_a_change(zone, year):
        start, end = _find_midnight(day), _find_midnight(day) + timedelta(days=1)
        before, after = find_offset(zone, start), find_offset(zone, end)
        if before != after:
            changes.append(ClockChange(_find_first_instant(zone, start, end), before, after))
    return tuple(changes)


def _find_days_with_a_change(zone: str, year: int) -> list[date]:
    """Find the dates in UTC on which a change is possible, by comparing every local midnight."""
    offset = load_zone(zone).utcoffset
    midnights = [datetime(year, 1, 1) + timedelta(days=n) for n in range(-2, 369)]  # noqa: DTZ001
    offsets = [offset(midnight) for midnight in midnights]
    days = {
        midnight.date() + timedelta(days=n)
        for midnight, before, after in zip(midnights, offsets, offsets[1:], strict=False)
        if before != after
        for n in (-1, 0, 1)
    }
    return sorted(day for day in days if day.year == year)


def _find_first_instant(zone: str, start: datetime, end: datetime) -> datetime:
    """Find the instant, exact to the second, at which the offset changes between two others."""
    before, second = find_offset(zone, start), timedelta(seconds=1)
    seconds = range((end - start) // second)
    return start + second * bisect_left(
        seconds, True, key=lambda later: find_offset(zone, start + later * second) != before
    )


def _find_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@cache
def _index_zones() -> dict[str, set[str]]:
    zones: dict[str, set[str]] = defaultdict(set)
    for name in ZONE_NAMES:
        zones[fold(name)].add(name)
        zones[fold(name.rpartition("/")[2])].add(name)
    return zones


@cache
def _load_listed_zones() -> frozenset[str]:
    """Load the zones of IANA's `zone.tab`, which leaves out superseded names."""
    return frozenset(load_zone_countries())


def fold(text: str) -> str:
    """Normalise a name for look-up: ASCII, lower case, spaces for underscores, no apostrophes."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.replace("_", " ").replace("'", "").casefold().split())
