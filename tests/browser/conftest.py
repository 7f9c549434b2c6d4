"""A real Chromium, and an operator who works with the app in it.

A test that fails leaves a screenshot, and when it is done again a trace, in ``test-results/``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.operator import Operator
from tests.servers import Address

EXPECTED = ("Failed to load resource", "htmx: htmx:error: Failed to fetch")

NewWindow = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Give no common address: every test has a server of its own."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: Mapping[str, Any]) -> dict[str, Any]:
    """Start the system's browser, as pytest-playwright asks how."""
    return dict(browser_type_launch_args, executable_path=chromium(), args=[*ARGUMENTS])


@pytest.fixture
def window(new_context: CreateContextCallback, site: Address) -> Iterator[NewWindow]:
    """Open browsers with nothing in them yet; a complaint of any page of theirs fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # That a server answers with an error, or not at all, is what some tests are about.
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def open_one(**options: Any) -> BrowserContext:
        place = {"base_url": site.url, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
        context = new_context(**(place | options))
        context.set_default_timeout(10_000)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context

    yield open_one
    assert complaints == []


@pytest.fixture
def operator(window: NewWindow) -> Operator:
    """Sit a person at a browser, as browsers are."""
    return Operator(window().new_page())


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def any_operator(window: NewWindow, request: pytest.FixtureRequest) -> Operator:
    """Sit a person at a browser that runs scripts, and at one that does not."""
    return Operator(window(java_script_enabled=request.param).new_page())
