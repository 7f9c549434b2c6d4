"""Take the bytes of a request in as one JSON object, or say what they are instead.

Python's decoder is kinder than the standard: it takes NaN, keeps the last of two equal
names, and lets half a surrogate pair through.
"""

import json
from typing import Any


class Malformed(ValueError):
    """These bytes are not one JSON object; the message says what to change."""


def json_object(content: bytes) -> dict[str, Any]:
    """Decode a request's body; raises `Malformed`."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("Send the body in UTF-8.") from error
    try:
        document = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()
    except Malformed:
        raise
    except RecursionError as error:
        raise Malformed("Send JSON that is nested less deeply.") from error
    except UnicodeEncodeError as error:
        raise Malformed("Send whole characters: half of a surrogate pair is none.") from error
    except ValueError as error:
        raise Malformed("Send the body as JSON.") from error
    if not isinstance(document, dict):
        raise Malformed("Send one JSON object with the fields of a campaign.")
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("Send each field once.")
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON.")
