"""Changes that are offered: no order of pressing them breaks a rule, or goes on for ever."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.campaign.compliance.evidence import Duty, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.fixes import find_fixes, fix_all_hours
from app.campaign.contract.fields import Weekday
from app.campaign.contract.problems import AdviceCode
from app.campaign.explanation import Explanation
from app.campaign.schedule.windows import Schedule
from tests.campaign.meanings import explain_values
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


def broken(explanation: Explanation) -> set[str]:
    return {
        finding.rule.id
        for finding in explanation.findings
        if not isinstance(finding.evidence, Duty)
    }


def gaps(values: dict[str, Any], remarks: dict[str, str]) -> set[int]:
    """List the gaps that are offered, in minutes."""
    changes = offers(explain_values(values, remarks=remarks))
    return {way[GAP] for way in changes if GAP in way}


def offers(explanation: Explanation) -> list[dict[str, Any]]:
    """List every change that is offered, in the order of the page."""
    assert explanation.overview is not None
    schedule, retries, leads = (
        explanation.overview.schedule,
        explanation.limits,
        explanation.audience,
    )
    ways = [
        way
        for finding in explanation.findings
        for way in find_fixes(finding, schedule, retries, leads)
    ]
    everywhere = fix_all_hours(schedule, retries, leads)
    if everywhere is not None and everywhere.changes:
        ways.append(everywhere)
    pressed = [dict(way.changes) for way in ways]
    return pressed + [
        {finding.field: finding.better} for finding in explanation.advice if finding.better
    ]


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    schedule: Schedule = draw(schedules())
    return outbound(
        start_date=schedule.first,
        end_date=schedule.last + draw(st.sampled_from([0, 60])) * timedelta(days=1),
        timezone=draw(st.sampled_from([schedule.zone, "America/New_York", "Europe/Paris"])),
        days_of_week=tuple(day for n, day in enumerate(Weekday) if n in schedule.days),
        daily_start_time=schedule.opens,
        daily_end_time=schedule.closes,
        max_call_attempts=draw(st.integers(1, 15)),
        max_daily_attempts=draw(st.integers(1, 6)),
        min_gap_between_attempts=draw(st.sampled_from([3, 15, 60, 200, 240, 420, 700, 1440])),
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(campaigns(), st.sampled_from(AUDIENCES), st.sampled_from(PURPOSES), st.data())
def test_pressing_offers_in_any_order_breaks_no_rule_and_ends(
    values: dict[str, Any], audience: str, purpose: str, data: st.DataObject
) -> None:
    remarks = {"audience": audience, "purpose": purpose}
    explanation = explain_values(values, remarks=remarks)
    before = [values]
    while ways := offers(explanation):
        way = data.draw(st.sampled_from(ways))
        if set(way) == {GAP}:  # The next offers leave a gap that was just taken as it is.
            assert gaps(values | way, remarks) <= {way[GAP]}
        values = values | way
        then = explain_values(values, remarks=remarks)
        assert broken(then) <= broken(explanation)
        assert values not in before
        explanation, before = then, [*before, values]
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
    values, remarks = florida(), {"audience": "Florida", "purpose": "marketing"}
    presses = 0
    while ways := offers(explain_values(values, remarks=remarks)):
        values, presses = values | ways[0], presses + 1
        assert presses <= 3
    assert broken(explain_values(values, remarks=remarks)) == set()


def test_a_gap_that_would_break_a_limit_is_not_advised() -> None:
    values, remarks = florida(min_gap_between_attempts=420), {"audience": "Florida", "purpose": ""}
    explanation = explain_values(values, remarks=remarks)
    assert "us-fl-attempts" not in broken(explanation)
    (advice,) = (piece for piece in explanation.advice if piece.field == "min_gap_between_attempts")
    assert (advice.code, advice.better, advice.detail) == (AdviceCode.GAP_BY_RULE, None, "")
    (elsewhere,) = (
        piece
        for piece in explain_values(values, remarks={"audience": "Norway"}).advice
        if piece.field == "min_gap_between_attempts"
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
    explanation = explain_values(values, remarks={"audience": "France", "purpose": "marketing"})
    assert "fr-attempts" in broken(explanation)
    (advice,) = (piece for piece in explanation.advice if piece.field == GAP)
    assert (advice.code, advice.better) == (AdviceCode.GAP_BY_RULE, None)


def measure_breaks(explanation: Explanation) -> dict[str, tuple[int, ...]]:
    """Measure by how much each rule is broken: seconds and days, holidays, or attempts."""
    breaks: dict[str, tuple[int, ...]] = {}
    for finding in explanation.findings:
        match finding.evidence:
            case OutsideHours() as evidence:
                breaks[finding.rule.id] = evidence.seconds, evidence.days
            case OnHolidays() as evidence:
                breaks[finding.rule.id] = (len(evidence.days),)
            case TooMany() as evidence:
                breaks[finding.rule.id] = (len(evidence.attempts),)
    return breaks


@pytest.mark.parametrize(
    ("audience", "changes"),
    [
        # Hours of Connecticut that would be six hours of a Sunday in Louisiana.
        (
            "48 states",
            {
                "timezone": "America/Los_Angeles",
                "start_date": date(2027, 1, 22),
                "end_date": date(2027, 2, 13),
                "days_of_week": EVERY_DAY[3:],
                "daily_start_time": time(17, 30),
                "daily_end_time": time(18, 45),
            },
        ),
        ("Pennsylvania, Texas", {"timezone": "Asia/Tokyo", "daily_end_time": time(20)}),
    ],
)
def test_a_change_that_keeps_one_rule_breaks_no_other_by_more(
    audience: str, changes: dict[str, Any]
) -> None:
    values, remarks = outbound(**changes), {"audience": audience, "purpose": "marketing"}
    before = explain_values(values, remarks=remarks)
    assert before.overview is not None
    then = measure_breaks(before)
    offered = [
        dict(way.changes)
        for finding in before.findings
        for way in find_fixes(finding, before.overview.schedule, before.limits, before.audience)
    ]
    assert offered
    for change in offered:
        now = measure_breaks(explain_values(values | change, remarks=remarks))
        worse = {
            rule: (then.get(rule), parts)
            for rule, parts in now.items()
            if any(
                part > part_then
                for part, part_then in zip(parts, then.get(rule, (0, 0)), strict=False)
            )
        }
        assert worse == {}, change
