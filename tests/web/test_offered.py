"""Nobody is offered what they may not do, nor led elsewhere without a word."""

from collections.abc import Callable, Iterator
from datetime import time
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.rights import ALL, Role
from app.services import find_services
from app.store import approvals, drafts, presets
from app.store.acceptances import judge
from app.store.base import State
from app.store.models import Submission
from app.store.records import LoggedCall
from tests.factories import outbound, typed
from tests.pages import Page, Visitor
from tests.sending.batch_of import check_all, make
from tests.web.rights_table import LETTERS, MAY, OPEN
from tests.web.teams import make_team


def test_who_may_not_edit_where_a_campaign_was_begun_is_told_where_it_goes(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    key, team = add_connection(), make_team(app)
    editor = Visitor(team.add("edda", Role.EDITOR))
    page = editor.open("/drafts/new", connection=key)
    assert page.typed("connection") == "sandbox"
    assert "this one goes to Sandbox" in page.flash()


def test_nobody_is_offered_what_they_may_not_do(
    app: Flask, sent: Callable[[State], int], saved: Callable[..., str]
) -> None:
    team = make_team(app)
    viewer = Visitor(team.add("vera", Role.VIEWER, at=ALL))
    pages = [f"/submissions/{sent(State.UNKNOWN)}", "/connections/sandbox"]
    pages.append(f"/batches/{team.make_batch([saved()])}")
    for address in pages:
        page = viewer.open(address)
        assert (page.status, page.soup.select("main form[method=post] button")) == (200, [])


@pytest.mark.usefixtures("made_at_the_sandbox")
@pytest.mark.parametrize("letter", LETTERS)
def test_no_page_leads_where_who_reads_it_would_be_denied(app: Flask, letter: str) -> None:
    """Walk from page to page over every link; each button is only looked at."""
    team = make_team(app)
    browser = team.add("role", LETTERS[letter])
    addresses = app.url_map.bind("")
    seen: set[str] = set()
    denied: set[tuple[str, str]] = set()
    to_open = ["/", "/?show=deleted", "/requests", "/batches"]
    while to_open:
        path = to_open.pop()
        page = browser.get(path)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        for method, target in iterate_targets(page):
            endpoint = addresses.match(urlsplit(target).path, method)[0]
            if endpoint in OPEN or endpoint.startswith("security."):
                continue
            if letter not in MAY[endpoint]:
                denied.add((path, endpoint))
            place = urlsplit(target).path
            if method == "GET" and place not in seen:
                seen.add(place)
                to_open.append(target)
    assert len(seen) > 30
    assert denied == set()


def iterate_targets(page: TestResponse) -> Iterator[tuple[str, str]]:
    """Yield where the links and the buttons of a page lead, each with its method."""
    soup = Page(page).soup
    base = page.request.path
    for link in soup.select("a[href]"):
        target = urljoin(base, str(link["href"]))
        if target.startswith("/") and not target.startswith("/sandbox/"):  # Another app.
            yield "GET", target
    for button in soup.select("button:not([type=button], [disabled], fieldset[disabled] *)"):
        form = (
            soup.find(id=str(button["form"]))
            if "form" in button.attrs
            else button.find_parent("form")
        )
        assert isinstance(form, Tag), f"Nothing happens when this is pressed: {button}"
        method = str(button.get("formmethod") or form.get("method") or "get").upper()
        action = str(button.get("formaction") or form.get("action") or base)
        if method != "DIALOG":
            yield method, urljoin(base, action)


@pytest.fixture
def made_at_the_sandbox(
    app: Flask, sent: Callable[[State], int], saved: Callable[..., str]
) -> None:
    """Make campaigns of many states, a batch and a preset, where campaigns have to be approved."""
    services = find_services(app)
    for state in (State.CREATED, State.REFUSED, State.UNKNOWN, State.UNSENT):
        sent(state)
    ids = [saved(outbound(name=name)) for name in ("Kept", "Deleted", "Of a batch", "Changed")]
    with services.store.writing() as session:
        for table in (Submission, LoggedCall):  # The stand-in for an API has no key.
            session.execute(update(table).values(connection_key="sandbox"))
        drafts.delete(session, ids[1])
        presets.keep(session, "Mornings", {"daily_start_time": "09:00"}, replaces=False)
        approvals.set_rule(session, "sandbox", "", who="")
        answers = typed(outbound(name="Changed again"))
        drafts.save(session, ids[3], judge(answers), expected_version=1)
    batch_id = make(services.store, services.connections, ids[2:])
    check_all(services.store, services.connections, batch_id)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SENDER, Role.ACCEPTER, Role.APPROVER])
def test_a_link_within_a_page_leads_to_something_on_it(
    app: Flask, saved: Callable[..., str], role: Role
) -> None:
    team = make_team(app)
    team.ask_for_approval("")
    visitor = Visitor(team.add("role", role))
    draft_id = saved(outbound(daily_end_time=time(22)), audience="Florida", purpose="marketing")
    for end in ("", "/review", *(["/approval"] if role is Role.APPROVER else [])):
        page = visitor.open(f"/drafts/{draft_id}{end}")
        links = {str(link["href"])[1:] for link in page.soup.select("a[href^='#']")} - {""}
        assert {name for name in links if page.soup.find(id=name) is None} == set(), page.path


def test_who_may_not_answer_is_not_told_to(app: Flask, saved: Callable[..., str]) -> None:
    team = make_team(app)
    draft_id = saved(outbound(daily_end_time=time(22)), audience="Florida", purpose="marketing")
    viewer, sender = Visitor(team.add("v", Role.VIEWER)), Visitor(team.add("s", Role.SENDER))
    assert "Say so below." in sender.open(f"/drafts/{draft_id}/review").text
    assert "Say so below." not in viewer.open(f"/drafts/{draft_id}/review").text
    assert "The review page asks." in viewer.open(f"/drafts/{draft_id}").text
