"""A walk that finds the most attempts in any stretch, and shares nothing with the app.

It reads the zone data, notes every fifth minute at which a call may start, and from each
of them calls as early as it may. All hours, gaps and periods are whole tens of minutes, so that
a step of five finds the latest beginnings, too.
"""

from bisect import bisect_left
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.windows import Schedule

DAY, STEP = timedelta(days=1), timedelta(minutes=5)
NEW_YORK, LONDON, PARIS = "America/New_York", "Europe/London", "Europe/Paris"
ZONES = (
    NEW_YORK,
    LONDON,
    PARIS,
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Casablanca",
    "America/Havana",
)
LEADS = (*ZONES, "Asia/Kolkata")


def starts(schedule: Schedule) -> list[tuple[datetime, date]]:
    """Note each instant at which a call may start, with its date in the campaign's zone."""
    zone, beginnings = ZoneInfo(schedule.zone), []
    for number in range(-1, (schedule.last - schedule.first).days + 2):
        day = datetime.combine(schedule.first + number * DAY, time(), UTC)
        for step in range(DAY // STEP):
            here = (day + step * STEP).astimezone(zone)
            if (
                schedule.first <= here.date() <= schedule.last
                and here.weekday() in schedule.days
                and schedule.opens <= here.time() < schedule.closes
            ):
                beginnings.append((day + step * STEP, here.date()))
    return beginnings


def walked(
    beginnings: list[tuple[datetime, date]], retries: Limits, since: datetime, until: datetime
) -> int:
    """Count the calls to one lead who is called as early as possible."""
    by_day: Counter[date] = Counter()
    free, made = since, 0
    for at, day in beginnings[bisect_left(beginnings, (since, date.min)) :]:
        if at >= until or made == retries.total:
            break
        if at >= free and by_day[day] < retries.daily:
            by_day[day] += 1
            free, made = at + retries.gap, made + 1
    return made


def most_walked(schedule: Schedule, retries: Limits, period: timedelta) -> int:
    beginnings = starts(schedule)
    return max((walked(beginnings, retries, at, at + period) for at, _ in beginnings), default=0)


def most_walked_in_dates(schedule: Schedule, retries: Limits, dates: int, zone: str) -> int:
    """Begin at midnight in a zone, before each date that a campaign can reach there."""
    beginnings, clock = starts(schedule), ZoneInfo(zone)
    days = (schedule.first + n * DAY for n in range(-2, (schedule.last - schedule.first).days + 3))
    ends = [
        [
            datetime.combine(day, time(), clock).astimezone(UTC)
            for day in (first, first + dates * DAY)
        ]
        for first in days
    ]
    return max(walked(beginnings, retries, since, until) for since, until in ends)


@cache
def changes() -> list[tuple[str, date]]:
    """Find the days around which a zone's clock changes in two years."""
    days = [date(2027, 1, 1) + n * DAY for n in range(730)]
    noons = {day: datetime.combine(day, time(12), UTC) for day in [*days, days[-1] + DAY]}
    return [
        (zone, day)
        for zone in ZONES
        for day in days
        if noons[day].astimezone(ZoneInfo(zone)).utcoffset()
        != noons[day + DAY].astimezone(ZoneInfo(zone)).utcoffset()
    ]


def at(tens: int) -> time:
    return time(tens // 6, tens % 6 * 10)


@st.composite
def near_changes(draw: st.DrawFn) -> Schedule:
    """Draw a campaign that starts within 16 days of a clock change and lasts up to nine weeks.

    Half of the windows are in the night, where the clock changes; most are short.
    """
    zone, change = draw(st.sampled_from(changes()))
    opens = draw(st.integers(0, 24) | st.integers(0, 140))
    long = draw(st.integers(1, 9) | st.integers(1, 60))
    first = change + draw(st.integers(-16, 16)) * DAY
    return Schedule(
        first=first,
        last=first + draw(st.integers(0, 12) | st.integers(13, 63)) * DAY,
        zone=zone,
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=at(opens),
        closes=at(min(opens + long, 143)),
        is_open_ended=False,
    )


RETRIES = st.builds(
    Limits,
    st.one_of(st.integers(1, 12), st.integers(60, 160), st.sampled_from([144, 288, 720, 1008])).map(
        lambda tens: timedelta(minutes=10 * tens)
    ),
    st.integers(1, 6),
    st.integers(1, 9) | st.integers(10, 200),
)
