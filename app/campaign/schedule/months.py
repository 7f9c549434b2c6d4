"""The months of a campaign as a wall calendar: weeks from Monday, a cell for each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.campaign.schedule.windows import DAY, SHOWN_MONTHS, Overview, Schedule, find_windows_on

MOST_MONTHS = SHOWN_MONTHS
"""So many are drawn of any campaign."""


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: *mark* says what the day is, in words that a style sheet can use.

    *name* is what a day off is called, empty for any other.
    """

    number: int
    mark: str
    name: str = ""


@dataclass(frozen=True)
class Month:
    """One month: its name, and for each week seven cells, empty outside the month."""

    name: str
    weeks: list[list[Day | None]]


def lay_out_months(overview: Overview, closed: Mapping[date, str]) -> list[Month]:
    """Lay out the months from the first day to the last, `MOST_MONTHS` at the most.

    *closed* names the days off.
    """
    wanted = overview.schedule
    changes = {day for change in overview.changes for day in change.days}
    edges = {window.date for window in (overview.first, overview.last) if window}
    first = wanted.first.replace(day=1)
    found: list[Month] = []
    while first <= wanted.last and len(found) < MOST_MONTHS:
        following = (first + timedelta(days=31)).replace(day=1)
        cells: list[Day | None] = [None] * first.weekday()
        for number in range((following - first).days):
            day = first + number * DAY
            calls = _calls(wanted, day, is_odd=day in changes)
            marks = ("call", calls), ("edge", day in edges), ("change", day in changes)
            mark = " ".join(word for word, is_so in (*marks, ("off", day in closed)) if is_so)
            cells.append(Day(number + 1, mark, closed.get(day, "")))
        cells += [None] * (-len(cells) % 7)
        weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
        found.append(Month(f"{first:%B} {first.year}", weeks))
        first = following
    return found


def is_cut(schedule: Schedule) -> bool:
    """Tell whether there are more months than are laid out."""
    first, last = schedule.first, schedule.last
    return (last.year - first.year) * 12 + last.month - first.month + 1 > MOST_MONTHS


def _calls(schedule: Schedule, day: date, *, is_odd: bool) -> bool:
    return schedule.calls_on(day) and (not is_odd or bool(find_windows_on(schedule, day)))
