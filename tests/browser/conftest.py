"""A real Chromium, and an operator who works with the app in it.

A test that fails leaves a screenshot, and when it is done again a trace, in ``test-results/``.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.operator import Operator
from tests.browser.site import Site
from tests.browser.windows import Windows, listen, place
from tests.servers import Address, serving

NewWindow = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Give no common address: the server chooses a port."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: Mapping[str, Any]) -> dict[str, Any]:
    """Start the system's browser, as pytest-playwright asks how."""
    return dict(browser_type_launch_args, executable_path=chromium(), args=[*ARGUMENTS])


@pytest.fixture(scope="session")
def common_site() -> Iterator[tuple[Site, Address]]:
    """Serve the apps of all tests at one address."""
    site = Site()
    with serving(site) as address:
        yield site, address


@pytest.fixture
def site(app: Flask, common_site: tuple[Site, Address]) -> Address:
    """Show the app of this test."""
    site, address = common_site
    site.show(app)
    return address


@pytest.fixture(scope="session")
def windows(browser: Browser, common_site: tuple[Site, Address]) -> Windows:
    site, address = common_site
    return Windows(browser, site, address.url)


@pytest.fixture
def window(site: Address, request: pytest.FixtureRequest) -> Iterator[NewWindow]:
    """Open browsers with nothing in them yet; a complaint of any page of theirs fails the test."""
    is_traced = request.config.getoption("--tracing") != "off"
    yield from (_open_traced if is_traced else _open)(site, request)


def _open(site: Address, request: pytest.FixtureRequest) -> Iterator[NewWindow]:
    windows: Windows = request.getfixturevalue("windows")
    output_path: str = request.getfixturevalue("output_path")
    yield windows.open
    complaints = list(windows.complaints)
    is_good = not complaints and not _has_failed(request.node)
    if not is_good:
        for number, page in enumerate(windows.list_pages(), 1):
            page.screenshot(path=Path(output_path, f"test-failed-{number}.png"))
    windows.put_back(may_serve_again=is_good)
    assert complaints == []


def _open_traced(site: Address, request: pytest.FixtureRequest) -> Iterator[NewWindow]:
    """Make every window anew, as pytest-playwright records what it makes itself."""
    new_context: CreateContextCallback = request.getfixturevalue("new_context")
    complaints: list[str] = []

    def open_one(clock: str = "", **options: Any) -> Page:
        context = new_context(**place(site.url), **options)
        listen(context, complaints)
        return context.new_page()

    yield open_one
    assert complaints == []


def _has_failed(item: Any) -> bool:
    report = getattr(item, "rep_call", None)  # As pytest-playwright leaves it.
    return report is None or report.failed


@pytest.fixture
def operator(window: NewWindow) -> Operator:
    """Sit a person at a browser, as browsers are."""
    return Operator(window())


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def any_operator(window: NewWindow, request: pytest.FixtureRequest) -> Operator:
    """Sit a person at a browser that runs scripts, and at one that does not."""
    return Operator(window() if request.param else window(java_script_enabled=False))
