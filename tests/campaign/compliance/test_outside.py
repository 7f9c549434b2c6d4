"""What lies outside the hours there, held against a walk from quarter to quarter."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.outside import find_outside_hours
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.schedule.intervals import WeekHours, count_seconds
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, ODD_ZONES, schedules, usable

pytestmark = pytest.mark.slow

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
HOURS = [rule.hours for rule in load_rulebook().rules if rule.hours is not None]


def walked(
    schedule: Schedule, hours: WeekHours, zone: str, *, by_day_there: bool = False
) -> dict[date, int]:
    """Count the seconds outside the hours there, from quarter to quarter.

    They are counted by the campaign's day, or by the lead's.
    """
    seconds_by_day: dict[date, int] = {}
    at = datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        here, there = at.astimezone(ZoneInfo(schedule.zone)), at.astimezone(ZoneInfo(zone))
        if (
            schedule.first <= here.date() <= schedule.last
            and here.weekday() in schedule.days
            and schedule.opens <= here.time() < schedule.closes
            and not any(
                start <= count_seconds(there.time()) < end for start, end in hours[there.weekday()]
            )
        ):
            day = (there if by_day_there else here).date()
            seconds_by_day[day] = seconds_by_day.get(day, 0) + 15 * 60
        at += QUARTER
    return seconds_by_day


@settings(max_examples=120, deadline=None)
@given(
    schedules(), st.sampled_from(HOURS), st.sets(st.sampled_from(ODD_ZONES), min_size=1, max_size=3)
)
def test_hours_are_broken_on_just_the_days_and_in_just_the_zones_of_the_walk(
    schedule: Schedule, hours: WeekHours, others: set[str]
) -> None:
    zones = tuple(sorted(others))
    by_zone = {zone: walked(schedule, hours, zone) for zone in zones}
    days = {day for outside in by_zone.values() for day in outside}
    outside = find_outside_hours(hours, schedule, zones)
    assert bool(outside) is bool(days)
    for evidence in outside:
        assert (evidence.days, evidence.first) == (len(days), min(days))
        assert {evidence.zone, *evidence.others} == {zone for zone in zones if by_zone[zone]}
        pieces = evidence.outside + evidence.later
        assert evidence.closed == {day for day, _ in pieces if not hours[day]}


@settings(max_examples=120, deadline=None)
@given(schedules(), st.sampled_from(HOURS), st.sampled_from(ODD_ZONES))
def test_the_most_outside_is_that_of_one_day_there_though_two_windows_fall_on_it(
    schedule: Schedule, hours: WeekHours, zone: str
) -> None:
    days = walked(schedule, hours, zone, by_day_there=True)
    evidences = find_outside_hours(hours, schedule, (zone,))
    assert [evidence.seconds for evidence in evidences] == ([max(days.values())] if days else [])


def quarters(day: tuple[tuple[int, int], ...]) -> set[int]:
    return {at for start, end in day for at in range(start, end, 15 * 60)}


@settings(max_examples=120, deadline=None)
@given(schedules(), st.sampled_from(HOURS), st.sampled_from(ODD_ZONES))
@example(
    usable(
        timezone="America/Santiago",
        start_date=date(2027, 3, 28),
        end_date=date(2027, 4, 10),
        days_of_week=EVERY_DAY,
        daily_start_time=time(7),
        daily_end_time=time(9, 15),
    ),
    (((32_400, 64_800),),) * 7,
    "Pacific/Apia",
)
def test_what_is_told_of_the_first_day_is_what_lies_outside_on_that_day(
    schedule: Schedule, hours: WeekHours, zone: str
) -> None:
    for evidence in find_outside_hours(hours, schedule, (zone,)):
        there = outside_on(evidence.since, schedule, hours, zone)
        assert quarters(dict(evidence.outside)[min(there).weekday()]) >= there[min(there)]
        if evidence.later_since is not None:
            then = outside_on(evidence.later_since, schedule, hours, zone)
            later = dict(evidence.later)
            assert any(quarters(later.get(day.weekday(), ())) >= then[day] for day in then)
        assert evidence.since == min(walked(schedule, hours, zone))


def outside_on(day: date, schedule: Schedule, hours: WeekHours, zone: str) -> dict[date, set[int]]:
    """Find the quarters outside the hours of one of the campaign's days, by the day there."""
    seconds_by_day: dict[date, set[int]] = {}
    at = datetime.combine(day - DAY, time(), UTC)
    while at < datetime.combine(day + 2 * DAY, time(), UTC):
        here, there = at.astimezone(ZoneInfo(schedule.zone)), at.astimezone(ZoneInfo(zone))
        own = count_seconds(there.time())
        if (
            here.date() == day
            and schedule.opens <= here.time() < schedule.closes
            and not any(start <= own < end for start, end in hours[there.weekday()])
        ):
            seconds_by_day.setdefault(there.date(), set()).add(own)
        at += QUARTER
    return seconds_by_day
