"""Days on which people do not expect calls: public holidays where leads are, and own dates.

The API has no field for them: a campaign calls on a holiday unless it is split, or paused by
hand. The clock of the person who is called decides what is a holiday; on the campaign's clock it
can be another date at that time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

from app.campaign.compliance.audience import Audience, find_reach
from app.campaign.compliance.places import Place, find_country, find_place, list_parts
from app.campaign.compliance.rule import ClosedHolidays
from app.campaign.compliance.rule_file import PartHolidays
from app.campaign.formatting import format_short_day
from app.campaign.schedule.intervals import WHOLE_DAY, count_seconds
from app.campaign.schedule.offset_periods import (
    cut_to_foreseeable,
    find_offset_periods,
    find_same_offsets,
)
from app.campaign.schedule.open_windows import Open, open_calendar
from app.campaign.schedule.windows import DAY, Schedule, find_weekdays_between
from app.campaign.timezones.clock import Clock, read_clock

MOST_PARTS = 12
"""The most parts whose own holidays count; with more, only the country's holidays do."""
_OWN_NAME = "Own date"
_FURTHEST = 2 * DAY
"""Clocks are 26 hours apart at the most."""
_ALL_DAYS = frozenset(range(7))
_SATURDAY = 5
_WEEKEND = frozenset({5, 6})
_DATED = re.compile(r"(Monday (?P<monday>after|by) )?(?P<date>\d\d-\d\d) (?P<name>.+)", re.ASCII)


@lru_cache(maxsize=256)
def find_closed_days(audience: Audience, schedule: Schedule) -> Mapping[date, str]:
    """Find the days off in the foreseeable part of a schedule, in order: ``{date: names}``.

    They are the campaign's days during whose hours it is a holiday where leads are, and the
    operator's own dates, which are dates on the campaign's clock.
    """
    near = cut_to_foreseeable(schedule)
    closed: dict[date, dict[tuple[str, date], list[str]]] = {}
    for place in _select_places(audience):
        holidays_there = find_holidays(place.code, near.first - _FURTHEST, near.last + _FURTHEST)
        for day, there, name in find_holidays_during(
            holidays_there, near, find_reach(audience)[place.code]
        ):
            places = closed.setdefault(day, {}).setdefault((name, there), [])
            # A state has its country's holidays, too.
            if find_place(place.country).name not in places:
                places.append(place.name)
    for day, name in audience.own_dates:
        if near.first <= day <= near.last:
            closed.setdefault(day, {})[name or _OWN_NAME, day] = []
    return {day: _format_names(closed[day], day) for day in sorted(closed)}


def find_holidays_during(
    holidays_there: Mapping[date, str], schedule: Schedule, zones: tuple[str, ...]
) -> Iterator[tuple[date, date, str]]:
    """Find the days of a schedule during whose hours it is a holiday in these zones of a place.

    Yields the campaign's day (a calling day or not), the holiday's own date, and its name.
    """
    clocks = [
        read_clock(zone, schedule.first.year, schedule.last.year)
        for zone, *_ in find_same_offsets(schedule, zones)
    ]
    if not clocks:  # On some islands nobody lives.
        return
    find_windows = open_calendar(replace(schedule, days=_ALL_DAYS))
    own = read_clock(schedule.zone, schedule.first.year, schedule.last.year).offsets
    there_too = [offset for clock in clocks for offset in clock.offsets]
    earliest = (min(own) - max(there_too)) // WHOLE_DAY
    latest = (max(own) - min(there_too) - 1) // WHOLE_DAY + 1
    days = [
        (date.fromordinal(day), there, name)
        for there, name in holidays_there.items()
        for day in range(there.toordinal() + earliest, there.toordinal() + latest + 1)
        if any(_is_during(window, there.toordinal(), clocks) for window in find_windows(day))
    ]
    yield from sorted(days)


@lru_cache(maxsize=256)
def find_called_weekend(audience: Audience, schedule: Schedule) -> Mapping[str, frozenset[int]]:
    """Find the weekdays (Monday is 0) of a weekend on which leads are called, by their country.

    The clock of the lead decides, and the campaign's where nobody said where they are. Weekends
    are those of the ``holidays`` package; Saturday and Sunday where it knows of none.
    """
    weekends: dict[str, frozenset[int]] = {}
    zones: dict[str, dict[str, None]] = {}
    for place in audience.places:
        home = find_place(place.country) if place.country else find_country(place.code)
        name = home.name if home else place.name
        weekends[name] = _load_weekend(home.code) if home else _WEEKEND
        there = [schedule.zone] if audience.is_assumed else place.zones
        zones.setdefault(name, {}).update(dict.fromkeys(there))
    near = cut_to_foreseeable(schedule)
    return {
        name: weekend & _find_called_weekdays(near, tuple(zones[name]))
        for name, weekend in weekends.items()
    }


def _find_called_weekdays(schedule: Schedule, zones: tuple[str, ...]) -> frozenset[int]:
    """Find the weekdays on the clocks of some zones that lie in the windows of a schedule."""
    times = find_offset_periods(
        schedule, tuple(group[0] for group in find_same_offsets(schedule, zones))
    )
    ends = count_seconds(schedule.opens), count_seconds(schedule.closes) - 1
    return frozenset(
        (day + (second + ahead) // WHOLE_DAY) % 7
        for period in times.periods
        for day in schedule.days & find_weekdays_between(period.first, period.last)
        for ahead in period.ahead
        for second in ends
    )


@cache
def _load_weekend(country: str) -> frozenset[int]:
    import holidays  # No start waits for what only the first place asks for.

    try:
        return frozenset(holidays.country_holidays(country).weekend)
    except NotImplementedError:
        return _WEEKEND


def _is_during(window: Open, there: int, clocks: Sequence[Clock]) -> bool:
    """Tell whether it is a date (by its ordinal) on one of these clocks during a window."""
    last = window.end - 1
    # A window is at most 26 hours long, so a date that lies within it contains its middle.
    instants = window.start, (window.start + last) // 2, last
    return any(there in map(clock.find_day, instants) for clock in clocks)


def find_holidays(code: str, first: date, last: date) -> Mapping[date, str]:
    """Find the public holidays of a country or part: ``{date: name}``, both ends included.

    They are those of the ``holidays`` package; empty for a place that it does not know.
    """
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in _load_holidays(code, year)
        if first <= day <= last
    }


def find_closed_holidays(
    code: str, which: ClosedHolidays, schedule: Schedule
) -> Mapping[date, str]:
    """Find the holidays on which a rule forbids calls during a schedule: ``{date: name}``.

    The *code* is that of the rule's place, or of a part of it for the holidays there.
    """
    first, last = schedule.first - _FURTHEST, schedule.last + _FURTHEST
    closed: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        for text in which.plus:
            closed |= _find_extra_days(text, year)
        if which.parts is PartHolidays.ALL:
            closed |= _find_common_days(code, year)
        closed |= {
            day: name
            for day, name in _load_holidays(code, year, observed=which.observed)
            if not which.minus & set(name.split("; "))
        }
    return {
        day: closed[day]
        for day in sorted(closed)
        if first <= day <= last and day.weekday() in which.on
    }


def _find_extra_days(text: str, year: int) -> dict[date, str]:
    """Find the dates of one day of `ClosedHolidays.plus` in one year."""
    if match := _DATED.fullmatch(text):
        day, name = date.fromisoformat(f"{year}-{match['date']}"), match["name"]
        since_monday = day.weekday()
        if match["monday"] is None:
            return {day: name}
        if since_monday >= _SATURDAY:
            return {day + (7 - since_monday) * DAY: name}
        return {day - since_monday * DAY: name} if match["monday"] == "by" else {}
    name, _, code = text.rpartition(" of ")
    return {day: name for day, names in _load_holidays(code, year) if name in names.split("; ")}


def _find_common_days(country: str, year: int) -> dict[date, str]:
    """Find the days of one year that every part of a country keeps."""
    first_part, *others = [dict(_load_holidays(part.code, year)) for part in list_parts(country)]
    return {day: name for day, name in first_part.items() if all(day in other for other in others)}


@lru_cache(maxsize=4096)
def _load_holidays(code: str, year: int, *, observed: bool = True) -> tuple[tuple[date, str], ...]:
    import holidays  # No start waits for what only the first place asks for.

    country, _, part = code.partition("-")
    holidays_there = holidays.country_holidays(
        country, part or None, years=year, observed=observed, language="en_US"
    )
    return tuple(sorted(holidays_there.items()))


def _format_names(names: Mapping[tuple[str, date], list[str]], day: date) -> str:
    return ", ".join(
        (f"{name} ({', '.join(where)})" if where else name)
        + ("" if there == day else f" on {format_short_day(there)} there")
        for (name, there), where in names.items()
    )


def has_too_many_parts(audience: Audience) -> bool:
    """Tell whether leads are in so many parts of countries that only the country's days count."""
    return not audience.is_assumed and len(_list_parts_of_countries(audience)) > MOST_PARTS


def _select_places(audience: Audience) -> list[Place]:
    """Select the places whose holidays count: the named countries, and parts if they are few."""
    if audience.is_assumed:
        return []
    countries = dict.fromkeys(place.country for place in audience.places if place.country)
    parts = [] if has_too_many_parts(audience) else _list_parts_of_countries(audience)
    return [*map(find_place, countries), *parts]


def _list_parts_of_countries(audience: Audience) -> list[Place]:
    return [place for place in audience.places if place.code != place.country and place.country]
