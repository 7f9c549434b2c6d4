"""What the retries can reach, held against a walk from minute to minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.contract.fields import Weekday
from app.campaign.schedule.attempts import (
    LISTED,
    Binding,
    Limits,
    count_per_day,
    follow_attempts,
    read_limits,
)
from app.campaign.schedule.peak_attempts import PERIODS, find_most_within
from app.campaign.schedule.windows import Schedule, summarise
from tests.campaign.schedules import EVERY_DAY, is_allowed_at, one_day, usable, utc
from tests.factories import outbound

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def limits_of(gap: int, daily: int, total: int) -> Limits:
    return Limits(minutes(gap), daily, total)


@pytest.mark.parametrize(
    ("window", "gap", "cap", "fit"),
    [(480, 60, 10, 8), (120, 180, 3, 1), (480, 60, 1, 1), (481, 60, 10, 9), (60, 60, 10, 1)],
)
def test_so_many_attempts_fit_into_a_day(window: int, gap: int, cap: int, fit: int) -> None:
    assert count_per_day(minutes(window), limits_of(gap, cap, 100)) == fit


@pytest.mark.parametrize(
    ("gap", "daily", "total", "binding"),
    [
        (60, 1, 3, Binding.DAILY),
        (60, 10, 100, Binding.GAP),
        (480, 10, 100, Binding.WINDOW),
        (60, 10, 2, Binding.TOTAL),
    ],
)
def test_the_limit_that_binds_is_named(gap: int, daily: int, total: int, binding: Binding) -> None:
    assert follow_attempts(usable(), limits_of(gap, daily, total)).bound_by is binding


def test_the_samples_three_attempts_are_made_on_three_days() -> None:
    attempts = follow_attempts(usable(), limits_of(60, 1, 3))
    assert attempts.timeline == (utc(1, 4, 14), utc(1, 5, 14), utc(1, 6, 14))
    assert (attempts.possible, attempts.never, attempts.last) == (3, 0, utc(1, 6, 14))


def test_attempts_behind_the_last_day_never_happen() -> None:
    schedule = usable(end_date=date(2027, 1, 5))
    attempts = follow_attempts(schedule, limits_of(240, 2, 10))
    assert (attempts.possible, attempts.never) == (4, 6)
    assert attempts.last == utc(1, 5, 18)


def test_without_a_last_day_none_is_said_never_to_happen() -> None:
    attempts = follow_attempts(usable(end_date=None), limits_of(60, 1, 500))
    assert (attempts.possible, attempts.never) == (281, 0)


def test_the_most_in_a_day_is_that_of_the_longest_day_and_not_of_an_ordinary_one() -> None:
    nights = {
        "days_of_week": EVERY_DAY,
        "daily_start_time": time(0),
        "daily_end_time": time(3),
    }
    autumn = usable(start_date=date(2027, 11, 1), end_date=date(2027, 11, 30), **nights)
    attempts = follow_attempts(autumn, limits_of(60, 9, 9))
    assert (attempts.per_day, attempts.ordinary_day, attempts.bound_by) == (4, 3, Binding.GAP)
    spring = one_day("America/New_York", date(2027, 3, 14), time(0), time(3))
    assert follow_attempts(spring, limits_of(60, 9, 9)).per_day == 2


def test_a_limit_that_only_the_longest_day_reaches_is_named() -> None:
    autumn = usable(
        start_date=date(2027, 11, 1),
        end_date=date(2027, 11, 30),
        days_of_week=EVERY_DAY,
        daily_start_time=time(0),
        daily_end_time=time(3),
    )
    assert follow_attempts(autumn, limits_of(60, 4, 9)).bound_by is Binding.DAILY


def test_a_gap_may_reach_over_the_night() -> None:
    attempts = follow_attempts(usable(), limits_of(20 * 60, 5, 2))
    assert attempts.timeline == (utc(1, 4, 14), utc(1, 5, 14))
    assert follow_attempts(usable(), limits_of(26 * 60, 5, 2)).timeline[1] == utc(1, 5, 16)


def test_a_day_without_a_window_holds_none() -> None:
    schedule = usable(start_date=date(2027, 1, 9), end_date=date(2027, 1, 10))
    assert follow_attempts(schedule, limits_of(60, 1, 3)).never == 3


def test_more_attempts_than_anybody_reads_are_counted_and_not_listed() -> None:
    attempts = follow_attempts(usable(), limits_of(3, 200, 1000))
    assert (len(attempts.timeline), attempts.possible) == (LISTED, 1000)


@pytest.mark.parametrize("name", ["min_gap_between_attempts", "max_daily_attempts"])
@pytest.mark.parametrize("value", [None, 0, -1])
def test_without_usable_limits_nothing_is_said(name: str, value: int | None) -> None:
    assert read_limits(outbound(**{name: value})) is None


def test_a_gap_beyond_all_calendars_is_no_error() -> None:
    limits = read_limits(outbound(min_gap_between_attempts=10**30))
    assert limits is not None
    assert follow_attempts(usable(), limits).possible == 1


@pytest.mark.parametrize(
    ("schedule", "limits_", "day", "week"),
    [
        (
            usable(start_date=date(2025, 1, 1), end_date=date(2025, 3, 31)),
            limits_of(60, 1, 3),
            2,
            3,
        ),
        (
            usable(days_of_week=EVERY_DAY, daily_start_time=time(8), daily_end_time=time(20)),
            limits_of(60, 3, 12),
            6,
            12,
        ),
        (usable(), limits_of(240, 2, 10), 3, 10),
    ],
)
def test_the_worst_stretches_are_those_worked_out_by_hand(
    schedule: Schedule, limits_: Limits, day: int, week: int
) -> None:
    assert len(find_most_within(schedule, limits_, PERIODS["24h"])) == day
    assert len(find_most_within(schedule, limits_, PERIODS["7d"])) == week


ZONES = st.sampled_from(
    ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "America/Havana"]
)
STARTS = st.sampled_from(
    [date(2027, 3, 12), date(2027, 4, 2), date(2027, 10, 30), date(2027, 6, 1)]
)
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
LIMITS = st.builds(
    limits_of,
    st.integers(1, 100).map(lambda n: n * 15),
    st.integers(1, 4),
    st.integers(1, 9),
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    opens, closes = sorted(draw(st.lists(QUARTERS, min_size=2, max_size=2, unique=True)))
    first = draw(STARTS)
    days = draw(st.sets(st.sampled_from(list(Weekday)), min_size=3))
    return usable(
        timezone=draw(ZONES),
        start_date=first,
        end_date=first + timedelta(days=draw(st.integers(1, 4))),
        days_of_week=tuple(day for day in Weekday if day in days),
        daily_start_time=opens,
        daily_end_time=closes,
    )


Allows = Callable[[datetime], bool]


def allowing(schedule: Schedule) -> Allows:
    """Remember for each minute whether a call may start: walks of one campaign ask it again."""
    return cache(partial(is_allowed_at, schedule))


def walked(
    schedule: Schedule, allows: Allows, limits_: Limits, start: datetime, end: datetime
) -> list[datetime]:
    """Make each attempt at the first minute at which nothing forbids it."""
    made: list[datetime] = []
    at = start
    while at < end and len(made) < limits_.total:
        if allows(at) and _is_free(schedule, limits_, made, at):
            made.append(at)
            at += limits_.gap
        else:
            at += MINUTE * 15 if at.minute % 15 == 0 else MINUTE
    return made


def _is_free(schedule: Schedule, limits_: Limits, made: list[datetime], at: datetime) -> bool:
    zone = ZoneInfo(schedule.zone)
    today = [
        instant for instant in made if instant.astimezone(zone).date() == at.astimezone(zone).date()
    ]
    return len(today) < limits_.daily


def whole(schedule: Schedule) -> tuple[datetime, datetime]:
    first = datetime.combine(schedule.first - timedelta(days=1), time(), UTC)
    return first, datetime.combine(schedule.last + timedelta(days=2), time(), UTC)


@settings(max_examples=60, deadline=None)
@given(schedules(), LIMITS)
def test_the_timeline_is_what_a_walk_through_every_quarter_gives(
    schedule: Schedule, limits_: Limits
) -> None:
    attempts = follow_attempts(schedule, limits_)
    made = walked(schedule, allowing(schedule), limits_, *whole(schedule))
    assert list(attempts.timeline) == made
    assert attempts.never == limits_.total - len(made)


@settings(max_examples=40, deadline=None)
@given(schedules(), LIMITS, st.sampled_from([timedelta(hours=24), timedelta(hours=36)]))
def test_no_stretch_holds_more_than_the_worst(
    schedule: Schedule, limits_: Limits, period: timedelta
) -> None:
    worst = find_most_within(schedule, limits_, period)
    begins, ends = whole(schedule)
    starts = [begins + MINUTE * n for n in range(0, (ends - begins) // MINUTE, 15)]
    late = [start - MINUTE for start in starts]
    allows = allowing(schedule)
    counts = [len(walked(schedule, allows, limits_, at, at + period)) for at in starts + late]
    assert len(worst) == max(counts)
    assert not worst or worst[-1] - worst[0] < period


def test_the_worst_stretch_is_one_that_the_settings_allow() -> None:
    schedule = usable()
    for at in find_most_within(schedule, limits_of(240, 2, 10), PERIODS["7d"]):
        assert is_allowed_at(schedule, at)


def test_a_stretch_over_the_spring_change_reaches_an_hour_further() -> None:
    schedule = usable(
        start_date=date(2027, 1, 1),
        days_of_week=EVERY_DAY,
        daily_start_time=time(9),
        daily_end_time=time(10),
    )
    assert summarise(schedule).changes
    peak = find_most_within(schedule, limits_of(60, 1, 100), timedelta(hours=23))
    assert len(peak) == 2
    assert peak[0].date() in {date(2027, 3, 13), date(2027, 1, 1)}
