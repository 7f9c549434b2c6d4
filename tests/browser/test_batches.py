"""Many campaigns are ticked, reviewed and sent; the page follows them to the end."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from app.sandbox.ledger import Ledger
from app.services import find_services
from app.store import throttles
from app.store.throttles import Pace
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.sending.batch_of import save_many

Saved = Callable[..., str]


def set_pace(app: Flask, rate: float) -> None:
    with find_services(app).store.writing() as session:
        throttle = throttles.find(session, "sandbox", Pace(rate, 1, 4))
        throttle.rate = rate


def review_many(operator: Operator, saved: Saved, count: int) -> Page:
    """Tick so many campaigns, and open the review of their batch."""
    save_many(saved, count)
    operator.page.goto("/")
    operator.page.get_by_role("checkbox", name="Tick all on this page").click()
    operator.press(f"Send those ticked ({count})")
    operator.sees(f"{count} campaigns go to the SANDBOX")
    return operator.page


def test_what_is_ticked_is_sent_and_followed(
    any_operator: Operator, app: Flask, saved: Saved, ledger: Ledger
) -> None:
    set_pace(app, 4)
    save_many(saved, 6)
    page = any_operator.page
    page.goto("/")
    for number in range(1, 6):
        page.get_by_role("checkbox", name=f"Tick Campaign {number}", exact=True).check()
    any_operator.press("Send those ticked")
    any_operator.sees("5 campaigns go to the SANDBOX")
    any_operator.press("Send 5 campaigns to the sandbox")
    any_operator.sees_heading("Batch 1: being sent")

    any_operator.sees_heading("Batch 1: ended")
    assert len(ledger.read_page(10)) == 5
    expect(page.get_by_role("row").filter(has_text="Created")).to_have_count(5)


def test_a_batch_that_ends_says_so_by_its_heading(
    operator: Operator, app: Flask, saved: Saved
) -> None:
    set_pace(app, 4)
    review_many(operator, saved, 3)
    operator.press("Send 3 campaigns to the sandbox")
    operator.page.get_by_role("button", name="Pause").focus()

    operator.sees_heading("Batch 1: ended")
    expect(operator.page.get_by_role("heading", level=1)).to_be_focused()


def test_nothing_slides_under_the_second_click_on_the_button_that_sends(
    operator: Operator, saved: Saved, ledger: Ledger
) -> None:
    page = review_many(operator, saved, 5)
    button = page.get_by_role("button", name="Send 5 campaigns to the sandbox")
    before = button.bounding_box()
    page.evaluate(
        "document.querySelector('form[data-once]')"
        ".addEventListener('submit', (event) => event.preventDefault())"
    )
    button.dblclick()
    after = page.get_by_role("button", name="Sending …").bounding_box()

    assert before
    assert after
    assert after["width"] >= before["width"]
    assert "/batches/1" in page.url
    assert ledger.read_page(10) == []


def test_the_pages_of_a_batch(operator: Operator, app: Flask, saved: Saved) -> None:
    set_pace(app, 0.001)
    save_many(saved, 3)
    page = operator.page
    page.goto("/")
    page.get_by_role("checkbox", name="Tick all on this page").click()
    expect(page.get_by_role("button", name="Send those ticked (3)")).to_be_visible()
    assert_good(page)
    operator.press("Send those ticked (3)")
    operator.sees("3 campaigns go to the SANDBOX")
    assert_good(page)
    operator.press("Send 3 campaigns to the sandbox")
    operator.sees_heading("Batch 1: being sent")
    operator.press("Pause")
    operator.sees_heading("Batch 1: paused")
    assert_good(page)
    page.goto("/batches")
    assert_good(page)
    page.goto("/batches/1")
    operator.press("Stop for good")
    operator.sees_heading("Batch 1: stopped")
    assert_good(page)


def test_enter_in_a_field_of_a_batch_presses_no_button(operator: Operator, saved: Saved) -> None:
    page = review_many(operator, saved, 2)
    page.evaluate(
        "document.querySelector('form.review').addEventListener('submit', (event) => {"
        " event.preventDefault(); document.body.dataset.submitted = 'yes' })"
    )
    page.get_by_label("Your name").press("Enter")
    assert page.evaluate("document.body.dataset.submitted") is None


def test_who_reads_the_campaigns_of_a_batch_keeps_their_place(
    operator: Operator, app: Flask, saved: Saved
) -> None:
    set_pace(app, 0.5)
    page = review_many(operator, saved, 9)
    operator.press("Send 9 campaigns to the sandbox")
    operator.sees_heading("Batch 1: being sent")
    # Rows are renewed meanwhile, so the row is looked up by its name from here on.
    waiting = page.get_by_role("row").filter(has_text="Waiting").nth(2)
    name = waiting.get_by_role("link").inner_text()
    page.get_by_role("link", name=name, exact=True).focus()
    sent = page.get_by_role("row").filter(has_text=name)
    expect(sent).to_contain_text("Created", timeout=30_000)
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_a_batch_that_loses_the_server_says_so_and_goes_on_looking(
    operator: Operator, app: Flask, saved: Saved
) -> None:
    set_pace(app, 0.5)
    page = review_many(operator, saved, 9)
    for path in ("**/events", "**/state"):
        page.route(path, lambda route: route.abort())
    operator.press("Send 9 campaigns to the sandbox")
    operator.sees_heading("Batch 1: being sent")
    notice = page.get_by_text("Campaign Builder does not answer just now.")
    expect(notice).to_be_visible(timeout=10_000)
    page.unroute("**/state")
    expect(notice).to_be_hidden(timeout=10_000)
