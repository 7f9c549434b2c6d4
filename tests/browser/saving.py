"""Saving by itself, one step at a time.

The page's clock stands still, so a state lasts until the test goes on: it lets time pass, types,
or gives the answer of the server, which it may hold back.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator

PAUSE = 600  # Milliseconds without a letter until the text is saved.

Answer = Callable[[Route], None]


def reply(status: int, body: str = "{}") -> Answer:
    return lambda route: route.fulfill(status=status, body=body)


def send_on(route: Route) -> None:
    route.continue_()


def break_off(route: Route) -> None:
    route.abort()


def lose(route: Route) -> None:
    """Let the server have it, and lose the answer."""
    route.fetch()
    route.abort()


class Saving:
    """A person at a draft that was saved, the clock of the page, and the way to the server."""

    def __init__(self, operator: Operator) -> None:
        self.operator, self.page = operator, operator.page
        self.answer: Answer = send_on
        self.held: list[Route] = []
        self.page.clock.install()
        operator.start({"name": "First"})
        operator.waits_until_saved()
        self.page.route("**/autosave", self._take)
        self.page.clock.pause_at(self.page.evaluate("Date.now() / 1000 + 1"))

    def _take(self, route: Route) -> None:
        self.answer(route)

    def type(self, name: str) -> None:
        self.operator.fill({"name": name})

    def press_enter(self) -> None:
        self.operator.field("name").press("Enter")

    def let_pass(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    def is_in(self, state: str, words: str = "") -> None:
        expect(self.page.locator("#campaign")).to_have_attribute("data-autosave-state", state)
        expect(self.page.locator("#saved")).to_contain_text(words)

    def hold(self) -> None:
        self.answer = self.held.append

    def let_go(self) -> None:
        """Send on what is held, and hold nothing more back."""
        self.answer = send_on
        while self.held:
            send_on(self.held.pop(0))

    def send_and_hold(self, name: str) -> None:
        """Have this name on its way, and no answer yet."""
        self.hold()
        self.type(name)
        with self.page.expect_request("**/autosave"):
            self.let_pass(PAUSE)
        self.is_in("saving", "Saving …")

    def fail_with(self, name: str) -> None:
        """Have this name fail to arrive, and the next attempt due in a second."""
        self.answer = break_off
        self.type(name)
        self.let_pass(PAUSE)
        self.is_in("retrying", "trying again in 1 s.")

    def come_online(self) -> None:
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def local_copy(self) -> dict[str, Any]:
        """Read what this browser keeps of the draft, with the key that the page has."""
        copy: dict[str, Any] = self.page.evaluate(
            """async () => {
                const { src } = document.querySelector("script[src$='autosave.js']");
                const copies = await import(src.replace("autosave", "local-copy"));
                return copies.readCopy(document.querySelector("[data-draft]").dataset.draft);
            }"""
        )
        return copy

    def is_saved_as(self, name: str, window: NewWindow) -> None:
        """Look at the draft in another browser, which has nothing but what was saved."""
        other = Operator(window())
        other.page.goto(self.page.url)
        expect(other.field("name")).to_have_value(name)
