"""What is said of findings is kept with the draft, by rule, with the reason and whose it is."""

from collections.abc import Callable
from datetime import date, time

import pytest

from app.campaign.compliance.acceptance import find_statement
from app.campaign.contract.fields import Weekday
from app.store import audit_trail, drafts
from app.store.acceptances import Judgement, Reason, accept, judge, read_accepted, take_back
from app.store.audit_trail import EventKind, read_details
from app.store.database import Store
from tests.factories import outbound, typed

LATE = outbound(daily_start_time=time(10), daily_end_time=time(20, 30))
HOURS = "us-fl-hours"
FINE = Reason([HOURS], "They asked for it.", "Ada")
OPEN = Reason([HOURS], "They did not.", "Bea")


@pytest.fixture
def late(saved: Callable[..., str]) -> str:
    return saved(LATE)


@pytest.fixture
def judgement() -> Judgement:
    return judge(typed(LATE) | {"audience": "Florida", "purpose": "marketing"})


def test_a_reason_is_kept_with_who_gave_it_until_another_takes_it_back(
    store: Store, late: str, judgement: Judgement
) -> None:
    with store.writing() as session:
        draft = drafts.find(session, late)
        assert accept(session, draft, judgement, FINE)
        kept = read_accepted(draft)[HOURS]
        assert take_back(session, draft, judgement, OPEN)
        assert read_accepted(draft) == {}
        statements = [
            (event.kind, event.who, read_details(event)["reason"])
            for event in audit_trail.read_draft_events(session, late)
            if event.kind in {EventKind.ACCEPTED, EventKind.TAKEN_BACK}
        ]

    assert (kept.reason, kept.who) == (FINE.text, "Ada")
    assert statements == [
        (EventKind.ACCEPTED, "Ada", FINE.text),
        (EventKind.TAKEN_BACK, "Bea", OPEN.text),
    ]


def test_what_is_accepted_is_open_again_once_more_holidays_are_found(
    store: Store, saved: Callable[..., str]
) -> None:
    def judged_until(last: date) -> Judgement:
        year = outbound(end_date=last, days_of_week=tuple(Weekday))
        return judge(typed(year) | {"audience": "France", "purpose": "marketing"})

    november, december = judged_until(date(2027, 11, 11)), judged_until(date(2027, 12, 25))
    draft_id = saved()
    with store.writing() as session:
        draft = drafts.find(session, draft_id)
        assert accept(session, draft, november, Reason(["fr-holidays"], "We may.", "Ada"))
        statements = read_accepted(draft)

    def said_of_holidays(judgement: Judgement) -> list[bool]:
        return [
            find_statement(finding, statements) is not None
            for finding in judgement.findings
            if finding.rule.id == "fr-holidays"
        ]

    assert (said_of_holidays(november), said_of_holidays(december)) == ([True], [False])


@pytest.mark.parametrize("rule", ["us-fl-attempts", "us-fl-consent"])
def test_of_what_is_not_found_or_is_a_duty_nothing_is_kept(
    store: Store, late: str, judgement: Judgement, rule: str
) -> None:
    with store.writing() as session:
        draft = drafts.find(session, late)
        assert not accept(session, draft, judgement, Reason([rule], "Fine.", "Ada"))
        assert not take_back(session, draft, judgement, Reason([rule], "Not fine.", "Ada"))
        assert read_accepted(draft) == {}
