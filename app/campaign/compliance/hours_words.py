"""Format hours and lengths of time for a person."""

from app.campaign.formatting import format_count
from app.campaign.schedule.intervals import WHOLE_DAY, DayHours, Stretch


def format_hours(day: DayHours) -> str:
    """Format stretches of a day in a sentence: 10:00 to 13:00 and 14:00 to 20:00, or never."""
    return (
        " and ".join(f"{_format_clock(start)} to {_format_clock(end)}" for start, end in day)
        or "never"
    )


def format_short_hours(day: DayHours) -> str:
    """Format stretches of a day shortly: 10:00–13:00, 14:00–20:00, or none."""
    return ", ".join(map(format_stretch, day)) or "none"


def format_stretch(stretch: Stretch) -> str:
    """Format one stretch shortly; it may begin on the day before or end on the next."""
    if stretch[1] == WHOLE_DAY:
        return f"{_format_clock(stretch[0])}–24:00"
    return "–".join(
        f"{_format_clock(second % WHOLE_DAY)}{_mark_other_day(second)}" for second in stretch
    )


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
