"""Activity: what was done to campaigns, found by campaign, person, kind and outcome."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.rights import Role
from app.services import find_services
from app.store import drafts
from app.store.acceptances import judge
from app.store.activity import PAGE
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.database import Store
from app.web import event_words
from app.web.screens import activity
from tests.factories import inbound, typed
from tests.pages import Page, Visitor, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.sending.presses import look_up
from tests.web.screens.draft_list import follow


def rows(page: Page) -> list[str]:
    return [text(row) for row in page.soup.select("tbody tr")]


def save(app: Flask, name: str, who: str, version: int = 0, draft_id: str = "") -> str:
    draft_id = draft_id or drafts.make_id()
    with find_services(app).store.writing(name_draft_chain(draft_id)) as session:
        drafts.save(
            session, draft_id, judge(typed(inbound(name=name))), expected_version=version, who=who
        )
    return draft_id


@pytest.fixture
def recalls(app: Flask, visitor: Visitor) -> str:
    """Send a campaign that Dana made, and let Jo make another one."""
    draft_id = save(app, "Spring recall", "Dana")
    visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send", {"who": "Kim"})
    save(app, "Autumn recall", "Jo")
    return draft_id


def test_what_was_done_to_all_campaigns_is_there_the_last_thing_first(
    visitor: Visitor, recalls: str
) -> None:
    listed = rows(visitor.open("/activity"))
    assert "Autumn recall Made Jo" in listed[0]
    assert "Spring recall Created" in listed[1]
    assert "Spring recall Send pressed for version 1, to the sandbox Kim" in listed[2]
    assert "Spring recall Made Dana" in listed[-1]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "autumn"}, ["Autumn recall Made Jo"]),
        ({"who": "Dana"}, ["Spring recall Made Dana"]),
        ({"kind": "sent"}, ["Spring recall Send pressed for version 1, to the sandbox Kim"]),
        ({"outcome": "CREATED"}, ["Spring recall Created"]),
        ({"outcome": "REFUSED"}, []),
        ({"kind": "made", "who": "Jo"}, ["Autumn recall Made Jo"]),
        ({"kind": "talk"}, []),
        ({"kind": "nonsense", "who": "Jo"}, ["Autumn recall Made Jo"]),
    ],
)
def test_it_is_found_by_campaign_person_kind_and_outcome(
    visitor: Visitor, recalls: str, asked: dict[str, str], expected: list[str]
) -> None:
    listed = rows(visitor.open("/activity", **asked))
    assert len(listed) == len(expected)
    assert all(words in row for words, row in zip(expected, listed, strict=True))


def test_what_somebody_looked_up_in_vain_is_found_under_what_was_not_created(
    visitor: Visitor, sent: Callable[[State], int], store: Store
) -> None:
    look_up(store, sent(State.UNKNOWN))
    [row] = rows(visitor.open("/activity", outcome="UNSENT"))
    assert "Ada" in row
    assert rows(visitor.open("/activity", outcome="CREATED")) == []


def test_each_row_leads_to_its_history_and_its_evidence(visitor: Visitor, recalls: str) -> None:
    row = visitor.open("/activity", kind="sent").soup.select_one("tbody tr")
    assert row is not None
    _, history, evidence = (str(link["href"]) for link in row.select("a"))
    address, _, anchor = history.partition("#")
    assert visitor.open(address).soup.find(id=anchor) is not None
    assert evidence == f"/drafts/{recalls}/evidence.json"


def test_edits_in_one_go_are_one_row_with_what_they_changed(app: Flask, visitor: Visitor) -> None:
    first, second = save(app, "One", "Dana"), save(app, "Other", "Dana")
    for version, name in enumerate(("One more", "One at last"), start=1):
        save(app, name, "Dana", version, first)
    save(app, "Another", "Dana", 1, second)
    listed = rows(visitor.open("/activity"))
    assert "Another Edited Campaign name Dana" in listed[0]
    assert "One at last Edited Campaign name Dana" in listed[1]
    assert len(listed) == 4


def test_older_things_are_a_page_away_and_none_is_told_twice(app: Flask, visitor: Visitor) -> None:
    for number in range(PAGE + 10):
        save(app, f"Campaign {number}", "Dana")
    first = visitor.open("/activity", who="Dana")
    older = follow(visitor, first, "Older")
    assert (len(rows(first)), len(rows(older))) == (PAGE, 10)
    assert not set(rows(first)) & set(rows(older))
    assert rows(follow(visitor, older, "Newer")) == rows(first)


def test_a_search_says_how_far_it_looks(visitor: Visitor, recalls: str) -> None:
    assert "the 200 changed last are looked at" in visitor.open("/activity", search="recall").text
    assert "are looked at" not in visitor.open("/activity").text


def test_what_cannot_be_searched_is_said_at_the_field(visitor: Visitor, recalls: str) -> None:
    page = visitor.open("/activity", search="word " * 30)
    field = page.soup.select_one("input[name=search]")
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert page.soup.find(id=str(field["aria-describedby"])) is not None


def test_nobody_is_told_what_was_done_for_a_client_that_they_may_not_look_at(
    app: Flask, visitor: Visitor, recalls: str, made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    form = visitor.open("/drafts/new", connection=key)
    visitor.press(form, answers={"name": "Hidden desk", "type": "INBOUND"})
    add_account(app, roles={"sandbox": frozenset({Role.VIEWER})})
    browser = make_client(app)
    sign_in(browser)
    for address in ("/activity", "/activity?search=Hidden", f"/activity?client={key}"):
        page = browser.get(address)
        assert "Hidden desk" not in page.text
        assert "Client A" not in page.text
    assert "Spring recall" in browser.get("/activity").text


def test_every_kind_of_thing_that_is_told_of_a_campaign_can_be_asked_for() -> None:
    """An archive's own mark is the trail's, and nothing that somebody did."""
    described = {*event_words._WORDS, *event_words._PLAIN} - {EventKind.SHORTENED}  # noqa: SLF001
    groups = [kinds for _, kinds in activity._KINDS.values()]  # noqa: SLF001
    assert sum(map(len, groups)) == len(described)
    assert frozenset().union(*groups) == described


def test_what_somebody_found_out_is_an_outcome_like_an_answer(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    visitor.press(
        page, "resolve", {"who": "Ada", "campaign_id": "Vm9pY2VDYW1wYWlnbjo3"}, found="yes"
    )
    assert "Looked up" in rows(visitor.open("/activity", outcome="CREATED"))[0]
    assert rows(visitor.open("/activity", outcome="REFUSED")) == []
    assert len(rows(visitor.open("/activity", outcome="UNKNOWN"))) == 1
