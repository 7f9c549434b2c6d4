"""A create is one POST, and each answer to it has one meaning."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from app.remote.answers import Created
from app.remote.errors import BadKey, Refused, RemoteError, Unclear
from app.remote.waiting import read_seconds_to_wait
from app.version import VERSION
from tests.remote.wire import BODY, TOKEN, body, calling, error_after, head, http, success
from tests.servers import answering

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def asked(content: bytes = BODY) -> bytes:
    """Create a campaign, and give the request that arrived."""
    with answering(http(201, success())) as (address, came):
        calling(address).create_campaign(content)
    (request,) = came
    return request


def made(answer: bytes) -> Created:
    """Create a campaign, and give what was understood of this answer."""
    with answering(answer) as (address, _came):
        return calling(address).create_campaign(BODY)


def test_a_campaign_is_posted_to_the_documented_path() -> None:
    assert asked().startswith(b"POST /api/v2/voice-campaigns HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "content",
    [BODY, b"{}", b"\x00\xff\r\n\r\n", b"x" * 200_000],
    ids=["JSON", "empty", "not text", "large"],
)
def test_the_bytes_arrive_exactly_as_they_were_given(content: bytes) -> None:
    assert body(asked(content)) == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", f"Bearer {TOKEN}"),
        ("content-type", "application/json"),
        ("content-length", str(len(BODY))),
        ("accept", "application/json"),
        ("user-agent", f"CampaignBuilder/{VERSION}"),
        ("connection", "close"),
    ],
)
def test_the_request_says_who_asks_and_what_it_holds(name: str, value: str) -> None:
    assert head(asked())[name] == value


def test_a_password_file_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login another password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    assert head(asked())["authorization"] == f"Bearer {TOKEN}"


def test_a_proxy_in_the_environment_does_not_get_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(http(201, success())) as (address, came):
        for name in PROXIES:
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "")
        calling(address).create_campaign(BODY)

    assert body(came[0]) == BODY


def test_nothing_of_one_answer_is_sent_with_the_next_request() -> None:
    first = http(201, success(), "Set-Cookie: visited=yes; Path=/")
    with answering(first, http(201, success())) as (address, came):
        api = calling(address)
        api.create_campaign(BODY)
        api.create_campaign(BODY)

    assert "cookie" not in head(came[1])


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_with_the_documented_answer_is_a_campaign(status: int) -> None:
    assert replace(made(http(status, success())), exchange=None) == Created(
        "Vm9pY2VDYW1wYWlnbjox", "Q4 Outreach", "OUTBOUND", "DRAFT", status, success()
    )


def test_a_compressed_answer_is_read() -> None:
    answer = http(201, gzip.compress(success().encode()), "Content-Encoding: gzip")

    assert made(answer).campaign_id == "Vm9pY2VDYW1wYWlnbjox"


def test_an_answer_in_chunks_is_read() -> None:
    content = success().encode()
    top = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % letter for letter in content)

    assert made(top + chunks + b"0\r\n\r\n").campaign_id == "Vm9pY2VDYW1wYWlnbjox"


@pytest.mark.parametrize("status", [401, 403])
def test_an_answer_that_the_token_is_wrong_says_so(status: int) -> None:
    error = error_after(http(status, '{"message": "Unknown token."}'))

    assert type(error) is BadKey
    assert (error.message, error.status) == ("Unknown token.", status)


def test_a_wrong_token_without_a_word_still_gets_a_sentence() -> None:
    assert error_after(http(401)).message == "The token was not accepted."


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 413, 415, 422, 429])
def test_a_clear_no_is_refused(status: int) -> None:
    error = error_after(http(status, '{"message": "No."}', "Retry-After: 0"))

    assert type(error) is Refused
    assert (error.message, error.status) == ("No.", status)


def test_a_refusal_names_the_fields() -> None:
    document = {"message": "Look again.", "errors": {"end_date": ["Too early."]}}
    error = error_after(http(422, json.dumps(document)))

    assert isinstance(error, Refused)
    assert error.errors == {"end_date": ["Too early."]}


def test_a_refusal_without_a_word_is_told_by_its_status() -> None:
    assert error_after(http(404)).message == "The answer was status 404, without a message."


@pytest.mark.parametrize("answer", ["<h1>No</h1>", "", "[]", '"No"', "{", "null"])
def test_a_refusal_of_any_shape_is_kept_as_it_came(answer: str) -> None:
    error = error_after(http(400, answer))

    assert type(error) is Refused
    assert error.answer == answer


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 599])
def test_a_server_that_gave_up_may_have_begun(status: int) -> None:
    error = error_after(http(status, '{"message": "Try later."}', "Retry-After: 0"))

    assert type(error) is Unclear
    assert error.message == f"The answer was status {status}, and no campaign. It says: Try later."
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Refused),
        (307, Refused),
        (308, Refused),
        (302, Unclear),
        (303, Unclear),
        (300, Unclear),
    ],
)
@pytest.mark.parametrize("place", ["/elsewhere", "http://[", "\xff\xfe", ""])
def test_a_redirect_is_not_followed_wherever_it_leads(
    status: int, kind: type[RemoteError], place: str
) -> None:
    error = error_after(http(status, "Moved.", f"Location: {place}"))

    assert type(error) is kind
    assert (error.status, error.answer) == (status, "Moved.")


def test_a_redirect_to_a_long_address_is_shown_with_its_cut() -> None:
    error = error_after(http(308, "", f"Location: https://elsewhere.example/{'a' * 500}"))
    address = error.message.removeprefix("It answered with a redirect to ").split(",")[0]
    assert (len(address), address[-1]) == (200, "…")


def test_a_redirect_says_where_it_leads() -> None:
    error = error_after(http(308, "", "Location: https://elsewhere.example/api"))
    assert error.message.startswith("It answered with a redirect to https://elsewhere.example/api,")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("42", 42),
        ("0", 0),
        (" 42 ", 42),
        ("0" * 20 + "42", 42),
        ("999999999999", 86_400),
        ("9" * 5000, 86_400),
        ("²", None),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("Mon, 23 Nov 2026 12:01:30", 90),
        ("Mon, 23 Nov 2026 12:01:30 -0000", 90),
        ("Mon, 23 Nov 2026 14:01:30 +0200", 90),
        ("Tue, 23 Nov 2027 12:00:00 GMT", 86_400),
        ("Wed, 31 Feb 2027 12:00:00 GMT", None),
        ("Mon, 23 Nov 2026 25:00:00 GMT", None),
        ("Mon, 23 Nov 99999999 12:00:00 GMT", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_read_in_either_way_of_writing_it(
    header: str, seconds: int | None
) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        assert read_seconds_to_wait({"retry-after": header}) == seconds


def test_only_whoever_was_asked_too_often_is_waited_for() -> None:
    often = error_after(http(429, "", "Retry-After: 7"))
    assert isinstance(often, Refused)
    assert often.retry_after == 7
    never = error_after(http(422, "", "Retry-After: 7"))
    assert isinstance(never, Refused)
    assert never.retry_after is None


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<h1>Created</h1>",
        "{",
        "[]",
        '{"status": "success"}',
        success().replace('"success"', '"error"'),
        success(campaign_id=None),
        success(campaign_id=" "),
        success(campaign_id=7),
        success(campaign_id="7" * 501),
    ],
)
def test_a_success_that_is_not_the_documented_one_is_unclear(answer: str) -> None:
    error = error_after(http(201, answer))

    assert type(error) is Unclear
    assert (error.status, error.answer) == (201, answer)


def test_a_success_with_no_content_is_unclear() -> None:
    assert error_after(http(204)).message == "The answer was status 204, and no campaign."


@pytest.mark.parametrize("status", [102, 103, 199])
def test_what_an_api_says_before_its_answer_is_passed_over(status: int) -> None:
    interim = f"HTTP/1.1 {status} Wait\r\nLink: </a>\r\n\r\n".encode()
    with answering(interim * 3 + http(201, success())) as (address, _):
        assert calling(address).create_campaign(BODY).campaign_status == "DRAFT"


@pytest.mark.parametrize("key", ["sk_live_abcdefghijklmnop1234", "eyJhbGciOi.eyJzdWIiOi.abc"])
def test_an_id_that_looks_like_a_secret_is_kept(key: str) -> None:
    with answering(http(201, success(campaign_id=key))) as (address, _):
        assert calling(address).create_campaign(BODY).campaign_id == key


def test_an_id_that_holds_the_token_is_kept_without_it() -> None:
    with answering(http(201, success(campaign_id=f"id-{TOKEN}"))) as (address, _):
        assert calling(address).create_campaign(BODY).campaign_id == "id-[token]"
