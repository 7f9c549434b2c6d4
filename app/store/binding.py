"""What binds submissions and calls to the trail: the events of the press and of the outcome."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.store.audit_trail import OUTCOMES, EventKind
from app.store.base import PENDING, State
from app.store.chains import is_digest_of

OUTCOME_IS_OPEN = "outcome_is_open"
"""In the event of a press: nothing is known of its submission until an outcome is bound in."""

_BINDS = OUTCOMES | {EventKind.CONNECTION_TEST_BEGUN, EventKind.CONNECTION_TESTED}
_PRESSED = {
    "draft_version": "draft_version",
    "connection": "connection",
    "is_sandbox": "is_sandbox",
    "url": "url",
    "digest": "sha256",
}
"""What the event of a press tells of its submission: its names there, and in the document."""
_UNKNOWN_YET: Mapping[str, Any] = {
    "known_at": None,
    "message": "",
    "http_status": None,
    "errors": {},
    "answer": "",
    "campaign_id": None,
    "campaign_name": None,
    "campaign_type": None,
    "campaign_status": None,
    "looked_up_at": None,
}


@dataclass
class Bound:
    """What a chain tells of submissions and calls.

    `sent` has the details of each press by the submission's id, with who pressed as `who`;
    `digests` the last digest of each submission and call, by ("submission" or "call", id).
    """

    sent: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Mapping[str, Any]]) -> "Bound":
        """Read what all events of a chain tell."""
        bound = cls()
        for event in events:
            bound.read(event)
        return bound

    def without(self, gone: set[tuple[str, int]]) -> "Bound":
        """Leave out submissions and calls that are there no more."""
        sent = {
            number: submitted
            for number, submitted in self.sent.items()
            if ("submission", number) not in gone
        }
        return Bound(
            sent, {named: hashed for named, hashed in self.digests.items() if named not in gone}
        )

    def read(self, event: Mapping[str, Any]) -> None:
        """Read what one more event of the chain tells."""
        details = json.loads(event["details"])
        if not isinstance(details, dict):
            raise TypeError(details)
        if event["kind"] == EventKind.SHORTENED:
            self._read_shortened(details)
        if event["kind"] == EventKind.SENT:
            self.sent[int(details["submission"])] = {**details, "who": event["who"]}
        if event["kind"] in _BINDS:
            for kind in ("submission", "call"):
                if details.get(kind) is not None and f"{kind}_digest" in details:
                    self.digests[kind, details[kind]] = details[f"{kind}_digest"]

    def write_document(self) -> dict[str, Any]:
        """Write out what it tells, for the event that takes the place of those that told it."""
        of = {
            kind: [
                [number, hashed]
                for (named, number), hashed in self.digests.items()
                if named == kind
            ]
            for kind in ("submission", "call")
        }
        return {"sent": list(self.sent), "submissions": of["submission"], "calls": of["call"]}

    def _read_shortened(self, details: Mapping[str, Any]) -> None:
        """Read what archived events told; their submissions are known, and bound by digests."""
        self.sent = {int(number): {} for number in details["sent"]} | self.sent
        for kind, name in (("submission", "submissions"), ("call", "calls")):
            for number, hashed in details[name]:
                self.digests.setdefault((kind, int(number)), hashed)

    def find_faults(
        self, number: int, written: Mapping[str, Any], call: Mapping[str, Any] | None
    ) -> Iterator[str]:
        """Hold one submission and its call, as documents, to what is told of them."""
        if number not in self.sent:
            yield f"The trail knows of no submission {number}."
            return
        submitted = self.sent[number]
        is_known = ("submission", number) in self.digests
        payload_digest = hashlib.sha256(written["payload"].encode()).hexdigest()
        if payload_digest != written["sha256"] or (
            OUTCOME_IS_OPEN in submitted and not _is_pressed(submitted, written)
        ):
            yield f"The submission {number} was changed."
        if OUTCOME_IS_OPEN in submitted and not is_known:
            is_sent_again = written["state"] == State.QUEUED and call is not None
            if (
                is_sent_again
                or written["state"] not in PENDING
                or any(written[name] != was for name, was in _UNKNOWN_YET.items())
            ):
                yield f"The submission {number} was changed."
            if call and (call["status"] is not None or call["url"] != submitted["url"]):
                yield f"The call {call['id']} was changed."

    def is_as_told(self, kind: str, number: int, document: Mapping[str, Any]) -> bool:
        """Tell whether a submission or a call is what the last event about it says."""
        return is_digest_of(document, self.digests[kind, number])


def _is_pressed(submitted: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    pressed = {new: submitted[old] for old, new in _PRESSED.items()} | {
        "pressed_by": submitted["who"]
    }
    return pressed.items() <= written.items()
