"""A finding can be accepted with a written reason, which is kept with the draft."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from bs4 import Tag

from app.store import drafts
from app.store.acceptances import judge, read_accepted
from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import Page, Visitor, fields_of, text

LATE = {"daily_end_time": time(21)}
LEADS: dict[str, str | list[str]] = {"audience": "Florida", "purpose": "marketing"}


@pytest.fixture
def late(store: Store) -> str:
    """Save a draft that calls Florida until 21:00, an hour too long, and give its id."""
    draft_id = drafts.make_id()
    with store.writing() as session:
        drafts.save(session, draft_id, judge(typed(outbound(**LATE)) | LEADS), expected_version=0)
    return draft_id


def accept(visitor: Visitor, draft_id: str, reason: str) -> Page:
    page = visitor.open(f"/drafts/{draft_id}/review")
    answers = {"reason-us-fl-hours": reason, "who": "Ada"}
    return visitor.press(page, "accept", answers=answers, rules="us-fl-hours")


def test_an_accepted_finding_shows_the_reason_and_no_longer_counts(
    visitor: Visitor, late: str
) -> None:
    assert verdict(visitor.open(f"/drafts/{late}/review")).startswith("1 law is broken, ")
    page = accept(visitor, late, "All of them asked for evening calls.")
    assert page.flash() == "Accepted, and the reason is kept with the draft."
    assert "Accepted: All of them asked for evening calls. Ada, " in page.text
    assert "broken" not in verdict(page)
    assert "1 accepted" in verdict(page)
    assert text(page.soup.select_one("#findings-high > summary")).endswith("1 accepted")


def verdict(page: Page) -> str:
    return text(page.soup.select_one(".verdict"))


def test_without_a_reason_nothing_is_accepted(visitor: Visitor, late: str) -> None:
    page = accept(visitor, late, "  ")
    assert refused(page) == "Write down why this is fine."
    assert "1 law is broken" in verdict(page)


def refused(page: Page) -> str:
    """Read what is said beside the reason, which is open and in view."""
    reason = page.soup.find(id="reason-us-fl-hours")
    assert isinstance(reason, Tag)
    assert reason.has_attr("autofocus")
    around = reason.find_parents("details")
    assert len(around) == 2
    assert all(details.has_attr("open") for details in around)
    return text(page.soup.find(id=str(reason["aria-describedby"])))


def test_nothing_is_accepted_without_a_name(visitor: Visitor, late: str) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    answers = {"reason-us-fl-hours": "They asked.", "who": " "}
    page = visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    assert "Enter your name" in text(page.soup.find(id="who-error"))
    assert [field["id"] for field in page.soup.select("[aria-invalid]")] == ["who"]
    assert dict(fields_of(page.form("accept")))["who"] == ""
    assert "1 law is broken" in verdict(page)


def test_what_a_name_was_missing_for_is_pressed_again_beside_it(
    visitor: Visitor, late: str
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    answers = {"reason-us-fl-hours": "They asked.", "who": " "}
    page = visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    again = page.soup.select_one(".row:has(#who) button")
    assert isinstance(again, Tag)
    assert text(again) == "Accept: Florida calling hours"

    page = visitor.press(
        page, "accept", {"who": "Ada"}, **{str(again["name"]): str(again["value"])}
    )

    assert "Accepted: They asked. Ada, " in page.text


@pytest.mark.parametrize(
    "button",
    [{"rules": "us-tx-hours"}, {"rules": "us-fcc-ai-voice"}, {"open_again": "us-fl-hours"}],
)
def test_nothing_is_said_to_be_done_that_cannot_be(
    visitor: Visitor, late: str, button: dict[str, str]
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    (rule,) = button.values()
    page = visitor.press(page, "accept", {f"reason-{rule}": "So.", "who": "Ada"}, **button)
    assert page.status == 422
    assert "Please look again." in page.flash()
    assert "Accepted" not in visitor.open(f"/drafts/{late}/history").text


def test_other_reasons_that_were_written_stay_on_the_page(visitor: Visitor, late: str) -> None:
    later = visitor.open(f"/drafts/{late}")
    visitor.press(later, answers={"daily_end_time": "22:00"}, then="save")  # Too late by two laws.
    page = visitor.open(f"/drafts/{late}/review")
    other = "reason-us-fcc-hours"
    answers = {"reason-us-fl-hours": "They asked.", other: "Later.", "who": "Ada"}
    page = visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    assert page.status == 200
    assert page.flash() == "Accepted, and the reason is kept with the draft."
    kept = page.soup.find(id=other)
    assert isinstance(kept, Tag)
    assert kept["value"] == "Later."


def test_what_was_accepted_can_be_taken_back(visitor: Visitor, late: str) -> None:
    page = accept(visitor, late, "They asked.")
    answers = {"reason-us-fl-hours": "", "who": "Bea"}
    page = visitor.press(page, "accept", answers=answers, open_again="us-fl-hours")
    assert refused(page) == "Write down why this is open again."
    answers = {"reason-us-fl-hours": "They did not ask.", "who": "Bea"}
    page = visitor.press(page, "accept", answers=answers, open_again="us-fl-hours")
    assert page.flash() == "It is open again."
    assert "1 law is broken" in verdict(page)
    history = visitor.open(f"/drafts/{late}/history").text
    assert "Accepted, for “They asked.”: Florida calling hours (from 20:00 to 21:00" in history
    assert "Opened again, for “They did not ask.”: Florida calling hours" in history


def test_the_form_and_its_preview_know_what_was_accepted(visitor: Visitor, late: str) -> None:
    accept(visitor, late, "They asked.")
    page = visitor.open(f"/drafts/{late}")
    assert "Accepted: They asked." in page.text
    carried = [str(field["value"]) for field in page.soup.select("input[name=accepted]")]
    data: dict[str, Any] = typed(outbound(**LATE)) | LEADS | {"accepted": carried}
    assert (
        "Accepted: They asked." in Page(visitor.client.get(f"/drafts/{late}/review")).text
    )  # And so does the review.
    assert "They asked." in visitor.client.post("/preview", data=data).text


@pytest.mark.parametrize(
    "change", [{"daily_end_time": "22:00"}, {"end_date": "2029-03-30"}], ids=str
)
def test_what_was_accepted_holds_for_what_was_found_then(
    visitor: Visitor, late: str, change: dict[str, str]
) -> None:
    accept(visitor, late, "They asked.")
    assert "They asked." in visitor.open(f"/drafts/{late}/review").text
    visitor.press(visitor.open(f"/drafts/{late}"), answers=change, then="save")
    assert "They asked." not in visitor.open(f"/drafts/{late}/review").text


def test_accepting_again_changes_the_reason(visitor: Visitor, late: str, store: Store) -> None:
    for reason in ("First reason.", "Second reason."):
        page = visitor.open(f"/drafts/{late}/review")
        answers = {"reason-us-fl-hours": reason, "who": "Ada"}
        visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    with store.reading() as session:
        assert read_accepted(drafts.find(session, late))["us-fl-hours"].reason == "Second reason."


def test_a_rule_that_is_not_broken_cannot_be_accepted(
    visitor: Visitor, late: str, store: Store
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    answers = {"reason-us-tx-hours": "Why not.", "who": "Ada"}
    visitor.press(page, "accept", answers=answers, rules="us-tx-hours")
    with store.reading() as session:
        assert read_accepted(drafts.find(session, late)) == {}


def test_what_has_changed_since_it_was_seen_is_not_accepted(
    visitor: Visitor, late: str, store: Store
) -> None:
    page = visitor.open(f"/drafts/{late}/review")
    visitor.press(visitor.open(f"/drafts/{late}"), answers={"daily_end_time": "23:00"}, then="save")
    answers = {"reason-us-fl-hours": "Nine is fine.", "who": "Ada"}
    again = visitor.press(page, "accept", answers=answers, rules="us-fl-hours")
    assert "The draft has changed meanwhile. Please look again." in again.flash()
    kept = again.soup.find(id="reason-us-fl-hours")
    assert isinstance(kept, Tag)
    assert kept["value"] == "Nine is fine."
    with store.reading() as session:
        assert read_accepted(drafts.find(session, late)) == {}


def test_the_list_counts_what_is_broken_and_not_accepted(visitor: Visitor, late: str) -> None:
    assert "Breaks 1 law" in visitor.open("/").text
    accept(visitor, late, "They asked.")
    assert "Breaks" not in text(visitor.open("/").soup.find("tbody"))
    assert "1 accepted" in visitor.open("/").text


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
    assert "Breaks 1 law" in visitor.open("/").text


def test_a_draft_without_a_schedule_has_no_findings(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    saved({"name": "Hardly begun"})
    listed = visitor.open("/").text
    assert "answers missing" in listed
    assert "Breaks" not in listed
