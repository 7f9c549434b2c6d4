"""The keyboard alone: the palette, the shortcuts, and that they can be switched off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.factories import inbound, outbound


@pytest.fixture
def page(window: NewWindow) -> Page:
    return window(reduced_motion="reduce")


def palette(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a campaign, a page or an action")


def chosen(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def test_a_campaign_is_found_and_opened_from_any_page(
    page: Page, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Front desk"))
    saved(inbound(name="Another"))
    page.goto("/about")
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_focused()
    page.keyboard.type("front")
    page.keyboard.press("Enter")  # At once: it waits for the answer.
    page.wait_for_url(f"**/drafts/{draft_id}")


def test_a_page_is_chosen_with_the_arrows_and_the_choice_is_told(page: Page) -> None:
    page.goto("/about")
    page.get_by_role("button", name="Find", exact=True).click()
    page.keyboard.type("o")
    first = chosen(page).inner_text()
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).not_to_have_text(first)
    expect(palette(page)).to_have_attribute(
        "aria-activedescendant", chosen(page).get_attribute("id") or ""
    )
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_text(first)
    palette(page).fill("connections")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("1 found")
    page.keyboard.press("Enter")
    page.wait_for_url("**/connections")


def test_a_page_that_is_listed_is_gone_to_whatever_the_search_takes(page: Page) -> None:
    page.goto("/about")
    page.route("**/find.json*", lambda _route: None)
    page.keyboard.press("Control+k")
    page.keyboard.type("connections")
    page.keyboard.press("Enter")
    page.wait_for_url("**/connections")


def test_what_was_asked_for_is_given_up_with_the_palette(page: Page) -> None:
    page.goto("/about")
    page.route("**/find.json*", lambda _route: None)
    page.keyboard.press("Control+k")
    page.keyboard.type("nothing of that name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Searching …")
    page.keyboard.press("Escape")
    page.unroute("**/find.json*")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("found")
    assert page.url.endswith("/about")


def test_a_search_that_does_not_answer_is_said(page: Page) -> None:
    page.goto("/about")
    page.route("**/find.json*", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("front")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "The search for campaigns does not answer."
    )
    expect(palette(page)).to_have_attribute("aria-expanded", "false")


def test_what_cannot_be_taken_back_is_gone_to_and_not_pressed(
    page: Page, saved: Callable[..., str]
) -> None:
    address = f"/drafts/{saved()}/review"
    page.goto(address)
    page.keyboard.press("Control+k")
    page.keyboard.type("send to")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send to the sandbox")).to_be_focused()
    assert page.url.endswith(address)


def test_the_open_palette_and_the_list_of_keys_are_good_pages(
    page: Page, saved: Callable[..., str]
) -> None:
    saved(inbound(name="Front desk"))
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("desk")
    expect(page.get_by_role("option", name="Front desk").first).to_be_visible()
    assert_good(page)
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert_good(page)


def test_the_rows_of_a_list_are_walked_ticked_and_opened(
    page: Page, saved: Callable[..., str]
) -> None:
    saved(inbound(name="Below"))
    above = saved(inbound(name="Above"))
    page.goto("/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Above", exact=True)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Below", exact=True)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Tick Below")).to_be_checked()
    expect(page.locator("#key-told")).to_have_text("Ticked: Below")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/drafts/{above}")


def test_keys_search_the_list_and_begin_a_campaign(page: Page, saved: Callable[..., str]) -> None:
    saved(inbound())
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jknx?/")
    expect(page.get_by_role("searchbox")).to_have_value("jknx?/")
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url("**/drafts/new/*")


def test_keys_save_the_form_and_go_on_to_the_review(page: Page, saved: Callable[..., str]) -> None:
    draft_id = saved(outbound())
    Operator(page).open(draft_id)
    name = Operator(page).field("name")
    name.fill("Renamed")
    page.keyboard.press("Control+s")
    Operator(page).waits_until_saved()
    expect(name).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/drafts/{draft_id}/review")


def test_shortcuts_can_be_switched_off_and_stay_so(page: Page) -> None:
    page.goto("/about")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use keyboard shortcuts in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    for address in ("/about", "/connections"):
        page.goto(address)
        for key in ("?", "Control+k", "n"):
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("[aria-keyshortcuts]")).to_have_count(0)
    page.get_by_role("button", name="Find", exact=True).click()
    expect(palette(page)).to_be_focused()
