"""The request log: each call in full, found by anything in it, and taken away as JSON lines."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.store.base import State
from app.store.request_log import PAGE
from tests.factories import outbound
from tests.pages import Visitor, query_of, text
from tests.remote.wire import http
from tests.servers import answering

pytestmark = pytest.mark.slow

Saved = Callable[..., str]


@pytest.fixture
def called(visitor: Visitor, saved: Saved) -> None:
    """Make three calls: one that creates, one that is refused, one test of a connection."""
    visitor.press(visitor.open(f"/drafts/{saved(outbound(name='Spring recall'))}/review"), "send")
    switch = {"fault": "409", "for": "next"}
    visitor.press(visitor.open("/sandbox-campaigns"), "fault", switch)
    visitor.press(visitor.open(f"/drafts/{saved(outbound(name='Autumn recall'))}/review"), "send")
    visitor.press(visitor.open("/connections/sandbox"), "test")


def lines(client: FlaskClient, **query: str) -> list[dict[str, object]]:
    answer = client.get("/requests.jsonl", query_string=query)
    assert answer.mimetype == "application/jsonl"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_call_is_there_with_what_was_sent_and_answered(
    called: None, client: FlaskClient
) -> None:
    test, refused, created = lines(client)

    assert (created["method"], created["status"], created["connection"]) == ("POST", 201, "Sandbox")
    assert '"name": "Spring recall"' in str(created["request_body"])
    assert "Campaign created successfully" in str(created["response_body"])
    assert isinstance(created["duration_ms"], int)
    assert dict(created["request_headers"])["Authorization"] == "Bearer [token]"  # type: ignore[call-overload]
    assert (refused["status"], str(refused["outcome"])[:7]) == (409, "REFUSED")
    assert (test["method"], test["submission_id"]) == ("GET", None)


def test_each_row_names_its_campaign_and_leads_to_it(called: None, visitor: Visitor) -> None:
    rows = visitor.open("/requests").soup.select("tbody tr")
    assert [text(row.select("td")[1]) for row in rows] == ["–", "Autumn recall", "Spring recall"]
    link = rows[2].find("a", string="Spring recall")
    assert link is not None
    assert visitor.open(str(link["href"])).heading == "Created: Spring recall"

    call = visitor.open("/requests/1")
    assert call.soup.find("a", string="Spring recall") is not None
    assert visitor.open("/requests/3").soup.find("a", string="what became of it") is None


@pytest.mark.parametrize(
    ("search", "count"),
    [("Autumn", 1), ("recall", 2), ("409", 1), ("CREATED", 1), ("in the way", 1), ("nowhere", 0)],
)
def test_a_call_is_found_by_anything_in_it(
    called: None, client: FlaskClient, visitor: Visitor, search: str, count: int
) -> None:
    assert len(lines(client, search=search)) == count
    page = visitor.open("/requests", search=search)
    assert len(page.soup.select("tbody tr")) == count


def test_a_call_is_looked_at_in_full(called: None, visitor: Visitor) -> None:
    listed = visitor.open("/requests", search="Spring")
    page = visitor.open(str(listed.soup.select_one("tbody a")["href"]))  # type: ignore[index]
    for words in ("Spring recall", "Bearer [token]", "Campaign created successfully", "201"):
        assert words in page.text


def test_only_one_connections_calls_are_shown_on_request(
    called: None, visitor: Visitor, client: FlaskClient, add_connection: Callable[..., str]
) -> None:
    assert lines(client, connection=add_connection()) == []
    assert len(lines(client, connection="sandbox")) == 3


def test_a_call_that_is_under_way_is_there_already(
    client: FlaskClient, sent: Callable[[State], int]
) -> None:
    sent(State.UNSENT)
    (call,) = lines(client)
    assert call["outcome"] == "UNSENT The connection was refused."
    assert call["status"] is None


def test_the_list_goes_on_where_a_page_ends(visitor: Visitor, client: FlaskClient) -> None:
    page = visitor.open("/connections/sandbox")
    for _ in range(PAGE + 1):
        visitor.press(page, "test")
    first = visitor.open("/requests")
    assert len(first.soup.select("tbody tr")) == PAGE
    older = first.soup.find("a", string="Older")
    assert older is not None
    second = visitor.open(str(older["href"]))
    assert len(second.soup.select("tbody tr")) == 1
    newer = second.soup.find("a", string="Newer")
    assert newer is not None
    back = visitor.open(str(newer["href"]))
    assert back.soup.select("tbody a") == first.soup.select("tbody a")
    assert back.soup.find("a", string="Newer") is None


def test_the_pages_of_a_search_lead_back_to_where_one_came_from(
    visitor: Visitor, client: FlaskClient
) -> None:
    page = visitor.open("/connections/sandbox")
    for _ in range(PAGE * 2 + 1):
        visitor.press(page, "test")
    pages = [visitor.open("/requests", search="sandbox", connection="sandbox")]
    for words in ("Older", "Older", "Newer", "Newer"):
        link = pages[-1].soup.find("a", string=words)
        assert link is not None
        pages.append(visitor.open(str(link["href"])))
    links = [[row["href"] for row in page.soup.select("tbody a")] for page in pages]
    assert [len(rows) for rows in links[:3]] == [PAGE, PAGE, 1]
    assert (links[3], links[4]) == (links[1], links[0])
    for page in pages:
        asked = {"search": "sandbox", "connection": "sandbox"}
        assert asked.items() <= query_of("?" + page.query).items()


def test_whatever_was_answered_is_shown_as_it_is(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    odd = '<script>alert("x")</script>' + '\\"' * 200_000  # What would take a highlighter for ever.
    with answering(http(200, odd)) as (address, _came):
        key = add_connection(base_url=address.url)
        visitor.press(visitor.open(f"/connections/{key}"), "test")
    page = visitor.open("/requests/1")
    body = page.soup.select_one("#answered")
    assert body is not None
    assert body.text == odd


def test_a_long_outcome_is_not_cut_inside_a_word(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    message = " ".join(f"reason{number}" for number in range(60))
    with answering(http(503, json.dumps({"message": message}))) as (address, _came):
        key = add_connection(base_url=address.url)
        visitor.press(visitor.open(f"/connections/{key}"), "test")
    outcome = text(visitor.open("/requests").soup.select("tbody td")[2])
    assert outcome.endswith(" …")
    ours = "The answer was status 503, and no campaign. It says: …"
    words = {*message.split(), *ours.split()}
    assert set(outcome.split()) <= words
    facts = visitor.open("/requests/1").soup.select_one(".facts")
    assert facts is not None
    in_full = text(facts.select("dd")[-1])
    assert len(in_full) > len(outcome)
    assert set(in_full.split()) <= words


def test_a_call_that_never_left_is_not_said_to_be_sent(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    sent(State.UNSENT)
    page = visitor.open("/requests/1")
    headings = [heading.text for heading in page.soup.select("main h2")]
    assert headings[1:] == ["Request", "Answer"]
    assert "was sent" not in page.text
