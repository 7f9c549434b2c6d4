"""The form page, whole request, and the same fields on a plain page by WTForms and by Django.

Ours has more on it: what the campaign means, and the way to other pages. Its zones come in a
request of their own, once somebody types one, so each peer is asked twice: with all zones to
choose from in the page, and with a zone that is typed.
"""

from collections.abc import Callable, Iterator
from functools import partial

from flask import Flask

from app.services import find_services
from app.store import drafts
from app.store.acceptances import judge
from tests.benchmarks.figure import Figure, compare, in_milliseconds
from tests.benchmarks.measure import Wsgi, answer, medians, returning
from tests.benchmarks.peers import django_page, wtforms_page
from tests.factories import outbound, typed

_FRESH, _SAMPLE = "f4e54f4e54f4e540", "5a3b1e5a3b1e5a30"
_PAGES = {
    "new campaign": (f"/drafts/new/{_FRESH}", "/new"),
    "sample": (f"/drafts/{_SAMPLE}", "/sample"),
}
_ZONES = {"": "", ", zone typed": "/typed-zone"}


def figures(app: Flask, rounds: int = 300) -> Iterator[Figure]:
    """Measure a new campaign's page and the page of the vendor's sample."""
    with find_services(app).store.writing() as session:
        drafts.save(session, _SAMPLE, judge(typed(outbound())), expected_version=0)
    sites: dict[str, Wsgi] = {
        "WTForms": wtforms_page.make_site(outbound()),
        "Django": django_page.make_site(outbound()),
    }
    for page, (path, of_peers) in _PAGES.items():
        opens = {
            f"Form page, {page}: {peer}{words}": _opening(site, of_peers + ending)
            for words, ending in _ZONES.items()
            for peer, site in sites.items()
        }
        ours, *theirs = medians(_opening(app, path), *opens.values(), rounds=rounds)
        for name, peer in zip(opens, theirs, strict=True):
            yield compare(name, ours, peer, in_milliseconds)


def _opening(site: Wsgi, path: str) -> Callable[[], bytes]:
    return partial(answer, site, returning(site, path))
