"""Campaigns that were written elsewhere become drafts, all of them or none."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.campaign.contract.payload import build_payload
from app.campaign.explanation import explain
from app.rights import Role
from app.store import drafts
from app.store.audit_trail import name_draft_chain
from app.store.connection_models import SavedConnection
from app.store.database import Store
from app.store.draft_query import DraftQuery
from app.store.listing import read_ids
from app.web.bulk_actions import MOST
from tests.factories import inbound, outbound
from tests.pages import Page, text
from tests.people.accounts import find_token
from tests.web.screens.draft_list import names
from tests.web.teams import make_team

FIRST = build_payload(outbound(name="First"))
SECOND = build_payload(inbound(name="Second"))


def give(client: FlaskClient, content: str, **more: Any) -> TestResponse:
    token = find_token(client.get("/drafts/import"))
    typed = {"csrf_token": token, "text": content, "connection": "sandbox", **more}
    return client.post("/drafts/import", data=typed, follow_redirects=True)


def read_text(answer: TestResponse) -> str:
    main = Page(answer).soup.main
    assert main
    return text(main)


def read_ids_of(store: Store) -> list[str]:
    with store.reading() as session:
        return read_ids(session, DraftQuery(), 9)


def list_payloads(store: Store) -> list[dict[str, Any]]:
    """List what each draft would send, in the order of the list."""
    with store.reading() as session:
        kept = [drafts.find(session, draft_id) for draft_id in read_ids_of(store)]
    return [dict(explain(draft.answers, datetime.now(UTC)).payload) for draft in kept]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps([FIRST, SECOND], indent=2),
        f"{json.dumps(FIRST)}\r\n\r\n{json.dumps(SECOND)}\r\n",
        "\ufeff" + json.dumps([FIRST, {"payload": SECOND, "connection": "Sandbox"}]),
        json.dumps([FIRST, {"payload": SECOND, "connection": None}]),
    ],
    ids=["a list", "one to a line", "by an editor, and a draft", "a draft to none"],
)
def test_what_is_sent_to_the_api_becomes_drafts_that_would_send_the_same(
    client: FlaskClient, store: Store, written: str
) -> None:
    answer = give(client, written)
    assert "2 campaigns were imported for Sandbox. Nothing is sent yet." in read_text(answer)
    assert names(Page(answer)) == ["First", "Second"]
    assert list_payloads(store) == [FIRST, SECOND]


def test_a_file_is_read_as_what_is_pasted_is(client: FlaskClient, store: Store) -> None:
    def choose() -> tuple[BytesIO, str]:
        return BytesIO(json.dumps(FIRST).encode()), "campaigns.json"

    both = give(client, "{}", file=choose())
    assert both.status_code == 422
    assert "one is imported at once" in read_text(both)
    assert list_payloads(store) == []
    assert "1 campaign was imported for Sandbox." in read_text(give(client, "", file=choose()))
    assert list_payloads(store) == [FIRST]


def test_what_is_imported_twice_from_one_page_is_there_once(
    client: FlaskClient, store: Store
) -> None:
    page = Page(client.get("/drafts/import"))
    fields = {
        str(field["name"]): str(field["value"]) for field in page.soup.select("main [type=hidden]")
    }
    typed = fields | {"text": json.dumps([FIRST, SECOND]), "connection": "sandbox"}
    first, second = (client.post("/drafts/import", data=typed) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert list_payloads(store) == [FIRST, SECOND]
    again = client.post("/drafts/import", data=typed, follow_redirects=True)
    assert "They were imported already" in read_text(again)

    typed["text"] = json.dumps([build_payload(inbound(name="Third")), FIRST])
    client.post("/drafts/import", data=typed)
    assert [payload["name"] for payload in list_payloads(store)] == [
        *("Third", "First", "First", "Second")
    ]


def test_what_was_taken_back_can_be_imported_again(client: FlaskClient, store: Store) -> None:
    hidden = Page(client.get("/drafts/import")).soup.select("main [type=hidden]")
    typed = {str(field["name"]): str(field["value"]) for field in hidden}
    typed |= {"text": json.dumps(FIRST), "connection": "sandbox"}
    client.post("/drafts/import", data=typed)
    [draft_id] = read_ids_of(store)
    with store.writing(name_draft_chain(draft_id)) as session:
        drafts.delete(session, draft_id, who="")
    client.post("/drafts/import", data=typed)
    assert list_payloads(store) == [FIRST]


def test_as_many_as_are_promised_are_taken(client: FlaskClient, store: Store) -> None:
    many = [build_payload(outbound(name=f"{number} {'long ' * 40}")) for number in range(MOST)]
    answer = give(client, json.dumps(many, indent=4))
    assert f"{MOST} campaigns were imported for Sandbox." in read_text(answer)


def test_a_file_that_is_no_text_is_not_shown(client: FlaskClient) -> None:
    file = BytesIO(json.dumps(FIRST).encode("utf-16")), "campaigns.json"
    answer = give(client, "", file=file)
    assert answer.status_code == 422
    area = Page(answer).soup.textarea
    assert area
    assert area.text.strip() == ""


def test_an_import_is_undone_by_one_press(client: FlaskClient, store: Store) -> None:
    page = Page(give(client, json.dumps([FIRST, SECOND])))
    undo = page.soup.select_one("form[action*='delete-new-ticked']:has([name=draft])")
    assert undo
    fields = [(str(field["name"]), str(field["value"])) for field in undo.select("input[name]")]
    typed: dict[str, list[str]] = {}
    for name, value in fields:
        typed.setdefault(name, []).append(value)
    client.post(str(undo["action"]), data=typed)
    assert list_payloads(store) == []


def test_what_is_left_out_can_be_filled_in_later(client: FlaskClient, store: Store) -> None:
    give(client, '{"name": "Later", "type": "INBOUND"}')
    assert [payload["name"] for payload in list_payloads(store)] == ["Later"]


def test_nothing_is_kept_and_nothing_lost_where_one_has_to_be_changed(
    client: FlaskClient, store: Store
) -> None:
    wrong = FIRST | {"colour": "red", "timezone": "Nowhere", "name": "Wrong"}
    written = json.dumps([SECOND, wrong, 7])
    answer = give(client, written)
    assert answer.status_code == 422
    page = read_text(answer)
    assert "2 campaigns need a change" in page
    assert "Campaign 2, Wrong" in page
    assert "colour: Remove “colour”" in page
    assert "timezone" in page
    assert "Campaign 3 Write one JSON object" in page
    assert "1 other is right." in page
    area = Page(answer).soup.textarea
    assert area
    assert json.loads(area.text) == json.loads(written)
    assert list_payloads(store) == []


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Paste a campaign, or choose a file."),
        ("name,type\nA,INBOUND", "Write the campaign as JSON; this is not, at line 1, column 1."),
        ('{\n  "name": "A",\n}', "this is not, at line 3, column 1."),
        ('{"name": "A", "name": "B"}', "Write each field once: “name” is there again."),
        (json.dumps([SECOND] * (MOST + 1)), f"Import {MOST} campaigns at once, or fewer"),
        ("[]", "Write a campaign as JSON: this list is empty."),
        ('\n\n{"name": "A"}\n{"name": }\n', "Line 4 Write the campaign as JSON"),
        ('{"name": "A"}\n{"name": }\n', "Line 2 Write the campaign as JSON"),
        ('{"payload": {}, "connection": "Nowhere"}', "connection: Name a connection"),
    ],
)
def test_what_cannot_be_read_is_said(
    client: FlaskClient, store: Store, written: str, sentence: str
) -> None:
    answer = give(client, written)
    assert answer.status_code == 422
    assert sentence in read_text(answer)
    assert list_payloads(store) == []


def test_nobody_imports_to_where_they_may_not_edit(app: Flask, store: Store) -> None:
    team = make_team(app)
    edda = team.add("edda", Role.EDITOR)
    assert give(edda, json.dumps(FIRST), connection="sandbox").status_code == 200
    elsewhere = json.dumps({"payload": FIRST, "connection": "live"})
    assert give(edda, elsewhere).status_code == 422
    assert len(list_payloads(store)) == 1


def test_what_is_right_is_imported_and_the_rest_stays_to_be_changed(
    client: FlaskClient, store: Store
) -> None:
    wrong = SECOND | {"type": "SIDEWAYS"}
    content = json.dumps([FIRST, wrong], indent=2)
    refused = give(client, content)
    assert "Import the one that is right" in read_text(refused)
    answer = give(client, content, then="right")
    assert answer.status_code == 200
    assert "1 campaign was imported for Sandbox." in read_text(answer)
    assert "Line 1, Second" in read_text(answer)
    assert list_payloads(store) == [FIRST]
    page = Page(answer).soup
    assert text(page.title).startswith("Import campaigns: 1 is left to change")
    left = page.select_one("textarea")
    assert left
    assert json.loads(left.text) == wrong
    changed = left.text.replace("SIDEWAYS", "INBOUND")
    assert names(Page(give(client, changed))) == ["Second", "First"]


def test_pressed_twice_what_is_right_is_there_once_and_the_rest_is_still_shown(
    client: FlaskClient, store: Store
) -> None:
    wrong = SECOND | {"type": "SIDEWAYS"}
    content = f"{json.dumps(FIRST)}\n{json.dumps(wrong)}"
    for _ in range(2):
        answer = give(client, content, **{"then": "right", "import": "a" * 32})
        assert json.dumps(wrong) in Page(answer).soup.select("textarea")[0].text
    assert list_payloads(store) == [FIRST]


def test_a_file_that_was_changed_is_chosen_again_without_emptying_the_text(
    client: FlaskClient, store: Store
) -> None:
    def give_file(document: dict[str, Any], **more: Any) -> TestResponse:
        file = BytesIO(json.dumps(document, indent=2).encode()), "campaigns.json"
        return give(client, more.pop("text", ""), file=file, **more)

    refused = Page(give_file(FIRST | {"timezone": "here"}))
    text_as_shown = refused.soup.select("textarea")[0].text.replace("\n", "\r\n")
    stamp = str(refused.soup.select("input[name=shown]")[0]["value"])
    edited = give_file(FIRST, text=text_as_shown + "x", shown=stamp)
    assert edited.status_code == 422
    assert "one is imported at once" in edited.text
    assert give_file(FIRST, text=text_as_shown, shown=stamp).status_code == 200
    assert list_payloads(store) == [FIRST]


def test_who_works_for_several_clients_is_asked_for_whom_it_is(
    client: FlaskClient, store: Store, add_connection: Callable[..., str]
) -> None:
    key = add_connection("Acme")
    page = Page(client.get("/drafts/import"))
    options = page.soup.select("select[name=connection] option")
    assert [option["value"] for option in options] == ["", "sandbox", key]
    refused = give(client, json.dumps(FIRST), connection="")
    assert "Name a connection at which you may make campaigns" in read_text(refused)
    assert list_payloads(store) == []
    answer = give(client, json.dumps({"payload": FIRST, "connection": "Acme"}), connection="")
    assert "1 campaign was imported for Acme." in read_text(answer)


def test_what_is_exported_comes_back_whole(
    client: FlaskClient, store: Store, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection("Acme")
    more = {"audience": "California", "purpose": "marketing", "own_dates": "2027-01-18"}
    draft_id = saved(outbound(name="Recall"), connection=key, **more)
    with store.reading() as session:
        before = dict(drafts.find(session, draft_id).answers)
    token = find_token(client.get("/drafts/import"))
    ticked = {"csrf_token": token, "draft": draft_id}
    exported = client.post("/drafts/export-ticked", data=ticked).text
    give(client, exported, connection="")
    with store.reading() as session:
        (back,) = set(read_ids_of(store)) - {draft_id}
        assert dict(drafts.find(session, back).answers) == before


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("dialer_type", "single", "Write one of SINGLE, POOL."),
        ("days_of_week", "MONDAY", 'as a list of days, such as ["MONDAY", "FRIDAY"].'),
        ("consider_voicemail_as_answered", "yes", "Write true or false, without quotes."),
        ("max_call_attempts", "3", "as a whole number without quotes, 1 or more."),
        ("timezone", "Eastern", "by its IANA name, such as America/New_York."),
    ],
)
def test_who_writes_json_is_told_what_to_write(
    client: FlaskClient, field: str, value: str, message: str
) -> None:
    assert message in read_text(give(client, json.dumps(FIRST | {field: value})))


@pytest.mark.parametrize(
    "wrong",
    [{"name": "\ud800", "type": "OUTBOUND"}, "\ud800", 3, {"payload": {}, "audience": "\ud800"}],
    ids=["half a sign in a name", "half a sign", "a number", "half a sign beside"],
)
def test_what_is_left_can_be_read_again_whatever_it_is(
    client: FlaskClient, store: Store, wrong: object
) -> None:
    content = json.dumps([FIRST, wrong, {"type": "SIDEWAYS"}])
    answer = give(client, content, then="right")
    assert answer.status_code == 200
    assert list_payloads(store) == [FIRST]
    left = Page(answer).soup.select("textarea")[0].text
    again = read_text(give(client, left))
    assert "2 campaigns need a change" in again
    assert "Write one of INBOUND, OUTBOUND." in again


def test_a_file_takes_the_place_of_nothing_that_is_left_of_another(
    client: FlaskClient, store: Store
) -> None:
    page = Page(give(client, json.dumps([FIRST, {"type": "SIDEWAYS"}]), then="right"))
    left = page.soup.select("textarea")[0].text
    stamp = str(page.soup.select("input[name=shown]")[0]["value"])
    file = BytesIO(json.dumps(SECOND).encode()), "campaigns.json"
    refused = give(client, left, shown=stamp, file=file)
    assert refused.status_code == 422
    assert "one is imported at once" in refused.text
    assert list_payloads(store) == [FIRST]


def test_an_export_names_a_client_by_its_key_where_its_name_is_anothers_as_well(
    client: FlaskClient, store: Store, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection("Acme")
    with store.writing() as session:
        session.get_one(SavedConnection, key).name = "Sandbox"
    ticked = {
        "csrf_token": find_token(client.get("/drafts/import")),
        "draft": saved(outbound(), connection=key),
    }
    exported = client.post("/drafts/export-ticked", data=ticked).text
    assert json.loads(exported)["connection"] == key


def test_where_nothing_is_right_nothing_is_said_to_be_imported(
    client: FlaskClient, store: Store
) -> None:
    answer = give(client, json.dumps({"type": "SIDEWAYS"}), then="right")
    assert answer.status_code == 422
    assert "imported for" not in read_text(answer)
    assert list_payloads(store) == []
