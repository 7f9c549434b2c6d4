"""Read what the API answered, whatever shape it has.

The vendor documents the answer of a success and nothing about errors. A message is
looked for where APIs usually put it; what is not understood is kept raw, never guessed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.campaign.formatting import shorten
from app.remote.exchange import Exchange

_MESSAGE_KEYS = ("message", "detail", "error", "errors")
_LONGEST = 500
_LONGEST_ID = 500
_DEEPEST = 4


@dataclass(frozen=True)
class Created:
    """The campaign that the API says it created, and how it said so."""

    campaign_id: str
    campaign_name: str
    campaign_type: str
    campaign_status: str
    http_status: int
    answer: str
    exchange: Exchange | None = None


def read_created(answer: str, status: int) -> Created | None:
    """Read the documented answer of a success from JSON text; `None` for anything else."""
    document = _decode(answer)
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict) or document.get("status") != "success":
        return None
    campaign_id = data.get("campaign_id")
    if not isinstance(campaign_id, str) or not campaign_id.strip():
        return None
    if len(campaign_id) > _LONGEST_ID:  # No database could find a campaign by it.
        return None
    keys = ("campaign_name", "campaign_type", "campaign_status")
    name, kind, state = (str(data.get(key) or "") for key in keys)
    return Created(campaign_id, name, kind, state, status, answer)


def find_message(answer: str) -> str:
    """Find an error's message for a person, of 500 characters at most; empty if there is none."""
    document = _decode(answer)
    if isinstance(document, str):
        return shorten(document, _LONGEST)
    if not isinstance(document, dict):
        return ""
    for key in _MESSAGE_KEYS:
        if texts := list(_iterate_texts(document.get(key))):
            return shorten(" ".join(texts), _LONGEST)
    return ""


def find_errors(answer: str) -> dict[str, list[str]]:
    """Find messages by field: ``{"errors": {field: message or [messages]}}`` and similar shapes.

    Gives lists of messages by the field's name; empty for anything else.
    """
    document = _decode(answer)
    if not isinstance(document, dict):
        return {}
    messages: dict[str, list[str]] = {}
    for key in ("errors", "detail", "error"):
        for field, content in _pair_fields(document.get(key)):
            messages.setdefault(field, []).extend(
                shorten(text, _LONGEST) for text in _iterate_texts(content)
            )
    return {field: texts for field, texts in messages.items() if texts}


def _decode(answer: str) -> Any:
    """Decode JSON; half of a surrogate pair, which can be neither kept nor shown, becomes “?”."""
    try:
        document = json.loads(answer)
        return json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _pair_fields(content: Any) -> Iterator[tuple[str, Any]]:
    """Pair fields with what is said of them, in the two shapes in common use."""
    if isinstance(content, dict):
        yield from content.items()
    for item in content if isinstance(content, list) else ():
        if isinstance(item, dict):
            place = item.get("field") or item.get("loc")
            name = place[-1] if isinstance(place, list) and place else place
            if isinstance(name, str):
                yield name, item.get("message") or item.get("msg")


def _iterate_texts(content: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(content, str) and content.strip():
        yield content.strip()
    elif isinstance(content, dict | list) and depth < _DEEPEST:
        for item in _list_telling_parts(content):
            yield from _iterate_texts(item, depth + 1)


def _list_telling_parts(content: dict[str, Any] | list[Any]) -> list[Any]:
    """List what may be sentences: of an error with its place, the message alone."""
    if isinstance(content, list):
        return content
    message = content.get("message") or content.get("msg")
    has_place = "loc" in content or "field" in content
    return [message] if has_place and message else list(content.values())
