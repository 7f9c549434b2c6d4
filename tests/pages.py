"""Pages, looked at as a person or a screen reader does: by heading, label, link and button.

Opening a page checks the page: one `h1` that the title starts with, unique ids, a label
for every control, and no inline script, style or handler.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import HtmlElement, document_fromstring
from werkzeug.test import TestResponse

from app.services import find_services
from app.store.queued import list_waiting_connections

PARSER = "lxml"
"""Ten times as fast as Python's own; the suite reads thousands of pages."""


class Page:
    """One page that was opened."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.path = response.request.path
        self.query = response.request.query_string.decode()
        self.markup = response.get_data(as_text=True)
        self._document = document_fromstring(self.markup)
        check_markup(self._document)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Parse the page for who looks into it; many are only passed on the way.

        That takes ten times as long as it took to find the forms.
        """
        return BeautifulSoup(self.markup, PARSER)

    @property
    def heading(self) -> str:
        return text(self.soup.h1)

    @property
    def text(self) -> str:
        return text(self.soup.main)

    def error(self, name: str) -> str:
        """Read the error beside a field, which must be shown and tied to the control."""
        note = self.soup.select_one(f"[data-row={name}][data-left] #{name}-note .error")
        control = self.soup.find(id=name)
        assert note is None or (isinstance(control, Tag) and _is_described(control, f"{name}-note"))
        return "" if note is None else text(note).removeprefix("Error: ")

    def advice(self, name: str) -> str:
        """Read the advice beside a field."""
        note = self.soup.select_one(f"#{name}-note .advice")
        return "" if note is None else text(note).removeprefix("Advice: ")

    def summary(self) -> list[str]:
        """List the sentences of the error summary on top."""
        return [text(item) for item in self.soup.select(".summary li")]

    def typed(self, name: str) -> Any:
        """Read what a field of the form holds."""
        fields = fields_of(self.form())
        values = [value for key, value in fields if key == name]
        return values if name == "days_of_week" else values[0] if values else ""

    def form(self, action: str = "") -> HtmlElement:
        """Find the form that posts to an address whose path ends so; the main one without."""
        forms = [form for kind in _FORMS for form in self._document.xpath(kind)]
        return next(form for form in forms if any(_ends_so(self, form, action)))

    def address(self, action: str) -> str:
        """Give the address that ends so, to which a form posts or one of its buttons."""
        form = self.form(action)
        return next(address for address in _ends_so(self, form, action) if address)

    def flash(self) -> str:
        return " ".join(text(message) for message in self.soup.select(".flash:not([hidden])"))


def drain(app: Flask) -> None:
    """Wait until everything that waits has been sent, and every test of a connection has ended."""
    services = find_services(app)
    assert services.background.drain(30)
    with services.store.reading() as session:
        waiting = list_waiting_connections(session)
    for key in waiting:  # Whoever listens may hear of it later.
        services.sender.wake(key)
    assert services.sender.drain(10)
    assert services.background.drain(10)


class Visitor:
    """A person who opens pages, fills in forms and presses buttons; no script runs."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **query: Any) -> Page:
        answer = self.client.get(address, query_string=query or None, follow_redirects=True)
        return self._settled(Page(answer))

    def _settled(self, page: Page) -> Page:
        """Look again, as a browser without scripts does, while something is being sent."""
        if 'http-equiv="refresh"' not in page.markup:
            return page
        drain(self.client.application)
        return Page(self.client.get(f"{page.path}?{page.query}"))

    def press(
        self,
        page: Page,
        action: str = "",
        answers: Mapping[str, str | Sequence[str]] | None = None,
        **button: str,
    ) -> Page:
        """Post a form of the page, changed by these answers, with the named button's value."""
        form = page.form(action)
        changed = dict(answers or {}) | button
        kept = [(key, value) for key, value in fields_of(form) if key not in changed]
        new = [
            (key, part)
            for key, value in changed.items()
            for part in ([value] if isinstance(value, str) else value)
        ]
        data: dict[str, list[str]] = {}
        for key, value in kept + new:
            data.setdefault(key, []).append(value)
        answer = self.client.post(page.address(action), data=data, follow_redirects=True)
        return self._settled(Page(answer))


_IN_FLASH = "parent::*[contains(concat(' ', @class, ' '), ' flash ')]"
_FORMS = (
    f"//main//form[@method='post'][not({_IN_FLASH})]",
    f"//form[@method='post'][{_IN_FLASH}]",
    "//header//form[@method='post']",
)
"""The forms of a page, those first that it is about."""


def _ends_so(page: Page, form: HtmlElement, ending: str) -> Iterator[str]:
    """Give those of a form's addresses, its own and its buttons', whose paths end so."""
    for address in (form.attrib["action"], *form.xpath(".//@formaction")):
        if urlsplit(address).path.endswith(ending):
            yield urljoin(page.path, address)


def fields_of(form: HtmlElement) -> list[tuple[str, str]]:
    """Say what a browser would post for a form that nobody has touched."""
    fields = []
    for control in form.iter("input", "select", "textarea"):
        is_choice = control.get("type") in {"radio", "checkbox"}
        if "name" in control.attrib and not (is_choice and "checked" not in control.attrib):
            fields.append((control.attrib["name"], _held(control)))
    return fields


def _held(control: HtmlElement) -> str:
    if control.tag == "textarea":
        return str(control.text_content())
    options = list(control.iter("option"))
    chosen = next((option for option in options if "selected" in option.attrib), None)
    holds = chosen if chosen is not None else (options or [control])[0]
    return str(holds.get("value", ""))


def text(tag: Tag | None) -> str:
    """Give the text of a part of the page as it reads, or nothing for no part."""
    return _flatten(tag.get_text()) if tag else ""


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def check_markup(page: HtmlElement) -> None:
    """Hold a page to what every page of ours promises."""
    [heading] = page.iter("h1")
    assert _flatten(page.findtext(".//title") or "").startswith(_flatten(heading.text_content()))

    tags = [tag for tag in page.iter() if isinstance(tag.tag, str)]
    ids = Counter(tag.attrib["id"] for tag in tags if "id" in tag.attrib)
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = {tag.get("for") for tag in tags if tag.tag == "label"}
    for tag in tags:
        assert not any(name.startswith("on") or name == "style" for name in tag.attrib), tag.attrib
        assert tag.tag != "style"
        assert tag.tag != "script" or tag.get("src"), tag.text
        assert ids.keys() >= set(tag.get("aria-describedby", "").split()), tag.attrib
        assert not _is_control(tag) or _is_labelled(tag, labelled), tag.attrib


def _flatten(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()


def _is_control(tag: HtmlElement) -> bool:
    if tag.tag == "input":
        return bool(tag.get("type") != "hidden")
    return tag.tag in {"select", "textarea"}


def _is_labelled(control: HtmlElement, labelled: Container[str | None]) -> bool:
    if "aria-label" in control.attrib or control.get("id") in labelled:
        return True
    return next(control.iterancestors("label"), None) is not None


def _is_described(control: Tag, by: str) -> bool:
    return (
        by in str(control.get("aria-describedby", "")).split()
        and control.get("aria-invalid") == "true"
    )
