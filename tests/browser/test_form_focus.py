"""Where focus and page stay in the form while it changes under somebody who fills it in."""

from collections.abc import Callable
from datetime import time

import pytest
from playwright.sync_api import expect

from tests.browser.held import Held
from tests.browser.operator import Operator
from tests.factories import outbound, typed

WATCH = """() => {
  const bar = document.querySelector(".actions");
  window.visited = 0;
  window.covered = [];
  // When it loses focus, whatever the browser scrolled for it is done.
  document.addEventListener("focusout", ({ target }) => {
    const box = (target.closest(".option") ?? target).getBoundingClientRect();
    const over = bar.getBoundingClientRect();
    const isBeside = box.left >= over.right || box.right <= over.left;
    const isApart = isBeside || box.bottom <= over.top + 1 || box.top >= over.bottom - 1;
    const isCovered = !bar.contains(target) && !isApart;
    window.visited += 1;
    if (isCovered) window.covered.push(target.outerHTML);
  });
}"""


@pytest.mark.parametrize(
    ("width", "height"), [(320, 256), (320, 480), (320, 568), (640, 512), (1280, 1024)]
)
def test_nothing_that_has_focus_lies_under_the_buttons(
    operator: Operator, width: int, height: int, saved: Callable[..., str]
) -> None:
    # 1280 by 1024 pixels, zoomed to 400 %, are 320 by 256.
    page = operator.page
    page.set_viewport_size({"width": width, "height": height})
    operator.open(saved(outbound(start_date=None)))
    page.locator("#connection").focus()
    page.evaluate(WATCH)
    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            page.keyboard.press(key)
    page.evaluate("document.activeElement.blur()")

    assert page.evaluate("covered") == []
    assert page.evaluate("visited") > 80  # At the ends some presses leave the page.


def test_an_error_that_comes_above_leaves_the_field_with_focus_above_the_buttons(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    page.set_viewport_size({"width": 1280, "height": 700})
    operator.open(saved(outbound()))
    page.wait_for_load_state("networkidle")
    held = Held(page, "**/preview")
    operator.field("start_date").fill("")
    with page.expect_request("**/preview"):
        operator.field("timezone").focus()
    page.evaluate(
        """() => {
          const { bottom } = document.querySelector("#timezone").getBoundingClientRect();
          scrollBy(0, bottom + 2 - document.querySelector(".actions").getBoundingClientRect().top);
        }"""
    )
    with page.expect_response("**/preview"):
        held.let_go()
    operator.sees_error("start_date", "Enter the first day.")

    assert page.evaluate("""() => {
      const { bottom } = document.querySelector("#timezone").getBoundingClientRect();
      return bottom <= document.querySelector(".actions").getBoundingClientRect().top;
    }""")


def test_a_change_that_is_pressed_leaves_focus_and_page_where_they_are(
    operator: Operator, saved: Callable[..., str]
) -> None:
    gaps = {"max_daily_attempts": 3, "max_call_attempts": 9, "min_gap_between_attempts": 240}
    operator.open(saved(outbound(**gaps), audience="Norway"))  # No limit stands in the way.
    operator.field("audience").focus()
    change = operator.page.locator("#panel button", has_text="240 → 239")
    change.focus()
    before = operator.page.evaluate("scrollY")
    assert before > 500
    with operator.page.expect_response("**/preview"):
        change.press("Enter")
    expect(operator.field("min_gap_between_attempts")).to_have_value("239")
    expect(change).to_have_count(0)

    expect(operator.page.locator("section:has(#m-words) :focus")).to_have_count(1)
    assert abs(operator.page.evaluate("scrollY") - before) < 50  # A line of advice is gone.


def test_a_change_that_is_pressed_beside_a_field_leaves_focus_at_the_field(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound(), timezone="Eastern"))
    change = operator.row("timezone").get_by_role("button", name="America/New_York")
    change.focus()
    change.press("Enter")
    expect(change).to_have_count(0)

    expect(operator.field("timezone")).to_be_focused()
    expect(operator.field("timezone")).to_have_value("America/New_York")


def test_a_change_beside_a_field_keeps_focus_while_an_answer_comes(operator: Operator) -> None:
    operator.start(typed(outbound()) | {"timezone": "Eastern"})
    with operator.page.expect_response("**/preview"):
        operator.row("days_of_week").get_by_role("checkbox").first.focus()
    change = operator.row("timezone").get_by_role("button", name="America/New_York")
    expect(change).to_be_visible()
    held = Held(operator.page, "**/preview")
    with operator.page.expect_request("**/preview"):
        operator.page.keyboard.press("Shift+Tab")  # Back to the change, out of another field.
    expect(change).to_be_focused()
    with operator.page.expect_response("**/preview"):
        held.let_go()
    operator.page.unroute("**/preview")
    operator.page.evaluate("new Promise((done) => setTimeout(done, 100))")

    expect(change).to_be_focused()
    operator.page.keyboard.press("Enter")
    expect(operator.field("timezone")).to_have_value("America/New_York")


def test_a_change_of_a_broken_rule_leaves_focus_among_the_rules(
    operator: Operator, saved: Callable[..., str]
) -> None:
    late = outbound(daily_end_time=time(21))
    operator.open(saved(late, audience="Florida", purpose="marketing"))
    change = operator.page.locator("#findings-high button.fix", has_text="21:00 → 20:00").first
    change.focus()
    change.press("Enter")
    expect(operator.field("daily_end_time")).to_have_value("20:00")
    expect(change).to_have_count(0)

    expect(operator.page.locator("section:has(#m-rules) :focus")).to_have_count(1)
