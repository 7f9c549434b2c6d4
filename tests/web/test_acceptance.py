"""A finding can be accepted with a written reason, which is kept with the draft."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from app.store import drafts
from app.store.acceptances import accepted, judge
from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import Page, Visitor, text

LATE = {"daily_end_time": time(21)}
TOLD: dict[str, str | list[str]] = {"audience": "Florida", "purpose": "marketing"}


@pytest.fixture
def late(store: Store) -> str:
    """Save a draft that calls Florida until 21:00, an hour too long, and give its id."""
    draft_id = drafts.new_id()
    with store.writing() as session:
        drafts.save(session, draft_id, judge(typed(outbound(**LATE)) | TOLD), over=0)
    return draft_id


def accept(visitor: Visitor, draft_id: str, reason: str) -> Page:
    page = visitor.open(f"/drafts/{draft_id}/review")
    answers = {"reason-us-fl-hours": reason}
    return visitor.press(page, "accept", answers=answers, rules="us-fl-hours")


def test_an_accepted_finding_shows_the_reason_and_no_longer_counts(
    visitor: Visitor, late: str
) -> None:
    assert "1 rule is broken" in visitor.open(f"/drafts/{late}/review").text
    page = accept(visitor, late, "All of them asked for evening calls.")
    assert page.flash() == "Accepted, and the reason is kept with the draft."
    assert "Accepted: All of them asked for evening calls." in page.text
    assert "No rule is broken" in page.text


def test_without_a_reason_nothing_is_accepted(visitor: Visitor, late: str) -> None:
    page = accept(visitor, late, "  ")
    assert page.flash() == "Write down why this is fine before you accept it."
    assert "1 rule is broken" in page.text


def test_the_form_and_its_preview_know_what_was_accepted(visitor: Visitor, late: str) -> None:
    accept(visitor, late, "They asked.")
    page = visitor.open(f"/drafts/{late}")
    assert "Accepted: They asked." in page.text
    carried = [str(field["value"]) for field in page.soup.select("input[name=accepted]")]
    data: dict[str, Any] = typed(outbound(**LATE)) | TOLD | {"accepted": carried}
    assert (
        "Accepted: They asked." in Page(visitor.client.get(f"/drafts/{late}/review")).text
    )  # And so does the review.
    assert "They asked." in visitor.client.post("/preview", data=data).text


def test_what_was_accepted_holds_for_what_was_found_then(visitor: Visitor, late: str) -> None:
    accept(visitor, late, "They asked.")
    page = visitor.open(f"/drafts/{late}")
    visitor.press(page, answers={"daily_end_time": "22:00"}, then="save")
    assert "They asked." not in visitor.open(f"/drafts/{late}/review").text


def test_accepting_again_changes_the_reason(visitor: Visitor, late: str, store: Store) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    for reason in ("First reason.", "Second reason."):
        answers = {"reason-us-fl-hours": reason}
        visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    with store.reading() as session:
        assert accepted(drafts.find(session, late))["us-fl-hours"][1] == "Second reason."


def test_a_rule_that_is_not_broken_cannot_be_accepted(
    visitor: Visitor, late: str, store: Store
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    answers = {"reason-us-tx-hours": "Why not."}
    visitor.press(page, "accept", answers=answers, rules="us-tx-hours")
    with store.reading() as session:
        assert accepted(drafts.find(session, late)) == {}


def test_what_has_changed_since_it_was_seen_is_not_accepted(
    visitor: Visitor, late: str, store: Store
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    visitor.press(visitor.open(f"/drafts/{late}"), answers={"daily_end_time": "23:00"}, then="save")
    answers = {"reason-us-fl-hours": "Nine is fine."}
    again = visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    assert "The draft has changed since you reviewed it. Please look again." in again.flash()
    assert "You wrote: “Nine is fine.”" in again.flash()
    with store.reading() as session:
        assert accepted(drafts.find(session, late)) == {}


def test_the_list_counts_what_is_broken_and_not_accepted(visitor: Visitor, late: str) -> None:
    assert "1 rule broken" in visitor.open("/").text
    accept(visitor, late, "They asked.")
    assert "rule broken" not in visitor.open("/").text


def test_a_copy_has_the_audience_but_not_what_was_accepted(visitor: Visitor, late: str) -> None:
    accept(visitor, late, "They asked.")
    page = visitor.press(visitor.open(f"/drafts/{late}/duplicate"), "duplicate", dates="keep")
    assert page.typed("audience") == "Florida"
    assert "They asked." not in page.text


def test_the_audience_is_never_sent(visitor: Visitor, late: str) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    assert "audience" not in text(page.soup.find(id="json"))


def test_findings_of_older_rules_are_counted_anew(
    visitor: Visitor, late: str, store: Store
) -> None:
    with store.writing() as session:
        draft = drafts.find(session, late)
        draft.findings, draft.rules = {"high": 7, "medium": 0, "low": 0}, "older"
    assert "1 rule broken" in visitor.open("/").text


def test_a_draft_without_a_schedule_has_no_findings(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    saved({"name": "Hardly begun"})
    assert "broken" not in visitor.open("/").text
