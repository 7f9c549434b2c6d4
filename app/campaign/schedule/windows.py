"""When a campaign may call: its windows as exact instants, and the clock changes among them.

The definition: a call may start at an instant when the zone's wall clock then shows a
calling day and a time in ``[opens, closes)``. Dates are inclusive. So on the day of a
clock change a window can be shorter, longer, empty or in two pieces. Arithmetic runs in
UTC between two changes, where the wall clock runs evenly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from app.campaign.contract.fields import CampaignType, Values, Weekday
from app.campaign.timezones.clock import DAY_SECONDS, count_seconds_to, read_clock
from app.campaign.timezones.zones import (
    ZONE_NAMES,
    ClockChange,
    find_clock_changes,
    iterate_even_stretches,
)

SHOWN_MONTHS = 13
"""How many months of an open-ended campaign are examined, that of its first day included."""

DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NUMBER = {day: number for number, day in enumerate(Weekday)}
_FIRST_SHOWN, _LAST_SHOWN = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Schedule:
    """When calls may start: wall clock in `zone`, both dates included, `[opens, closes)`.

    `days` are weekdays, 0 for Monday. `last` of an open-ended schedule is the last day examined.
    """

    first: date
    last: date
    zone: str
    days: frozenset[int]
    opens: time
    closes: time
    is_open_ended: bool

    def calls_on(self, day: date) -> bool:
        return self.first <= day <= self.last and day.weekday() in self.days


@dataclass(frozen=True)
class Window:
    """One stretch of calling: wall clock, UTC, and its real length in minutes."""

    date: date
    start: datetime
    end: datetime

    @property
    def start_utc(self) -> datetime:
        return self.start.astimezone(UTC)

    @property
    def end_utc(self) -> datetime:
        return self.end.astimezone(UTC)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        return self.length // _MINUTE


@dataclass(frozen=True)
class Overview:
    """What a schedule adds up to.

    `length` is the real time of all windows; `last` is `None` without one and without a last
    day; `changes` are the zone's clock changes on the days from the first to the last;
    `shown_until` is the last day that was looked at.
    """

    schedule: Schedule
    calling_days: int
    length: timedelta
    first: Window | None
    last: Window | None
    changes: tuple[ClockChange, ...]

    @property
    def shown_until(self) -> date:
        return self.schedule.last


def read_schedule(values: Values) -> Schedule | None:
    """Take the schedule from typed values; `None` unless it is complete and consistent.

    Without `end_date` it runs to the end of the `SHOWN_MONTHS`; days after 2199 are cut off.
    """
    if values.get("type") is not CampaignType.OUTBOUND:
        return None
    first, zone, days = (values.get(name) for name in ("start_date", "timezone", "days_of_week"))
    opens, closes = values.get("daily_start_time"), values.get("daily_end_time")
    if not (first and days and zone in ZONE_NAMES and opens is not None and closes is not None):
        return None
    last = values.get("end_date") or _find_end_of_shown_months(min(first, _LAST_SHOWN))
    end = min(last, _LAST_SHOWN)
    if not (opens < closes and _FIRST_SHOWN <= first <= end):
        return None
    numbers = frozenset(_NUMBER[day] for day in days)
    return Schedule(first, end, zone, numbers, opens, closes, values.get("end_date") is None)


def is_in_sight(day: date) -> bool:
    """Tell whether a day is in the years that are examined: 1900 to 2199."""
    return _FIRST_SHOWN <= day <= _LAST_SHOWN


@lru_cache(maxsize=256)
def summarise(schedule: Schedule) -> Overview:
    """Add a schedule up: days, time, first and last window, clock changes.

    Only the days of a clock change are examined one by one; all others are alike.
    """
    changes = find_clock_changes(schedule.zone, schedule.first - DAY, schedule.last + DAY)
    odd = {day for change in changes for day in change.days if schedule.calls_on(day)}
    odd_windows = [find_windows_on(schedule, day) for day in odd]
    even_days = _count_calling_days(schedule) - len(odd)
    length = even_days * _measure_even_day(schedule)
    return Overview(
        schedule=schedule,
        calling_days=even_days + sum(1 for windows in odd_windows if windows),
        length=sum((window.length for windows in odd_windows for window in windows), length),
        first=next(iterate_windows(schedule), None),
        last=None if schedule.is_open_ended else _find_last_window(schedule),
        changes=tuple(change for change in changes if _falls_in(schedule, change)),
    )


def iterate_windows(schedule: Schedule) -> Iterator[Window]:
    """Yield all windows in order of time.

    Where clocks go back over midnight, a date can begin before the previous one has ended, so
    windows wait until no earlier one can follow.
    """
    day = schedule.first
    waiting: list[Window] = []
    while day <= schedule.last:
        if day.weekday() in schedule.days:
            windows = find_windows_on(schedule, day)
            if waiting:
                windows = sorted([*waiting, *windows], key=lambda window: window.start)
            ready = max((n for n, window in enumerate(windows, 1) if window.date < day), default=0)
            yield from windows[:ready]
            waiting = windows[ready:]
        day += DAY
    yield from waiting


def find_windows_on(schedule: Schedule, day: date) -> list[Window]:
    """Find the windows of one calling day: one as a rule, none or two around a clock change."""
    opens, closes = datetime.combine(day, schedule.opens), datetime.combine(day, schedule.closes)
    clock, midnight = read_clock(schedule.zone, day.year, day.year), count_seconds_to(day)
    if not clock.slice_changes(midnight - DAY_SECONDS, midnight + 2 * DAY_SECONDS):
        zone = timezone(timedelta(seconds=clock.find_offset(midnight)))
        return [Window(day, opens.replace(tzinfo=zone), closes.replace(tzinfo=zone))]
    windows: list[Window] = []
    for starts, ends, offset in iterate_even_stretches(schedule.zone, day - DAY, day + DAY):
        zone = timezone(offset)
        start = max(opens.replace(tzinfo=zone), starts)
        end = min(closes.replace(tzinfo=zone), ends)
        if start < end:
            piece = Window(day, start.astimezone(zone), end.astimezone(zone))
            if windows and windows[-1].end == piece.start:
                piece = Window(day, windows.pop().start, piece.end)
            windows.append(piece)
    return windows


def is_on_a_calling_day(schedule: Schedule, change: ClockChange) -> bool:
    """Tell whether a calling day gets longer or shorter by a clock change."""
    return any(schedule.calls_on(day) for day in change.days)


def is_inside_a_window(schedule: Schedule, change: ClockChange) -> bool:
    """Tell whether a clock change skips or repeats some of the hours of a calling day."""
    start, end = change.walls
    return any(
        datetime.combine(day, schedule.opens) < end
        and start < datetime.combine(day, schedule.closes)
        for day in change.days
        if schedule.calls_on(day)
    )


def find_weekdays_between(first: date, last: date) -> frozenset[int]:
    """Find the weekdays (0 is Monday) that come from *first* to *last*, both included."""
    return frozenset((first.weekday() + n) % 7 for n in range(min(7, (last - first).days + 1)))


def iterate_calling_days(weekday: int, first: date, last: date) -> Iterator[date]:
    """Yield the dates of one weekday (0 is Monday) from *first* to *last*, both included."""
    day = first + (weekday - first.weekday()) % 7 * DAY
    while day <= last:
        yield day
        day += 7 * DAY


def count_calling_days_between(
    weekday: int, first: date, last: date, besides: frozenset[date]
) -> dict[date, int]:
    """Count the dates of one weekday from *first* to *last* without those in *besides*.

    Returns ``{first such date: count}``, empty if there is none. Weekday 0 is Monday.
    """
    day = first + (weekday - first.weekday()) % 7 * DAY
    left_out = [odd for odd in besides if odd.weekday() == weekday and day <= odd <= last]
    count = (last - day).days // 7 + 1 - len(left_out)
    while day in left_out:
        day += 7 * DAY
    return {day: count} if count > 0 else {}


def _find_end_of_shown_months(first: date) -> date:
    years, month = divmod(first.month - 1 + SHOWN_MONTHS, 12)
    return date(first.year + years, month + 1, 1) - DAY


def _falls_in(schedule: Schedule, change: ClockChange) -> bool:
    return any(schedule.first <= day <= schedule.last for day in change.days)


def _count_calling_days(schedule: Schedule) -> int:
    weeks, rest = divmod((schedule.last - schedule.first).days + 1, 7)
    start = schedule.first.weekday()
    return weeks * len(schedule.days) + sum((start + n) % 7 in schedule.days for n in range(rest))


def _measure_even_day(schedule: Schedule) -> timedelta:
    return datetime.combine(date.min, schedule.closes) - datetime.combine(date.min, schedule.opens)


def _find_last_window(schedule: Schedule) -> Window | None:
    day = schedule.last
    while day >= schedule.first:
        windows = find_windows_on(schedule, day) if day.weekday() in schedule.days else []
        if windows:
            return windows[-1]
        day -= DAY
    return None
