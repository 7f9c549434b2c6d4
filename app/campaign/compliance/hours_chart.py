"""A campaign's daily window on the clock of every zone of its audience, ready to be drawn.

All hours are on the campaign's clock, in seconds after midnight, so that those allowed in each
zone line up with those allowed everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.campaign.compliance.allowed_hours import AllowedHours, find_allowed_hours
from app.campaign.compliance.audience import Audience, select_rules
from app.campaign.contract.fields import Weekday
from app.campaign.schedule.intervals import (
    WHOLE_DAY,
    DayHours,
    Stretch,
    WeekHours,
    count_seconds,
    intersect,
    join,
    shift_week,
    subtract,
)
from app.campaign.schedule.offset_periods import OffsetPeriod, OffsetPeriods, cut_to_foreseeable
from app.campaign.schedule.windows import Schedule, find_weekdays_between

_WEEK = tuple(Weekday)


@dataclass(frozen=True)
class Row:
    """One group of zones with the same offsets.

    `there` is the window on their clock, in seconds after that day's midnight there; it can
    begin before 0, or end after 24 hours. The days are those of the campaign's clock, and so are
    `allowed`, `inside` and `outside`; their clock is ahead of it by `ahead` seconds.
    `allowed_there` are the place's own hours on each day on which the window is there, on its
    clock like `there`.
    """

    zones: tuple[str, ...]
    there: Stretch
    allowed: DayHours
    inside: DayHours
    outside: DayHours
    ahead: int
    allowed_there: DayHours

    @property
    def outside_there(self) -> DayHours:
        return _shift(self.outside, self.ahead)


@dataclass(frozen=True)
class OtherDays:
    """Weekdays on which the allowed hours differ from those of most days.

    `is_broken` tells whether the window is not inside them.
    """

    days: tuple[Weekday, ...]
    allowed: DayHours
    is_broken: bool


@dataclass(frozen=True)
class HoursChart:
    """The chart of one or more periods with the same offsets.

    `days` are the weekdays that it is drawn for, the largest group with the same hours; `periods`
    are the first and the last day of each, `None` for that of a campaign without a last day.
    """

    periods: tuple[tuple[date, date | None], ...]
    days: tuple[Weekday, ...]
    rows: tuple[Row, ...]
    allowed: DayHours
    others: tuple[OtherDays, ...]


@lru_cache(maxsize=64)
def chart_hours(schedule: Schedule, audience: Audience) -> tuple[HoursChart, ...]:
    """Lay out a chart for each set of offsets with calling days, in the order of their first."""
    near = cut_to_foreseeable(schedule)
    allowed_hours = find_allowed_hours(
        select_rules(audience, near.first, near.last), near, audience
    )
    grouped: dict[tuple[int, ...], list[int]] = {}
    for number, period in enumerate(allowed_hours.times.periods):
        if _find_called_weekdays(schedule, period):
            grouped.setdefault(period.ahead, []).append(number)
    return tuple(_chart_periods(allowed_hours, schedule, numbers) for numbers in grouped.values())


def _chart_periods(
    allowed_hours: AllowedHours, schedule: Schedule, numbers: list[int]
) -> HoursChart:
    periods = [allowed_hours.times.periods[number] for number in numbers]
    ahead, allowed = periods[0].ahead, allowed_hours.allowed[numbers[0]]
    weeks = [
        shift_week(week, seconds) for week, seconds in zip(allowed_hours.hours, ahead, strict=True)
    ]
    days = frozenset().union(*(_find_called_weekdays(schedule, period) for period in periods))
    kinds = _group_days(weeks, days)
    usual, *others = sorted(kinds, key=len, reverse=True)
    window: DayHours = ((count_seconds(schedule.opens), count_seconds(schedule.closes)),)
    rows = (
        _build_row(zones, week, usual[0], window, seconds)
        for zones, week, seconds in zip(
            allowed_hours.zones, allowed_hours.hours, ahead, strict=True
        )
    )
    return HoursChart(
        periods=tuple(
            (period.first, None if _goes_on(schedule, period, allowed_hours.times) else period.last)
            for period in periods
        ),
        days=_list_weekdays(usual),
        rows=tuple(sorted(rows, key=lambda row: row.there, reverse=True)),
        allowed=allowed[usual[0]],
        others=_group_other_days(others, allowed, window),
    )


def _group_other_days(
    kinds: Iterable[list[int]], allowed: WeekHours, window: DayHours
) -> tuple[OtherDays, ...]:
    grouped: dict[DayHours, list[int]] = {}
    for day in sorted(day for days in kinds for day in days):
        grouped.setdefault(allowed[day], []).append(day)
    return tuple(
        OtherDays(_list_weekdays(days), hours, is_broken=bool(subtract(window, hours)))
        for hours, days in grouped.items()
    )


def _build_row(
    zones: tuple[str, ...], week: WeekHours, day: int, window: DayHours, ahead: int
) -> Row:
    """Build the row of zones with these hours in a week of theirs, for a day of the campaign."""
    allowed = shift_week(week, ahead)[day]
    there = window[0][0] + ahead, window[0][1] + ahead
    return Row(
        zones=zones,
        there=there,
        allowed=allowed,
        inside=intersect(window, allowed),
        outside=subtract(window, allowed),
        ahead=ahead,
        allowed_there=_list_hours_during(there, week, day),
    )


def _list_hours_during(there: Stretch, week: WeekHours, day: int) -> DayHours:
    """List the whole hours of each date that a stretch touches; it begins on a weekday, or near."""
    dates = range(there[0] // WHOLE_DAY, -(-there[1] // WHOLE_DAY))
    return join(
        (start + later * WHOLE_DAY, end + later * WHOLE_DAY)
        for later in dates
        for start, end in week[(day + later) % len(_WEEK)]
    )


def _shift(hours: DayHours, seconds: int) -> DayHours:
    return tuple((start + seconds, end + seconds) for start, end in hours)


def _find_called_weekdays(schedule: Schedule, period: OffsetPeriod) -> frozenset[int]:
    return schedule.days & find_weekdays_between(period.first, period.last)


def _goes_on(schedule: Schedule, period: OffsetPeriod, times: OffsetPeriods) -> bool:
    """Tell whether a period is the last that is examined, and the campaign goes on after it."""
    is_last = period is times.periods[-1]
    return is_last and (schedule.is_open_ended or schedule.last > period.last)


def _group_days(weeks: list[WeekHours], days: frozenset[int]) -> Iterable[list[int]]:
    """Group the weekdays on which the same hours are allowed in every zone."""
    kinds: dict[tuple[DayHours, ...], list[int]] = {}
    for day in sorted(days):
        kinds.setdefault(tuple(week[day] for week in weeks), []).append(day)
    return kinds.values()


def _list_weekdays(days: list[int]) -> tuple[Weekday, ...]:
    return tuple(_WEEK[day] for day in days)
