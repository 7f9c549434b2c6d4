"""A real Chromium, and an operator who works with the app in it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.operator import Operator
from tests.servers import Address

EXPECTED = ("Failed to load resource", "htmx: htmx:error: Failed to fetch")

NewWindow = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS])
        yield started
        started.close()


@pytest.fixture
def window(browser: Browser, site: Address) -> Iterator[NewWindow]:
    """Open browsers with nothing in them yet; a complaint of any page of theirs fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # That a server answers with an error, or not at all, is what some tests are about.
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def operator(window: NewWindow) -> Operator:
    """Sit a person at a browser, as browsers are."""
    return Operator(window().new_page())


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def any_operator(window: NewWindow, request: pytest.FixtureRequest) -> Operator:
    """Sit a person at a browser that runs scripts, and at one that does not."""
    return Operator(window(java_script_enabled=request.param).new_page())
