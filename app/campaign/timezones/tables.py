"""The tables that come with the zone data: countries, their zones, and older names of zones."""

from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def load_zone_countries() -> Mapping[str, tuple[str, ...]]:
    """Tell in which countries each listed zone lies: codes of two letters by ISO 3166."""
    countries: dict[str, tuple[str, ...]] = {}
    for codes, _, zone, *_ in _read_table("zone.tab"):
        countries[zone] = (*countries.get(zone, ()), *codes.split(","))
    return countries


def find_present_name(zone: str) -> str:
    """Give the name that is listed now for a zone that may be called by an older one."""
    return zone if zone in load_zone_countries() else _load_older_names().get(zone, zone)


@cache
def _load_older_names() -> Mapping[str, str]:
    """Read the links of the zone data: each older name with the zone that it means."""
    text = resources.files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text("utf-8")
    links = (line.split() for line in text.splitlines() if line.startswith("L "))
    return {older: zone for _, zone, older in links}


@cache
def load_best_known_zones() -> frozenset[str]:
    """Name one zone, the one that most people know, for each way in which clocks go now."""
    return frozenset(zone for _, _, zone, *_ in _read_table("zonenow.tab"))


@cache
def load_countries() -> Mapping[str, str]:
    """Name every country by its code of two letters."""
    return {row[0]: row[1] for row in _read_table("iso3166.tab")}


def _read_table(name: str) -> list[list[str]]:
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
