"""Every page, as people with and without good eyes use it: both themes, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from app.connections import COLOURS
from app.store import address_book, drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.factories import inbound, outbound, typed

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}

LIVE = "11e011e011e011e0"


@pytest.fixture(params=LOOKS)
def page(window: NewWindow, request: pytest.FixtureRequest) -> Page:
    return window(reduced_motion="reduce", **LOOKS[request.param]).new_page()


def assert_good(page: Page) -> None:
    """Hold the open page to WCAG, and to its width."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/drafts/new",
        "/about",
        "/connections",
        "/connections/new",
        "/connections/sandbox",
        "/requests",
        "/sandbox-campaigns",
        "/sandbox/",
        "/nothing-here",
    ],
)
def test_the_pages_of_an_empty_app(page: Page, address: str) -> None:
    page.goto(address)
    assert_good(page)


@pytest.mark.parametrize("state", list(State))
def test_the_page_of_each_outcome_and_the_list_with_it(
    page: Page, sent: Callable[[State], int], state: State
) -> None:
    page.goto(f"/submissions/{sent(state)}")
    assert_good(page)
    page.goto("/")
    assert_good(page)
    page.goto("/requests/1")
    assert_good(page)


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_can_be_read(
    page: Page, add_connection: Callable[..., str], colour: str
) -> None:
    key = add_connection(colour=colour)
    page.goto(f"/connections/{key}")
    assert_good(page)


def test_the_pages_about_a_live_connection(
    page: Page, store: Store, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    answers = typed(outbound()) | {"connection": key}
    with store.writing() as session:
        drafts.save(session, LIVE, judge(answers), over=0)
        address_book.keep(
            session, key, address_book.IdKind.ASSISTANT, "asst_abc123", "Front desk bot"
        )
    for address in (f"/drafts/{LIVE}", f"/drafts/{LIVE}/review", f"/drafts/{LIVE}/history"):
        page.goto(address)
        assert_good(page)
    page.goto(f"/connections/{key}/book")
    assert_good(page)


def test_the_form_with_answers_errors_and_advice(page: Page, saved: Callable[..., str]) -> None:
    page.goto(f"/drafts/{saved(outbound(webhook_url='http://hooks.example', name=None))}")
    Operator(page).press("Review and send")
    Operator(page).sees("One answer needs a change")
    assert_good(page)


@pytest.mark.parametrize("end", ["/review", "/duplicate"])
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
        drafts.save(session, draft_id, judge(typed(inbound(name="Theirs"))), over=1)
    page.evaluate("document.querySelector('#name').value = 'Mine'")
    Operator(page).press("Save draft")
    Operator(page).sees_heading("Two versions of Theirs")
    assert_good(page)


def test_the_page_of_a_deleted_draft(page: Page, saved: Callable[..., str]) -> None:
    draft_id = saved()
    page.goto("/")
    page.get_by_role("button", name="Delete").click()
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
