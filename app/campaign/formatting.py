"""Days, times, lists and long texts, as a person reads them."""

import re
from datetime import date, time

from app.campaign.contract.fields import Weekday
from app.campaign.contract.wording import join_words

_WEEK = list(Weekday)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Short names of the months: a page has hundreds of dates, and the system's way is slow."""

_DAYS = tuple(day.capitalize()[:3] for day in Weekday)


def format_clock(time_of_day: time) -> str:
    """Write a time of day in 24 hours: 09:00, and seconds only if there are any."""
    return time_of_day.isoformat("seconds" if time_of_day.second else "minutes")


def format_day(day: date) -> str:
    """Write a day in full: Monday 4 January 2027."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def format_short_day(day: date) -> str:
    """Write a day so that nobody takes the month for the day: Mon 4 Jan 2027."""
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def format_weekdays(days: tuple[Weekday, ...]) -> str:
    """Write days of the week: Monday to Friday; every day; Monday and Sunday."""
    if len(days) == len(_WEEK):
        return "every day"
    numbers = [_WEEK.index(day) for day in days]
    names = [day.capitalize() for day in days]
    if len(days) > 2 and numbers[-1] - numbers[0] == len(days) - 1:
        return f"{names[0]} to {names[-1]}"
    return join_words(names)


def shorten(text: str, longest: int) -> str:
    """Cut a text between two words, and say so by “…”; only a single long word is cut itself."""
    if len(text) <= longest:
        return text
    words = re.match(rf"(?s).{{1,{longest - 2}}}(?=\s)", text)
    return f"{words[0].rstrip()} …" if words else f"{text[: longest - 1]}…"


def format_count(number: int, thing: str) -> str:
    """Write a number with what it counts: 1 hour, 2,000 hours."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
