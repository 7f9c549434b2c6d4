"""Campaigns that can call the same people are named to each other."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.connections import SANDBOX
from app.store import drafts
from app.store.acceptances import judge
from app.store.database import Store
from tests.campaign.schedules import EVERY_DAY
from tests.factories import outbound, typed
from tests.pages import Visitor, text

pytestmark = pytest.mark.slow

Save = Callable[..., str]


@pytest.fixture
def save(store: Store) -> Save:
    def save_draft(
        name: str, audience: str = "Florida", connection: str = "", **values: Any
    ) -> str:
        draft_id = drafts.make_id()
        choices = {"audience": audience, "connection": connection}
        with store.writing() as session:
            answers = typed(outbound(name=name, **values)) | choices
            drafts.save(session, draft_id, judge(answers), expected_version=0)
        return draft_id

    return save_draft


def named(visitor: Visitor, draft_id: str) -> list[str]:
    page = visitor.open(f"/drafts/{draft_id}/review")
    return [text(link) for link in page.soup.select("#overlaps ~ ul a")]


def test_two_drafts_of_the_same_days_and_clocks_are_named_to_each_other(
    visitor: Visitor, save: Save
) -> None:
    first, other = save("One"), save("Other", "US-FL, France", connection=SANDBOX)
    assert named(visitor, first) == ["Other"]
    assert named(visitor, other) == ["One"]


@pytest.mark.parametrize(
    "apart",
    [
        {"audience": "California"},
        {"audience": "US-GA"},
        {"days_of_week": EVERY_DAY[5:]},
        {"start_date": date(2027, 4, 1), "end_date": date(2027, 5, 1)},
        {"start_date": date(2026, 12, 1), "end_date": date(2027, 1, 3)},
        # The one day that both have is a Monday.
        {
            "start_date": date(2026, 12, 1),
            "end_date": date(2027, 1, 4),
            "days_of_week": EVERY_DAY[1:],
        },
        {"connection": "another"},
        {"type": "INBOUND"},
    ],
    ids=str,
)
def test_what_shares_no_day_no_clock_or_no_connection_is_not_named(
    visitor: Visitor, save: Save, apart: dict[str, Any]
) -> None:
    mine = save("Mine")
    save("Apart", **apart)
    assert named(visitor, mine) == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("US/Pacific", "California"), ("US", "Florida"), ("Asia/Calcutta", "India"), ("EU", "France")],
)
def test_places_are_the_same_under_any_name(
    visitor: Visitor, save: Save, mine: str, theirs: str
) -> None:
    save("Theirs", theirs)
    assert named(visitor, save("Mine", mine)) == ["Theirs"]


def test_far_away_campaigns_hide_none_and_many_are_cut_short(visitor: Visitor, save: Save) -> None:
    save("Theirs", "Peru")
    for number in range(12):
        save(f"Chile {number}", "Chile")
    assert named(visitor, save("Mine", "Peru")) == ["Theirs"]
    page = visitor.open(f"/drafts/{save('Another', 'Chile')}/review")
    assert len(page.soup.select("#overlaps ~ ul a")) == 10
    assert text(page.soup.select("#overlaps ~ ul li")[-1]) == "and more"


def test_a_campaign_without_an_end_goes_on(visitor: Visitor, save: Save) -> None:
    save("For ever", start_date=date(2026, 12, 1), end_date=None)
    assert named(visitor, save("Mine")) == ["For ever"]


def test_one_that_was_created_is_named_and_one_that_was_deleted_is_not(
    visitor: Visitor, save: Save
) -> None:
    created, gone = save("Created"), save("Gone")
    visitor.press(visitor.open(f"/drafts/{created}/review"), "send")
    page = visitor.open("/")
    visitor.press(page, f"{gone}/delete")
    assert named(visitor, save("Mine")) == ["Created"]
