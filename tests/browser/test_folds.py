"""The form at a glance: the verdict strip, and parts of the panel that stay folded."""

from collections.abc import Callable
from datetime import time

from playwright.sync_api import expect

from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.factories import inbound, outbound


def test_a_part_that_was_folded_stays_so_and_a_link_of_the_strip_unfolds_it(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    operator.open(saved(outbound()))
    page.locator("#m-json").click()
    expect(operator.json()).to_be_hidden()
    operator.open(saved(outbound(name="Another")))
    expect(operator.json()).to_be_hidden()
    with page.expect_response("**/preview"):
        operator.fill({"name": "Renamed"})
    expect(page.locator(".words")).to_be_visible()
    expect(operator.json()).to_be_hidden()

    strip = page.get_by_role("navigation", name="At a glance")
    strip.get_by_role("link", name="JSON").click()
    expect(operator.json()).to_be_in_viewport()
    page.reload()
    expect(operator.json()).to_be_visible()


def test_a_part_that_comes_while_one_types_comes_folded_if_it_was(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    operator.page.locator("#m-calendar").click()
    operator.open(saved(outbound(start_date=None)))
    expect(operator.page.locator("#m-calendar")).to_have_count(0)
    operator.fill({"start_date": "2027-01-04"})
    expect(operator.page.locator("#m-calendar")).to_be_visible()
    expect(operator.page.locator(".months")).to_be_hidden()


def test_the_strip_leads_to_each_part_with_and_without_scripts(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    late = outbound(daily_end_time=time(21))
    any_operator.open(saved(late, audience="Florida", purpose="marketing"))
    strip = any_operator.page.get_by_role("navigation", name="At a glance")
    for words, part in {
        "63 days": "m-calendar",
        "at most": "m-lead",
        "breaks 1 law": "m-rules",
        "JSON": "m-json",
    }.items():
        strip.get_by_role("link", name=words).click()
        expect(any_operator.page.locator(f"#{part}")).to_be_in_viewport()


def test_the_strip_counts_what_is_to_answer(window: NewWindow, saved: Callable[..., str]) -> None:
    operator = Operator(window())
    operator.open(saved(inbound(name=None)))
    strip = operator.page.get_by_role("navigation", name="At a glance")
    strip.get_by_role("link", name="1 to answer").click()
    expect(operator.field("name")).to_be_focused()
    operator.page.keyboard.type("Front desk")
    expect(strip.get_by_role("link", name="complete")).to_be_visible()


def test_from_the_name_to_the_review_are_fewer_than_twenty_presses(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(outbound()))
    page = any_operator.page
    any_operator.field("name").focus()
    skip = page.get_by_role("link", name="Review and send")
    presses = 0
    while not skip.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Shift+Tab")
        presses += 1
        assert presses < 18
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Review and send")).to_be_focused()


def test_the_index_follows_what_is_answered_and_counts_what_is_missing(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound(timezone=None, start_date=None)))
    index = operator.page.get_by_role("navigation", name="Sections of the form")
    expect(index.get_by_role("link", name="When to call (2 to answer)")).to_be_visible()
    operator.fill({"start_date": "2027-01-04"})
    link = index.get_by_role("link", name="When to call (1 to answer)")
    expect(link).to_have_attribute("aria-current", "true")
    operator.field("timezone").fill("America/New_York")
    link.focus()  # Before the answer comes.
    link = index.get_by_role("link", name="When to call (complete)")
    expect(link).to_be_focused()


def test_the_index_follows_a_form_that_is_read_to_its_end(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    page = operator.page
    marked = page.get_by_role("navigation", name="Sections of the form").locator("[aria-current]")
    seen = []
    expect(marked).to_have_text("✓ Where it goes (complete)")
    for _step in range(200):
        # Not by the wheel: that scrolls what the pointer of an earlier test is over.
        page.evaluate("scrollBy(0, 60)")
        page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        words = " ".join((marked.text_content() or "").replace("✓", "").split())
        if words not in seen:
            seen.append(words)
    assert [words.partition(" (")[0] for words in seen] == [
        "Where it goes",
        "Campaign",
        "Voice and number",
        "Who is called",
        "When to call",
        "How often to try",
        "Events",
    ]


def test_events_unfold_by_their_link_and_say_in_a_line_what_they_hold(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(inbound()))
    expect(operator.field("webhook_url")).to_be_hidden()
    operator.page.get_by_role("link", name="Events").click()
    operator.fill({"webhook_url": "https://a.example/x"})
    now = operator.page.locator("#webhook_url-now")
    expect(now).to_have_text("https://a.example/x")
    operator.page.locator("summary", has=operator.page.locator("#s-events")).click()
    expect(now).to_be_visible()


def test_what_only_vapi_asks_for_is_folded_until_it_is_answered(
    operator: Operator, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(vapi_calling_entity=None))
    operator.open(draft_id)
    summary = operator.page.locator("summary", has_text="Vapi")
    expect(operator.row("vapi_calling_entity")).to_be_hidden()
    expect(summary).to_contain_text("left out of what is sent")
    summary.click()
    operator.fill({"vapi_calling_entity": "SQUAD"})
    operator.waits_until_saved()
    operator.open(draft_id)
    expect(operator.row("vapi_calling_entity")).to_be_visible()
    summary.click()
    expect(summary).to_contain_text("a squad")
