"""What a screen reader is told: what changes in a live region, and what has focus."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.operator import Operator
from tests.factories import inbound, outbound

_LISTEN = """
    document.documentElement.dataset.spoken = "";
    new MutationObserver((changes) => {
        const near = changes.map(({ target }) => target.closest ? target : target.parentElement);
        for (const region of new Set(near.map((element) => element.closest("[role=status]"))))
            if (region)
                document.documentElement.dataset.spoken +=
                    region.textContent.replace(/\\s+/g, " ").trim() + "\\n";
    }).observe(document, { childList: true, characterData: true, subtree: true });
"""


def listen(page: Page) -> None:
    """Note each change of a live region, from when the page itself is there."""
    page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => setTimeout(() => {{ {_LISTEN} }}))"
    )


def hears(page: Page, words: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-spoken", re.compile(re.escape(words)))


def test_what_is_wrong_with_a_field_is_told_once_it_is_left(operator: Operator) -> None:
    listen(operator.page)
    operator.start()
    operator.field("name").fill("A")
    operator.field("name").fill("")
    operator.leave("name")

    hears(operator.page, "Campaign name: Error: Enter the campaign name.")


def test_what_a_press_has_done_is_told_on_the_page_that_comes(
    operator: Operator, saved: Callable[..., str]
) -> None:
    listen(operator.page)
    operator.open(saved(inbound()))
    operator.press("Save draft")

    hears(operator.page, "Saved.")


def test_what_could_not_be_done_is_told_in_the_list(
    operator: Operator, saved: Callable[..., str]
) -> None:
    saved(inbound())
    listen(operator.page)
    operator.page.goto("/")
    operator.page.get_by_role("button", name="Send those ticked").click()

    hears(operator.page, "Tick the campaigns that you want to send together.")


def test_a_clock_that_is_pressed_on_the_review_keeps_the_focus(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    page.goto(f"/drafts/{saved(outbound())}/review")
    page.get_by_role("button", name="of UTC").press("Enter")

    expect(page.get_by_role("button", name="of UTC", pressed=True)).to_be_focused()
