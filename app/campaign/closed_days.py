"""Days on which people do not expect calls: public holidays where leads are, and own dates.

The API has no field for them: a campaign calls on a holiday unless it is split, or paused by
hand.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

from app.campaign.audience import Audience
from app.campaign.places import Place, place
from app.campaign.seasons import FORESEEN

_MOST_PARTS = 12
"""So many states are looked at one by one; of more, only the country's own holidays are."""
_OWN_NAME = "Own date"


@lru_cache(maxsize=256)
def closed_days(audience: Audience, first: date, last: date) -> Mapping[date, str]:
    """Name the days off from one day to another, in order, as far as they can be foreseen."""
    last = min(last, first + FORESEEN)
    found: dict[date, dict[str, list[str]]] = {}
    for at in _places(audience):
        for day, name in holidays_in(at.code, first, last).items():
            told = found.setdefault(day, {}).setdefault(name, [])
            if place(at.country).name not in told:  # A state has its country's holidays, too.
                told.append(at.name)
    for day, name in audience.own_dates:
        if first <= day <= last:
            found.setdefault(day, {})[name or _OWN_NAME] = []
    return {day: _words(found[day]) for day in sorted(found)}


def holidays_in(code: str, first: date, last: date) -> Mapping[date, str]:
    """Name the public holidays of a country or a part of one, by the ``holidays`` package."""
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in _holidays(code, year)
        if first <= day <= last
    }


@lru_cache(maxsize=4096)
def _holidays(code: str, year: int) -> tuple[tuple[date, str], ...]:
    country, _, part = code.partition("-")
    try:
        found = holidays.country_holidays(country, part or None, years=year, language="en_US")
    except NotImplementedError:  # The package knows no holidays of this place.
        return ()
    return tuple(sorted(found.items()))


def _words(names: Mapping[str, list[str]]) -> str:
    return ", ".join(
        f"{name} ({', '.join(where)})" if where else name for name, where in names.items()
    )


def _places(audience: Audience) -> list[Place]:
    """Choose the places whose holidays count: the named countries, and parts if they are few."""
    if audience.is_assumed:
        return []
    countries = dict.fromkeys(at.country for at in audience.places if at.country)
    parts = [at for at in audience.places if at.code != at.country and at.country]
    return [*map(place, countries), *(parts if len(parts) <= _MOST_PARTS else ())]
