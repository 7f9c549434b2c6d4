"""Findings against a walk through every window, five minutes at a step, on the other clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.attempts import Limits
from app.campaign.audience import Audience, reach, read_audience, rules_for
from app.campaign.calendar import Schedule, windows
from app.campaign.clock_hours import Week, seconds
from app.campaign.contract import Weekday
from app.campaign.crowding import most_in_calendar
from app.campaign.findings import OutsideHours, TooMany, findings
from app.campaign.mending import Mend, mend_all_hours, mends
from tests.campaign.schedules import usable

STEP = timedelta(minutes=5)
ODD_ZONES = (
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Africa/Casablanca",
    "Europe/London",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Honolulu",
)
AUDIENCES = (
    "48 states",
    "50 states",
    "US-FL",
    "US-TX, US-AL",
    "US-RI",
    "France",
    "Spain",
    "Australia",
)
CHANGES = (date(2027, 3, 8), date(2027, 3, 22), date(2027, 4, 1), date(2027, 10, 28))
STEPS = st.integers(0, 24 * 12 - 1).map(lambda step: time(step // 12, step % 12 * 5))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw a campaign of some days around clock changes, at any hours and in odd zones."""
    first = draw(st.sampled_from(CHANGES)) + timedelta(days=draw(st.integers(-3, 3)))
    opens, closes = sorted(draw(st.tuples(STEPS, STEPS).filter(lambda pair: pair[0] != pair[1])))
    return usable(
        timezone=draw(st.sampled_from(ODD_ZONES)),
        start_date=first,
        end_date=first + timedelta(days=draw(st.integers(1, 16))),
        days_of_week=tuple(
            sorted(
                draw(st.sets(st.sampled_from(list(Weekday)), min_size=1)), key=list(Weekday).index
            )
        ),
        daily_start_time=opens,
        daily_end_time=closes,
    )


def broken_days(schedule: Schedule, hours: Week, zones: tuple[str, ...]) -> set[date]:
    """Walk through all windows, and name the days with an instant outside the hours anywhere."""
    found = set()
    for window in windows(schedule):
        at = window.start_utc
        while at < window.end_utc:
            for zone in zones:
                there = at.astimezone(ZoneInfo(zone))
                day = hours[there.weekday()]
                if not any(start <= seconds(there.time()) < end for start, end in day):
                    found.add(window.date)
            at += STEP
    return found


def told(audience: str) -> Audience:
    return read_audience({"audience": audience, "purpose": "marketing"}, "")


@settings(max_examples=120, deadline=None)
@given(schedules(), st.sampled_from(AUDIENCES))
def test_a_rule_of_hours_is_found_broken_on_just_the_days_of_the_walk(
    schedule: Schedule, audience: str
) -> None:
    leads = told(audience)
    found = {
        one.rule.id: one.evidence
        for one in findings(schedule, None, leads)
        if isinstance(one.evidence, OutsideHours)
    }
    for rule in rules_for(leads):
        if rule.hours is not None:
            walked = broken_days(schedule, rule.hours, reach(leads)[rule.jurisdiction])
            evidence = found.get(rule.id)
            assert (evidence.days if evidence else 0) == len(walked), rule.id
            assert (evidence.first if evidence else None) == (min(walked) if walked else None)


def changed(schedule: Schedule, retries: Limits, mend: Mend) -> tuple[Schedule, Limits]:
    """Apply a mend as a person would: by typing its values."""
    values = {
        "timezone": schedule.zone,
        "start_date": schedule.first,
        "end_date": schedule.last,
        "days_of_week": tuple(day for n, day in enumerate(Weekday) if n in schedule.days),
        "daily_start_time": schedule.opens,
        "daily_end_time": schedule.closes,
    } | {name: value for name, value in mend.changes if not name.startswith("m")}
    given_values = dict(mend.changes)
    minutes = given_values.get("min_gap_between_attempts", retries.gap // timedelta(minutes=1))
    limits = Limits(
        timedelta(minutes=minutes),
        given_values.get("max_daily_attempts", retries.daily),
        given_values.get("max_call_attempts", retries.total),
    )
    return usable(**values), limits


LIMITS = st.builds(
    Limits,
    st.sampled_from([5, 30, 60, 200, 700]).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(1, 6),
    st.integers(1, 12),
)


@settings(max_examples=120, deadline=None)
@given(schedules(), LIMITS, st.sampled_from(AUDIENCES))
def test_every_change_that_is_offered_makes_its_finding_go_away(
    schedule: Schedule, retries: Limits, audience: str
) -> None:
    leads = told(audience)
    for one in findings(schedule, retries, leads):
        for mend in mends(one, schedule, retries, leads):
            after = findings(*changed(schedule, retries, mend), leads)
            assert all(
                other.rule.id != one.rule.id or not isinstance(other.evidence, type(one.evidence))
                for other in after
            ), (one.rule.id, mend)


@settings(max_examples=80, deadline=None)
@given(schedules(), st.sampled_from(AUDIENCES))
def test_the_window_that_is_safe_everywhere_breaks_no_rule_of_hours(
    schedule: Schedule, audience: str
) -> None:
    leads = told(audience)
    mend = mend_all_hours(schedule, leads)
    if mend is not None:
        safe, _ = changed(schedule, Limits(STEP, 1, 1), mend)
        found = findings(safe, None, leads)
        assert not [one for one in found if isinstance(one.evidence, OutsideHours)]


@settings(max_examples=80, deadline=None)
@given(schedules(), LIMITS, st.sampled_from(["day", "month"]), st.sampled_from(ODD_ZONES))
def test_the_most_of_a_calendar_day_or_month_is_what_a_simulation_reaches(
    schedule: Schedule, retries: Limits, unit: str, zone: str
) -> None:
    best = 0
    day = schedule.first - timedelta(days=2)
    starts = set()
    while day <= schedule.last + timedelta(days=2):
        starts.add(day.replace(day=1) if unit == "month" else day)
        day += timedelta(days=1)
    for first in starts:
        following = first + timedelta(days=1)
        if unit == "month":
            following = (first + timedelta(days=32)).replace(day=1)
        best = max(
            best, simulated(schedule, retries, midnight(first, zone), midnight(following, zone))
        )
    assert len(most_in_calendar(schedule, retries, unit, ((zone,),))) == best


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def simulated(schedule: Schedule, retries: Limits, start: datetime, end: datetime) -> int:
    """Call one lead whenever it is allowed, from one instant to another."""
    count, today, counted_day, free = 0, 0, None, start
    for window in windows(schedule):
        at = max(window.start_utc, start, free)
        if window.date != counted_day:
            counted_day, today = window.date, 0
        while at < min(window.end_utc, end) and today < retries.daily and count < retries.total:
            count, today, free = count + 1, today + 1, at + retries.gap
            at = free
    return count


def test_a_limit_that_is_kept_to_the_last_attempt_is_no_finding() -> None:
    schedule = usable()
    leads = told("US-FL")
    for total, is_broken in ((3, False), (4, True)):
        limits = Limits(timedelta(minutes=60), 4, total)
        found = [
            one for one in findings(schedule, limits, leads) if isinstance(one.evidence, TooMany)
        ]
        assert bool(found) is is_broken
