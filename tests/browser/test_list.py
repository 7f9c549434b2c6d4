"""The list of campaigns under a hand: several ticked at once, the menu of a row, and the client."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.operator import Operator
from tests.factories import inbound, outbound

Saved = Callable[..., str]


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=f"Tick {name}", exact=True).click()


def list_ticked(page: Page) -> list[str]:
    ticked = page.locator("input[name=draft]:checked").all()
    return [(box.get_attribute("aria-label") or "").removeprefix("Tick ") for box in ticked]


def test_shift_ticks_and_unticks_all_between_two_campaigns(
    operator: Operator, saved: Saved
) -> None:
    for name in "EDCBA":
        saved(inbound(name=name))
    page = operator.page
    page.goto("/?sort=name")
    tick(page, "B")
    with_shift = page.get_by_role("checkbox", name="Tick D", exact=True)
    with_shift.click(modifiers=["Shift"])
    assert list_ticked(page) == ["B", "C", "D"]
    expect(page.get_by_role("button", name="Send those ticked (3)")).to_be_visible()
    tick(page, "E")
    tick(page, "B")
    page.get_by_role("checkbox", name="Tick C", exact=True).click(modifiers=["Shift"])
    assert list_ticked(page) == ["D", "E"]
    page.get_by_label("Tick all on this page").click()
    assert list_ticked(page) == ["A", "B", "C", "D", "E"]


def test_the_menu_of_a_row_closes_by_escape_and_by_a_press_elsewhere(
    operator: Operator, saved: Saved
) -> None:
    saved(inbound(name="Front desk"))
    page = operator.page
    page.goto("/")
    menu = page.locator("summary", has_text="What can be done with Front desk")
    copy = page.get_by_role("link", name="Copy Front desk")
    menu.focus()
    page.keyboard.press("Enter")
    expect(copy).to_be_visible()
    page.keyboard.press("Escape")
    expect(copy).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    expect(copy).to_be_visible()
    page.locator("h1").click()
    expect(copy).to_be_hidden()
    menu.click()
    page.get_by_role("button", name="Delete Front desk").click()
    operator.sees("Deleted: Front desk.")


def test_the_client_worked_on_stays_for_every_page_until_another_is_chosen(
    operator: Operator, saved: Saved, add_connection: Callable[..., str]
) -> None:
    saved(inbound(name="Of the sandbox"))
    saved(inbound(name="Of Acme"), connection=add_connection("Acme Dental", colour="teal"))
    page = operator.page
    page.goto("/")
    switch = page.locator(".switch > summary")
    expect(switch).to_contain_text("All clients")
    switch.click()
    page.get_by_role("button", name="Acme Dental LIVE").click()
    expect(switch).to_contain_text("LIVE Acme Dental")
    expect(page.get_by_role("link", name="Of Acme", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Of the sandbox", exact=True)).to_have_count(0)

    page.goto("/activity")
    expect(switch).to_contain_text("LIVE Acme Dental")
    page.goto("/drafts/new")
    expect(page.get_by_label("Send to")).to_have_value(
        page.get_by_role("option", name="Acme Dental (LIVE)").get_attribute("value") or ""
    )

    page.goto("/")
    switch.click()
    page.get_by_role("button", name="All clients").click()
    expect(page.get_by_role("link", name="Of the sandbox", exact=True)).to_be_visible()


def test_what_is_ticked_is_copied_and_given_a_client_by_one_press_each(
    operator: Operator, saved: Saved, add_connection: Callable[..., str]
) -> None:
    add_connection("Acme Dental", colour="teal")
    saved(outbound(name="Recall"))
    page = operator.page
    page.goto("/")
    tick(page, "Recall")
    page.get_by_role("button", name="Copy", exact=True).click()
    operator.sees("1 copy was made, 1 week later.")
    tick(page, "Recall")
    page.get_by_label("weeks later").fill("3")
    page.keyboard.press("Enter")
    operator.sees("1 copy was made, 3 weeks later.")
    tick(page, "Recall")
    page.get_by_text("Set the client", exact=True).click()
    page.get_by_role("button", name="Set the client of those ticked").click()
    operator.sees("Choose the client first.")
    expect(page.get_by_role("checkbox", name="Tick Recall", exact=True)).to_be_checked()
    page.get_by_text("Set the client", exact=True).click()
    page.get_by_role("combobox", name="Client").select_option("Acme Dental")
    page.get_by_role("button", name="Set the client of those ticked").click()
    operator.sees("1 campaign goes to Acme Dental now.")


def test_enter_opens_the_campaign_whose_box_has_focus(operator: Operator, saved: Saved) -> None:
    saved(inbound(name="Front desk"))
    page = operator.page
    page.goto("/")
    tick(page, "Front desk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Front desk")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Send those ticked (1)")).to_be_visible()
    assert list_ticked(page) == ["Front desk"]


@pytest.mark.parametrize("connection", ["", "another"])
@pytest.mark.parametrize("width", [390, 900, 1280])
def test_nothing_moves_when_a_campaign_is_ticked_and_the_page_is_no_wider_than_the_screen(
    operator: Operator,
    saved: Saved,
    add_connection: Callable[..., str],
    width: int,
    connection: str,
) -> None:
    saved(outbound(name="Recall"))
    # All can be sent at once where it goes to one client.
    saved(inbound(name="Front desk"), connection=connection and add_connection())
    page = operator.page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/?sort=name")
    row = page.get_by_role("row", name="Recall")
    before = row.bounding_box()
    tick(page, "Recall")
    expect(page.get_by_role("button", name="Send those ticked (1)")).to_be_visible()
    assert row.bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_more_rows_come_below_and_what_is_ticked_stays_so(operator: Operator, saved: Saved) -> None:
    for number in range(30):
        saved(inbound(name=f"Line {number:02}"))
    page = operator.page
    page.goto("/?sort=name")
    tick(page, "Line 03")
    page.get_by_role("link", name="Show more").click()
    expect(page.get_by_role("link", name="Line 20", exact=True)).to_be_in_viewport()
    assert list_ticked(page) == ["Line 03"]
    expect(page.get_by_role("button", name="Send those ticked (1)")).to_be_visible()
    page.reload()
    assert list_ticked(page) == []


def test_ticks_are_not_brought_back_by_a_list_that_was_opened_in_a_tab_of_its_own(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    for number in range(30):
        saved(inbound(name=f"Line {number:02}"))
    page.goto("/?sort=name")
    tick(page, "Line 03")
    with page.context.expect_page() as other:
        page.get_by_role("link", name="Show more").click(modifiers=["Control"])
    other.value.close()
    page.get_by_role("checkbox", name="Tick Line 03").uncheck()
    page.goto("/?sort=name")
    expect(page.get_by_role("checkbox", name="Tick Line 03")).not_to_be_checked()
