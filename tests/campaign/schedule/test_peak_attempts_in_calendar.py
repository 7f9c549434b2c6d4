"""The most calls in a calendar day or month of the lead's, held against a simulation."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.peak_attempts import find_most_in_dates, find_most_in_months
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, ODD_ZONES, one_day, schedules, usable

pytestmark = pytest.mark.slow

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
NEW_YORK, MADRID = "America/New_York", "Europe/Madrid"
RETRIES = st.builds(
    Limits,
    st.integers(1, 60).map(lambda n: n * QUARTER),
    st.integers(1, 4),
    st.integers(1, 9),
)


def unit_of(at: datetime, zone: str, unit: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m" if unit == "month" else "%Y-%m-%d")


def simulated(schedule: Schedule, retries: Limits, unit: str, zone: str) -> int:
    """Call one lead at each quarter that allows it, anew for each of their days or months."""
    made: list[datetime] = []
    best, current = 0, ""
    at = datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        if unit_of(at, zone, unit) != current:
            made, current = [], unit_of(at, zone, unit)
        if may_call(schedule, retries, made, at):
            made.append(at)
            best = max(best, len(made))
        at += QUARTER
    return best


def may_call(schedule: Schedule, retries: Limits, made: list[datetime], at: datetime) -> bool:
    zone = ZoneInfo(schedule.zone)
    here = at.astimezone(zone)
    return (
        schedule.calls_on(here.date())
        and schedule.opens <= here.time() < schedule.closes
        and len(made) < retries.total
        and (not made or at - made[-1] >= retries.gap)
        and sum(instant.astimezone(zone).date() == here.date() for instant in made) < retries.daily
    )


def evenings(last: date) -> Schedule:
    """Call from three to ten in New York, which is over midnight in Madrid."""
    return usable(
        end_date=last,
        days_of_week=EVERY_DAY,
        daily_start_time=time(15),
        daily_end_time=time(22),
    )


def find_most(schedule: Schedule, retries: Limits, unit: str, zone: str) -> tuple[datetime, ...]:
    if unit == "month":
        return find_most_in_months(schedule, retries, ((zone,),))
    return find_most_in_dates(schedule, retries, 1, ((zone,),))


@settings(max_examples=80, deadline=None)
@given(schedules(), RETRIES, st.sampled_from(ODD_ZONES))
def test_a_day_of_a_lead_holds_no_more_and_no_fewer_than_the_simulation(
    schedule: Schedule, retries: Limits, zone: str
) -> None:
    assert len(find_most(schedule, retries, "day", zone)) == simulated(
        schedule, retries, "day", zone
    )


@settings(max_examples=80, deadline=None)
@given(schedules(), RETRIES, st.sampled_from(ODD_ZONES))
def test_a_month_of_a_lead_holds_no_more_and_no_fewer_than_the_simulation(
    schedule: Schedule, retries: Limits, zone: str
) -> None:
    expected = simulated(schedule, retries, "month", zone)
    assert len(find_most(schedule, retries, "month", zone)) == expected


@settings(max_examples=80, deadline=None)
@given(schedules(), RETRIES, st.sampled_from(ODD_ZONES), st.sampled_from(["day", "month"]))
def test_the_calls_that_are_listed_could_be_made_and_are_of_one_day_or_month(
    schedule: Schedule, retries: Limits, zone: str, unit: str
) -> None:
    made: list[datetime] = []
    for at in find_most(schedule, retries, unit, zone):
        assert may_call(schedule, retries, made, at)
        made.append(at)
    assert len({unit_of(at, zone, unit) for at in made}) <= 1


def test_the_same_clock_sees_the_campaigns_own_day() -> None:
    retries = Limits(timedelta(minutes=60), 3, 12)
    assert len(find_most(usable(), retries, "day", NEW_YORK)) == 3


def test_a_lead_on_another_clock_can_get_two_days_calls_in_one_of_theirs() -> None:
    retries = Limits(timedelta(minutes=60), 4, 12)
    assert len(find_most(evenings(date(2027, 3, 10)), retries, "day", NEW_YORK)) == 4
    assert len(find_most(evenings(date(2027, 3, 10)), retries, "day", MADRID)) == 7


def test_the_lead_can_get_one_more_on_the_day_after_a_change_of_the_campaigns_clock() -> None:
    retries = Limits(timedelta(minutes=60), 4, 12)
    calls = find_most(evenings(date(2027, 3, 20)), retries, "day", MADRID)
    assert len(calls) == 8
    assert {at.astimezone(ZoneInfo(MADRID)).date() for at in calls} == {date(2027, 3, 14)}


def test_a_month_begins_anew_on_its_first_day() -> None:
    january = usable(end_date=date(2027, 1, 31))
    both = usable(end_date=date(2027, 2, 28))
    retries = Limits(timedelta(minutes=60), 1, 100)
    assert len(find_most(january, retries, "month", NEW_YORK)) == 20
    assert len(find_most(both, retries, "month", NEW_YORK)) == 20
    assert len(find_most(usable(), retries, "month", NEW_YORK)) == 23


def test_the_total_holds_in_a_month_too() -> None:
    assert len(find_most(usable(), Limits(timedelta(minutes=60), 1, 3), "month", NEW_YORK)) == 3


def test_of_several_clocks_the_worst_counts() -> None:
    retries = Limits(timedelta(minutes=60), 4, 12)
    schedule, clocks = evenings(date(2027, 3, 10)), ((NEW_YORK, "America/Detroit"), (MADRID,))
    assert len(find_most_in_dates(schedule, retries, 1, clocks)) == 7
    assert len(find_most_in_dates(schedule, retries, 1, clocks[:1])) == 4


def test_a_tuesday_after_the_change_can_hold_more_than_the_one_before() -> None:
    tuesdays = usable(
        timezone="Europe/London",
        start_date=date(2027, 10, 25),
        end_date=date(2027, 11, 7),
        days_of_week=EVERY_DAY[1:2],
        daily_start_time=time(1, 15),
        daily_end_time=time(20),
    )
    calls = find_most(tuesdays, Limits(39 * QUARTER, 2, 2), "day", "Pacific/Honolulu")
    assert {at.date() for at in calls} == {date(2027, 11, 2)}
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("zone", "day", "opens", "lead"),
    [
        (NEW_YORK, date(2027, 1, 31), time(18), MADRID),
        ("Asia/Tokyo", date(2027, 2, 1), time(1), MADRID),
    ],
)
def test_it_can_be_another_month_where_the_lead_is(
    zone: str, day: date, opens: time, lead: str
) -> None:
    night = one_day(zone, day, opens, time(opens.hour + 5))
    assert len(find_most(night, Limits(timedelta(minutes=30), 5, 5), "month", lead)) == 5


def test_the_leads_clock_can_change_while_the_campaigns_does_not() -> None:
    kathmandu = usable(
        timezone="Asia/Kathmandu",
        start_date=date(2027, 10, 1),
        end_date=date(2027, 12, 15),
        days_of_week=EVERY_DAY,
        daily_start_time=time(9, 45),
        daily_end_time=time(20),
    )
    retries = Limits(timedelta(minutes=60), 3, 12)
    expected = simulated(kathmandu, retries, "day", NEW_YORK)
    assert len(find_most(kathmandu, retries, "day", NEW_YORK)) == expected
