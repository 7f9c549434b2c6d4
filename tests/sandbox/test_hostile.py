"""Whatever is thrown at it, the sandbox answers with a clear 4xx in its envelope."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from app.sandbox import LARGEST_REQUEST
from tests.campaign.contract.test_vectors import INBOUND, SAMPLE
from tests.sandbox.caller import JSON, Caller

DEEP = 100_000


@pytest.fixture
def api(tmp_path: Path) -> Caller:
    return Caller(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"name=x", "this is not, at column 1"),
        (b"{", "this is not, at"),
        (b"{'name': 'x'}", "this is not, at"),
        (b"{} {}", "this is not, at"),
        (b"[]", "one JSON object"),
        (b"[{}]", "one JSON object"),
        (b"null", "one JSON object"),
        (b"7", "one JSON object"),
        (b'"text"', "one JSON object"),
        (b'{"name": "a", "name": "b"}', "each field once"),
        (b'{"name": {"a": 1, "a": 2}}', "each field once"),
        (b'{"name": NaN}', "no NaN"),
        (b'{"max_call_attempts": Infinity}', "no Infinity"),
        (b'{"max_call_attempts": -Infinity}', "no -Infinity"),
        (b'{"max_call_attempts": ' + b"9" * 5_000 + b"}", "fewer digits"),
        (b'{"name": "\xff"}', "UTF-8: byte 10"),
        ('{"name": "é"}'.encode("latin-1"), "UTF-8"),
        ('{"name": "x"}'.encode("utf-16"), "UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"\\ud800": 1}', "surrogate"),
        (b'{"name": "\x00"}', "this is not, at"),
        (b"[" * DEEP + b"]" * DEEP, "nested less deeply"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "nested less deeply"),
        (b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}", "nested less deeply"),
        (b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}", "nested less deeply"),
    ],
)
def test_what_is_no_json_object_is_named(api: Caller, content: bytes, message: str) -> None:
    answer = api.post(content)

    assert (answer.status, answer.errors) == (400, {})
    assert message in answer.message


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("name", r'"\ud800"'),
        ("webhook_url", r'"https://a/\udfff"'),
        ("timezone", r'"\ud83d"'),
        ("start_date", r'"\ud83d"'),
        ("name", "[" * 20 + "]" * 20),
        ("days_of_week", '{"a": ["b"]}'),
        ("days_of_week", "[[[1]], {}, null]"),
        ("max_call_attempts", "1e999"),
        ("max_call_attempts", "-0.0"),
        ("start_date", r'"2025-01-01\u0000"'),
        ("daily_end_time", '"١٧:00"'),
    ],
)
def test_a_nasty_value_is_a_fault_of_its_field(api: Caller, name: str, raw: str) -> None:
    document = json.dumps(SAMPLE | {name: "HERE"}).replace('"HERE"', raw)

    answer = api.post(document.encode())

    assert (answer.status, set(answer.errors)) == (422, {name})


@pytest.mark.parametrize("size", [LARGEST_REQUEST + 1, 5_000_000])
def test_too_large_a_body_is_refused(api: Caller, size: int) -> None:
    assert api.post(b" " * size).status == 413


def test_too_large_a_body_of_unannounced_length_is_refused(api: Caller) -> None:
    answer = api.call(
        "POST",
        input_stream=BytesIO(b" " * 5_000_000),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status == 413


def test_the_longest_text_that_fits_is_taken(api: Caller) -> None:
    assert api.create(INBOUND | {"name": "x" * (LARGEST_REQUEST - 500)}).status == 201


@pytest.mark.slow
def test_a_body_full_of_faults_is_answered(api: Caller) -> None:
    days = [1] * (LARGEST_REQUEST // 4)

    assert set(api.create(SAMPLE | {"days_of_week": days}).errors) == {"days_of_week"}


def test_a_text_of_any_script_comes_back_as_it_was(api: Caller) -> None:
    name = "Ñandú 電話 🎉 \u0000 \u202e"

    assert api.create(INBOUND | {"name": name}).body["data"]["campaign_name"] == name


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "json",
        ";",
    ],
)
def test_another_content_type_is_refused(api: Caller, content_type: str | None) -> None:
    assert api.post(b"{}", content_type).status == 415


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
)
def test_another_method_is_refused_and_the_right_one_named(api: Caller, method: str) -> None:
    answer = api.call(method)

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/voice-campaigns/",
        "/api/v2/voice-campaigns/1",
        "/api/v2//voice-campaigns",
        "/api/v3/voice-campaigns",
        "/api",
        "/%ff",
        "/../etc/passwd",
        "/sandbox.css/x",
    ],
)
def test_another_address_is_not_found(api: Caller, path: str) -> None:
    answer = api.call("POST", path, json=INBOUND)

    assert answer.status == 404
    assert "/api/v2/voice-campaigns" in answer.message
