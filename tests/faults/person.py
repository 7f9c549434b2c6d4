"""A person at a browser without scripts: looks, presses, looks again, and says what they found."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests
from lxml.html import document_fromstring

from tests.faults.bed import NAME, TOKEN, wait_until

_TIMEOUT = 20
_LOOKS_EVERY = 0.1  # A look costs both sides a whole page.


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
        """Open the review page, once more after an error, and keep its form to be posted."""
        address = f"{self._url}/drafts/{self._draft_id}/review"
        answers: list[requests.Response] = []

        def look() -> bool:
            answers.append(self._browser.get(address, timeout=_TIMEOUT))
            return answers[-1].status_code < HTTPStatus.INTERNAL_SERVER_ERROR

        wait_until(look)
        answer, page = answers[-1], _parse(answers[-1])
        for form in page.forms:
            if form.get("id") == "review":
                self._form = dict(form.form_values()) | {"named": NAME, "who": "Ada"}
        return _seen(answer, page)

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
            return pages[-1].state not in {"Waiting to be sent", "Sending"}

        wait_until(is_known, every=_LOOKS_EVERY)
        return pages[-1]

    def say(self, page: Seen, campaign_id: str | None) -> Seen:
        """Say on the page of an UNKNOWN submission what was found."""
        forms = _parse(self._browser.get(page.address, timeout=_TIMEOUT)).forms
        form = next((form for form in forms if (form.action or "").endswith("resolve")), None)
        if form is None:
            return self.look()
        word = {"who": "Ada", "campaign_id": campaign_id or ""}
        data = dict(form.form_values()) | word | {"found": "yes" if campaign_id else "surely not"}
        return _seen(self._browser.post(f"{self._url}{form.action}", data, timeout=_TIMEOUT))


def _parse(answer: requests.Response) -> Any:
    """Parse a page by `lxml` alone: a review takes BeautifulSoup longer than the app."""
    return document_fromstring(answer.text or "<html></html>")


def _seen(answer: requests.Response, page: Any = None) -> Seen:
    page = _parse(answer) if page is None else page
    return Seen(
        status=answer.status_code,
        heading=_text(page, "//h1"),
        words=_text(page, "//main"),
        has_next_step=bool(page.xpath("//main//a[@href] | //main//button")),
        address=answer.url,
        leaks=TOKEN in answer.text,
    )


def _text(page: Any, path: str) -> str:
    """Give the text of the first such part as it reads, or nothing for no part."""
    return str(page.xpath(f"normalize-space({path})"))
