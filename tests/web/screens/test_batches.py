"""Many campaigns are chosen in the list, reviewed, confirmed, and followed to the end."""

import csv
import json
import re
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from app.connections import SANDBOX
from app.rights import Role
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Switch
from app.services import find_services
from app.store import batches, saved_connections, throttles
from app.store.base import State
from app.store.database import Store
from app.store.throttles import Pace
from app.web.batch_results import write_results
from tests.factories import inbound, outbound
from tests.faults.bed import wait_until
from tests.pages import Page, Visitor, drain, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.sending.batch_of import save_many, states

Saved = Callable[..., str]
TOKYO = "Asia/Tokyo"  # No law is broken there: none is known.


def choose(visitor: Visitor, draft_ids: list[str]) -> Page:
    """Tick drafts in the list, and wait until they are checked."""
    return visitor.press(visitor.open("/"), "batches", {"draft": draft_ids})


def facts(page: Page) -> dict[str, str]:
    return {text(name): text(name.find_next("dd")) for name in page.soup.select("main dt")}


@pytest.fixture
def held(store: Store) -> None:
    """Let one campaign in a thousand seconds go to the sandbox."""
    with store.writing() as session:
        throttle = throttles.find(session, SANDBOX, Pace(0.001, 1, 1))
        throttle.rate = 0.001


def test_what_is_ticked_is_reviewed_and_sent_once(
    visitor: Visitor, saved: Saved, ledger: Ledger
) -> None:
    ids = save_many(saved, 4)
    review = choose(visitor, ids[:3])
    assert review.heading == "Review batch 1"
    assert facts(review)["Can be sent"] == "3 of 3"
    assert "3 campaigns go to the SANDBOX" in review.text
    ended = visitor.press(review, "send")

    assert ended.heading == "Batch 1: ended"
    assert facts(ended)["Created"] == "3"
    link = ended.soup.find("a", string="Campaign 1")
    assert isinstance(link, Tag)
    created = visitor.open(str(link["href"]))
    assert (created.heading, facts(created)["Together with"]) == ("Created: Campaign 1", "batch 1")
    assert (
        "Send pressed for version 1, to the sandbox, with batch 1"
        in visitor.open(f"/drafts/{ids[0]}/history").text
    )
    again = visitor.press(review, "send")
    assert facts(again)["Created"] == "3"
    assert len(ledger.read_page(10)) == 3


def test_all_that_the_list_matches_can_be_chosen(visitor: Visitor, saved: Saved) -> None:
    for name in ("North one", "South", "North two"):
        saved(outbound(name=name, timezone=TOKYO))
    page = visitor.press(visitor.open("/", search="North"), "batches", all=SANDBOX)
    assert facts(page)["Can be sent"] == "2 of 2"
    assert "South" not in page.text


def test_of_all_that_the_list_matches_what_was_sent_is_left_alone(
    visitor: Visitor, saved: Saved
) -> None:
    saved(outbound(name="Half", max_call_attempts=None))
    visitor.press(choose(visitor, save_many(saved, 2)), "send")
    assert "Send all" not in visitor.open("/").text
    saved(outbound(name="New", timezone=TOKYO))
    page = visitor.open("/")
    assert "Send all 1 that breaks no law" in page.text
    assert facts(visitor.press(page, "batches", all=SANDBOX))["Can be sent"] == "1 of 1"


def test_what_breaks_a_rule_is_sent_only_if_it_is_ticked(visitor: Visitor, saved: Saved) -> None:
    early = saved(outbound(name="Early"))
    assert "Send all" not in visitor.open("/").text
    saved(outbound(name="Fine", timezone=TOKYO))
    page = visitor.open("/")
    assert "Send all 1 that breaks no law" in page.text
    assert "Early" not in visitor.press(page, "batches", all=SANDBOX).text
    assert facts(choose(visitor, [early]))["Can be sent"] == "1 of 1"
    broken = visitor.open("/", show="BREAKS")
    assert "Send all 1 that breaks a law" in broken.text
    assert "Early" in visitor.press(broken, "batches", all=SANDBOX).text


def test_the_laws_that_are_broken_are_named_once_with_who_breaks_them(
    visitor: Visitor, saved: Saved
) -> None:
    ids = [saved(outbound(name=f"Early {n}")) for n in range(1, 6)]
    page = choose(visitor, [*ids, saved(outbound(name="Fine", timezone=TOKYO))])
    assert "5 break a law" in facts(page)["Rules of calling"]
    broken = page.soup.select(".destination .caution li")
    assert text(broken[0]) == "Debt collection hours: Early 1, Early 2, Early 3 and 2 more"
    assert text(broken[-1]) == "and 10 other laws"
    assert broken[0].find_next("button", class_="send")
    good = saved(outbound(name="Good", timezone=TOKYO))
    assert not choose(visitor, [good]).soup.select(".caution")


def test_who_calls_the_same_people_and_what_is_worth_a_look_is_said_of_each(
    visitor: Visitor, saved: Saved
) -> None:
    alone = saved(outbound(name="Alone", start_date="2028-05-01", end_date="2028-05-31"))
    odd = saved(inbound(name="Odd", tenant_voice_provider_id="not one"))
    page = choose(visitor, [*save_many(saved, 2), alone, odd])
    tags = {
        text(line.a): [text(tag) for tag in line.select(".tag")]
        for line in page.soup.select("#ready ~ ol > li")
    }
    same = "can call the same people as another"
    assert same in tags["Campaign 1"]
    assert same in tags["Campaign 2"]
    assert same not in tags["Alone"]
    assert "worth a second look" in tags["Odd"]
    assert "2 can call the same people as others" in facts(page)["Rules of calling"]


def test_nothing_ticked_is_said(visitor: Visitor, saved: Saved) -> None:
    saved()
    assert "Tick the campaigns" in visitor.press(visitor.open("/"), "batches").flash()


def test_the_odd_ones_out_are_named_and_open(visitor: Visitor, saved: Saved) -> None:
    bad = saved({"name": "Half", "type": "OUTBOUND"})
    page = choose(visitor, [saved(), bad])
    assert facts(page)["Can be sent"] == "1 of 2"
    assert "Mon 4 Jan 2027, 09:00–17:00 New York, 63 calling days" in page.text
    assert [line["value"] for line in page.soup.select("main ol li")] == ["2", "1"]
    link = page.soup.find("a", string="Half")
    assert isinstance(link, Tag)
    assert visitor.open(str(link["href"])).typed("name") == "Half"


def test_what_goes_to_several_clients_is_a_batch_for_each(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    of_client = saved(outbound(name="Of Client A"), connection=add_connection())
    made = choose(visitor, [*save_many(saved, 2), of_client])
    assert "What you chose goes to 2 clients, so there are as many batches" in made.flash()
    first, second = visitor.open("/batches/1"), visitor.open("/batches/2")
    assert facts(first)["Can be sent"] == "2 of 2"
    assert "2 campaigns go to the SANDBOX" in first.text
    assert facts(second)["Can be sent"] == "1 of 1"
    assert "Of Client A" in second.text
    assert "Of Client A" not in first.text


def test_all_that_can_be_sent_is_offered_where_it_goes_to_one_client(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    for name in ("One", "Two"):
        saved(outbound(name=name, timezone=TOKYO))
    page = visitor.open("/")
    assert "Send all 2 that break no law to the sandbox" in page.text

    key = add_connection()
    saved(outbound(name="Of Client A", timezone=TOKYO), connection=key)
    several = visitor.open("/")
    assert "Send all" not in several.text
    assert (
        "Client A Send those ticked Send all 1 that breaks no law"
        in visitor.open("/", client=key).text
    )


def test_all_goes_to_the_client_that_the_button_named_or_nowhere(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    key, draft_id = add_connection(), saved(outbound(timezone=TOKYO))
    page = visitor.open("/")
    saved(outbound(name="Of Client A"), connection=key)
    review = visitor.press(page, "batches", all=SANDBOX)
    assert ("Q4 Outreach" in review.text, "Of Client A" in review.text) == (True, False)

    visitor.press(visitor.open("/"), "move-ticked", {"draft": draft_id, "connection": key})
    assert "Look at the list again" in visitor.press(page, "batches", all=SANDBOX).flash()
    assert "Batch 2" not in visitor.open("/batches").text


def test_what_a_button_offers_can_be_sent_whatever_else_there_is(
    visitor: Visitor,
    saved: Saved,
    add_connection: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More may be there than was counted, or campaigns of a connection that is gone."""
    saved(outbound(name="Of Client A"), connection=add_connection())
    saved(outbound(name="Of nobody"), connection="0" * 16)
    for name in ("One", "Two"):
        saved(outbound(name=name, timezone=TOKYO))
    monkeypatch.setattr("app.store.facets.COUNTED", 1)
    page = visitor.open("/")
    button = page.soup.select_one("button[name=all]")
    assert isinstance(button, Tag)
    review = visitor.press(page, "batches", all=str(button["value"]))
    assert facts(review)["Can be sent"] == "2 of 2"


def test_a_live_connection_is_named_and_counted(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    ids = [saved(outbound(name=name), connection=key) for name in ("One", "Two")]
    review = choose(visitor, ids)
    assert "LIVE" in review.text
    refused = visitor.press(review, "send", {"named": "Client B", "who": "Ada"})
    assert (refused.status, "Type Client A exactly" in refused.text) == (422, True)
    refused = visitor.press(review, "send", {"named": "Client A", "counted": "3", "who": "Ada"})
    assert "Type the number of campaigns" in refused.text
    assert 'value="3"' in str(refused.soup.find(id="counted"))
    refused = visitor.press(review, "send", {"named": "Client A", "counted": "2", "who": ""})
    assert "Enter your name" in refused.text


def test_a_draft_that_changes_after_the_review_is_left_out(
    visitor: Visitor, saved: Saved, ledger: Ledger
) -> None:
    first, second = save_many(saved, 2)
    review = choose(visitor, [first, second])
    visitor.press(visitor.open(f"/drafts/{first}"), f"drafts/{first}", {"name": "Changed"})
    ended = visitor.press(review, "send")

    assert facts(ended)["Left out"] == "1"
    assert "It was changed after the batch was reviewed." in ended.text
    assert [campaign.name for campaign in ledger.read_page(10)] == ["Campaign 2"]


@pytest.mark.usefixtures("held")
def test_it_is_paused_goes_on_and_is_stopped(
    app: Flask, client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    choose(visitor, save_many(saved, 3))
    review = visitor.open("/batches/1")
    client.post("/batches/1/send", data=form_of(review))
    assert find_services(app).background.drain(10)
    store = find_services(app).store
    wait_until(lambda: states(store, 1).count(State.QUEUED) == 2)  # Nobody takes back the third.
    for press, heading in (
        ("pause", "Batch 1: paused"),
        ("resume", "Batch 1: being sent"),
        ("stop", "Batch 1: stopped"),
    ):
        client.post(f"/batches/1/{press}", data=form_of(review))
        assert find_services(app).background.drain(10)
        page = Page(client.get("/batches/1"))
        assert page.heading == heading
    assert "taken back" not in page.text
    assert "The batch was stopped before it was sent." in page.text
    assert (facts(page)["Failed"], facts(page)["Taken back"]) == ("0", "2")
    find_services(app).sender.stop()


@pytest.mark.usefixtures("held")
def test_a_batch_says_that_its_connection_holds_it_up(
    app: Flask, client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    review = send_to_a_paused_connection(app, visitor, saved)

    held = "held up, as its connection is paused"
    assert Page(client.get("/batches/1")).heading == f"Batch 1: {held}"
    assert held in Page(client.get("/batches")).text
    client.post("/batches/1/pause", data=form_of(review))
    assert Page(client.get("/batches/1")).heading == "Batch 1: paused"
    find_services(app).sender.stop()


@pytest.mark.usefixtures("held")
def test_a_batch_that_goes_on_leaves_its_connection_paused_until_somebody_opens_it(
    app: Flask, client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    review, store = send_to_a_paused_connection(app, visitor, saved), find_services(app).store
    client.post("/batches/1/pause", data=form_of(review))
    client.post("/batches/1/resume", data=form_of(review))
    with store.reading() as session:
        assert throttles.is_paused(session, SANDBOX)

    client.post("/batches/1/pause", data=form_of(review))
    opened = visitor.press(visitor.open("/batches/1"), "open", {})
    assert opened.flash() == "Campaigns go to Sandbox again."
    assert opened.heading == "Batch 1: paused"
    with store.reading() as session:
        assert not throttles.is_paused(session, SANDBOX)
    find_services(app).sender.stop()


def test_a_batch_that_has_ended_is_neither_paused_nor_stopped(
    client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    review = choose(visitor, save_many(saved, 2))
    heading = visitor.press(review, "send").heading
    for press in ("pause", "resume", "stop"):
        answer = client.post(f"/batches/1/{press}", data=form_of(review))
        assert answer.status_code == 302
        assert visitor.open("/batches/1").heading == heading


def test_a_batch_in_review_cannot_be_paused(
    client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    review = choose(visitor, save_many(saved, 2))
    client.post("/batches/1/pause", data=form_of(review))
    assert facts(visitor.press(review, "send"))["Created"] == "2"


def test_who_may_not_send_all_that_is_ticked_reads_how_many_are_left_out(
    app: Flask, saved: Saved, add_connection: Callable[..., str]
) -> None:
    ids = save_many(saved, 2)
    others = [saved(outbound(name="Not hers"), connection=add_connection())]
    add_account(app)
    add_account(app, "selma@example.com", {SANDBOX: frozenset({Role.SENDER})})
    client = make_client(app)
    sign_in(client, "selma@example.com")
    selma = Visitor(client)

    none = selma.press(selma.open("/"), "batches", {"draft": others})
    assert none.flash() == "Nothing that is ticked is yours to send."
    review = choose(selma, [*ids, *others])
    assert facts(review)["Can be sent"] == "2 of 2"
    assert "1 that was chosen is left out" in review.text
    assert "left out" in selma.open("/batches/1").text


def send_to_a_paused_connection(app: Flask, visitor: Visitor, saved: Saved) -> Page:
    """Confirm a batch of three, whose connection then pauses; gives the page of its review."""
    review = choose(visitor, save_many(saved, 3))
    visitor.client.post("/batches/1/send", data=form_of(visitor.open("/batches/1")))
    assert find_services(app).background.drain(10)
    with find_services(app).store.writing() as session:
        throttles.pause(session, SANDBOX, Pace(0, 1, 1), "Five in a row failed.")
    return review


def form_of(page: Page) -> dict[str, str]:
    """Give what a form of the page carries unseen."""
    return {
        str(field["name"]): str(field["value"]) for field in page.soup.select("main [type=hidden]")
    }


def test_what_failed_can_be_reviewed_again_and_what_exists_is_not_repeated(
    app: Flask, visitor: Visitor, saved: Saved, ledger: Ledger
) -> None:
    with find_services(app).store.writing() as session:
        throttles.find(session, SANDBOX, Pace(0, 1, 1))
    find_services(app).faults.switch_on(Switch("422", every=False))
    ended = visitor.press(choose(visitor, save_many(saved, 3)), "send")
    assert (facts(ended)["Created"], facts(ended)["Failed"]) == ("2", "1")
    assert "Review the one that was not created" in ended.text
    second = visitor.press(visitor.press(ended, "again"), "send")

    assert facts(second)["Created"] == "1"
    assert len({campaign.name for campaign in ledger.read_page(10)}) == 3
    for page in (second, visitor.open("/batches/1")):
        assert "not created" not in page.text
    assert "Nothing of this batch can be sent again." in visitor.press(ended, "again").flash()


def test_a_batch_of_which_nothing_can_be_sent_says_so(visitor: Visitor, saved: Saved) -> None:
    page = choose(visitor, [saved({"name": "Half", "type": "OUTBOUND"})])
    assert facts(page)["Rules of calling"] == "Nothing was checked: none is ready"
    assert "with nothing to send" in visitor.open("/batches").text


def test_the_results_are_files_at_any_time(
    app: Flask, client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    ids = [saved(outbound(name=name)) for name in ("=SUM(A1)", "Plain")]
    visitor.press(choose(visitor, ids), "send")
    drain(app)

    lines = client.get("/batches/1/results.jsonl").text.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["name"], row["state"]) for row in rows] == [
        ("=SUM(A1)", "CREATED"),
        ("Plain", "CREATED"),
    ]
    assert rows[0]["campaign_id"]
    sheet = list(
        csv.DictReader(StringIO(client.get("/batches/1/results.csv").text.lstrip("\ufeff")))
    )
    assert [row["name"] for row in sheet] == ["'=SUM(A1)", "Plain"]
    with ZipFile(BytesIO(client.get("/batches/1/results.xlsx").data)) as book:
        content = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in content
    assert 'state="frozen"' in content  # Its headings stay in sight.
    assert "SUM(A1)" in content + book_strings(client)
    for heading in ("No.", "Campaign", "What became of it", "Known at (UTC)"):
        assert f">{heading}</t>" in content
    assert 'autoFilter ref="A1:O3"' in content
    known_at = datetime.fromisoformat(rows[0]["known_at"])
    days = (known_at - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    (cell,) = re.findall(r'r="G2"[^>]*><v>([0-9.]+)</v>', content)
    assert abs(float(cell) - days) < 1e-6


def test_a_spreadsheet_of_very_many_is_not_gathered_in_memory() -> None:
    row = {"position": 1, "name": "N" * 500, "state": "CREATED", "campaign_id": None}
    tracemalloc.start()
    content = write_results((dict(row) for _ in range(4000)), "xlsx")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with ZipFile(BytesIO(content)) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"NNN</t>") == 4000
    assert most < 2_000_000


def test_the_review_shows_what_is_kept_of_the_items(
    visitor: Visitor, store: Store, saved: Saved
) -> None:
    """To add up very many takes seconds."""
    page = choose(visitor, save_many(saved, 2))
    with store.writing() as session:
        batches.find(session, 1).calling_days = 12345
    assert "12,345 in all" in visitor.open(page.path).text


def book_strings(client: FlaskClient) -> str:
    with ZipFile(BytesIO(client.get("/batches/1/results.xlsx").data)) as book:
        names = [name for name in book.namelist() if "sharedStrings" in name]
        return "".join(book.read(name).decode() for name in names)


def test_a_script_is_told_how_far_it_is(
    client: FlaskClient, visitor: Visitor, saved: Saved
) -> None:
    visitor.press(choose(visitor, save_many(saved, 2)), "send")
    progress = client.get("/batches/1/state").get_json()
    assert (progress["pending"], progress["done"], progress["left"]) == (False, 2, 0)
    stream = client.get("/batches/1/events", buffered=True).text
    assert stream.startswith("data: ")
    assert json.loads(stream.removeprefix("data: "))["done"] == 2


def test_streams_do_not_take_all_threads(app: Flask, visitor: Visitor, saved: Saved) -> None:
    choose(visitor, save_many(saved, 1))
    streams = [app.test_client().get("/batches/1/events", buffered=False) for _ in range(3)]
    assert [stream.status_code for stream in streams] == [200, 200, 503]
    for stream in streams:
        stream.close()
    assert app.test_client().get("/batches/1/events", buffered=True).status_code == 200


def test_the_list_of_batches_says_how_far_each_is(visitor: Visitor, saved: Saved) -> None:
    assert "There is no batch yet." in visitor.open("/batches").text
    visitor.press(choose(visitor, save_many(saved, 2)), "send")
    assert "2 of 2 created" in visitor.open("/batches").text
    assert visitor.open("/batches/99").status == 404


def test_a_connection_that_was_edited_is_looked_at_again_before_it_is_used(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str], store: Store
) -> None:
    key = add_connection()
    review = choose(visitor, [saved(connection=key)])
    with store.writing() as session:
        saved_connections.enable(session, key, enabled=False)
        saved_connections.enable(session, key, enabled=True)
    typed = {"named": "Client A", "counted": "1", "who": "Ada"}
    refused = visitor.press(review, "send", typed)
    assert refused.heading == "Review batch 1"
    again = visitor.open("/batches/1")
    assert facts(again)["Can be sent"] == "1 of 1"


def test_a_search_that_is_too_long_is_told_and_makes_no_batch(visitor: Visitor) -> None:
    token = visitor.open("/").soup.select_one("[name=csrf_token]")
    assert token
    answer = visitor.client.post(
        "/batches",
        query_string={"search": "word " * 200},
        data={"all": SANDBOX, "csrf_token": token["value"]},
    )
    assert answer.status_code == 302


def test_a_campaign_in_two_batches_is_said_to_be(
    visitor: Visitor, saved: Saved, store: Store
) -> None:
    ids = save_many(saved, 3)
    first = choose(visitor, ids[:2])
    second = choose(visitor, ids[1:])
    assert "as well" not in first.text
    assert "1 of these is in batch 1 as well" in second.text
    assert "1 of these is in batch 2 as well" in visitor.open("/batches/1").text

    with store.writing() as session:  # As if the default connection had been another then.
        batches.find(session, 1).connection_key = "another"
    assert "as well" not in visitor.open("/batches/2").text
    with store.writing() as session:
        batches.find(session, 1).connection_key = SANDBOX
    visitor.press(visitor.open(f"/drafts/{ids[1]}"), f"drafts/{ids[1]}", {"name": "Changed"})
    third = choose(visitor, ids[1:2])
    assert "as well" not in third.text  # The others can only send it as it was.
    visitor.press(first, "send")
    assert "as well" not in visitor.open("/batches/2").text


def test_all_of_a_batch_can_be_read_before_it_is_sent(
    visitor: Visitor, saved: Saved, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.batch_page._SHOWN", 2)
    review = choose(visitor, save_many(saved, 3))
    link = review.soup.find("a", string="all of the batch as a CSV file")
    assert isinstance(link, Tag)
    table = client.get(str(link["href"])).text
    assert all(f"Campaign {number}" in table for number in (1, 2, 3))


def test_batches_are_listed_a_page_at_a_time(
    visitor: Visitor,
    saved: Saved,
    add_connection: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "PAGE", 2)
    key = add_connection()
    assert "There is no batch yet." in visitor.open("/batches").text
    for draft_id in save_many(saved, 3):
        choose(visitor, [draft_id])
    page = visitor.open("/batches")
    assert "Batch 3" in page.text
    assert "Batch 1" not in page.text
    older = page.soup.find("a", string="Older")
    assert isinstance(older, Tag)
    last = visitor.open(str(older["href"]))
    assert "Batch 1" in last.text
    assert last.soup.find("a", string="Older") is None
    assert last.soup.find("a", string="Newest")

    visitor.press(last, "/client", client=key)
    assert "There is no batch of Client A yet." in visitor.open("/batches").text
