"""Format hours and lengths of time for a person."""

from app.campaign.compliance.hours_chart import Row
from app.campaign.formatting import format_count
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
    """Format one stretch shortly; it may begin on the day before or end on the next."""
    if stretch[1] == WHOLE_DAY:
        return f"{_format_clock(stretch[0] % WHOLE_DAY)}{_mark_other_day(stretch[0])}{until}24:00"
    return until.join(
        f"{_format_clock(second % WHOLE_DAY)}{_mark_other_day(second)}" for second in stretch
    )


def describe_row(row: Row) -> str:
    """Say in words what a row of the hours chart draws, by the clock of its places.

    Los Angeles: calls 06:00 to 14:00 there. 06:00 to 08:00 breaks a rule; allowed is 08:00 to
    21:00.
    """
    first, *others = map(name_city, row.zones)
    places = f"{first} and {format_count(len(others), 'more place')}" if others else first
    calls = f"{places}: calls {format_stretch(row.there, ' to ')} there."
    allowed = _join_stretches(row.allowed_there)
    if not row.outside:
        return f"{calls} That is inside what is allowed: {allowed}."
    verb = "breaks" if len(row.outside) == 1 else "break"
    breaks = f"{calls} {_join_stretches(row.outside_there)} {verb} a rule;"
    return f"{breaks} allowed is {allowed}." if allowed else f"{breaks} no hour is allowed."


def _join_stretches(hours: DayHours) -> str:
    return " and ".join(format_stretch(stretch, " to ") for stretch in hours)


def format_length(seconds: int) -> str:
    """Format a length in seconds, rounded up to minutes: 1 hour 30 minutes."""
    hours, minutes = divmod(-(-seconds // 60), 60)
    parts = [
        format_count(hours, "hour") if hours else "",
        format_count(minutes, "minute") if minutes else "",
    ]
    return " ".join(filter(None, parts))


def _mark_other_day(second: int) -> str:
    return " the day before" if second < 0 else " next day" if second >= WHOLE_DAY else ""


def _format_clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}" + (
        f":{second % 60:02}" if second % 60 else ""
    )
