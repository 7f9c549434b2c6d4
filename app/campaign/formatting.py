"""Format days, times, counts and long texts for a person."""

import re
from datetime import date, time, timedelta

from app.campaign.contract.fields import Weekday
from app.campaign.contract.payload import write_time
from app.campaign.contract.visible import JOINERS
from app.campaign.contract.wording import join_words

_WEEK = list(Weekday)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Short names of the months: a page has hundreds of dates, and the system's way is slow."""

_DAYS = tuple(day.capitalize()[:3] for day in Weekday)


def replace_invisible(text: str) -> str:
    """Put a space in place of each sign that is not printed, such as one that a terminal obeys.

    What joins the signs beside it stays.
    """
    return "".join(sign if sign.isprintable() or sign in JOINERS else " " for sign in text)


def write_plural(count: int, singular: str, plural: str, **names: object) -> str:
    """Write a count, and *names*, into *singular* for 1, otherwise, also for 0, into *plural*."""
    return (singular if count == 1 else plural).format(count, **names)


def format_clock(time_of_day: time) -> str:
    """Format a time of day on the 24-hour clock: 09:00, and 09:00:30 only with seconds."""
    return write_time(time_of_day)


def format_day(day: date) -> str:
    """Format a day in full: Monday 4 January 2027."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def format_short_day(day: date) -> str:
    """Format a day shortly, with the month in letters, which is unambiguous: Mon 4 Jan 2027."""
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def format_weekdays(days: tuple[Weekday, ...]) -> str:
    """Format weekdays, in the order of the week: Monday to Friday; every day; Monday and Sunday."""
    if len(days) == len(_WEEK):
        return "every day"
    numbers = [_WEEK.index(day) for day in days]
    names = [day.capitalize() for day in days]
    if len(days) > 2 and numbers[-1] - numbers[0] == len(days) - 1:
        return f"{names[0]} to {names[-1]}"
    return join_words(names)


def shorten(text: str, longest: int) -> str:
    """Cut a text to *longest* characters, between two words if possible, and mark it with “…”."""
    if len(text) <= longest:
        return text
    words = re.match(rf"(?s).{{1,{longest - 2}}}(?=\s)", text)
    return f"{words[0].rstrip()} …" if words else f"{text[: longest - 1]}…"


def format_length(length: timedelta) -> str:
    """Format a length of time, exactly: 504 hours, 2 hours 30 minutes, 15 seconds; 0 hours."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    parts = (hours, "hour"), (minutes, "minute"), (seconds, "second")
    counts = [format_count(number, thing) for number, thing in parts if number]
    return " ".join(counts) or format_count(0, "hour")


def format_count(number: int, thing: str) -> str:
    """Format a number with the thing that it counts: 1 hour, 2,000 hours."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
