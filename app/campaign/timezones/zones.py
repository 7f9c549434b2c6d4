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
    """Load a zone once: Python itself keeps no more than the last eight."""
    return ZoneInfo(name)


def find_zone(text: str) -> str | None:
    """Find the zone that a person means by a zone name or a city, in any case.

    A city that names several zones is no answer, unless just one of them is a zone
    of its own and the others are older names for it; "utc" is none, and means UTC.
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
    """Name a zone shortly, by its city: New York."""
    return zone.rpartition("/")[2].replace("_", " ")


def format_offset(offset: timedelta) -> str:
    """Write an offset from UTC as ISO 8601 does: ``+05:30``, ``-08:00``."""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def find_offset(zone: str, instant: datetime) -> timedelta:
    """Tell how far the zone's wall clock is ahead of UTC at an (aware) instant."""
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
        """The day on the wall on which the change shows."""
        return (self.at + max(self.before, self.after)).date()

    @cached_property
    def walls(self) -> tuple[datetime, datetime]:
        """The times of the wall clock (naive) from which and until which it skips or repeats."""
        at = self.at.replace(tzinfo=None)
        return at + min(self.before, self.after), at + max(self.before, self.after)

    @cached_property
    def days(self) -> list[date]:
        """Every day whose hours it adds to, takes from, or takes away altogether.

        A change at midnight is no matter of the day that begins there if it repeats the last
        hour of the one that ends.
        """
        start, end = self.walls
        first, last = start.date(), (end - timedelta(microseconds=1)).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def find_clock_changes(zone: str, first: date, last: date) -> list[ClockChange]:
    """Find a zone's clock changes from the start of one day to the end of another, in UTC."""
    return [
        change
        for year in range(first.year, last.year + 1)
        for change in _find_changes_in(zone, year)
        if first <= change.at.date() <= last
    ]


def iterate_even_stretches(
    zone: str, first: date, last: date
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut the time from one day (UTC) to the end of another where the zone's offset changes.

    Gives each stretch's start and end (aware, UTC) and its offset.
    """
    start = _find_midnight(first)
    for change in find_clock_changes(zone, first, last):
        yield start, change.at, change.before
        start = change.at
    yield start, _find_midnight(last + timedelta(days=1)), find_offset(zone, start)


@lru_cache(maxsize=4096)
def _find_changes_in(zone: str, year: int) -> tuple[ClockChange, ...]:
    """Find the changes of one year (UTC), to the second."""
    changes = []
    for day in _find_days_with_a_change(zone, year):
        start, end = _find_midnight(day), _find_midnight(day) + timedelta(days=1)
        before, after = find_offset(zone, start), find_offset(zone, end)
        if before != after:
            changes.append(ClockChange(_find_first_instant(zone, start, end), before, after))
    return tuple(changes)


def _find_days_with_a_change(zone: str, year: int) -> list[date]:
    """Name the days (UTC) that a change can fall on, by looking at every midnight on the wall."""
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
    """Find the change between two instants, to the second."""
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
    """Name the zones of IANA's table of places, which leaves out superseded names."""
    return frozenset(load_zone_countries())


def fold(text: str) -> str:
    """Write a name as it is looked up, without case, accents, apostrophes or underscores."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.replace("_", " ").replace("'", "").casefold().split())
