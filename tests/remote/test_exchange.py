"""Each call is known in full afterwards, without what is secret; and a test creates nothing."""

from datetime import UTC, datetime

import pytest

from app.remote.errors import BadKey, NotSent, Refused, RemoteError, Unclear
from tests.remote.wire import BODY, TOKEN, calling, error_after, http, success
from tests.servers import Address, answering


def test_a_created_campaign_comes_with_the_call_that_made_it() -> None:
    before = datetime.now(UTC)
    with answering(http(201, success(), "X-Request-Id: r7")) as (address, came):
        made = calling(address).create_campaign(BODY)

    call = made.exchange
    assert call is not None
    assert (call.method, call.url) == ("POST", f"{address.url}/api/v2/voice-campaigns")
    assert call.request_body == BODY.decode()
    assert (call.status, call.response_body) == (201, success())
    assert call.response_headers["X-Request-Id"] == "r7"
    assert before <= call.at <= datetime.now(UTC)
    assert call.duration_ms >= 0
    sent = came[0].partition(b"\r\n\r\n")[0].decode().replace(TOKEN, "[token]")
    assert all(f"{name}: {value}" in sent for name, value in call.request_headers.items())


@pytest.mark.parametrize(
    "answer", [http(422, '{"message": "No."}'), http(500, "Oh."), http(200, "{}"), b""]
)
def test_a_call_that_failed_is_known_too(answer: bytes) -> None:
    call = error_after(answer).exchange

    assert call is not None
    assert call.request_headers["Authorization"] == "Bearer [token]"
    assert call.status == (int(answer[9:12]) if answer else None)


def test_what_broke_off_is_kept_as_far_as_it_came() -> None:
    call = error_after(http(201, success())[:-20]).exchange

    assert call is not None
    assert (call.status, call.response_body) == (201, success()[:-20])


def test_a_call_that_never_left_is_known_as_one() -> None:
    with pytest.raises(NotSent) as raised:
        calling(Address(1)).create_campaign(BODY)

    assert raised.value.exchange is not None
    assert raised.value.exchange.status is None


def test_a_test_asks_for_the_address_and_sends_no_campaign() -> None:
    with answering(http(405, "")) as (address, came):
        call = calling(address).probe()

    assert call.status == 405
    assert came[0].startswith(b"GET /api/v2/voice-campaigns ")
    assert f"Authorization: Bearer {TOKEN}".encode() in came[0]
    assert came[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, BadKey), (403, BadKey), (302, Refused), (307, Refused), (500, Unclear), (503, Unclear)],
)
def test_a_test_tells_a_wrong_token_a_redirect_and_a_failure_apart(
    status: int, kind: type[RemoteError]
) -> None:
    answer = http(status, "", "Location: https://elsewhere.example")
    with answering(answer) as (address, _came), pytest.raises(RemoteError) as raised:
        calling(address).probe()

    assert type(raised.value) is kind
    assert raised.value.exchange is not None


def test_a_test_that_is_hung_up_on_was_not_kept_from_the_server() -> None:
    with answering(b"") as (address, came), pytest.raises(Unclear, match="connection broke"):
        calling(address).probe()
    assert came


def test_an_answer_that_is_too_large_is_not_said_to_be_broken_off() -> None:
    with (
        answering(http(200, "x" * 1_100_000)) as (address, _came),
        pytest.raises(Unclear, match="larger than 1 MB"),
    ):
        calling(address).probe()


def test_a_test_of_an_address_where_nobody_is_says_so() -> None:
    with pytest.raises(NotSent, match="could not be reached"):
        calling(Address(1)).probe()
