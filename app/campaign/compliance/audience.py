"""Who is called and why, as the operator states it. Part of the draft, never of the payload.

The API does not ask, and the campaign's zone says nothing about the leads. Where a question is
left open, the strictest answer is assumed, and the panel says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.campaign.compliance.places import (
    Named,
    Place,
    find_country,
    find_place,
    find_places,
    list_enclosing,
    list_parts,
)
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Device, Topic
from app.campaign.compliance.rulebook import ANYWHERE, load_rulebook
from app.campaign.contract.fields import Purpose
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import Answers
from app.campaign.contract.typed_length import ABOUT_LEADS, find_too_long
from app.campaign.schedule.windows import is_in_sight
from app.campaign.timezones.tables import find_present_name

_STRICTEST = "50 states"
_MOST_UNREAD = 5
"""The most unread words that are reported at once; the next follow when these are fixed."""

_OWN_DATE = re.compile(r"(\d{4}-\d\d-\d\d)\s*(.*)", re.ASCII)
_ANY_DATE = re.compile(r"\d{4}([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2\d{4}", re.ASCII)


@dataclass(frozen=True, eq=False)
class Audience:
    """The places of the leads, the purpose, and the operator's own dates to be warned of.

    `places` are those that were named or, with `is_assumed`, the strictest that the campaign's
    zone suggests. `purpose` is `None` while it is open. `unread` and `unread_dates` are the
    words that were not understood; see `places.Named`. An answer that `is_too_long` is not read
    at all. Equal answers mostly give the same object, which is quick to look up in a cache; two
    that are not the same are never equal.
    """

    places: tuple[Place, ...]
    is_assumed: bool
    purpose: Purpose | None
    own_dates: tuple[tuple[date, str], ...]
    unread: tuple[tuple[str, tuple[str, ...]], ...]
    unread_dates: tuple[str, ...]
    is_too_long: bool


def read_audience(answers: Answers, zone: str | None) -> Audience:
    """Read the answers to the three `ABOUT_LEADS`; *zone* is the campaign's, `None` if unknown."""
    too_long = find_too_long(answers)
    texts = [
        "" if name in too_long else str(answers.get(name) or "").strip() for name in ABOUT_LEADS
    ]
    return _read(*texts, zone or "", is_too_long="audience" in too_long)


@lru_cache(maxsize=256)
def _read(audience: str, purpose: str, own_dates: str, zone: str, *, is_too_long: bool) -> Audience:
    named = find_places(audience)
    dates, unread_dates = _read_dates(own_dates)
    return Audience(
        places=named.places or _assume_places(zone),
        is_assumed=not named.places,
        purpose=Purpose(purpose) if purpose in set(Purpose) else None,
        own_dates=dates,
        unread=named.unread[:_MOST_UNREAD],
        unread_dates=unread_dates[:_MOST_UNREAD],
        is_too_long=is_too_long,
    )


def find_unread(audience: Audience) -> list[Problem]:
    """Find a problem for each word that names no place or no date, or more than one."""
    return [
        *(
            Problem("audience", Code.AMBIGUOUS_PLACE, " or ".join(candidates))
            if candidates
            else Problem("audience", Code.UNKNOWN_PLACE, word)
            for word, candidates in audience.unread
        ),
        *(
            Problem(
                "own_dates", Code.SEVERAL_DATES if _has_several(word) else Code.UNKNOWN_DATE, word
            )
            for word in audience.unread_dates
        ),
    ]


@lru_cache(maxsize=256)
def find_reach(audience: Audience) -> Mapping[str, tuple[str, ...]]:
    """Find the zones in which each jurisdiction's rules apply: ``{jurisdiction code: zones}``.

    A country's rules apply in its parts, and a union's in its countries. A whole country includes
    all its parts; a zone that is named by itself may be in any country or part that has
    it. Zones for which no calling hours are known belong to `ANYWHERE`.
    """
    reach: dict[str, dict[str, None]] = {}
    for place in audience.places:
        for code in find_jurisdictions(place):
            shared = [
                zone for zone in place.zones if find_present_name(zone) in find_place(code).zones
            ]
            reach.setdefault(code, {}).update(dict.fromkeys(shared or place.zones))
    with_hours = {
        zone
        for rule in load_rulebook().rules
        if rule.topic is Topic.HOURS and concerns(rule, audience)
        for zone in reach.get(rule.jurisdiction, ())
    }
    if rest := [zone for zone in find_zones(audience) if zone not in with_hours]:
        reach[ANYWHERE] = dict.fromkeys(rest)
    return {code: tuple(zones) for code, zones in reach.items()}


@lru_cache(maxsize=1024)
def select_rules(audience: Audience, first: date, last: date) -> tuple[Rule, ...]:
    """Select the rules for this audience and purpose that are in force from *first* to *last*.

    A rule that is in force on any of these days counts, and an open purpose matches every rule.
    """
    reach = find_reach(audience)
    return tuple(
        rule
        for rule in load_rulebook().rules
        if rule.jurisdiction in reach and concerns(rule, audience) and rule.is_in_force(first, last)
    )


def concerns(rule: Rule, audience: Audience) -> bool:
    """Tell whether a rule applies to calls for this purpose with an artificial voice."""
    is_for = audience.purpose is None or audience.purpose in rule.scope
    return is_for and rule.device is not Device.LIVE


@lru_cache(maxsize=256)
def find_zones(audience: Audience) -> tuple[str, ...]:
    """Find every zone in which there can be a lead, without duplicates."""
    return tuple(dict.fromkeys(zone for place in audience.places for zone in place.zones))


@lru_cache(maxsize=1024)
def find_jurisdictions(place: Place) -> tuple[str, ...]:
    """Find the codes of the jurisdictions whose rules can apply in a place, the widest first."""
    if not place.country:
        return _find_zone_jurisdictions(place.code)
    if place.code == place.country:
        return (
            *list_enclosing(place.code),
            place.code,
            *(part.code for part in list_parts(place.code)),
        )
    return (*list_enclosing(place.country), place.country, place.code)


def _find_zone_jurisdictions(zone: str) -> tuple[str, ...]:
    """Find the jurisdictions that have a zone; a zone of no country gets the strictest ones."""
    home = find_country(zone)
    if home is None:
        return ("US", *(part.code for part in _find_strictest().places))
    parts = (part.code for part in list_parts(home.code) if find_present_name(zone) in part.zones)
    return (*list_enclosing(home.code), home.code, *parts)


def _assume_places(zone: str) -> tuple[Place, ...]:
    home = find_country(zone)
    if home is None or home.code == "US":
        return _find_strictest().places
    # Of a territory of the US, its own zone is not among those of the states.
    return (*(_find_strictest().places if "US" in list_enclosing(home.code) else ()), home)


def _find_strictest() -> Named:
    return find_places(_STRICTEST)


def _read_dates(text: str) -> tuple[tuple[tuple[date, str], ...], tuple[str, ...]]:
    """Read days such as ``2027-03-05 Founders' day``, with commas or line breaks between them."""
    dates: dict[date, str] = {}
    unread = []
    for word in filter(None, map(str.strip, re.split(r"[,;\n]", text))):
        match = _OWN_DATE.fullmatch(word)
        day = _read_day(match[1]) if match else None
        if match and day and is_in_sight(day) and not _has_several(word):
            dates[day] = ", ".join(filter(None, (dates.get(day), match[2])))
        else:
            unread.append(word)
    return tuple(sorted(dates.items())), tuple(unread)


def _has_several(word: str) -> bool:
    """Tell whether one entry has several dates, such as the two ends of a range."""
    return len(_ANY_DATE.findall(word)) > 1


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
