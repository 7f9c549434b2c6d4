"""The last look before sending, and the one press."""

from collections.abc import Callable

import pytest

from app.sandbox.ledger import Ledger
from app.store import drafts
from app.store.acceptances import judge
from app.store.database import Store
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor, text


@pytest.fixture
def review(visitor: Visitor, saved: Callable[..., str]) -> Page:
    return visitor.open(f"/drafts/{saved(outbound(webhook_url='http://hooks.example'))}/review")


def test_the_review_shows_where_it_goes_what_it_means_and_what_is_sent(review: Page) -> None:
    assert "This goes to the SANDBOX" in review.text
    assert "63 calling days with 504 hours" in review.text
    assert "use an address with https://" in review.text
    assert '"timezone": "America/New_York"' in text(review.soup.find(id="json"))


def test_it_is_in_the_order_of_a_decision(review: Page) -> None:
    titles = review.soup.select("main section:not(.only-printed) h2")
    assert [text(title) for title in titles] == [
        "In plain words",
        "Calendar",
        "A lead who never answers",
        "Rules of calling",
        "To confirm before sending",
        "JSON, exactly as it is sent",
        "Send to the sandbox",
    ]
    counts, button = review.soup.select("#send > .verdict, #send .send")
    assert "to confirm" in text(counts)
    assert text(button) == "Send to the sandbox"


def test_the_printed_page_is_signed_and_has_nothing_to_press(review: Page) -> None:
    printed = " ".join(text(part) for part in review.soup.select(".only-printed, .brief"))
    for words in ("SANDBOX", "15 laws are broken", "Not answered.", "Signature", ", version 1,"):
        assert words in printed
    rows = [
        button
        for button in review.soup.select("main button, main a.button, #curl")
        if not button.find_parent(class_="not-printed")
        and not set(button.get("class", [])) & {"visually-hidden"}  # type: ignore[arg-type]
        and not button.find_parent(class_=["clocks", "accept", "teamwork"])
    ]
    assert rows == []


def test_who_is_refused_is_led_to_what_is_missing(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    review = visitor.open(f"/drafts/{saved(connection=add_connection())}/review")
    refused = visitor.press(review, "send", {"who": "Ada"})
    assert (refused.status, "Nothing was sent yet" in refused.flash()) == (422, True)
    assert refused.soup.select_one("#send[autofocus]:has(#named-error)")


def test_one_press_creates_the_campaign_and_leads_to_its_page(
    visitor: Visitor, review: Page, ledger: Ledger
) -> None:
    page = visitor.press(review, "send")
    assert page.heading == "Created: Q4 Outreach"
    assert ledger.read_page(1)[0].campaign_id in page.text
    assert "DRAFT" in page.text


def test_pressing_again_from_an_old_page_shows_the_same_campaign(
    visitor: Visitor, review: Page, ledger: Ledger
) -> None:
    first, again = visitor.press(review, "send"), visitor.press(review, "send")
    assert again.path == first.path
    assert len(ledger.read_page(10)) == 1


def test_a_draft_that_changed_since_is_reviewed_again(
    visitor: Visitor, review: Page, store: Store, ledger: Ledger
) -> None:
    draft_id = review.path.split("/")[2]
    with store.writing() as session:
        drafts.save(session, draft_id, judge(typed(outbound(name="Changed"))), expected_version=1)
    page = visitor.press(review, "send")
    assert page.heading == "Review Changed"
    assert "has changed since you reviewed it" in page.flash()
    assert ledger.read_page(10) == []


def test_an_incomplete_draft_leads_back_to_the_form(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound(assistant_id=None))}/review")
    assert page.heading == "Front desk"
    assert "not complete yet" in page.flash()


def test_a_draft_that_became_incomplete_is_not_sent(
    visitor: Visitor, review: Page, store: Store, ledger: Ledger
) -> None:
    with store.writing() as session:
        drafts.save(session, review.path.split("/")[2], judge({"name": "Half"}), expected_version=1)
    page = visitor.press(review, "send")
    assert (page.heading, ledger.read_page(10)) == ("Half", [])


def test_a_deleted_draft_is_not_sent(visitor: Visitor, review: Page, ledger: Ledger) -> None:
    draft_id = review.path.split("/")[2]
    visitor.press(visitor.open("/"), f"{draft_id}/delete")
    page = visitor.press(review, "send")
    assert page.heading.startswith("Deleted:")
    assert ledger.read_page(10) == []
