"""A person at a browser without scripts: looks, presses, looks again, and says what they found."""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from bs4 import BeautifulSoup, Tag

from tests.faults.bed import NAME, TOKEN, wait_until
from tests.pages import PARSER, fields_of, text

_TIMEOUT = 20


@dataclass(frozen=True)
class Seen:
    """A page as a person sees it."""

    status: int
    heading: str
    words: str
    has_next_step: bool
    address: str
    leaks: bool

    @property
    def state(self) -> str:
        """What the page says became of the campaign, in a word."""
        return self.heading.partition(":")[0]


class Person:
    """Somebody who works on one draft through one app.

    While it does not answer they look again and again; *revive* is what may bring it back.
    """

    def __init__(self, url: str, draft_id: str, revive: Callable[[], None] = lambda: None) -> None:
        self._url, self._draft_id, self._revive = url, draft_id, revive
        self._browser = requests.Session()
        self._form: dict[str, str] = {}

    def review(self) -> Seen:
        """Open the review page, and keep its form ready to be posted."""
        answer = self._browser.get(f"{self._url}/drafts/{self._draft_id}/review", timeout=_TIMEOUT)
        soup = BeautifulSoup(answer.text, PARSER)
        form = soup.select_one("form#review")
        if form:
            self._form = dict(fields_of(form)) | {"named": NAME, "who": "Ada"}
        return _seen(answer, soup)

    def press(self) -> Seen | None:
        """Press the button once; `None` if the app did not answer."""
        address = f"{self._url}/drafts/{self._draft_id}/send"
        try:
            return _seen(self._browser.post(address, data=self._form, timeout=_TIMEOUT))
        except requests.RequestException:
            return None

    def look(self) -> Seen:
        """See what became of the draft, waiting while it is being sent."""
        pages: list[Seen] = []

        def is_known() -> bool:
            address = f"{self._url}/drafts/{self._draft_id}/submission"
            try:
                pages.append(_seen(self._browser.get(address, timeout=_TIMEOUT)))
            except requests.RequestException:
                self._revive()
                return False
            return pages[-1].state != "Sending"

        wait_until(is_known)
        return pages[-1]

    def say(self, page: Seen, campaign_id: str | None) -> Seen:
        """Say on the page of an UNKNOWN submission what was found."""
        form = BeautifulSoup(
            self._browser.get(page.address, timeout=_TIMEOUT).text, PARSER
        ).select_one("form[action$=resolve]")
        if not isinstance(form, Tag):
            return self.look()
        word = {"who": "Ada", "campaign_id": campaign_id or ""}
        data = dict(fields_of(form)) | word | {"found": "yes" if campaign_id else "surely not"}
        return _seen(self._browser.post(f"{self._url}{form['action']}", data, timeout=_TIMEOUT))


def _seen(answer: requests.Response, soup: BeautifulSoup | None = None) -> Seen:
    soup = soup or BeautifulSoup(answer.text, PARSER)
    main = soup.select_one("main")
    return Seen(
        status=answer.status_code,
        heading=text(soup.h1),
        words=text(main),
        has_next_step=bool(main and main.select_one("a[href], button")),
        address=answer.url,
        leaks=TOKEN in answer.text,
    )
