"""Windows that serve one test after another, each as empty as a new one.

A new window costs a process of Chromium, which reads every style and script anew; one that stays
at the same address has them. What a test leaves in a window is taken out of it, and a window in
which a test failed is not used again.
"""

from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError

from tests.browser.site import BLANK, Site

EXPECTED = ("Failed to load resource", "htmx: htmx:error: Failed to fetch")
DESK = {"width": 1280, "height": 720}

Kind = tuple[tuple[str, Any], ...]


class Windows:
    """Browsers that know nothing of each other, with one window each."""

    def __init__(self, browser: Browser, site: Site, url: str) -> None:
        self._browser, self._site, self._url = browser, site, url
        self._free: dict[Kind, list[BrowserContext]] = defaultdict(list)
        self._used: list[tuple[Kind, BrowserContext]] = []
        self.complaints: list[str] = []

    def open(self, **options: Any) -> Page:
        """Give a window with nothing in it; those with the same options serve again."""
        kind = tuple(sorted(options.items()))
        context = self._free[kind].pop() if self._free[kind] else self._make(options)
        self._used.append((kind, context))
        name, value = self._site.stamp()
        context.add_cookies([{"name": name, "value": value, "url": self._url}])
        return context.pages[0]

    def list_pages(self) -> list[Page]:
        return [page for _, context in self._used for page in context.pages]

    def put_back(self, *, may_serve_again: bool) -> None:
        """Empty every window that was opened, or close it."""
        for kind, context in self._used:
            if may_serve_again and context.pages:
                _empty(context)
                self._free[kind].append(context)
            else:
                context.close()
        self._used.clear()
        self.complaints.clear()

    def _make(self, options: dict[str, Any]) -> BrowserContext:
        kept = {name: value for name, value in options.items() if name != "clock"}
        context = self._browser.new_context(**place(self._url), **kept)
        listen(context, self.complaints)
        context.new_page()
        return context


def place(url: str) -> dict[str, Any]:
    """Say where in the world a browser stands, and before which site."""
    return {"base_url": url, "locale": "en-GB", "timezone_id": "Europe/Berlin", "viewport": DESK}


def listen(context: BrowserContext, complaints: list[str]) -> None:
    """Collect what the pages of a browser complain of."""

    def hear(message: ConsoleMessage) -> None:
        # That a server answers with an error, or not at all, is what some tests are about.
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def hear_error(error: WebError) -> None:
        complaints.append(str(error.error))

    context.set_default_timeout(10_000)
    context.on("console", hear)
    context.on("weberror", hear_error)


def _empty(context: BrowserContext) -> None:
    page, *others = context.pages
    for other in others:
        other.close()
    page.unroute_all()
    context.unroute_all()
    context.set_offline(False)
    page.goto(BLANK)  # At the same address, so that its process goes on.
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    context.clear_cookies()
    context.clear_permissions()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
