"""Whether any window keeps all hours, held against a walk through every quarter of an hour."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.audience import Audience, find_reach, read_audience, select_rules
from app.campaign.compliance.evidence import OnHolidays
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.fix_words import describe_fixes
from app.campaign.compliance.fixes import Fix, find_fixes, fix_all_hours
from app.campaign.compliance.fixes import read_settings as settings_of
from app.campaign.contract.fields import Weekday
from app.campaign.schedule.intervals import WeekHours
from app.campaign.schedule.windows import Schedule, read_schedule, summarise
from tests.campaign.schedules import EVERY_DAY, schedules, usable
from tests.factories import outbound

pytestmark = pytest.mark.slow

YEAR = (date(2027, 1, 1), date(2027, 12, 31))
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
AUDIENCES = ("Florida", "Texas", "US-HI, US-ME", "Canada, UK", "Canada, Australia/Perth", "Hawaii")
"""Places without a law on days without calls, except for weekdays."""


def make_audience(audience: str) -> Audience:
    return read_audience({"audience": audience, "purpose": "marketing"}, None)


def limited(audience: Audience) -> list[tuple[WeekHours, ZoneInfo]]:
    return [
        (rule.hours, ZoneInfo(zone))
        for rule in select_rules(audience, *YEAR)
        if rule.hours is not None
        for zone in find_reach(audience)[rule.jurisdiction]
    ]


def is_allowed(at: datetime, hours: list[tuple[WeekHours, ZoneInfo]]) -> bool:
    for week, zone in hours:
        there = at.astimezone(zone)
        own = there.hour * 3600 + there.minute * 60
        if not any(start <= own < end for start, end in week[there.weekday()]):
            return False
    return True


def safe_quarters(schedule: Schedule, audience: Audience) -> set[time]:
    """Find the quarters of an hour that are allowed on every date of a weekday."""
    hours, zone = limited(audience), ZoneInfo(schedule.zone)
    safe: dict[tuple[int, time], bool] = {}
    at = datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        here = at.astimezone(zone)
        if schedule.first <= here.date() <= schedule.last and here.weekday() in schedule.days:
            key = here.weekday(), here.time()
            safe[key] = safe.get(key, True) and is_allowed(at, hours)
        at += QUARTER
    return {quarter for (_, quarter), is_safe in safe.items() if is_safe}


def after(schedule: Schedule, fix: Fix) -> Schedule:
    values = outbound(
        start_date=schedule.first,
        end_date=schedule.last,
        **{**settings_of(schedule, None), **dict(fix.changes)},
    )
    changed = read_schedule(values)
    assert changed is not None
    return changed


# The form has no 24:00: the day's last quarter holds a window, though none of 15 minutes.
LAST_QUARTER = {time(23, 45)}


def is_on_further_holidays(schedule: Schedule, audience: str, quarter: time) -> bool:
    """Tell whether calls in this quarter of an hour would break a rule that is kept now."""
    ends = (datetime.combine(schedule.first, quarter) + QUARTER).time()
    moved = replace(schedule, opens=quarter, closes=ends)
    now, then = (
        {
            finding.rule.id
            for finding in check_rules(asked, None, make_audience(audience))
            if isinstance(finding.evidence, OnHolidays)
        }
        for asked in (schedule, moved)
    )
    return bool(then - now)


def changes_its_clock(schedule: Schedule) -> bool:
    """Tell whether the campaign's own clock changes: around that, a window may go unseen."""
    noons = (
        datetime.combine(day, time(12), ZoneInfo(schedule.zone)).utcoffset()
        for day in (schedule.first - DAY, schedule.last + DAY)
    )
    return len(set(noons)) > 1


@settings(max_examples=250, deadline=None)
@given(schedules(), st.sampled_from(AUDIENCES), st.integers(1, 30))
@example(  # At 4:00 the clocks in Florida have yet to change, at 14:00 they have.
    usable(
        timezone="Africa/Casablanca",
        start_date=date(2027, 11, 6),
        end_date=date(2027, 11, 7),
        days_of_week=(Weekday.MONDAY, Weekday.SUNDAY),
        daily_start_time=time(4),
        daily_end_time=time(9, 30),
    ),
    "Florida",
    1,
)
@example(  # The longest window that the days share is none on the days of the changes.
    usable(
        timezone="Asia/Kathmandu",
        start_date=date(2027, 3, 26),
        end_date=date(2027, 4, 4),
        days_of_week=EVERY_DAY[2:5],
        daily_start_time=time(3, 45),
        daily_end_time=time(8, 45),
    ),
    "Canada, UK",
    30,
)
@example(  # Only the day's last quarter is kept.
    usable(
        timezone="Asia/Kathmandu",
        start_date=date(2027, 3, 13),
        end_date=date(2027, 3, 26),
        days_of_week=(Weekday.MONDAY,),
        daily_start_time=time(0),
        daily_end_time=time(0, 15),
    ),
    "US-HI, US-ME",
    2,
)
@example(  # On Saturday morning there it is Good Friday in the UK, which the window now avoids.
    usable(
        timezone="Australia/Lord_Howe",
        start_date=date(2027, 3, 27),
        end_date=date(2027, 4, 9),
        days_of_week=(Weekday.SATURDAY,),
        daily_start_time=time(11),
        daily_end_time=time(11, 15),
    ),
    "Canada, UK",
    1,
)
@example(  # Of the days only Saturday occurs, and only in the evening it is no Good Friday there.
    usable(
        timezone="Asia/Kathmandu",
        start_date=date(2027, 3, 27),
        end_date=date(2027, 4, 9),
        days_of_week=(*EVERY_DAY[:4], Weekday.SATURDAY),
        daily_start_time=time(5, 45),
        daily_end_time=time(7),
    ),
    "Canada, UK",
    1,
)
def test_a_window_is_found_just_if_there_is_one(
    schedule: Schedule, audience: str, length: int
) -> None:
    short = Schedule(
        schedule.first,
        min(schedule.last, schedule.first + length * DAY),
        schedule.zone,
        schedule.days,
        schedule.opens,
        schedule.closes,
        False,
    )
    safe = safe_quarters(short, make_audience(audience))

    fix = fix_all_hours(short, None, make_audience(audience))

    if fix is None and not changes_its_clock(short):
        assert all(
            is_on_further_holidays(short, audience, quarter) for quarter in safe - LAST_QUARTER
        )
    elif fix:
        assert safe or "timezone" in dict(fix.changes)
        assert summarise(after(short, fix)).calling_days > 0


def offered(schedule: Schedule, audience: str, rule: str) -> tuple[list[dict[str, object]], str]:
    finding = next(
        finding
        for finding in check_rules(schedule, None, make_audience(audience))
        if finding.rule.id == rule
    )
    ways = find_fixes(finding, schedule, None, make_audience(audience))
    return [dict(way.changes) for way in ways], describe_fixes(finding, ways)


def test_a_window_of_which_too_little_is_left_is_moved_to_the_hours_that_are_shared() -> None:
    late = usable(daily_start_time=time(19, 50), daily_end_time=time(21, 30))
    changes, sentence = offered(late, "Florida", "us-fl-hours")

    assert changes == [{"daily_start_time": time(9), "daily_end_time": time(20)}]
    assert "No one window" not in sentence


def test_a_day_with_few_hours_is_left_out_where_the_others_then_keep_the_own_window() -> None:
    # Rome: until 20:00 on weekdays, until 19:00 on Saturday.
    evening = usable(
        timezone="Europe/Rome",
        days_of_week=EVERY_DAY[:6],
        daily_start_time=time(17),
        daily_end_time=time(21),
    )
    changes, _ = offered(evening, "Italy", "it-hours")

    assert changes == [{"days_of_week": EVERY_DAY[:5], "daily_end_time": time(20)}]


@pytest.mark.parametrize("audience", ["France", "Italy"])
def test_a_change_that_would_leave_no_calling_day_is_not_offered(audience: str) -> None:
    # 9 and 10 January 2027 are a Saturday and a Sunday.
    weekend = usable(
        timezone="Europe/Paris",
        start_date=date(2027, 1, 9),
        end_date=date(2027, 1, 10),
        days_of_week=EVERY_DAY,
    )
    fix = fix_all_hours(weekend, None, make_audience(audience))

    assert (fix is None) is (audience == "France")
    if fix is not None:
        assert summarise(after(weekend, fix)).calling_days == 1
