"""Time zones by the pinned ``tzdata`` package, never by the system's copy.

Python asks the system's directory first and falls back to the package. A system
copy is often a year old, and an old copy is an hour wrong for several zones
today, so the search path is emptied here, before any zone is loaded.
"""

import unicodedata
import zoneinfo
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata

zoneinfo.reset_tzpath(to=())

ZONE_NAMES = frozenset(zoneinfo.available_timezones())
ZONE_DATA_VERSION = tzdata.IANA_VERSION


def zone_named(text: str) -> str | None:
    """Find the zone that a person means by a zone name or a city, in any case.

    A city that names several zones is no answer, unless just one of them is a zone
    of its own and the others are older names for it.
    """
    if text in ZONE_NAMES:
        return text
    found = _zones_by_word().get(_folded(text), set())
    if len(found) > 1:
        found = found & _listed_zones()
    return next(iter(found)) if len(found) == 1 else None


def offset_words(offset: timedelta) -> str:
    """Write an offset from UTC as ISO 8601 does: ``+05:30``, ``-08:00``."""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def offset_at(zone: str, instant: datetime) -> timedelta:
    """Tell how far the zone's wall clock is ahead of UTC at an (aware) instant."""
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    return offset if offset is not None else timedelta(0)


@cache
def _zones_by_word() -> dict[str, set[str]]:
    zones: dict[str, set[str]] = defaultdict(set)
    for name in ZONE_NAMES:
        zones[_folded(name)].add(name)
        zones[_folded(name.rpartition("/")[2])].add(name)
    return zones


@cache
def _listed_zones() -> frozenset[str]:
    """Name the zones of IANA's table of places, which leaves out superseded names."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return frozenset(row[2] for row in rows)


def _folded(text: str) -> str:
    """Forget case, accents, and whether words are joined by a space or an underscore."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.replace("_", " ").casefold().split())
