"""No press on the review page loses what is typed elsewhere on it."""

from collections.abc import Mapping

import pytest

from app.store import drafts
from app.store.acceptances import judge
from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import Page, Visitor, fields_of

AI = "eu-ai-disclosure"
TYPED: dict[str, str | list[str]] = {
    f"answer-{AI}": "not needed",
    f"because-{AI}": "People call.",
    "reason-it-hours": "They asked.",
    "reason-it-holidays": "Few.",
    "who": "Ada",
}


ITALY: dict[str, str | list[str]] = {"audience": "Italy", "purpose": "marketing"}


@pytest.fixture
def page(store: Store, visitor: Visitor) -> Page:
    """Open the review of a campaign that calls Italy at midnight."""
    draft_id = drafts.make_id()
    campaign = typed(outbound(timezone="America/New_York"))
    with store.writing() as session:
        drafts.save(session, draft_id, judge(campaign | ITALY), expected_version=0)
    return visitor.open(f"/drafts/{draft_id}/review")


def held(page: Page, *but: str) -> Mapping[str, object]:
    """Read what the page still holds of what was typed."""
    fields = dict(fields_of(page.form("confirm")))
    return {name: fields.get(name, "") for name in TYPED if name not in but}


def typed_except(*but: str) -> Mapping[str, object]:
    return {name: value for name, value in TYPED.items() if name not in but}


@pytest.mark.parametrize("name", ["look", "clock"])
def test_enter_and_another_clock_keep_everything_and_send_nothing(
    visitor: Visitor, page: Page, name: str
) -> None:
    button = {"clock": "UTC"} if name == "clock" else {}
    after = visitor.press(page, "review", answers=TYPED, **button)

    assert after.heading.startswith("Review")
    assert {**held(after)} == {**TYPED}
    assert ("of UTC" in _chosen_clock(after)) is (name == "clock")


def _chosen_clock(page: Page) -> str:
    return " ".join(button.text for button in page.soup.select("[aria-pressed=true]"))


def test_accepting_one_finding_keeps_the_answers_and_the_other_reasons(
    visitor: Visitor, page: Page
) -> None:
    after = visitor.press(page, "accept", answers=TYPED, rules="it-hours")

    assert after.flash() == "Accepted, and the reason is kept with the draft."
    assert held(after, "reason-it-hours") == typed_except("reason-it-hours")


def test_keeping_answers_keeps_the_reasons_that_were_typed(visitor: Visitor, page: Page) -> None:
    after = visitor.press(page, "confirm", answers=TYPED)

    assert after.flash() == "Your answers are kept with the draft."
    assert "Not needed: People call. Ada, " in after.text
    assert held(after) == typed_except()


def test_a_refused_press_of_send_keeps_everything(visitor: Visitor, page: Page) -> None:
    after = visitor.press(page, "send", answers=TYPED | {"stamp": "older"})

    assert "Please look again." in after.flash()
    assert held(after) == typed_except()


@pytest.mark.parametrize("ending", ["confirm", "accept", "look"])
def test_reasons_are_shown_again_where_a_colleague_has_made_the_campaign_incomplete(
    store: Store, visitor: Visitor, page: Page, ending: str
) -> None:
    draft_id = page.path.split("/")[2]
    with store.writing() as session:
        answers = drafts.find(session, draft_id).answers | {"assistant_id": ""}
        drafts.save(session, draft_id, judge(answers), expected_version=1)
    answer = visitor.press(page, "review" if ending == "look" else ending, answers=TYPED)
    assert answer.status == 409
    assert "They asked." in answer.text
    assert "People call." in answer.text
