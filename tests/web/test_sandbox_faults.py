"""A fault is rehearsed from the sandbox's page, and what the app makes of it is seen."""

from collections.abc import Callable

import pytest

from app.sandbox.faults import FAULTS
from app.sandbox.ledger import Ledger
from tests.pages import Visitor

ONCE = {"for": "next"}


def test_a_fault_is_switched_on_shown_met_once_and_then_off(
    visitor: Visitor, saved: Callable[..., str], ledger: Ledger
) -> None:
    page = visitor.press(
        visitor.open("/sandbox-campaigns"), "fault", ONCE | {"fault": "stored-then-dropped"}
    )
    assert "Switched on: The connection is dropped after the campaign is stored" in page.text

    sent = visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")
    assert sent.heading == "Unknown: Q4 Outreach"
    assert len(ledger.read_page(9)) == 1
    assert "Switched on" not in visitor.open("/sandbox-campaigns").text


def test_a_fault_for_every_request_is_switched_off_by_hand(visitor: Visitor) -> None:
    on = visitor.press(
        visitor.open("/sandbox-campaigns"), "fault", {"for": "all", "fault": "500", "seconds": "5"}
    )
    assert "for every request" in on.text
    assert "Switched on" not in visitor.press(on, "fault", fault="").text


@pytest.mark.parametrize("answers", [{"fault": "tomorrow"}, {"fault": "500", "seconds": "0"}])
def test_what_cannot_be_meant_switches_nothing_on(
    visitor: Visitor, answers: dict[str, str]
) -> None:
    page = visitor.press(visitor.open("/sandbox-campaigns"), "fault", answers)
    assert "Choose a fault" in page.flash()
    assert "Switched on" not in page.text


def test_the_page_offers_every_fault_and_says_that_they_are_invented(visitor: Visitor) -> None:
    page = visitor.open("/sandbox-campaigns")
    offered = {option["value"] for option in page.soup.select("#fault option")}
    assert offered == {fault.name for fault in FAULTS}
    assert "invented" in page.text
