"""What is ticked in the list is deleted, brought back and exported together."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from app.campaign.contract.payload import build_payload
from app.rights import Role
from app.services import find_services
from app.store import drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.verification import verify
from tests.factories import inbound, outbound, typed
from tests.pages import Visitor, fields_of, query_of
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.screens.draft_list import names


@pytest.fixture
def desks(saved: Callable[..., str]) -> list[str]:
    return [saved(inbound(name=f"Desk {number}")) for number in range(3)]


def test_what_is_ticked_is_deleted_and_comes_back_by_one_press(
    visitor: Visitor, desks: list[str], store: Store
) -> None:
    page = visitor.open("/", sort="name", search="Desk")
    deleted = visitor.press(page, "delete-ticked", {"draft": desks[:2]})
    assert names(deleted) == ["Desk 2"]
    assert "2 campaigns were deleted." in deleted.flash()
    assert query_of("?" + deleted.query) == {"sort": "name", "search": "Desk"}

    back = visitor.press(deleted, "restore-ticked")
    assert names(back) == ["Desk 0", "Desk 1", "Desk 2"]
    assert "2 campaigns are back." in back.flash()
    with store.reading() as session:
        assert verify(session).fault == ""


def test_deleted_drafts_are_ticked_and_brought_back(visitor: Visitor, desks: list[str]) -> None:
    visitor.press(visitor.open("/"), "delete-ticked", {"draft": desks})
    page = visitor.open("/", show="deleted")
    assert len(names(page)) == 3
    back = visitor.press(page, "restore-ticked", {"draft": desks[:1]})
    assert "The campaign is back." in back.flash()
    assert names(visitor.open("/")) == ["Desk 0"]


def test_what_was_sent_stays_and_is_told_of(
    visitor: Visitor, desks: list[str], sent: Callable[[State], int]
) -> None:
    sent(State.CREATED)
    page = visitor.open("/")
    ticked = [str(box["value"]) for box in page.soup.select("td input[name=draft]")]
    assert len(ticked) == 4
    deleted = visitor.press(page, "delete-ticked", {"draft": [*ticked, desks[0]]})
    assert names(deleted) == ["Q4 Outreach"]
    assert "1 stays as it is." in deleted.flash()
    assert "3 campaigns were deleted." in deleted.flash()


@pytest.mark.parametrize("action", ["delete", "restore", "export"])
def test_nothing_ticked_is_said(visitor: Visitor, desks: list[str], action: str) -> None:
    page = visitor.open("/", show="deleted" if action == "restore" else "all")
    if action == "restore":
        visitor.press(visitor.open("/"), "delete-ticked", {"draft": desks})
        page = visitor.open("/", show="deleted")
    assert "Tick the campaigns first." in visitor.press(page, f"{action}-ticked").flash()


def test_what_is_ticked_is_exported_as_it_would_be_sent(
    visitor: Visitor, saved: Callable[..., str], desks: list[str]
) -> None:
    calls = saved(outbound(name="Żółw"))
    data = fields_of(visitor.open("/").form("export-ticked"))
    answer = visitor.client.post(
        "/drafts/export-ticked", data=dict(data) | {"draft": [calls, desks[0], "gone"]}
    )
    assert answer.mimetype == "application/jsonl"
    assert [json.loads(line) for line in answer.get_data(as_text=True).splitlines()] == [
        dict(build_payload(values)) for values in (outbound(name="Żółw"), inbound(name="Desk 0"))
    ]


def test_what_is_at_another_connection_is_neither_changed_nor_shown(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    services = find_services(app)
    ids = {key: drafts.make_id() for key in ("", add_connection())}
    with services.store.writing() as session:
        for key, draft_id in ids.items():
            answers = typed(outbound(name=f"At {key or 'home'}")) | {"connection": key}
            drafts.save(session, draft_id, judge(answers), over=0)
    add_account(app)
    add_account(app, "edda@example.com", {"sandbox": frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client, "edda@example.com")
    visitor = Visitor(client)
    page = visitor.open("/")
    assert names(page) == ["At home"]
    data = dict(fields_of(page.form("export-ticked"))) | {"draft": list(ids.values())}
    exported = client.post("/drafts/export-ticked", data=data)
    assert len(exported.get_data().splitlines()) == 1

    client.post("/drafts/delete-ticked", data=data)
    with services.store.reading() as session:
        deleted = [drafts.find(session, draft_id).deleted_at for draft_id in ids.values()]
    assert [at is not None for at in deleted] == [True, False]
