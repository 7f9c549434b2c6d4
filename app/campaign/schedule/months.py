"""The months of a campaign as a wall calendar: weeks from Monday, a cell for each day."""

from calendar import Calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from app.campaign.schedule.windows import (
    SHOWN_MONTHS,
    Overview,
    Schedule,
    Window,
    find_windows_on,
)

MOST_MONTHS = SHOWN_MONTHS
"""The maximum number of months that are drawn."""

_LONG = timedelta(weeks=10)


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: its date, its *mark*, class names such as ``call edge``, and its windows.

    *name* is the name of a day off, empty for any other day.
    """

    date: date
    mark: str
    windows: tuple[Window, ...] = ()
    name: str = ""

    @property
    def number(self) -> int:
        return self.date.day


@dataclass(frozen=True)
class Month:
    """One month: its name, and for each week seven cells, empty outside the month."""

    name: str
    weeks: list[list[Day | None]]


def lay_out_months(overview: Overview, closed: Mapping[date, str]) -> list[Month]:
    """Lay out the months from the first day to the last, `MOST_MONTHS` at most.

    *closed* is ``{date: name}`` of the days off.
    """
    schedule = overview.schedule
    changes = {day for change in overview.changes for day in change.days}
    edges = {window.date for window in (overview.first, overview.last) if window}

    def lay_out(day: date) -> Day:
        windows = tuple(find_windows_on(schedule, day)) if schedule.calls_on(day) else ()
        marks = ("call", windows), ("edge", day in edges), ("change", day in changes)
        mark = " ".join(word for word, is_so in (*marks, ("off", day in closed)) if is_so)
        return Day(day, mark, windows, closed.get(day, ""))

    months = islice(_iterate_first_days(schedule), MOST_MONTHS)
    return [Month(f"{first:%B} {first.year}", _lay_out_weeks(first, lay_out)) for first in months]


def is_cut(schedule: Schedule) -> bool:
    """Tell whether there are more months than are laid out."""
    first, last = schedule.first, schedule.last
    return (last.year - first.year) * 12 + last.month - first.month + 1 > MOST_MONTHS


def is_long(schedule: Schedule) -> bool:
    """Tell whether a schedule spans so much that its months are best seen at a glance."""
    return schedule.last - schedule.first >= _LONG


def _iterate_first_days(schedule: Schedule) -> Iterator[date]:
    """Yield the first day of each month of a schedule."""
    first = schedule.first.replace(day=1)
    while first <= schedule.last:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _lay_out_weeks(first: date, lay_out: Callable[[date], Day]) -> list[list[Day | None]]:
    """Lay out the weeks of the month that begins on *first*; days of other months are `None`."""
    return [
        [lay_out(day) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
