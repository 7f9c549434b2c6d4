"""What became of a submission: each state says what it means and what to do now."""

from collections.abc import Callable

import pytest

from app.store.base import State
from tests.pages import Visitor

SAID = {"who": "Ada"}
MEANS = {
    State.CREATED: ("Created: Q4 Outreach", "created this campaign as DRAFT", "add its leads"),
    State.REFUSED: ("Refused: Q4 Outreach", "nothing was created", "Change what it asks for"),
    State.UNSENT: ("Not sent: Q4 Outreach", "Nothing left this machine", "safe to review and send"),
    State.UNKNOWN: ("Unknown: Q4 Outreach", "may have been created, or not", "look for a campaign"),
    State.SENDING: ("Sending: Q4 Outreach", "is being sent", "there is nothing to press"),
}


@pytest.mark.parametrize("state", list(State))
def test_each_state_says_what_it_means_and_what_to_do(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    page = visitor.open(f"/submissions/{sent(state)}")
    heading, meaning, advice = MEANS[state]
    assert page.heading == heading
    assert meaning in page.text
    assert advice in page.text
    assert '"name": "Q4 Outreach"' in page.text  # What was sent stays on record.


@pytest.mark.parametrize("state", [State.CREATED, State.UNKNOWN, State.SENDING])
def test_a_draft_that_may_exist_leads_to_what_became_of_it(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    submission = f"/submissions/{sent(state)}"
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    assert visitor.open(draft).path == submission
    assert visitor.open(f"{draft}/review").path == submission


@pytest.mark.parametrize("state", [State.REFUSED, State.UNSENT])
def test_a_draft_that_does_not_exist_there_can_be_reviewed_again(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    sent(state)
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    assert visitor.open(f"{draft}/review").heading == "Review Q4 Outreach"


def test_a_campaign_that_was_found_there_is_created(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    found = visitor.press(
        page, "resolve", SAID | {"campaign_id": " Q2FtcGFpZ246Nw== "}, found="yes"
    )
    assert found.heading == "Created: Q4 Outreach"
    assert "Q2FtcGFpZ246Nw==" in found.text
    assert "Looked up by a person" in found.text
    assert "by Ada" in found.text


def test_a_campaign_that_is_not_there_may_be_sent_again(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    gone = visitor.press(page, "resolve", SAID, found="no")
    assert "You looked, and the campaign is not there" in gone.text
    again = str(gone.soup.select_one("a.button.primary")["href"])  # type: ignore[index]
    assert visitor.open(again).heading == "Review Q4 Outreach"


def test_it_is_there_needs_its_id(visitor: Visitor, sent: Callable[[State], int]) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    asked = visitor.press(page, "resolve", SAID | {"campaign_id": "  "}, found="yes")
    assert "Paste the campaign's id" in asked.text
    assert asked.status == 422
    assert asked.heading == "Unknown: Q4 Outreach"


def test_an_answer_about_what_is_settled_already_changes_nothing(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    found = SAID | {"campaign_id": "Q2FtcGFpZ246Nw=="}
    settled = visitor.press(page, "resolve", found, found="yes")
    late = visitor.press(page, "resolve", SAID, found="no")
    assert (late.path, late.heading) == (settled.path, settled.heading)
