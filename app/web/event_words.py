"""The event trail in words, for the history of a draft or a batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from app.campaign.compliance.acceptance import DutyAnswer
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import FIELD, ValueKind
from app.campaign.contract.wording import CHOICES, WORDS
from app.campaign.formatting import format_count, format_short_day
from app.store.audit_trail import EventKind, find_changes, read_details
from app.store.base import State
from app.store.records import Event
from app.web.state_words import STATE_WORDS

_ONE_GO = timedelta(minutes=10)
"""Edits by the same person this close to one another are told as one."""

NameConnection: TypeAlias = Callable[[str, str], str]
"""Names a connection by its key, as it was called at a time; any other text stays as it is."""


class Change(NamedTuple):
    """One field that differs: its name, its label, what stood there and what stands there now."""

    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryEntry:
    """One event, or several edits in one go, for a person to read.

    `fields` is what was changed, and `version` the one that came of it; 0 for what makes none.
    `chain` is of what it happened to; `number` is its number there, and `first` the one that
    several edits begin with. `submission` is the id of the one that was sent or answered.
    """

    number: int
    at: datetime
    who: str
    words: str
    fields: Sequence[Change] = ()
    version: int = 0
    chain: str = ""
    first: int = 0
    submission: int = 0


def describe_events(events: Iterable[Event], called: NameConnection) -> list[HistoryEntry]:
    """Put events of drafts and batches into words, the first one first."""
    history: list[HistoryEntry] = []
    going: list[Event] = []
    for event in events:
        if going and not _continues(going[-1], event):
            history.append(_describe(going, called))
            going = []
        going.append(event)
    return history + ([_describe(going, called)] if going else [])


def describe_each(
    events: Iterable[Event], words: Mapping[EventKind, Callable[[dict[str, Any]], str]]
) -> list[HistoryEntry]:
    """Put events into *words*, which are there for each of their kinds, one by one."""
    return [
        HistoryEntry(
            number=event.number,
            at=datetime.fromisoformat(event.at),
            who=event.who,
            words=words[EventKind(event.kind)](read_details(event)),
        )
        for event in events
    ]


def _continues(before: Event, event: Event) -> bool:
    apart = datetime.fromisoformat(event.at) - datetime.fromisoformat(before.at)
    edits = before.kind == event.kind == EventKind.EDITED
    puts_back = any("from_version" in read_details(edit) for edit in (before, event) if edits)
    of_one = (before.chain, before.who) == (event.chain, event.who)
    return edits and of_one and not puts_back and apart < _ONE_GO


def _describe(events: Sequence[Event], called: NameConnection) -> HistoryEntry:
    first, last = events[0], events[-1]
    is_edit = first.kind in {EventKind.CREATED, EventKind.EDITED}
    return HistoryEntry(
        first=first.number,
        number=last.number,
        at=datetime.fromisoformat(last.at),
        who=last.who,
        words=_describe_event(first.kind, read_details(last)),
        fields=_list_fields(events, called) if is_edit else (),
        version=read_details(last)["version"] if is_edit else 0,
        chain=last.chain,
        submission=read_details(last).get("submission") or 0,
    )


def _list_fields(events: Sequence[Event], called: NameConnection) -> list[Change]:
    """Name each field that the edits changed, with its first old value and its last new one."""
    changed: dict[str, list[Any]] = {}
    for event in events:
        for name, (old, new) in read_details(event)["fields"].items():
            changed[name] = [changed.get(name, [old])[0], new]
    return [
        _describe_change(name, (old, since), (new, until), called)
        for since, until in [(events[0].at, events[-1].at)]
        for name, (old, new) in changed.items()
        if old != new
    ]


def list_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], called: NameConnection
) -> list[Change]:
    """Name each answer that differs between two versions, with the old value and the new one."""
    now = datetime.now(UTC).isoformat()
    return [
        _describe_change(name, (was, now), (now_is, now), called)
        for name, (was, now_is) in find_changes(old, new).items()
    ]


def _describe_change(
    name: str, old: tuple[Any, str], new: tuple[Any, str], called: NameConnection
) -> Change:
    """Describe what stood in a field and what stands there now, each with the time of that."""
    was, now = (_write_value(name, value, called, at) for value, at in (old, new))
    return Change(name, name_field(name), was, now)


def name_field(name: str) -> str:
    return WORDS[name].label if name in WORDS else name


def _write_value(name: str, value: Any, called: NameConnection, at: str) -> str:
    """Write an answer in the words of the form, if these have any for it."""
    words = CHOICES.get(name, {})
    if isinstance(value, list):
        return ", ".join(words.get(str(part), str(part)) for part in value)
    if name == "connection":
        return called(str(value), at)
    return words.get(value) or _write_day(name, value) or str(value)


def _write_day(name: str, value: Any) -> str:
    """Write a day as everywhere on the pages; empty for what is none."""
    if name not in FIELD or FIELD[name].kind is not ValueKind.DATE:
        return ""
    try:
        return format_short_day(date.fromisoformat(str(value)))
    except ValueError:
        return ""


def _describe_event(kind: str, known: dict[str, Any]) -> str:
    """Say in one sentence what happened."""
    words = _WORDS.get(EventKind(kind))
    return words(known) if words else _PLAIN[EventKind(kind)]


def _describe_sent(known: dict[str, Any]) -> str:
    where = "the sandbox" if known["is_sandbox"] else known["connection"]
    again = ", though it looks like an earlier one" if known["in_spite_of"] else ""
    hurry = known.get("in_spite_of_the_wait")
    early = f", before the time that it asked for: {hurry}" if hurry else ""
    together = f", with batch {known['batch']}" if known.get("batch") else ""
    if known.get("repeats"):
        return f"Queued again by the app, to {where}{together}: the API had asked to wait"
    what = _name_version({"version": known.get("draft_version")}, " for ")
    to = f", to {where}{together}{again}{early}"
    return f"Send pressed{what}{to}{_describe_grounds(known)}"


def _name_version(known: dict[str, Any], before: str = " ") -> str:
    """Name the version of a campaign; a batch has none."""
    return f"{before}version {known['version']}" if known.get("version") else ""


def _add_reason(known: dict[str, Any]) -> str:
    return f": {known['reason']}" if known.get("reason") else ""


def _describe_batch_sent(known: dict[str, Any]) -> str:
    campaigns = format_count(known["count"], "campaign")
    return f"Send pressed, for {campaigns} to {known['connection']}{_describe_grounds(known)}"


def _describe_grounds(known: dict[str, Any]) -> str:
    """Say in a clause by whose word something was sent, where somebody has to approve it."""
    if known.get("approved_by"):
        return f", approved by {known['approved_by']}"
    without = known.get("without_approval")
    return f", without approval: {without}" if without else ""


def _describe_answered(known: dict[str, Any]) -> str:
    end = f". {known['message']}" if known["message"] else ""
    why = known.get("not_written_down_at_once")
    waited = f" It could not be written down when it came: {why}." if why else ""
    return f"{STATE_WORDS[State(known['state'])]}{end}{waited}"


def _describe_look_up(known: dict[str, Any]) -> str:
    if not known["found"]:
        twice = " (looked twice: a late answer could still come)" if known.get("is_sure") else ""
        return f"it is not there{twice}"
    reason = f" ({known['reason']})" if known.get("reason") else ""
    return f"it is there, as {known['campaign_id']}{reason}"


def _describe_confirmed(known: dict[str, Any]) -> str:
    sentences = (_describe_answer(*answer) for answer in known["duties"].values())
    return f"Confirmed before sending: {'; '.join(sentences)}"


def _describe_answer(title: str, answer: str, reason: str, *lifted: str) -> str:
    """Say what was answered; a yes to what is asked of all leads lifts rules."""
    why = f" ({reason})" if reason else ""
    lifts = f", which lifts {', '.join(lifted)}" if lifted and answer == DutyAnswer.YES else ""
    return f"{title.rstrip('?')}: {answer}{why}{lifts}"


def _describe_findings(findings: Mapping[str, Any]) -> str:
    """Name findings by the titles of their rules, with what was found."""
    titles = {rule.id: rule.title for rule in load_rulebook().rules}
    phrases = []
    for rule, what in findings.items():
        title, measured = what if isinstance(what, list) else (titles.get(rule, rule), what)
        phrases.append(f"{title} ({measured})" if measured and measured != title else title)
    return "; ".join(phrases)


_WORDS: Mapping[EventKind, Callable[[dict[str, Any]], str]] = {
    EventKind.EDITED: lambda known: (
        f"Restored from version {known['from_version']}" if "from_version" in known else "Edited"
    ),
    EventKind.SENT: _describe_sent,
    EventKind.BATCH_CONFIRMED: _describe_batch_sent,
    EventKind.ANSWERED: _describe_answered,
    EventKind.ANSWERED_LATE: lambda known: f"An answer came late: {_describe_answered(known)}",
    EventKind.RESOLVED: lambda known: f"Looked up: {_describe_look_up(known)}",
    EventKind.CORRECTED: lambda known: f"Corrected: {_describe_look_up(known)}",
    EventKind.ACCEPTED: lambda known: (
        f"Accepted, for “{known['reason']}”: {_describe_findings(known['findings'])}"
    ),
    EventKind.TAKEN_BACK: lambda known: (
        f"Opened again, for “{known['reason']}”: {_describe_findings(known['findings'])}"
    ),
    EventKind.CONFIRMED: _describe_confirmed,
    EventKind.APPROVED: lambda known: f"Approved{_name_version(known)}{_add_reason(known)}",
    EventKind.APPROVAL_REFUSED: lambda known: (
        f"Approval refused{_name_version(known, ' of ')}: {known['reason']}"
    ),
    EventKind.APPROVAL_OVERRIDDEN: lambda known: f"Sent without approval: {known['reason']}",
    EventKind.COMMENTED: lambda known: f"Comment: {known['text']}",
    EventKind.ASSIGNED: lambda known: (
        f"To be looked after by {known['to']}" if known["to"] else "Looked after by nobody"
    ),
    EventKind.SHORTENED: lambda known: f"What was done before is in the archive {known['file']}",
    EventKind.REVIEWED: lambda known: f"Review opened, to be sent to {known['connection']}",
}
_PLAIN = {
    EventKind.CREATED: "Made",
    EventKind.DELETED: "Deleted",
    EventKind.RESTORED: "Brought back",
    EventKind.APPROVAL_ASKED: "Approval asked for",
    EventKind.COMMENT_RESOLVED: "A comment was resolved",
    EventKind.COMMENT_REOPENED: "A comment was opened again",
    EventKind.BATCH_PAUSED: "Paused",
    EventKind.BATCH_RESUMED: "Let go on",
    EventKind.BATCH_STOPPED: "Ended: nothing further of it is sent",
}
