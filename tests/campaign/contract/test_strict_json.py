"""Bytes are one JSON object by RFC 8259, or the message says what to change."""

import pytest

from app.campaign.contract.strict_json import DEEPEST, Malformed, parse_object


def nested(levels: int) -> bytes:
    """Write an object with nested lists, so many levels in all."""
    return b'{"name":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    ("content", "document"),
    [
        (b"{}", {}),
        (b' {"name": "Z\xc3\xbcrich"}\r\n', {"name": "Zürich"}),
        (rb'{"name": "\ud83d\ude00"}', {"name": "😀"}),
        (rb'{"name": "\ud800"}', {"name": "\ud800"}),
        (b'{"max_call_attempts": true}', {"max_call_attempts": True}),
    ],
)
def test_an_object_is_read_as_it_is_written(content: bytes, document: dict[str, object]) -> None:
    assert parse_object(content) == document


@pytest.mark.parametrize("innermost", [b"", b"1", b'"a"'])
def test_as_many_levels_as_are_allowed_are_read_and_one_more_is_not(innermost: bytes) -> None:
    assert parse_object(nested(DEEPEST).replace(b"[]", b"[" + innermost + b"]"))
    with pytest.raises(Malformed, match="less deeply"):
        parse_object(nested(DEEPEST + 1).replace(b"[]", b"[" + innermost + b"]"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "this is empty"),
        (b"[]", "one JSON object"),
        (b"name: Q4", "this is not, at column 1"),
        (b'{\n"name":}', "line 2, column 8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"name": "\xff"}', "byte 10"),
        (b'{"max_call_attempts": -Infinity}', "no -Infinity"),
        (b'{"max_call_attempts": ' + b"9" * 5000 + b"}", "fewer digits"),
        (b'{"name": "a", "name": "a"}', "each field once"),
        (b'{"days_of_week": [{"a": 1, "a": 2}]}', "each field once"),
        (rb'{"\ud800": 1}', "surrogate pair"),
        (b"[" * 100_000, "less deeply"),
    ],
)
def test_what_the_standard_does_not_take_is_named(content: bytes, sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        parse_object(content)
