"""The tables that come with the zone data: countries, their zones, and older names of zones."""

from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def load_zone_countries() -> Mapping[str, tuple[str, ...]]:
    """Load the countries of each zone in IANA's `zone.tab`: ``{zone: (ISO 3166 codes, ...)}``."""
    countries: dict[str, tuple[str, ...]] = {}
    for codes, _, zone, *_ in _read_table("zone.tab"):
        countries[zone] = (*countries.get(zone, ()), *codes.split(","))
    return countries


def find_present_name(zone: str) -> str:
    """Find the current name of a zone; a name that is neither current nor a link is returned as is.

    The links are those of IANA's `tzdata.zi`: ``US/Eastern`` is ``America/New_York``.
    """
    return zone if zone in load_zone_countries() else _load_older_names().get(zone, zone)


@cache
def _load_older_names() -> Mapping[str, str]:
    """Load the links of the zone data: ``{older name: current zone}``."""
    text = resources.files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text("utf-8")
    links = (line.split() for line in text.splitlines() if line.startswith("L "))
    return {older: zone for _, zone, older in links}


@cache
def load_best_known_zones() -> frozenset[str]:
    """Load IANA's `zonenow.tab`: the best-known zone of each set that agrees from now on."""
    return frozenset(zone for _, _, zone, *_ in _read_table("zonenow.tab"))


@cache
def load_countries() -> Mapping[str, str]:
    """Load the country names of IANA's `iso3166.tab`: ``{two-letter code: name}``."""
    return {row[0]: row[1] for row in _read_table("iso3166.tab")}


def _read_table(name: str) -> list[list[str]]:
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
