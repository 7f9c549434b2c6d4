"""What the form's first and second visit bring over the network, counted by a real Chromium."""

from collections.abc import Iterator

from flask import Flask
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.figure import Figure
from tests.browser.chromium import ARGUMENTS, chromium
from tests.servers import serving


def figures(app: Flask) -> Iterator[Figure]:
    """Count the bytes of both visits, as they were transferred."""
    with serving(app) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS])
        page = browser.new_page()
        first = _transferred(page, f"{site.url}/drafts/new")
        page.goto("about:blank")
        second = _transferred(page, f"{site.url}/drafts/new")
        browser.close()
    yield Figure("First visit of the form", first / 1000)
    yield Figure("Second visit of the form", second / 1000)


def _transferred(page: Page, address: str) -> int:
    counted: list[int] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.loadingFinished", lambda event: counted.append(int(event["encodedDataLength"]))
    )
    page.goto(address, wait_until="networkidle")
    network.detach()
    return sum(counted)
