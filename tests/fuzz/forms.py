"""What the app's own pages post and ask for, read from them, so that none of it goes stale."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement, document_fromstring
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.fuzz.wire import Answer

Fields = Mapping[str, Sequence[str]]
"""The values that each field of a form can have, as its page offers them."""


@dataclass(frozen=True)
class Forms:
    """The fields of what is posted to each endpoint, and those of queries."""

    posted: Mapping[str, Fields]
    queries: Fields


NO_FORMS = Forms({}, {})


def read_forms(pages: Iterable[tuple[str, Answer]], addresses: Map) -> Forms:
    """Read the forms and links of pages, each with its path; *addresses* say where they post to."""
    posted: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    queries: defaultdict[str, list[str]] = defaultdict(list)
    for path, page in pages:
        document = document_fromstring(page.text)
        for link in document.xpath("//a/@href"):
            for name, value in parse_qsl(urlsplit(link).query):
                queries[name].append(value)
        for form in document.iter("form"):
            held = _read_fields(form)
            if form.get("method") != "post":
                _add(queries, held)
                continue
            for action in {form.get("action", path), *form.xpath(".//@formaction")}:
                if endpoint := _find_endpoint(addresses, action):
                    _add(posted[endpoint], held)
    return Forms(posted, queries)


def _read_fields(form: HtmlElement) -> list[tuple[str, str]]:
    """Read the fields of a form, or those that belong to it by its id, with all their choices."""
    elsewhere = form.xpath("//*[@form=$id]", id=form.get("id", ""))
    held = []
    for control in (*form.iter("input", "select", "textarea", "button"), *elsewhere):
        name = control.get("name")
        if not name or name == "csrf_token":
            continue
        values = [option.get("value", "") for option in control.iter("option")]
        held += [(name, value) for value in values or [control.get("value", "")]]
    return held


def _add(fields: defaultdict[str, list[str]], held: Iterable[tuple[str, str]]) -> None:
    for name, value in held:
        if value not in fields[name]:
            fields[name].append(value)


def _find_endpoint(addresses: Map, action: str) -> str:
    try:
        endpoint, _ = addresses.bind("").match(urlsplit(action).path, method="POST")
    except HTTPException:
        return ""
    return str(endpoint)
