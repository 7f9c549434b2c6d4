"""The hashes of the event trail: how an event, a seal and a document are named by their content.

Each subject (a draft, a connection, the instance) has a chain of its own: every event
carries the hash of the one before, so that nothing in it can be changed, taken out or put
in unseen. A seal names the heads of all chains that have grown since the seal before it,
and that seal's hash. So one seal's hash, noted somewhere else, vouches for all that came
before it. What is hashed is text, which any program can hash again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

NOTHING_BEFORE = "0" * 64

SHORTENED = "shortened"
"""The kind of the event with which a chain begins whose earlier events are in an archive."""

EVENT = ("chain", "number", "at", "kind", "who", "details", "before")
SEAL = ("number", "at", "heads", "before")

HOW_TO_CHECK = (
    "An event's hash is the SHA-256 of the JSON list [chain, number, at, kind, who, details, "
    "before], a seal's that of [number, at, SHA-256 of heads, before]; with “, ” between the "
    "members and no character escaped that JSON lets stand, in UTF-8. before is the hash of the "
    "event or seal with the number before, of the same chain. A chain begins with event 1, or with "
    "one of the kind shortened: it names the archive that the events before it are in, and binds "
    "what they bound. The *_digest in an event's details "
    "are the SHA-256 of the submission, of its call, and (said_digest) of what is accepted of the "
    "draft, as they stand in this file, written as JSON with sorted names and “, ” and “: ” "
    "between. The command verify-evidence does this."
)


def hash_event(event: Mapping[str, Any]) -> str:
    """Hash an event over the fields of `EVENT`: SHA-256 in hexadecimal digits."""
    return hash_text(_json([event[name] for name in EVENT]))


def hash_seal(seal: Mapping[str, Any]) -> str:
    """Hash one seal over the fields of `SEAL`; of its heads, which may be many, the hash."""
    heads = hash_text(seal["heads"])
    return hash_text(_json([seal["number"], seal["at"], heads, seal["before"]]))


def hash_document(document: Mapping[str, Any]) -> str:
    """Hash a document over its JSON with sorted names: SHA-256 in hexadecimal digits."""
    return hash_text(_json(document, sort_keys=True))


def is_digest_of(document: Mapping[str, Any], hashed: str) -> bool:
    """Tell whether this is the digest of a document, in its present form or an older one."""
    older = {name: value for name, value in document.items() if name not in _ADDED}
    return hashed in {hash_document(document), hash_document(older)}


_ADDED = ("destination", "retry_at")
"""What stands in submissions and calls only since digests were first taken of them."""


def find_fault(events: Iterable[Mapping[str, Any]]) -> str:
    """Follow one chain from its beginning; gives what is wrong in a sentence, or nothing."""
    head: tuple[int, str] | None = None
    for event in events:
        number, before = head or find_beginning(event)
        if fault := check_event(event, number + 1, before):
            return fault
        head = event["number"], event["hash"]
    return ""


def find_beginning(first: Mapping[str, Any]) -> tuple[int, str]:
    """Give the number and the hash that a chain continues from which begins with this event."""
    if first["kind"] == SHORTENED:
        return first["number"] - 1, first["before"]
    return 0, NOTHING_BEFORE


def check_event(event: Mapping[str, Any], number: int, before: str) -> str:
    """Check an event's number and hashes; gives the fault in a sentence, or nothing."""
    name = f"Event {number} of {event['chain']}"
    if event["number"] != number:
        return f"{name} is missing."
    if event["before"] != before:
        return f"{name} does not follow the one before it."
    return "" if _is_hash_of(event, hash_event) else f"{name} was changed."


def check_seal(seal: Mapping[str, Any], number: int, before: str) -> str:
    """Check a seal's number and hashes; gives the fault in a sentence, or nothing."""
    if seal["number"] != number:
        return f"Seal {number} is missing."
    if seal["before"] != before:
        return f"Seal {number} does not follow the one before it."
    return "" if _is_hash_of(seal, hash_seal) else f"Seal {number} was changed."


def read_heads(heads: str) -> list[tuple[str, int, str]]:
    """Read the heads that a seal names: each chain, its number of events, the last one's hash."""
    return [(chain, number, hashed) for chain, number, hashed in json.loads(heads)]


def write_heads(heads: Iterable[tuple[str, int, str]]) -> str:
    """Write the heads that a seal names, in the order of their chains."""
    return _json(sorted(map(list, heads)))


def _is_hash_of(row: Mapping[str, Any], hashed: Any) -> bool:
    try:
        return bool(row["hash"] == hashed(row))
    except (TypeError, ValueError, AttributeError):  # Somebody wrote bytes where there is text.
        return False


def _json(value: Any, *, sort_keys: bool = False) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=sort_keys)


def hash_text(text: str) -> str:
    """Hash a text in UTF-8: SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
