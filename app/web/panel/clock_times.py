"""Times as a clock elsewhere shows them, beside a day of the campaign's own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.campaign.formatting import format_clock, format_short_day


def write_time(at: datetime, zone: ZoneInfo, day: date) -> str:
    """Write a time by the clock of a zone, with its day if that is another than *day* there."""
    there = at.astimezone(zone)
    time_there = format_clock(there.time())
    return (
        time_there if there.date() == day else f"{time_there} on {format_short_day(there.date())}"
    )
