"""The main job in a real browser, with scripts and without: build, save, review, send, look."""

import json

import pytest
from playwright.sync_api import expect

from app.campaign.contract.fields import CampaignType
from app.campaign.contract.payload import build_payload, encode_payload
from app.sandbox.ledger import Ledger
from tests.browser.operator import Operator
from tests.factories import inbound, outbound, typed


@pytest.mark.parametrize("campaign", [inbound(), outbound()], ids=list(CampaignType)[:2])
def test_a_campaign_is_built_saved_reviewed_sent_and_comes_back_as_draft(
    any_operator: Operator, ledger: Ledger, campaign: dict[str, object]
) -> None:
    operator, page = any_operator, any_operator.page
    page.goto("/")
    page.get_by_role("link", name="New campaign").first.click()
    operator.fill(typed(campaign))

    operator.press("Save draft")
    operator.sees("Saved.")
    operator.press("Review and send")
    operator.sees_heading(f"Review {campaign['name']}")
    expect(operator.json()).to_have_text(encode_payload(build_payload(campaign)).decode())
    operator.sees("This goes to the SANDBOX")
    operator.press("Send to the sandbox")

    operator.sees_heading(f"Created: {campaign['name']}")
    operator.sees("The sandbox created this campaign as DRAFT")
    (kept,) = ledger.read_page(10)
    expect(page.locator("#campaign-id")).to_have_text(kept.campaign_id)
    assert json.loads(page.locator("#sent").inner_text()) == build_payload(campaign)

    page.get_by_role("link", name="Sandbox", exact=True).click()
    operator.sees(kept.campaign_id)
    page.get_by_role("link", name="Campaigns").first.click()
    operator.sees("Created")


def test_what_is_missing_is_said_on_top_and_beside_the_field(any_operator: Operator) -> None:
    operator, page = any_operator, any_operator.page
    operator.start(typed(outbound(min_gap_between_attempts=None, name=None)))
    operator.press("Review and send")

    operator.sees("2 answers need a change")
    expect(page.get_by_role("alert")).to_be_focused()
    operator.sees_error("name", "Enter the campaign name.")
    page.get_by_role("link", name="Enter the minutes between attempts, 3 or more.").click()
    expect(operator.field("min_gap_between_attempts")).to_be_focused()

    operator.fill({"name": "Mended", "min_gap_between_attempts": "3"})
    operator.press("Review and send")
    operator.sees_heading("Review Mended")


def test_what_was_typed_wrong_is_still_there_after_saving_and_coming_back(
    any_operator: Operator,
) -> None:
    operator, page = any_operator, any_operator.page
    operator.start({"type": "OUTBOUND", "name": "Half done", "timezone": "Nowhere/City"})
    operator.press("Save draft")
    operator.sees("Saved.")

    page.get_by_role("link", name="Campaigns").first.click()
    page.get_by_role("link", name="Half done", exact=True).click()
    expect(operator.field("name")).to_have_value("Half done")
    expect(operator.field("timezone")).to_have_value("Nowhere/City")


def test_a_newcomer_gets_to_a_draft_at_the_sandbox_within_eight_presses(
    any_operator: Operator, ledger: Ledger
) -> None:
    operator = any_operator
    operator.page.goto("/")
    presses = ["Try it with a sample", "Review and send", "Send to the sandbox"]
    for words in presses:
        operator.press(words)
    operator.sees("The sandbox created this campaign as DRAFT")
    assert len(presses) <= 8
    assert len(ledger.read_page(2)) == 1
