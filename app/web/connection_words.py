"""The events of a connection in words, for its page."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.campaign.contract.wording import join_words
from app.store.audit_trail import EventKind
from app.store.records import Event
from app.web.event_words import HistoryEntry, describe_each

_FIELDS = {
    "name": "name",
    "base_url": "base URL",
    "is_sandbox": "kind",
    "colour": "colour",
    "notes": "notes",
    "dashboard_url": "dashboard",
    "enabled": "whether it is enabled",
}


def describe_connection_events(events: Iterable[Event]) -> list[HistoryEntry]:
    """Put what was done to a connection, events of the kinds `SHOWN`, into words."""
    return describe_each(events, _WORDS)


def _describe_changed(known: dict[str, Any]) -> str:
    fields = known["fields"]
    if list(fields) == ["enabled"]:
        return "Enabled" if fields["enabled"][1] else "Disabled: nothing can be sent there"
    names = [_FIELDS.get(name, name) for name in fields]
    names += ["token"] if known.get("new_token") else []
    return f"Changed: {join_words(names) or 'nothing'}"


def _describe_pace(known: dict[str, Any]) -> str:
    before, now = (
        f"{pace['rate']:g} a second, {pace['burst']:g} at once, {pace['concurrency']} side by side"
        for pace in (known["before"], known["now"])
    )
    return f"Pace: {now} instead of {before}"


def _describe_rule(group: str | None) -> str:
    if group is None:
        return "nobody"
    return f"one approver of the group “{group}”" if group else "one approver"


_WORDS: Mapping[EventKind, Callable[[dict[str, Any]], str]] = {
    EventKind.CONNECTION_ADDED: lambda known: f"Added as {known['name']}, at {known['base_url']}",
    EventKind.CONNECTION_CHANGED: _describe_changed,
    EventKind.PACE_SET: _describe_pace,
    EventKind.SENDING_PAUSED: lambda known: f"Held: {known['reason']}",
    EventKind.SENDING_RESUMED: lambda _: "Campaigns go there again",
    EventKind.APPROVAL_SET: lambda known: (
        f"Who has to approve: {_describe_rule(known['group'])} "
        f"instead of {_describe_rule(known['before'])}"
    ),
}
SHOWN = tuple(_WORDS)
"""All kinds but tests: they are many, change nothing, and stand among the requests."""
