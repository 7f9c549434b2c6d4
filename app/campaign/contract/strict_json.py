"""Decode bytes as one JSON object, or say why they are not one.

Python's decoder is more lenient than RFC 8259: it accepts NaN, keeps the last of two equal
names, and lets half of a surrogate pair through. The sandbox and `flask explain` judge the
same bytes, so both read them here.
"""

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable
from typing import Any

DEEPEST = 32
"""The maximum depth of nested objects and lists. A campaign needs two."""


NOT_AN_OBJECT = "Write one JSON object with the fields of a campaign."

_LONGEST_NAME = 60


class Malformed(ValueError):
    """These bytes are not one JSON object; the message says what to change."""


def parse_object(content: bytes) -> dict[str, Any]:
    """Decode a campaign, which is one JSON object in UTF-8, as a `dict`; raises `Malformed`.

    Half of a surrogate pair in a value is let through, and reported later as that field's problem.
    """
    document = parse_json(content)
    if not isinstance(document, dict):
        raise Malformed(NOT_AN_OBJECT)
    return document


def parse_json(content: bytes) -> Any:
    """Decode whatever JSON it is, as strictly as a campaign; raises `Malformed`."""
    document = _decode_json(_decode_utf8(content))
    if _is_deep(document):
        raise Malformed("Write JSON that is nested less deeply.")
    return document


def _decode_utf8(content: bytes) -> str:
    if not content:
        raise Malformed("Write a campaign as JSON: this is empty.")
    if content.startswith(BOM_UTF8):
        raise Malformed("Write the campaign without a byte order mark.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"Write the campaign in UTF-8: byte {error.start} is not.") from error


def _decode_json(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant
        )
    except Malformed:
        raise
    except RecursionError as error:
        raise Malformed("Write JSON that is nested less deeply.") from error
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        position = f"{line}column {error.colno}"
        raise Malformed(f"Write the campaign as JSON; this is not, at {position}.") from error
    except ValueError as error:  # Python refuses whole numbers of more than 4,300 digits.
        raise Malformed("Write numbers with fewer digits.") from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    try:
        "".join(document).encode()
    except UnicodeEncodeError as error:
        raise Malformed("Write field names without half of a surrogate pair.") from error
    if len(document) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise Malformed(f"Write each field once: “{name[:_LONGEST_NAME]}” is there again.")
    return document


def _refuse_constant(name: str) -> Any:
    raise Malformed(f"Write the campaign as JSON, which has no {name}.")


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in _list_inner(outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _list_inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
