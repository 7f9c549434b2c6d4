"""The zones that people mean by words that are not zone names: Eastern, PST, Mumbai.

Clock names follow the metazones of Unicode's CLDR; the cities are large ones without a zone of
their own. A word that can mean several zones lists each of them. None of these words is accepted
as an answer: the zones are offered, and a person chooses one.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from app.campaign.timezones.zones import ZONE_NAMES, fold

WORDS_FOR = {
    "America/New_York": (
        "eastern, et, edt, atlanta, baltimore, boston, charlotte, cleveland, miami, orlando, "
        "philadelphia, pittsburgh, portland, tampa, washington, washington dc"
    ),
    "America/Chicago": (
        "central, ct, cst, cdt, austin, dallas, houston, kansas city, memphis, milwaukee, "
        "minneapolis, nashville, new orleans, san antonio, st louis"
    ),
    "America/Denver": "mountain, mt, mdt, albuquerque, salt lake city",
    "America/Phoenix": "arizona, tucson",
    "America/Los_Angeles": (
        "pacific, pt, pst, pdt, las vegas, portland, sacramento, san diego, san francisco, "
        "san jose, seattle"
    ),
    "America/Anchorage": "alaska, akst, akdt",
    "Pacific/Honolulu": "hawaii, hawaiian, hawaii aleutian",
    "America/Halifax": "atlantic, ast, adt",
    "America/St_Johns": "newfoundland, nst, ndt",
    "America/Toronto": "ottawa, quebec",
    "America/Edmonton": "calgary",
    "America/Mexico_City": "guadalajara, puebla",
    "America/Sao_Paulo": "brasilia, brt, rio de janeiro",
    "Europe/London": (
        "greenwich mean, british, bst, uk, england, scotland, wales, "
        "edinburgh, glasgow, leeds, liverpool, manchester"
    ),
    "Europe/Dublin": "irish, ist, cork",
    "Europe/Lisbon": "western european, west, porto",
    "Europe/Paris": "central european, cest, lyon, marseille",
    "Europe/Berlin": "central european, cest, cologne, frankfurt, hamburg, munich",
    "Europe/Madrid": "barcelona, seville, valencia",
    "Europe/Rome": "milan, naples, turin",
    "Europe/Zurich": "basel, bern, geneva",
    "Europe/Amsterdam": "rotterdam, the hague",
    "Europe/Warsaw": "gdansk, krakow",
    "Europe/Bucharest": "eastern european, eest",
    "Europe/Athens": "eastern european, eest, thessaloniki",
    "Europe/Istanbul": "ankara, izmir",
    "Europe/Moscow": "msk, st petersburg, saint petersburg",
    "Africa/Johannesburg": "south african, sast, cape town, durban, pretoria",
    "Africa/Lagos": "west african, wat, abuja",
    "Africa/Nairobi": "east african, eat, mombasa",
    "Asia/Jerusalem": "israel, ist, idt, haifa",
    "Asia/Dubai": "gulf, gst, abu dhabi",
    "Asia/Riyadh": "arabian, jeddah, mecca",
    "Asia/Karachi": "pakistan, pkt, islamabad, lahore",
    "Asia/Kolkata": (
        "india, indian, ist, ahmedabad, bangalore, bengaluru, bombay, chennai, delhi, hyderabad, "
        "madras, mumbai, new delhi, pune"
    ),
    "Asia/Ho_Chi_Minh": "hanoi",
    "Asia/Jakarta": "western indonesia, wib, bandung",
    "Asia/Manila": "philippine, cebu, quezon city",
    "Asia/Singapore": "sgt",
    "Asia/Hong_Kong": "hkt",
    "Asia/Shanghai": "china, cst, beijing, peking, chengdu, guangzhou, shenzhen, tianjin, wuhan",
    "Asia/Seoul": "korea, korean, kst, busan",
    "Asia/Tokyo": "japan, jst, kyoto, osaka, yokohama",
    "Australia/Perth": "australian western, awst",
    "Australia/Adelaide": "australian central, acst, acdt",
    "Australia/Brisbane": "aest, gold coast",
    "Australia/Sydney": "australian eastern, aest, aedt",
    "Pacific/Auckland": "new zealand, nzst, nzdt, christchurch, wellington",
}
_NO_PART = re.compile(r"\b(?:us|usa|canada|north american?|standard|daylight|summer|time|zone)\b")
"""Filler around such a word: Eastern Time (US & Canada)."""

_FIXED = re.compile(r"(?:Etc/)?(?:EST|MST|HST|Greenwich|GMT(?:[+-]?\d+)?)")
_NOUGHT = re.compile(r"GMT[+-]?0|Greenwich")
_TURNED_SIGN = re.compile(r"(?:Etc/)?GMT[+-][1-9]\d*")
_TURN = str.maketrans("+-", "-+")
PLACES_OF_FIXED = {
    "HST": "Pacific/Honolulu",
    "GMT+9": "America/Anchorage",
    "GMT+8": "America/Los_Angeles",
    "MST": "America/Denver",
    "GMT+7": "America/Denver",
    "GMT+6": "America/Chicago",
    "EST": "America/New_York",
    "GMT+5": "America/New_York",
    "GMT+4": "America/Halifax",
    "GMT": "Europe/London",
    "GMT-1": "Europe/Paris",
    "GMT-2": "Europe/Athens",
}


def find_likely_zones(text: str) -> tuple[str, ...]:
    """Find the zones that a person probably means by a word that is not a zone name.

    Returns names from the zone data, empty for an unknown word. Case, accents and filler such as
    "time" or "US" make no difference.
    """
    word = re.sub(r"[^a-z ]", "", fold(text.replace("-", " ")))
    return _index_zones().get(word, ()) or _index_zones().get(_strip_filler(word), ())


def is_fixed(zone: str) -> bool:
    """Tell whether a zone is a fixed offset that looks like a regional zone; UTC does not.

    A fixed zone such as ``EST`` has no summer time, although the regions that use the name do.
    """
    return zone in ZONE_NAMES and _FIXED.fullmatch(zone) is not None


def find_regional_zone(zone: str) -> str | None:
    """Find the regional zone that a person probably means by a fixed one; `None` if none is known.

    The sign of ``GMT+5`` is tried as POSIX reads it first, then as people write it.
    """
    name = _NOUGHT.sub("GMT", zone.removeprefix("Etc/"))
    return PLACES_OF_FIXED.get(name) or PLACES_OF_FIXED.get(name.translate(_TURN))


def has_turned_sign(zone: str) -> bool:
    """Tell whether a fixed zone has the sign of POSIX, which counts hours west of Greenwich."""
    return _TURNED_SIGN.fullmatch(zone) is not None


def _strip_filler(word: str) -> str:
    return " ".join(_NO_PART.sub(" ", word).split())


@cache
def _index_zones() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for zone, words in WORDS_FOR.items():
        for word in words.split(", "):
            zones[word] += (zone,)
    return dict(zones)
