"""Whatever stands in an address or a form, the answer is a page that says what to do."""

from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from app.store.presets import LONGEST_NAME
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor
from tests.sending.presses import TOKEN

pytestmark = pytest.mark.slow

HUGE = str(10**30)
ODD_IDS = ["a\nb", "\u0663", "\U0001f642", "a" * 4000, "..", "A1A1A1A1A1A1A1A1", HUGE, "\x00"]
PARTS = ["", "/review", "/history", "/evidence.json", "/windows.ics", "/presets", "/duplicate"]


def post(client: FlaskClient, address: str, **fields: str) -> int:
    csrf = Page(client.get("/drafts/new/a1a1a1a1a1a1a1a1")).typed("csrf_token")
    return client.post(address, data=fields | {"csrf_token": csrf}).status_code


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_id_of_another_form_is_nobodys(client: FlaskClient, odd: str) -> None:
    at = f"/drafts/{quote(odd)}"
    for part in PARTS:
        assert client.get(at + part).status_code == 404, part
    for part in ("", "/autosave", "/merge", "/send", "/delete", "/presets/use"):
        assert post(client, at + part, **inbound_answers()) == 404, part
    assert client.get("/").text.count("<tbody>") == 0  # Nothing was made of it.


def inbound_answers() -> dict[str, str]:
    return {name: str(value) for name, value in typed(inbound()).items()}


@pytest.mark.parametrize(
    "number", [HUGE, "-1", "1" * 5000, "\u0663", "1e3", " ", str(2**63), str(2**31)]
)
def test_a_number_that_no_row_has_finds_none(
    client: FlaskClient, saved: Callable[..., str], number: str
) -> None:
    draft = f"/drafts/{saved(inbound())}"
    assert post(client, "/connections/sandbox/book/forget", entry=number) == 302
    assert post(client, f"{draft}/presets/forget", preset=number) == 302
    assert post(client, f"{draft}/send", in_spite_of=number) < 500
    assert post(client, f"{draft}/presets/use", preset=number, version=number) < 500
    assert post(client, f"{draft}/duplicate", dates="move", weeks=number) == 302
    assert post(client, draft, version=number, **inbound_answers()) < 500
    for address in ("/", "/requests", "/sandbox-campaigns"):
        assert (
            client.get(
                address,
                query_string={"cursor": number, "before": number, "after": number, "turn": "back"},
            ).status_code
            < 500
        )


@pytest.mark.parametrize("address", ["/", "/requests"])
def test_more_words_than_a_person_types_are_refused_kindly(visitor: Visitor, address: str) -> None:
    page = visitor.open(address, search="word " * 1100)
    assert (page.status, "Search for 20 words or fewer." in page.text) == (200, True)
    assert "Search for 20" not in visitor.open(address, search="word " * 20).text


@pytest.mark.parametrize(
    ("search", "message"),
    [("word " * 3000, "Search for 20 words or fewer."), ("a b", "a word of 3 characters or more.")],
)
def test_lines_of_json_for_too_many_words_are_refused_kindly(
    client: FlaskClient, search: str, message: str
) -> None:
    answer = client.get("/requests.jsonl", query_string={"search": search})
    assert answer.status_code == 422
    assert message in answer.text


def test_short_words_beside_a_longer_one_are_looked_for(visitor: Visitor) -> None:
    assert "No call is like that" in visitor.open("/requests", search="in the way").text


def test_a_preset_has_a_name_of_a_line(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved()}/presets/keep")
    long = visitor.press(page, "keep", {"name": "a" * 81})
    assert (long.status, "Shorten the name to 80" in long.text) == (422, True)
    assert long.soup.find("input", {"name": "name", "value": "a" * 81})
    assert "Kept as" in visitor.press(page, "keep", {"name": "a" * LONGEST_NAME}).flash()


def test_a_reason_is_no_essay(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved()}/review")
    rules = str(page.soup.select_one("button[name=rules]")["value"])  # type: ignore[index]
    answers = {f"reason-{rules.split(maxsplit=1)[0]}": "a" * 1001}
    refused = visitor.press(page, "accept", answers, rules=rules)
    assert "Shorten this to 1,000 characters." in refused.text
    assert f'value="{"a" * 1001}"' in str(refused.soup)


@pytest.mark.parametrize(
    "accepted",
    ["[" * 5000, '[["x"], "y", "z"]', "[{}, 1, null]", "[" * 80_000, '["x", "y"]', "a" * 200_000],
)
def test_what_no_page_of_ours_posts_as_accepted_is_passed_over(
    client: FlaskClient, accepted: str
) -> None:
    answer = client.post("/preview", data=typed(outbound()) | {"accepted": accepted})
    assert answer.status_code == 200


class TestPreview:
    """The preview keeps the server at work, so it answers pages of ours only."""

    def asked(self, client: FlaskClient, headers: dict[str, str], token: str = "") -> int:
        client.environ_base.pop("HTTP_SEC_FETCH_SITE", None)
        data = typed(outbound()) | {"csrf_token": token}
        return client.post("/preview", data=data, headers=headers).status_code

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Origin": "http://localhost"}, 200),
            ({"Origin": "https://other.example"}, 400),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "https://other.example"}, 400),
            ({"Sec-Fetch-Site": "same-site"}, 400),
            ({}, 400),
        ],
    )
    def test_where_it_comes_from_decides(
        self, client: FlaskClient, headers: dict[str, str], status: int
    ) -> None:
        assert self.asked(client, headers) == status

    def test_the_token_of_the_page_will_do(self, client: FlaskClient) -> None:
        token = Page(client.get("/drafts/new/a1a1a1a1a1a1a1a1")).typed("csrf_token")
        assert self.asked(client, {}, token) == 200


def test_a_token_of_a_novel_is_no_token(visitor: Visitor) -> None:
    answers = {"name": "A", "kind": "live", "base_url": "https://a.example", "token": TOKEN * 100}
    page = visitor.press(visitor.open("/connections/new"), "new", answers)
    assert page.status == 422
    assert "takes 2,000 characters" in page.text


@pytest.mark.parametrize("host", ["http://evil.localhost", "http://a.b.localhost:8000"])
def test_a_name_under_localhost_is_not_this_machine(visitor: Visitor, host: str) -> None:
    answers = {"name": "A", "kind": "live", "base_url": host, "token": TOKEN}
    page = visitor.press(visitor.open("/connections/new"), "new", answers)
    assert "Give a base URL that starts with https://." in page.text


@pytest.mark.parametrize("connection", ["a\0b", '"', "\0"])
def test_no_connection_has_an_odd_name_among_the_requests(
    visitor: Visitor, connection: str
) -> None:
    page = visitor.open("/requests", search="Africa/Monrovia", connection=connection)
    assert (page.status, page.heading) == (200, "Requests")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "PATCH", "DELETE", "BREW"])
def test_a_method_that_no_page_takes_is_refused(client: FlaskClient, method: str) -> None:
    for address in ("/", "/about", "/drafts/new", "/connections", "/sandbox/"):
        answer = client.open(address, method=method, headers={"X-Secret": "not to be told again"})
        assert answer.status_code == 405, address
        assert "not to be told again" not in answer.text
    assert client.open("/api/drafts", method=method).status_code == 405


def test_what_stands_in_the_address_is_no_answer_of_a_form(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    address = f"/drafts/{saved(inbound())}"
    token = Page(client.get(address)).typed("csrf_token")
    posted = inbound_answers() | {"csrf_token": token, "version": "1"}
    del posted["name"]
    client.post(address, query_string={"name": "From the address"}, data=posted)
    assert "From the address" not in client.get(address).text
    posted["version"] = Page(client.get(address)).typed("version")
    twice = [*posted.items(), ("name", "The first"), ("name", "The second")]
    client.post(address, data=urlencode(twice), content_type="application/x-www-form-urlencoded")
    page = client.get("/").text
    assert "The first" in page
    assert "The second" not in page
    without = {name: value for name, value in posted.items() if name != "csrf_token"}
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert client.post(address, query_string={"csrf_token": token}, data=without).status_code == 400
