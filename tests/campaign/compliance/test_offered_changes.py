"""Changes that are offered: no order of pressing them breaks a rule, or goes on for ever."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.evidence import Duty
from app.campaign.compliance.fixes import find_fixes, fix_all_hours
from app.campaign.contract.fields import Weekday
from app.campaign.contract.problems import AdviceCode
from app.campaign.explanation import Explanation
from app.campaign.schedule.windows import Schedule
from tests.campaign.meanings import meant
from tests.campaign.schedules import EVERY_DAY, schedules
from tests.factories import outbound

pytestmark = pytest.mark.slow

AUDIENCES = (
    "Florida",
    "Maryland",
    "48 states",
    "France",
    "Spain",
    "Italy, Texas",
    "Australia, Florida",
    "Canada, UK",
    "",
)
PURPOSES = ("marketing", "debt", "")
PRESSES = 15
GAP = "min_gap_between_attempts"


def broken(found: Explanation) -> set[str]:
    return {one.rule.id for one in found.findings if not isinstance(one.evidence, Duty)}


def gaps(values: dict[str, Any], told: dict[str, str]) -> set[int]:
    """Name the gaps that are offered."""
    found = offers(meant(values, told=told))
    return {way[GAP] for way in found if GAP in way}


def offers(found: Explanation) -> list[dict[str, Any]]:
    """Give every change that is offered, in the order of the page."""
    assert found.overview is not None
    schedule, retries, leads = found.overview.schedule, found.limits, found.audience
    ways = [way for one in found.findings for way in find_fixes(one, schedule, retries, leads)]
    everywhere = fix_all_hours(schedule, retries, leads)
    if everywhere is not None and everywhere.changes:
        ways.append(everywhere)
    pressed = [dict(way.changes) for way in ways]
    return pressed + [{one.field: one.better} for one in found.advice if one.better]


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    wanted: Schedule = draw(schedules())
    return outbound(
        start_date=wanted.first,
        end_date=wanted.last + draw(st.sampled_from([0, 60])) * timedelta(days=1),
        timezone=draw(st.sampled_from([wanted.zone, "America/New_York", "Europe/Paris"])),
        days_of_week=tuple(day for n, day in enumerate(Weekday) if n in wanted.days),
        daily_start_time=wanted.opens,
        daily_end_time=wanted.closes,
        max_call_attempts=draw(st.integers(1, 15)),
        max_daily_attempts=draw(st.integers(1, 6)),
        min_gap_between_attempts=draw(st.sampled_from([3, 15, 60, 200, 240, 420, 700, 1440])),
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(campaigns(), st.sampled_from(AUDIENCES), st.sampled_from(PURPOSES), st.data())
def test_pressing_offers_in_any_order_breaks_no_rule_and_ends(
    values: dict[str, Any], audience: str, purpose: str, data: st.DataObject
) -> None:
    told = {"audience": audience, "purpose": purpose}
    found = meant(values, told=told)
    before = [values]
    while ways := offers(found):
        way = data.draw(st.sampled_from(ways))
        if set(way) == {GAP}:  # The next offers leave a gap that was just taken as it is.
            assert gaps(values | way, told) <= {way[GAP]}
        values = values | way
        then = meant(values, told=told)
        assert broken(then) <= broken(found)
        assert values not in before
        found, before = then, [*before, values]
        assert len(before) <= PRESSES


def florida(**changes: Any) -> dict[str, Any]:
    """Call three times a day, which Florida allows only in 24 hours."""
    retries = {"max_daily_attempts": 3, "max_call_attempts": 12, "min_gap_between_attempts": 60}
    return outbound(
        start_date=date(2027, 1, 4),
        end_date=date(2027, 3, 31),
        days_of_week=EVERY_DAY,
        daily_start_time=time(10),
        daily_end_time=time(17),
        **retries | changes,
    )


def test_the_first_button_again_and_again_comes_to_an_end() -> None:
    values, told = florida(), {"audience": "Florida", "purpose": "marketing"}
    presses = 0
    while ways := offers(meant(values, told=told)):
        values, presses = values | ways[0], presses + 1
        assert presses <= 3
    assert broken(meant(values, told=told)) == set()


def test_a_gap_that_would_break_a_limit_is_not_advised() -> None:
    values, told = florida(min_gap_between_attempts=420), {"audience": "Florida", "purpose": ""}
    found = meant(values, told=told)
    assert "us-fl-attempts" not in broken(found)
    (advice,) = (one for one in found.advice if one.field == "min_gap_between_attempts")
    assert (advice.code, advice.better, advice.detail) == (AdviceCode.GAP_BY_RULE, None, "")
    (elsewhere,) = (
        one
        for one in meant(values, told={"audience": "Norway"}).advice
        if one.field == "min_gap_between_attempts"
    )
    assert elsewhere.better == 209


def test_a_shorter_gap_is_not_advised_while_a_limit_of_attempts_is_broken() -> None:
    # France allows four in 30 days, and one a day for eight days is more already.
    values = florida() | {
        "daily_start_time": time(16),
        "max_daily_attempts": 2,
        "max_call_attempts": 8,
        GAP: 240,
    }
    found = meant(values, told={"audience": "France", "purpose": "marketing"})
    assert "fr-attempts" in broken(found)
    (advice,) = (one for one in found.advice if one.field == GAP)
    assert (advice.code, advice.better) == (AdviceCode.GAP_BY_RULE, None)
