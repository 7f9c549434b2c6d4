"""Format hours and lengths of time for a person."""

from collections.abc import Sequence
from datetime import date

from app.campaign.compliance.hours_chart import Row
from app.campaign.formatting import format_count, format_short_day
from app.campaign.schedule.intervals import WHOLE_DAY, DayHours, Stretch
from app.campaign.timezones.zones import name_city


def format_hours(day: DayHours) -> str:
    """Format stretches of a day in a sentence: 10:00 to 13:00 and 14:00 to 20:00, or never."""
    return (
        " and ".join(f"{_format_clock(start)} to {_format_clock(end)}" for start, end in day)
        or "never"
    )


def format_short_hours(day: DayHours) -> str:
    """Format stretches of a day shortly: 10:00–13:00, 14:00–20:00, or none."""
    return ", ".join(map(format_stretch, day)) or "none"


def format_stretch(stretch: Stretch, until: str = "–") -> str:
    """Format one stretch shortly; it may begin or end up to two days before or later."""
    start, end = stretch
    since = f"{_format_clock(start % WHOLE_DAY)}{_mark_other_day(start)}"
    # A day ends at 24:00; what would be 00:00 is on the day after it.
    return f"{since}{until}{_format_clock((end - 1) % WHOLE_DAY + 1)}{_mark_other_day(end - 1)}"


def describe_periods(periods: Sequence[tuple[date, date | None]]) -> str:
    """Describe the periods of an hours chart, of many only the first ones.

    Mon 4 Jan 2027 to Sat 13 Mar 2027, and again from Sun 7 Nov 2027.
    """
    first, *others = (
        f"{'' if last else 'from '}{format_short_day(day)}"
        f"{f' to {format_short_day(last)}' if last and last != day else ''}"
        for day, last in periods
    )
    again = "".join(f", and again {other}" for other in others[:1])
    return f"{first}{again}{' and later' if len(others) > 1 else ''}"


def describe_row(row: Row) -> str:
    """Say in words what a row of the hours chart draws, by the clock of its places.

    By the clock in Los Angeles it calls from 06:00 to 14:00. 06:00 to 08:00 breaks a rule; allowed
    is 08:00 to 21:00.
    """
    places, hours = name_places(row.zones), format_stretch(row.there, " to ")
    calls = f"By the clock in {places} it calls from {hours}."
    allowed = _join_stretches(row.allowed_there)
    if not row.outside:
        return f"{calls} That is inside what is allowed: {allowed}."
    verb = "breaks" if len(row.outside) == 1 else "break"
    breaks = f"{calls} {_join_stretches(row.outside_there)} {verb} a rule;"
    return f"{breaks} allowed is {allowed}." if allowed else f"{breaks} no hour is allowed."


def name_places(zones: Sequence[str]) -> str:
    """Name zones by the first one's city: Los Angeles and 2 more places."""
    first, *others = map(name_city, zones)
    return f"{first} and {format_count(len(others), 'more place')}" if others else first


def _join_stretches(hours: DayHours) -> str:
    return " and ".join(format_stretch(stretch, " to ") for stretch in hours)


def _mark_other_day(second: int) -> str:
    """Name the day of a second after midnight if it is another; clocks are 26 hours apart."""
    return _OTHER_DAYS[second // WHOLE_DAY]


_OTHER_DAYS = {-2: " two days before", -1: " the day before", 0: ""} | {
    1: " next day",
    2: " two days later",
}


def _format_clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}" + (
        f":{second % 60:02}" if second % 60 else ""
    )
