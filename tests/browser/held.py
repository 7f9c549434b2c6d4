"""Requests of a page that a test holds back until it lets them go."""

from playwright.sync_api import Page, Route

_MOST = 1000


class Held:
    """All requests of a page to the addresses of a pattern."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        self._routes.append(route)

    def let_go(self) -> None:
        """Let the last one go on, once it has come: a request is told of before it is held."""
        for _ in range(_MOST):
            if self._routes:
                break
            self._page.evaluate("0")
        self._routes.pop().continue_()
