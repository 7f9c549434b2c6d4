"""Where leads can be: countries, their parts that have rules of their own, and time zones.

Countries and their zones are those of the zone data; the files of rules add parts, such as
the states of the US, and further names.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.timezones.tables import find_present_name, load_countries, load_zone_countries
from app.campaign.timezones.words import PLACES_OF_FIXED, find_likely_zones
from app.campaign.timezones.zones import find_zone, fold

_AND = re.compile(r"(?:^|\s+)and\s+|\s*&\s*", re.IGNORECASE)
_NO_PART = re.compile(r"^the |\.")
"""Filler around a name: a leading "the", and dots."""

_AMERICAN = ("EST", "MST", "HST")


@dataclass(frozen=True)
class Place:
    """A country, a part of one, or all of a time zone.

    `code` is that of ISO 3166, or the zone's name; `country` is two letters, empty for a zone.
    """

    code: str
    name: str
    zones: tuple[str, ...]
    country: str


@dataclass(frozen=True)
class Named:
    """The places that a person named, and the words that name none or more than one.

    `unread` has each such word with the places that it could mean, if any.
    """

    places: tuple[Place, ...]
    unread: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=256)
def find_places(text: str) -> Named:
    """Find the places that a person names, separated by commas, semicolons, lines or "and".

    A name or a code is accepted in any case, and so is the name of a zone or of its clock:
    "the U.S.", "48 states, Canada", "US-FL; France and Spain", "America/New_York" and "Eastern".
    """
    places: dict[Place, None] = {}
    unread = []
    for word in filter(None, map(str.strip, re.split("[,;\n]", text))):
        for name, candidates in _split_names(word):
            if len(candidates) == 1:
                places |= dict.fromkeys(candidates[0])
            else:
                unread.append(
                    (name, tuple(map(_format_candidate, chain.from_iterable(candidates))))
                )
    return Named(tuple(places), tuple(unread))


@cache
def find_place(code: str) -> Place:
    """Find the place for the code of a country, a part of one or a union of countries.

    Raises `KeyError` for a code that neither ISO 3166 nor a file of rules has.
    """
    book = load_rulebook()
    if code in book.members:
        inside = [zone for member in book.members[code] for zone in find_place(member).zones]
        return Place(code, book.names[code], tuple(dict.fromkeys(inside)), code)
    if code in book.parts:
        part = book.parts[code]
        return Place(code, part.name, part.zones, code[:2])
    name = book.names.get(code) or load_countries()[code]
    zones = [zone for zone, codes in load_zone_countries().items() if code in codes]
    inside = [zone for part in list_parts(code) for zone in part.zones]
    return Place(code, name, tuple(dict.fromkeys(inside or zones)), code)


@cache
def list_parts(country: str) -> tuple[Place, ...]:
    """List the parts of a country that the files of rules distinguish; most countries have none."""
    return tuple(
        find_place(code) for code in load_rulebook().parts if code.startswith(f"{country}-")
    )


@cache
def list_enclosing(country: str) -> tuple[str, ...]:
    """List the codes whose rules apply in a country beside its own, the widest first.

    They are those of the unions of which it is a member, and of the country that it belongs to.
    """
    book = load_rulebook()
    homes = [code for code, inside in book.territories.items() if country in inside]
    unions = [
        code for code, members in book.members.items() if not {country, *homes}.isdisjoint(members)
    ]
    return (*unions, *homes)


def find_country(zone: str) -> Place | None:
    """Find the country of a zone; `None` if it has none or more than one.

    EST is that of New York, where people use the name: to the zone data, it is Panama.
    """
    codes = load_zone_countries().get(find_present_name(_find_region(zone)), ())
    return find_place(codes[0]) if len(codes) == 1 else None


@cache
def list_suggestions() -> tuple[tuple[str, str], ...]:
    """List the names of all places, each with a note (its code or size), the most likely first."""
    book = load_rulebook()
    codes_with_file = [code for code in book.names if code in load_countries()]
    known = [find_place(code) for code in (*codes_with_file, *book.parts)]
    rest = sorted(
        (find_place(code) for code in load_countries().keys() - book.names),
        key=lambda place: place.name,
    )
    return (
        *((name, f"{len(codes)} places") for name, codes in book.groups.items()),
        *map(_build_suggestion, known),
        *map(_build_suggestion, rest),
    )


def _build_suggestion(place: Place) -> tuple[str, str]:
    """Build a suggestion: the name or, if it is ambiguous, the code."""
    is_clear = len(_collect_words()[_normalise(place.name)]) == 1
    return (place.name, place.code) if is_clear else (place.code, place.name)


def _format_candidate(place: Place) -> str:
    return f"{place.name} ({place.code})" if place.country else place.name


def _split_names(word: str) -> Iterator[tuple[str, list[tuple[Place, ...]]]]:
    """Yield each of the names that an "and" separates, with the places that it can mean.

    The "and" in a name such as Trinidad and Tobago does not separate.
    """
    pieces = list(filter(None, map(str.strip, _AND.split(word)))) or [word]
    while pieces:
        both = _find_candidates(" and ".join(pieces[:2]))
        size = 2 if both else 1
        yield (" and ".join(pieces[:size]), both or _find_candidates(pieces[0]))
        pieces = pieces[size:]


def _find_candidates(word: str) -> list[tuple[Place, ...]]:
    candidates = _collect_words().get(_normalise(word))
    if candidates:
        return list(candidates)
    zone = find_zone(word)
    names = [_find_region(zone)] if zone else find_likely_zones(word)
    return [(Place(name, name, (name,), ""),) for name in names]


def _find_region(zone: str) -> str:
    """Find the zone by whose clock people live who use the name of a fixed one of the US.

    One that is named by its distance from Greenwich is nobody's in particular.
    """
    return PLACES_OF_FIXED[zone] if zone in _AMERICAN else zone


def _normalise(word: str) -> str:
    """Normalise a name for look-up: "the U.S." is "us", and "&" is "and"."""
    return _NO_PART.sub("", fold(word.replace("&", " and ")))


@cache
def _collect_words() -> Mapping[str, tuple[tuple[Place, ...], ...]]:
    """Collect every word for a place: ``{normalised word: candidates}``, each a tuple of places."""
    book = load_rulebook()
    words: dict[str, dict[tuple[Place, ...], None]] = defaultdict(dict)

    def add(names: Iterable[str], *codes: str) -> None:
        for word in names:
            words[_normalise(word)][tuple(map(find_place, codes))] = None

    for code, name in load_countries().items():
        add((code, name, find_place(code).name), code)
    for word, code in book.aliases.items():
        add((word,), *book.members.get(code, (code,)))
    for code, part in book.parts.items():
        country, _, short = code.partition("-")
        add((code, part.name, *([short] if country in book.abbreviated else ())), code)
    for word, codes in book.groups.items():
        add((word,), *codes)
    return {word: tuple(candidates) for word, candidates in words.items()}
