"""Campaigns that somebody pastes or uploads: one JSON object, a list of them, or one to a line.

Each is a campaign as the API of VoiceAIWrapper takes it, or a draft as `draft_document` reads it.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.campaign.contract.strict_json import NOT_AN_OBJECT, Malformed, parse_json, parse_object
from app.campaign.contract.visible import can_be_encoded
from app.forms.draft_document import read_draft


@dataclass(frozen=True)
class Entry:
    """One campaign of a text: its *place* there, and its answers as typed ones.

    *faults* says what has to be changed before it can be kept: the field, empty for all of it, and
    a sentence. *source* is what was written, on one line.
    """

    place: str
    name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    source: str = ""


def read_import(
    content: bytes, connection_keys: Mapping[str, str], connection: str, most: int
) -> list[Entry]:
    """Read all campaigns of a text: one to *most*.

    Those that do not say where they go, go to *connection*, which is a key or a name of
    *connection_keys*, as for `read_draft`. What an editor writes at the start of a file to tell its
    encoding is passed over. Raises `Malformed` where nothing can be told apart, and for more.
    """
    campaigns = list(_split(content.removeprefix(BOM_UTF8)))
    if not campaigns:
        raise Malformed("Write a campaign as JSON: this list is empty.")
    if len(campaigns) > most:
        count = f"{len(campaigns):,}"
        raise Malformed(f"Import {most} campaigns at once, or fewer: these are {count}.")
    return [
        replace(_read_entry(place, document, connection_keys, connection), source=source)
        for place, document, source in campaigns
    ]


def _split(content: bytes) -> Iterator[tuple[str, Any, str]]:
    """Yield each campaign with its place and on a line: a `Malformed` says why there is none."""
    lines = [(at, line.strip()) for at, line in enumerate(content.split(b"\n"), 1) if line.strip()]
    if len(lines) > 1 and all(line.startswith(b"{") for _, line in lines):
        for at, line in lines:
            yield f"Line {at}", _parse(line), line.decode(errors="replace")
        return
    document = parse_json(content.strip())
    campaigns = document if isinstance(document, list) else [document]
    for at, campaign in enumerate(campaigns, 1):
        yield f"Campaign {at}", campaign, _write(campaign)


def _write(campaign: Any) -> str:
    """Write a campaign on one line; half a pair of surrogates, which is no text, is escaped."""
    text = json.dumps(campaign, ensure_ascii=False)
    return text if can_be_encoded(text) else json.dumps(campaign)


def _parse(line: bytes) -> Any:
    try:
        return parse_object(line)
    except Malformed as error:
        return error


def _read_entry(
    place: str, document: Any, connection_keys: Mapping[str, str], connection: str
) -> Entry:
    if not isinstance(document, dict):
        sentence = str(document) if isinstance(document, Malformed) else NOT_AN_OBJECT
        return Entry(place, faults=[("", sentence)])
    draft = document if "payload" in document else {"payload": document}
    reading = read_draft(
        draft | {"connection": draft.get("connection") or connection}, connection_keys
    )
    faults = [(fault.path[-1], fault.message) for fault in reading.faults]
    return Entry(place, str(reading.answers.get("name", "")), reading.answers, faults)
