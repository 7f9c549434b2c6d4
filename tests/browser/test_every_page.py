"""Every page, as people with and without good eyes use it: both themes, wide and narrow."""

from collections.abc import Callable, Sequence

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from app.campaign.contract.id_kinds import IdKind
from app.connections import COLOURS
from app.services import find_services
from app.store import address_book, drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.factories import inbound, outbound, typed
from tests.sending.batch_of import check_all, make

DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
"""What WCAG 1.4.10 asks for: a desk of 1280 px, enlarged to 400 %."""

LIVE = "11e011e011e011e0"
AXE = Axe()


@pytest.fixture
def page(window: NewWindow) -> Page:
    """Open one window, whose every page is then looked at in each look."""
    return window(reduced_motion="reduce")


def assert_good(page: Page) -> None:
    """Hold the open page to WCAG and to its width: light and dark at a desk, and on a phone.

    Only colours differ in the dark, so that only rules on colours are asked again there.
    """
    page.evaluate(AXE.axe_script)
    _assert_no_violation(page)
    page.emulate_media(color_scheme="dark")
    _assert_no_violation(page, ["color-contrast", "link-in-text-block"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _assert_no_violation(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    _assert_fits(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def _assert_no_violation(page: Page, rules: Sequence[str] = ()) -> None:
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    results = AxeResults(page.evaluate("options => axe.run(options)", options))
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"
    _assert_fits(page)


def _assert_fits(page: Page) -> None:
    """Hold the page, and each cell of its lists, to the width that there is."""
    too_wide = page.evaluate(
        """[document.documentElement, ...document.querySelectorAll("main .list td")]
        .filter(it => it.scrollWidth > it.clientWidth && getComputedStyle(it).display !== "inline")
        .map(it => it.innerText.slice(0, 60))"""
    )
    assert too_wide == [], page.url


def test_the_pages_of_an_empty_app(page: Page, subtests: pytest.Subtests) -> None:
    for address in (
        "/",
        "/drafts/new",
        "/drafts/import",
        "/about",
        "/connections",
        "/connections/new",
        "/connections/sandbox",
        "/hooks",
        "/requests",
        "/sandbox-campaigns",
        "/sandbox/",
        "/nothing-here",
    ):
        with subtests.test(address):
            page.goto(address)
            assert_good(page)


def test_the_page_of_each_outcome_its_call_and_the_list_of_all(
    page: Page, sent: Callable[[State], int], subtests: pytest.Subtests
) -> None:
    claimed = [state for state in State if state is not State.QUEUED]
    numbers = {state: sent(state) for state in (*claimed, State.QUEUED)}  # Else it goes first.
    for state, number in numbers.items():
        with subtests.test(state.value):
            page.goto(f"/submissions/{number}")
            assert_good(page)
            if state is not State.QUEUED:
                page.goto(f"/requests/{number}")
                assert_good(page)
    page.goto("/")
    assert_good(page)


def test_every_colour_can_be_read(
    page: Page, add_connection: Callable[..., str], subtests: pytest.Subtests
) -> None:
    for colour in COLOURS:
        with subtests.test(colour):
            page.goto(f"/connections/{add_connection(colour, colour=colour)}")
            assert_good(page)


def test_the_pages_about_a_live_connection(
    page: Page, app: Flask, store: Store, add_connection: Callable[..., str]
) -> None:
    long_name = "Northside Dental & Orthodontics of Brooklyn"
    key = add_connection(long_name, base_url="https://api.voiceaiwrapper.app")
    answers = typed(outbound()) | {"connection": key}
    with store.writing() as session:
        drafts.save(session, LIVE, judge(answers), expected_version=0)
        address_book.keep(session, key, IdKind.ASSISTANT, "a" * 39, "Front desk bot")
    connections = find_services(app).connections
    check_all(store, connections, make(store, connections, [LIVE]))
    for address in (
        f"/drafts/{LIVE}",
        f"/drafts/{LIVE}/review",
        f"/drafts/{LIVE}/history",
        f"/connections/{key}/book",
        "/batches/1",
        "/batches",
        "/activity",
        "/requests",
    ):
        page.goto(address)
        assert_good(page)


def test_the_form_with_answers_errors_and_advice(page: Page, saved: Callable[..., str]) -> None:
    page.goto(f"/drafts/{saved(outbound(webhook_url='http://hooks.example', name=None))}")
    Operator(page).press("Review and send")
    Operator(page).sees("One answer needs a change")
    assert_good(page)


@pytest.mark.parametrize("end", ["/review", "/duplicate", "/summary"])
def test_the_pages_about_a_draft(page: Page, saved: Callable[..., str], end: str) -> None:
    page.goto(f"/drafts/{saved()}{end}")
    assert_good(page)


def test_the_form_after_a_refusal(
    page: Page, app: Flask, store: Store, sent: Callable[[State], int]
) -> None:
    page.goto(f"/submissions/{sent(State.REFUSED)}")
    page.get_by_role("link", name="Open the form").click()
    Operator(page).sees("No such assistant.")
    assert_good(page)


def test_the_page_that_shows_two_versions(
    page: Page, store: Store, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound())
    page.context.route("**/autosave", lambda route: route.abort())
    page.goto(f"/drafts/{draft_id}")
    with store.writing() as session:
        drafts.save(session, draft_id, judge(typed(inbound(name="Theirs"))), expected_version=1)
    page.evaluate("document.querySelector('#name').value = 'Mine'")
    Operator(page).press("Save draft")
    Operator(page).sees_heading("Two versions of Theirs")
    assert_good(page)


def test_the_page_of_a_deleted_draft(page: Page, saved: Callable[..., str]) -> None:
    draft_id = saved()
    page.goto("/")
    page.get_by_text("What can be done with").locator("..").click()
    page.get_by_role("button", name="Delete Q4 Outreach").click()
    Operator(page).sees("Deleted: ")
    assert_good(page)
    page.goto(f"/drafts/{draft_id}")
    assert_good(page)


def test_the_page_for_what_was_typed_too_late(page: Page, saved: Callable[..., str]) -> None:
    draft_id = saved(inbound())
    page.goto(f"/drafts/{draft_id}")
    other = Operator(page.context.new_page())
    other.page.goto(f"/drafts/{draft_id}/review")
    other.press("Send to the sandbox")
    other.sees_heading("Created: Front desk")
    Operator(page).press("Save draft")
    Operator(page).sees_heading("This campaign was sent meanwhile")
    assert_good(page)
