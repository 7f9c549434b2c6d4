"""The event trail in words, for the history of a draft."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.campaign.wording import WORDS
from app.store.base import State
from app.store.records import Event
from app.store.trail import Kind, read_details
from app.web.state_words import STATE_WORDS

_ONE_GO = timedelta(minutes=10)
"""Edits by the same person this close to one another are told as one."""


@dataclass(frozen=True)
class Told:
    """One event, or several edits in one go, for a person to read.

    `fields` is what was changed: each label with what stood there and what stands there now.
    """

    number: int
    at: datetime
    who: str
    said: str
    fields: Sequence[tuple[str, str, str]] = ()


def told(events: Iterable[Event], connections: Mapping[str, str]) -> list[Told]:
    """Put a draft's events into words, the first one first; *connections* names them by key."""
    found: list[Told] = []
    going: list[Event] = []
    for event in events:
        if going and not _goes_on(going[-1], event):
            found.append(_tell(going, connections))
            going = []
        going.append(event)
    return found + ([_tell(going, connections)] if going else [])


def _goes_on(before: Event, event: Event) -> bool:
    apart = datetime.fromisoformat(event.at) - datetime.fromisoformat(before.at)
    edits = before.kind == event.kind == Kind.EDITED
    return edits and before.who == event.who and apart < _ONE_GO


def _tell(events: Sequence[Event], connections: Mapping[str, str]) -> Told:
    first, last = events[0], events[-1]
    return Told(
        number=last.number,
        at=datetime.fromisoformat(last.at),
        who=last.who,
        said=_said(first.kind, read_details(last)),
        fields=_fields(events, connections) if first.kind in {Kind.CREATED, Kind.EDITED} else (),
    )


def _fields(events: Sequence[Event], connections: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Name each field that the edits changed, with its first old value and its last new one."""
    changed: dict[str, list[Any]] = {}
    for event in events:
        for name, (old, new) in read_details(event)["fields"].items():
            changed[name] = [changed.get(name, [old])[0], new]
    return [
        (
            WORDS[name].label if name in WORDS else name,
            _shown(old, connections),
            _shown(new, connections),
        )
        for name, (old, new) in changed.items()
        if old != new
    ]


def _label(name: str) -> str:
    return WORDS[name].label.rstrip("?") if name in WORDS else name


def _shown(value: Any, connections: Mapping[str, str]) -> str:
    return ", ".join(value) if isinstance(value, list) else connections.get(value, str(value))


def _said(kind: str, known: dict[str, Any]) -> str:
    """Say in one sentence what happened."""
    if kind == Kind.SENT:
        where = "the sandbox" if known["is_sandbox"] else known["connection"]
        again = ", though it looks like an earlier one" if known["in_spite_of"] else ""
        hurry = known.get("in_spite_of_the_wait")
        early = f", before the time that it asked for: {hurry}" if hurry else ""
        return f"Send pressed, to {where}{again}{early}"
    if kind in {Kind.ANSWERED, Kind.ANSWERED_LATE}:
        late = "An answer came late: " if kind == Kind.ANSWERED_LATE else ""
        end = f". {known['message']}" if known["message"] else ""
        why = known.get("not_written_down_at_once")
        waited = f" It could not be written down when it came: {why}." if why else ""
        return f"{late}{STATE_WORDS[State(known['state'])]}{end}{waited}"
    if kind in {Kind.RESOLVED, Kind.CORRECTED}:
        looked = "Corrected" if kind == Kind.CORRECTED else "Looked up"
        reason = f" ({known['reason']})" if known.get("reason") else ""
        there = f"it is there, as {known['campaign_id']}{reason}"
        twice = " (looked twice: a late answer could still come)" if known.get("is_sure") else ""
        return f"{looked}: {there if known['found'] else f'it is not there{twice}'}"
    if kind == Kind.ACCEPTED:
        return f"Accepted {', '.join(known['findings'])}: {known['reason']}"
    if kind == Kind.REVIEWED:
        return f"Reviewed, to be sent to {known['connection']}"
    return _PLAIN[Kind(kind)]


_PLAIN = {
    Kind.CREATED: "Made",
    Kind.EDITED: "Edited",
    Kind.DELETED: "Deleted",
    Kind.RESTORED: "Brought back",
}
