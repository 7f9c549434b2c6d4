"""What is ticked in the list is deleted, brought back and exported together."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.campaign.contract.payload import build_payload
from app.campaign.contract.reading import Answers
from app.rights import Role
from app.services import find_services
from app.store import drafts
from app.store.acceptances import Judgement, judge
from app.store.base import State
from app.store.database import Store
from app.store.verification import verify
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor, fields_of, query_of, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.screens.draft_list import names
from tests.web.teams import make_team


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
    assert "3 campaigns were deleted. Left as it is: 1 was sent." in deleted.flash()
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
        {"connection": "Sandbox", "payload": dict(build_payload(values))}
        for values in (outbound(name="Żółw"), inbound(name="Desk 0"))
    ]


def test_what_is_at_another_connection_is_neither_changed_nor_shown(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    services = find_services(app)
    ids = {key: drafts.make_id() for key in ("", add_connection())}
    with services.store.writing() as session:
        for key, draft_id in ids.items():
            answers = typed(outbound(name=f"At {key or 'home'}")) | {"connection": key}
            drafts.save(session, draft_id, judge(answers), expected_version=0)
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


def days(page: Page) -> list[str]:
    cells = page.soup.select("tbody td.day")
    return [text(cell).removeprefix("First day ") for cell in cells]


def test_what_is_ticked_is_copied_some_weeks_later_and_the_copies_go_by_one_press(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    ids = [saved(outbound(name=f"Recall {number}")) for number in range(2)]
    page = visitor.open("/", sort="name")
    copied = visitor.press(page, "copy-ticked", {"draft": ids, "weeks": "2"})
    assert names(copied) == ["Recall 0", "Recall 0 (copy)", "Recall 1", "Recall 1 (copy)"]
    assert days(copied)[:2] == ["Mon 4 Jan 2027", "Mon 18 Jan 2027"]
    assert "2 copies were made, 2 weeks later." in copied.flash()
    (undo,) = copied.soup.select(".flash form[action*=delete-new-ticked]")
    data = MultiDict((field["name"], field["value"]) for field in undo.select("input"))
    undone = Page(visitor.client.post(str(undo["action"]), data=data, follow_redirects=True))
    assert names(undone) == ["Recall 0", "Recall 1"]


def test_one_week_and_weeks_back_are_told_as_such(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    ids = [saved(outbound())]
    for weeks, words in (("1", "1 copy was made, 1 week later."), ("-2", "2 weeks earlier.")):
        copied = visitor.press(visitor.open("/"), "copy-ticked", {"draft": ids, "weeks": weeks})
        assert words in copied.flash()


@pytest.mark.parametrize("weeks", ["", "0"])
def test_copies_may_keep_their_dates(
    visitor: Visitor, saved: Callable[..., str], weeks: str
) -> None:
    first = saved(outbound(name="Recall"))
    page = visitor.press(visitor.open("/"), "copy-ticked", {"draft": [first], "weeks": weeks})
    assert len(set(days(page))) == 1
    assert "1 copy was made." in page.flash()


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ("two", "whole number, such as 2; 0 keeps"),
        ("999999999", "fewer"),
        ("9" * 5000, "fewer"),
    ],
)
def test_weeks_that_cannot_be_are_told_and_another_number_is_all_that_it_takes(
    visitor: Visitor, saved: Callable[..., str], weeks: str, words: str
) -> None:
    first, _ = saved(outbound(name="Recall")), saved(inbound(name="Desk"))
    page = visitor.press(visitor.open("/"), "copy-ticked", {"draft": [first], "weeks": weeks})
    assert names(page) == ["Desk", "Recall"]
    assert words in page.flash()
    assert find_ticked(page) == [first]
    assert ("weeks", weeks[:20]) in fields_of(page.form("copy-ticked"))
    assert find_ticked(visitor.open("/")) == []


def find_ticked(page: Page) -> list[str]:
    return [str(box["value"]) for box in page.soup.select("td input[name=draft][checked]")]


def test_copies_without_dates_are_not_told_to_be_later(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    desk, recall = saved(inbound(name="Desk")), saved(outbound(name="Recall"))
    ticked: dict[str, Any] = {"weeks": "2", "draft": [desk]}
    page = visitor.press(visitor.open("/"), "copy-ticked", ticked)
    assert page.flash().startswith("1 copy was made, with no dates to move.")
    page = visitor.press(page, "copy-ticked", ticked | {"draft": [desk, recall]})
    assert "2 copies were made, 2 weeks later (1 with no dates to move)." in page.flash()


def clients(page: Page) -> list[str]:
    return [text(cell) for cell in page.soup.select("tbody td.client")]


def test_what_is_ticked_goes_to_another_client_and_back_by_one_press(
    visitor: Visitor, desks: list[str], made: Page, store: Store
) -> None:
    key = made.path.rpartition("/")[2]
    page = visitor.open("/", sort="name")
    moved = visitor.press(page, "move-ticked", {"draft": desks[:2], "connection": key})
    assert clients(moved) == ["Client A", "Client A", "Sandbox"]
    assert "2 campaigns go to Client A now." in moved.flash()
    back = visitor.press(moved, "move-ticked-back", {})
    assert clients(back) == ["Sandbox"] * 3
    with store.reading() as session:
        assert verify(session).fault == ""


def test_what_goes_there_already_or_was_sent_is_not_moved(
    visitor: Visitor, desks: list[str], made: Page, sent: Callable[[State], int]
) -> None:
    sent(State.CREATED)
    key = made.path.rpartition("/")[2]
    visitor.press(visitor.open("/"), "move-ticked", {"draft": desks[:1], "connection": key})
    page = visitor.open("/")
    ticked = [str(box["value"]) for box in page.soup.select("td input[name=draft]")]
    moved = visitor.press(page, "move-ticked", {"draft": ticked, "connection": key})
    assert "2 campaigns go to Client A now." in moved.flash()
    assert "Left as it is: 1 goes there already, 1 was sent." in moved.flash()


def test_what_was_changed_since_is_not_moved_back(
    visitor: Visitor, desks: list[str], made: Page, store: Store
) -> None:
    key = made.path.rpartition("/")[2]
    page = visitor.open("/")
    moved = visitor.press(page, "move-ticked", {"draft": desks[:1], "connection": key})
    form = visitor.open(f"/drafts/{desks[0]}")
    visitor.press(form, answers={"name": "Renamed"})
    back = visitor.press(moved, "move-ticked-back", {})
    assert back.flash() == "Left as it is: 1 was changed since."
    assert clients(visitor.open("/", search="Renamed")) == ["Client A"]


def test_what_somebody_else_has_moved_since_is_not_moved_back(
    visitor: Visitor, desks: list[str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    moved = visitor.press(visitor.open("/"), "move-ticked", {"draft": desks[:1], "connection": key})
    visitor.client.set_cookie("who", "Bo")
    visitor.press(visitor.open(f"/drafts/{desks[0]}"), answers={"connection": "sandbox"})
    visitor.client.delete_cookie("who")
    back = visitor.press(moved, "move-ticked-back", {})
    assert back.flash() == "Left as it is: 1 was changed since."


def test_a_second_undo_of_a_move_leaves_what_is_back_where_it_is(
    visitor: Visitor, desks: list[str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    page = visitor.open("/")
    moved = visitor.press(page, "move-ticked", {"draft": desks[:2], "connection": key})
    visitor.press(moved, "move-ticked-back", {})
    again = visitor.press(moved, "move-ticked-back", {})
    assert again.flash() == "Left as it is: 2 were changed since."
    assert clients(again) == ["Sandbox"] * 3


def copy_recall(visitor: Visitor, saved: Callable[..., str]) -> tuple[Page, str]:
    """Copy a campaign, and give the page that offers to undo that, and the copy's address."""
    first = saved(outbound(name="Recall"))
    copied = visitor.press(visitor.open("/"), "copy-ticked", {"draft": [first], "weeks": "0"})
    link = next(link for link in copied.soup.select("td.name a") if "copy" in link.text)
    return copied, str(link["href"])


def test_a_copy_that_was_worked_on_survives_the_undo_of_copying(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    copied, address = copy_recall(visitor, saved)
    visitor.press(visitor.open(address), answers={"name": "Recall for spring"})
    undone = visitor.press(copied, "delete-new-ticked", {})
    assert undone.flash() == "Left as it is: 1 was changed since."
    assert set(names(undone)) == {"Recall", "Recall for spring"}


def test_a_copy_that_somebody_has_commented_on_survives_the_undo_of_copying(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    copied, address = copy_recall(visitor, saved)
    comments = visitor.open(f"{address}/comments")
    visitor.press(comments, "comments", {"text": "Keep this one."})
    undone = visitor.press(copied, "delete-new-ticked", {})
    assert undone.flash() == "Left as it is: 1 was changed since."


def test_what_is_deleted_is_neither_deleted_again_nor_moved(
    visitor: Visitor, desks: list[str], made: Page, store: Store
) -> None:
    page = visitor.open("/")
    visitor.press(page, "delete-ticked", {"draft": desks[:1]})
    key = made.path.rpartition("/")[2]
    again = visitor.press(page, "delete-ticked", {"draft": desks[:2]})
    assert again.flash().startswith("1 campaign was deleted. Left as it is: 1 was deleted already.")
    moved = visitor.press(page, "move-ticked", {"draft": desks, "connection": key})
    assert "1 campaign goes to Client A now." in moved.flash()
    assert "Left as it is: 2 were deleted already." in moved.flash()
    assert len(names(visitor.open("/", show="deleted"))) == 2


def test_what_is_not_deleted_is_not_said_to_be_back(visitor: Visitor, desks: list[str]) -> None:
    visitor.press(visitor.open("/"), "delete-ticked", {"draft": desks[:1]})
    page = visitor.open("/", show="deleted")
    visitor.press(page, "restore-ticked", {"draft": desks[:1]})
    again = visitor.press(page, "restore-ticked", {"draft": desks})
    assert again.flash() == "Left as it is: 3 are not deleted."


def test_nothing_is_moved_to_where_somebody_may_not_edit(
    app: Flask, visitor: Visitor, desks: list[str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    roles = {"sandbox": frozenset({Role.EDITOR}), key: frozenset({Role.VIEWER})}
    add_account(app, roles=roles)
    client = make_client(app)
    sign_in(client)
    editor = Visitor(client)
    page = editor.open("/")
    answers = {"draft": desks, "connection": key}
    data = dict(fields_of(page.form("copy-ticked"))) | answers
    assert client.post("/drafts/move-ticked", data=data).status_code == 403
    assert clients(editor.open("/")) == ["Sandbox"] * 3


def test_nothing_is_moved_to_where_nothing_can_be_sent(
    visitor: Visitor, desks: list[str], made: Page
) -> None:
    visitor.press(made, "enabled", enabled="no")
    answers = {"draft": desks, "connection": made.path.rpartition("/")[2]}
    page = visitor.press(visitor.open("/"), "copy-ticked", {"draft": []})
    data = dict(fields_of(page.form("copy-ticked"))) | answers
    answer = Page(visitor.client.post("/drafts/move-ticked", data=data, follow_redirects=True))
    assert "Nothing can be sent there." in answer.flash()
    assert clients(answer) == ["Sandbox"] * 3


@pytest.mark.parametrize("action", ["copy", "delete"])
def test_what_may_only_be_looked_at_stays_as_it_is(
    app: Flask, visitor: Visitor, desks: list[str], made: Page, action: str
) -> None:
    key = made.path.rpartition("/")[2]
    add_account(app, roles={"sandbox": frozenset({Role.VIEWER}), key: frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    viewer = Visitor(client)
    page = viewer.press(viewer.open("/"), f"{action}-ticked", {"draft": desks})
    assert page.flash() == "Left as it is: 3 you may not change."
    assert len(names(page)) == 3


def test_who_wrote_the_original_cannot_approve_its_copy(app: Flask) -> None:
    team = make_team(app)
    team.ask_for_approval("")
    team.add("edda", Role.EDITOR)
    team.add("emil", Role.EDITOR, Role.APPROVER)
    team.add("selma", Role.SENDER)
    original = team.write("emil")
    team.force("edda", "/drafts/copy-ticked", "/", draft=original, weeks="0")
    link = Page(team.browsers["edda"].get("/", query_string={"search": "copy"})).soup.select_one(
        "tbody td.name a"
    )
    assert link is not None
    copy_id = str(link["href"]).rpartition("/")[2]
    team.ask("edda", copy_id)
    page = f"/drafts/{copy_id}/approval"
    team.force("emil", page, page, verdict="approve", reason="")
    assert "is not approved yet" in team.send("selma", copy_id).text


def test_nothing_is_moved_back_to_where_somebody_may_not_edit(
    app: Flask, visitor: Visitor, desks: list[str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    page = visitor.open("/")
    visitor.press(page, "move-ticked", {"draft": desks[:1], "connection": key})
    add_account(app, roles={"sandbox": frozenset({Role.VIEWER}), key: frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    editor = Visitor(client)
    data = dict(fields_of(editor.open("/").form("copy-ticked"))) | {"draft": desks[:1]}
    client.post("/drafts/move-ticked-back", data=data)
    assert clients(editor.open("/", client=key)) == ["Client A"]


def test_a_comparison_leads_back_to_the_list_as_it_was(visitor: Visitor, desks: list[str]) -> None:
    page = visitor.open("/", sort="name", search="Desk")
    compared = visitor.press(page, "compare-ticked", {"draft": desks[:2]})
    back = compared.soup.find("a", string="Back to the campaigns")
    assert back is not None
    assert query_of(str(back["href"])) == {"sort": "name", "search": "Desk"}


def test_two_that_are_ticked_are_compared_answer_by_answer(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    ids = [saved(outbound(name="East")), saved(outbound(name="West", timezone="Europe/Warsaw"))]
    page = visitor.press(visitor.open("/"), "compare-ticked", {"draft": ids})
    rows = [[text(cell) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")]
    assert "2 answers differ; all others are the same." in page.text
    assert rows == [
        ["Campaign name", "East", "West"],
        ["Time zone", "America/New_York", "Europe/Warsaw"],
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_two_have_to_be_ticked_to_be_compared(
    visitor: Visitor, desks: list[str], count: int
) -> None:
    page = visitor.press(visitor.open("/"), "compare-ticked", {"draft": desks[:count]})
    assert "Tick two campaigns to compare them." in page.flash()
    assert len(find_ticked(page)) == count


def test_what_may_not_be_looked_at_is_not_compared(
    app: Flask, visitor: Visitor, desks: list[str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    answers = {"draft": desks[:1], "connection": key}
    visitor.press(visitor.open("/"), "move-ticked", answers)
    add_account(app, roles={"sandbox": frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client)
    assert client.get(f"/compare?draft={desks[1]}&draft={desks[2]}").status_code == 200
    assert client.get(f"/compare?draft={desks[1]}&draft={desks[0]}").status_code == 404


def test_more_than_can_be_undone_are_exported_and_nothing_else(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    ids = [saved(inbound(name=f"Desk {number}")) for number in range(101)]
    page = visitor.open("/")
    data = dict(fields_of(page.form("export-ticked"))) | {"draft": ids}
    exported = visitor.client.post("/drafts/export-ticked", data=data)
    assert len(exported.text.splitlines()) == 101
    for action in ("delete", "copy"):
        refused = visitor.press(page, f"{action}-ticked", {"draft": ids})
        assert "101 are ticked, and nothing was changed: tick 100 at most." in refused.flash()
    assert text(visitor.open("/").soup.select_one("h1 + [role=status]")) == "101 campaigns"


def test_what_somebody_changes_while_a_move_is_judged_stays_where_it_is(
    visitor: Visitor,
    saved: Callable[..., str],
    store: Store,
    add_connection: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, draft_id = add_connection(), saved(inbound())

    def judge_slowly(answers: Answers) -> Judgement:
        with store.writing() as session:
            changed = judge(typed(inbound(name="Changed")))
            drafts.save(session, draft_id, changed, expected_version=1)
        return judge(answers)

    page = visitor.open("/")
    monkeypatch.setattr("app.web.screens.selection.judge", judge_slowly)
    moved = visitor.press(page, "move-ticked", {"draft": [draft_id]}, connection=key)
    assert "1 was changed just now" in moved.flash()
    with store.reading() as session:
        assert drafts.find(session, draft_id).connection_key != key


def test_without_a_client_that_was_chosen_nothing_is_moved(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    draft_id = saved(connection=key)
    page = visitor.open("/")
    refused = visitor.press(page, "move-ticked", {"draft": draft_id, "connection": ""})
    assert refused.flash() == "Choose the client first."
    assert [box["value"] for box in refused.soup.select("input[name=draft][checked]")] == [draft_id]
