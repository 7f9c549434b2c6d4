"""What is kept of a call holds no token, however the other side wrote it, and all the rest."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.campaign.contract.payload import build_payload, encode_payload
from app.remote.redaction import redact, redact_headers
from tests.factories import inbound, outbound
from tests.remote.wire import success

ODD = "t0ken/of+a=customer"


@pytest.mark.parametrize(
    "spelling",
    [
        ODD,
        ODD.replace("/", r"\/"),
        ODD.replace("+", r"\u002b"),
        ODD.replace("+", r"\u002B"),
        quote(ODD, safe=""),
        b64encode(ODD.encode()).decode(),
    ],
)
def test_the_token_is_taken_out_in_every_spelling(spelling: str) -> None:
    assert redact(f'{{"said": "Who is {spelling}?"}}', ODD) == '{"said": "Who is [token]?"}'


@pytest.mark.parametrize("end", ["", "t", "x=", "%", "&#"])
def test_what_was_cut_in_the_middle_of_the_token_loses_its_start(end: str) -> None:
    text = f"Who is {ODD[:9]}{end}"
    assert redact(text, ODD, is_whole=False) == "Who is [token]"


@pytest.mark.parametrize("spelling", ["t0ke", "t0ken/of+b", "t0ken/of and so on"])
def test_a_whole_text_may_hold_a_part_of_the_token(spelling: str) -> None:
    assert redact(spelling, ODD) == spelling


TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8)


@given(TOKENS, st.text(), st.text())
def test_no_token_survives_in_json(token: str, before: str, after: str) -> None:
    assume(token not in '{"said":"[token]"}')
    document = json.dumps({"said": f"{before}{token}{after}"})
    assert token not in redact(document, token)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]"),
        ('{"access_token": "abc", "a": 1}', '{"access_token": "[secret]", "a": 1}'),
        (r'{"api_key": "a\"b"}', '{"api_key": "[secret]"}'),
        ("https://h.example/?a=1&token=abc&b=2", "https://h.example/?a=1&token=[secret]&b=2"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[secret]"),
        ("sk_live_0123456789abcdef", "[secret]"),
    ],
)
def test_what_looks_like_a_token_goes_too(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        encode_payload(
            build_payload(outbound(webhook_url="https://hooks.example/campaigns?id=7"))
        ).decode(),
        encode_payload(
            build_payload(inbound(name="Basic membership: the bearer of good news"))
        ).decode(),
        success(),
        '{"message": "The token was not accepted."}',
    ],
)
def test_an_ordinary_campaign_and_answer_stay_as_they_are(text: str) -> None:
    assert redact(text, ODD) == text


@given(st.text())
def test_taking_out_twice_is_taking_out_once(text: str) -> None:
    assert redact(redact(text, ODD), ODD) == redact(text, ODD)


@pytest.mark.parametrize(
    "piece", ['"token": "', "Bearer ", "a", "?token=", "eyJ", "sk_", "\\", '"']
)
def test_a_long_text_is_gone_through_at_once(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert redact(text, ODD)  # A pattern that went back and forth would never end.


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("Authorization", "Bearer abc", "Bearer [token]"),
        ("Set-Cookie", "session=abc; Path=/", "[secret]"),
        ("X-Api-Key", "abc", "[secret]"),
        ("Authorization", f"{ODD} abc", "[token] [token]"),
        ("Location", f"https://h.example/?t={ODD}", "https://h.example/?t=[token]"),
        ("Content-Type", "application/json", "application/json"),
    ],
)
def test_headers_lose_only_their_secrets(name: str, value: str, left: str) -> None:
    assert redact_headers({name: value}, ODD) == {name: left}


def test_the_name_of_a_header_loses_the_token() -> None:
    assert redact_headers({f"X-{ODD.title()}": "1"}, ODD) == {"X-[token]": "1"}
