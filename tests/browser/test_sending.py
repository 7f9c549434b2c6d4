"""One campaign, however often and from wherever it is sent."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.sandbox.ledger import Ledger
from app.sandbox.switch import Switch
from app.services import find_services
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.factories import inbound


@pytest.fixture
def reviewing(operator: Operator, saved: Callable[..., str]) -> Operator:
    operator.page.goto(f"/drafts/{saved(inbound())}/review")
    operator.sees_heading("Review Front desk")
    return operator


def test_a_double_click_makes_one_campaign(reviewing: Operator, ledger: Ledger) -> None:
    reviewing.page.get_by_role("button", name="Send to the sandbox").dblclick(no_wait_after=True)
    reviewing.sees_heading("Created: Front desk")
    assert len(ledger.read_page(10)) == 1


def test_reloading_the_result_sends_nothing(reviewing: Operator, ledger: Ledger) -> None:
    reviewing.press("Send to the sandbox")
    reviewing.sees_heading("Created: Front desk")
    reviewing.page.reload()
    reviewing.sees_heading("Created: Front desk")
    assert len(ledger.read_page(10)) == 1


def test_going_back_shows_what_became_of_it_and_offers_no_second_press(
    reviewing: Operator, ledger: Ledger
) -> None:
    reviewing.press("Send to the sandbox")
    reviewing.sees_heading("Created: Front desk")
    reviewing.page.go_back()

    reviewing.sees_heading("Created: Front desk")
    assert len(ledger.read_page(10)) == 1


def test_a_second_tab_makes_no_second_campaign(reviewing: Operator, ledger: Ledger) -> None:
    other = Operator(reviewing.page.context.new_page())
    other.page.goto(reviewing.page.url)
    reviewing.press("Send to the sandbox")
    reviewing.sees_heading("Created: Front desk")
    other.press("Send to the sandbox")

    other.sees_heading("Created: Front desk")
    assert other.page.url == reviewing.page.url
    assert len(ledger.read_page(10)) == 1


def test_a_review_that_is_out_of_date_is_shown_again_instead_of_sent(
    reviewing: Operator, ledger: Ledger
) -> None:
    other = Operator(reviewing.page.context.new_page())
    other.page.goto(reviewing.page.url.removesuffix("/review"))
    other.fill({"name": "Changed meanwhile"})
    other.waits_until_saved()
    reviewing.press("Send to the sandbox")

    reviewing.sees("has changed since you reviewed it.")
    reviewing.sees_heading("Review Changed meanwhile")
    assert ledger.read_page(10) == []


def test_the_campaign_id_can_be_copied(reviewing: Operator, ledger: Ledger) -> None:
    reviewing.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reviewing.press("Send to the sandbox")
    reviewing.page.locator("[data-copy=campaign-id]").click()
    expect(reviewing.page.locator("[data-copy=campaign-id]")).to_have_text("Copied")

    copied = reviewing.page.evaluate("navigator.clipboard.readText()")
    assert copied == ledger.read_page(1)[0].campaign_id


def test_a_page_that_waits_looks_at_once_when_the_browser_is_back_online(
    reviewing: Operator, app: Flask
) -> None:
    page = reviewing.page
    find_services(app).faults.switch_on(Switch("slow-headers", every=False, seconds=6))
    reviewing.press("Send to the sandbox")
    reviewing.sees_heading("Sending: Front desk")  # No longer the page of one that is queued.
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        pass  # It has begun to ask.
    page.context.set_offline(True)
    for _ in range(5):  # It asks less often each time.
        page.wait_for_event("requestfailed")
    reviewing.sees("Campaign Builder does not answer just now.")
    page.context.set_offline(False)
    expect(page.get_by_text("Campaign Builder does not answer just now.")).to_be_hidden(timeout=900)


def test_a_press_while_the_button_is_held_sends_nothing_and_hinders_nothing(
    app: Flask, window: NewWindow, saved: Callable[..., str]
) -> None:
    page = window(clock="of the test")  # It stays in the window.
    operator = Operator(page)
    find_services(app).faults.switch_on(Switch("429", every=False))
    page.goto(f"/drafts/{saved(inbound())}/review")
    operator.press("Send to the sandbox")
    operator.sees_heading("Refused: Front desk")
    page.clock.install()
    page.get_by_role("link", name="Review and send again").click()
    button = page.locator("[data-after-countdown]")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(button).to_have_text("Send to the sandbox")
    page.clock.fast_forward(60_000)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    with page.expect_response("**/send"):
        button.click()
    page.clock.resume()


def test_who_is_signed_out_while_a_campaign_is_sent_is_led_to_what_to_do(
    app: Flask, operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    find_services(app).faults.switch_on(Switch("slow-headers", every=False, seconds=5))
    page.route("**/state", lambda route: route.fulfill(status=401, body="{}"))
    page.goto(f"/drafts/{saved(inbound())}/review")
    operator.press("Send to the sandbox")
    operator.sees_heading("Sending: Front desk")
    operator.sees("does not answer just now")  # And it is not asked for without end.
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "reload"
