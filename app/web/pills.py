"""The one thing that the list says of a draft: its worst, with the rest to be looked at on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.campaign.compliance.acceptance import ACCEPTED, LIFTED, NOT_KNOWN, UNMET
from app.campaign.compliance.evidence import Severity
from app.campaign.formatting import write_plural
from app.store.base import Readiness, State
from app.store.draft_query import Row
from app.store.readiness import MISSING, WRONG, find_readiness
from app.store.team_models import ApprovalState
from app.web.state_words import STATE_WORDS

READINESS_WORDS: dict[Readiness, str] = {
    Readiness.READY: "Ready",
    Readiness.INCOMPLETE: "Answers missing",
    Readiness.BREAKS: "Breaks a rule",
    Readiness.OPEN: "To confirm",
}
SHORT_STATE_WORDS = STATE_WORDS | {
    State.UNKNOWN: "Result unknown",
}

_ICONS: dict[str, str] = {
    Readiness.READY: "circle-check",
    Readiness.INCOMPLETE: "circle-dashed",
    Readiness.BREAKS: "triangle-alert",
    Readiness.OPEN: "circle-question-mark",
    State.QUEUED: "clock",
    State.SENDING: "send",
    State.CREATED: "circle-check",
    State.REFUSED: "circle-x",
    State.UNSENT: "circle-x",
    State.UNKNOWN: "circle-question-mark",
}


@dataclass(frozen=True)
class Pill:
    """A word in a frame; *kind* is how bad it is, and *rest* is what else there is to know.

    *beside* is another one that whoever looks at the list has to see as well.
    """

    words: str
    kind: str
    rest: str = ""
    beside: "Pill | None" = None

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]


def make_pill(row: Row, findings: Mapping[str, int], approval: Pill | None = None) -> Pill:
    """Say the worst of a draft, whose findings are counted as `acceptance.tally` does.

    *approval* says how that stands, and is `None` where nobody has to approve the draft.
    """
    sayings = list(_say_what_is_open(row.problems, findings))
    if row.state is not None:
        return Pill(SHORT_STATE_WORDS[row.state], row.state, ", ".join(sayings))
    readiness = find_readiness(row.problems, findings)
    if readiness is Readiness.READY:
        is_known = not findings.get(NOT_KNOWN)
        pill = approval or (Pill(READINESS_WORDS[readiness], readiness) if is_known else _PARTLY)
        return replace(pill, rest=", ".join(sayings))
    worst, *others = sayings
    if approval == _NOT_ASKED:
        others.append(approval.words.lower())
        approval = None
    return Pill(worst[:1].upper() + worst[1:], readiness, ", ".join(others), approval)


_PARTLY = Pill("Ready, not all known", Readiness.INCOMPLETE)
"""It is not green, as a rule that nobody has looked for may be broken."""


def describe_approval(state: ApprovalState | None) -> Pill:
    """Describe how an approval stands by what was last said, if that still holds.

    Going without approval counts for that once alone.
    """
    return _APPROVALS.get(state, _NOT_ASKED)


_NOT_ASKED = Pill("Approval not asked for", Readiness.OPEN)
_APPROVALS: dict[ApprovalState | None, Pill] = {
    ApprovalState.ASKED: Pill("Approval asked for", State.QUEUED),
    ApprovalState.APPROVED: Pill("Approved", Readiness.READY),
    ApprovalState.REFUSED: Pill("Not approved", State.REFUSED),
}


_GAPS = "not all rules are known where the leads are"


def _say_what_is_open(problems: Mapping[str, int], findings: Mapping[str, int]) -> list[str]:
    """Say what there is, the worst first."""
    counted = [
        (problems.get(MISSING), "{} answer missing", "{} answers missing"),
        (problems.get(WRONG), "{} answer to change", "{} answers to change"),
        (findings.get(Severity.HIGH), "breaks {} law", "breaks {} laws"),
        (findings.get(UNMET), "{} duty not met", "{} duties not met"),
        (findings.get(Severity.MEDIUM), "{} to verify", "{} to verify"),
        (findings.get(Severity.LOW), "{} to confirm", "{} to confirm"),
        (findings.get(ACCEPTED), "{} accepted", "{} accepted"),
        (findings.get(LIFTED), "{} lifted", "{} lifted"),
        (findings.get(NOT_KNOWN), _GAPS, _GAPS),
    ]
    return [write_plural(count, singular, plural) for count, singular, plural in counted if count]
