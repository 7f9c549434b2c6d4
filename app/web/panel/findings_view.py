"""What rules say about a campaign, made ready for the screen: grouped, in words, with mends."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from app.campaign.compliance.acceptance import (
    EXEMPTIONS,
    Accepted,
    Answer,
    Exempting,
    Said,
    exemptions_for,
    key_of,
    lifts,
    said_of,
)
from app.campaign.compliance.evidence import Finding, OutsideHours, Severity
from app.campaign.compliance.finding_words import (
    caution,
    value_in_words,
    what_is_broken,
    what_would_mend,
)
from app.campaign.compliance.fixes import Mend, mend_all_hours, mends, settings
from app.campaign.compliance.places import place
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rulebook import rulebook
from app.campaign.contract.payload import as_json
from app.campaign.contract.typed_length import LONGEST_TEXT
from app.campaign.contract.wording import WORDS
from app.campaign.explanation import Meaning

_KEYS = tuple(map(key_of, EXEMPTIONS))
_LONGEST_POSTED = 8 * LONGEST_TEXT
"""Characters of one accepted finding: its reason, as JSON has it, and what was measured."""

SEVERITY_WORDS = {
    Severity.HIGH: "Breaks a law",
    Severity.MEDIUM: "To verify",
    Severity.LOW: "Keep in mind",
}


@dataclass(frozen=True)
class Change:
    """A mend as a button: what it posts, and what it changes, from what to what."""

    posted: str
    said: str


@dataclass(frozen=True)
class Ruling:
    """Rules that are broken in the same way, as one thing to look at.

    `accepted` is what somebody said who accepted all of them, or by what they are lifted, or
    `None`; `statements` is what would lift some of them if it were true.
    """

    severity: Severity
    rules: tuple[tuple[Rule, str], ...]
    said: str
    mending: str
    changes: tuple[Change, ...]
    accepted: Said | None
    statements: tuple[str, ...]

    @property
    def titles(self) -> str:
        return "; ".join(rule.title for rule, _ in self.rules)

    @property
    def places(self) -> str:
        return ", ".join(dict.fromkeys(place(rule.jurisdiction).name for rule, _ in self.rules))

    @property
    def count(self) -> int:
        return len(self.rules)

    @property
    def ids(self) -> str:
        return " ".join(rule.id for rule, _ in self.rules)


@dataclass(frozen=True)
class Asked:
    """A duty to confirm before sending, and what was said of it."""

    rule: Rule
    place: str
    caution: str
    said: Said | None


def duties(meant: Meaning, accepted: Accepted, today: date) -> list[Asked]:
    """List the duties, those first that nobody has answered or that are not met."""
    asked = [
        Asked(one.rule, place(one.rule.jurisdiction).name, caution(one.rule, today), said)
        for one in meant.findings
        if one.rule.is_duty
        for said in [said_of(one, accepted)]
    ]
    return sorted(asked, key=lambda one: one.said is not None and one.said.is_settled)


@dataclass(frozen=True)
class AskedOfAll:
    """What is asked of all leads, the rules that a yes lifts, and what was said of it.

    Each rule is there with whether it is lifted: those that came since somebody answered are not.
    """

    key: str
    words: Exempting
    rules: tuple[tuple[Rule, bool], ...]
    said: Said | None

    @property
    def is_answered(self) -> bool:
        """Whether what was answered is of all these rules."""
        return self.said is not None and all(
            rule.id in self.said.measure.split() for rule, _ in self.rules
        )


def asked_of_all(meant: Meaning, accepted: Accepted) -> list[AskedOfAll]:
    """List the exemptions that can lift rules which this campaign breaks or has to heed."""
    asked = []
    for exemption, rules in exemptions_for(meant.findings).items():
        said = accepted.get(key_of(exemption))
        lifted = tuple((rule, lifts(said, rule)) for rule in rules)
        asked.append(AskedOfAll(key_of(exemption), EXEMPTIONS[exemption], lifted, said))
    return asked


def rulings(meant: Meaning, accepted: Accepted, today: date) -> list[Ruling]:
    """Put findings together that say the same of different rules; duties are apart."""
    if meant.overview is None:
        return []
    schedule = meant.overview.schedule
    grouped: dict[Any, list[Finding]] = {}
    for found in meant.findings:
        if not found.rule.is_duty:
            group = found.severity, said_of(found, accepted), what_is_broken(found, schedule)
            grouped.setdefault(_without_measure(*group), []).append(found)
    return [_ruling(found, key[-1], accepted, meant, today) for key, found in grouped.items()]


def _without_measure(severity: Severity, said: Said | None, what: str) -> tuple[Any, ...]:
    return severity, said and (said.reason, said.who, said.at, said.lifted_by), what


def safe_everywhere(meant: Meaning) -> Change | None:
    """Find the change by which no rule of hours is broken, where several are."""
    broken = {
        found.evidence for found in meant.findings if isinstance(found.evidence, OutsideHours)
    }
    if meant.overview is None or len(broken) < 2:
        return None
    mend = mend_all_hours(meant.overview.schedule, meant.limits, meant.audience)
    now = settings(meant.overview.schedule, meant.limits)
    return change(mend, now) if mend and mend.changes else None


def _ruling(
    found: list[Finding], said: str, accepted: Accepted, meant: Meaning, today: date
) -> Ruling:
    first, shown = found[0], meant.overview
    ways = mends(first, shown.schedule, meant.limits, meant.audience) if shown else ()
    now = settings(shown.schedule, meant.limits) if shown else {}
    return Ruling(
        severity=first.severity,
        rules=tuple((one.rule, caution(one.rule, today)) for one in found),
        said=said,
        mending=what_would_mend(first, ways),
        changes=tuple(change(way, now) for way in ways),
        accepted=said_of(first, accepted),
        statements=tuple(EXEMPTIONS[one].statement for one in exemptions_for(found)),
    )


def change(mend: Mend, now: Mapping[str, Any]) -> Change:
    """Say what a mend changes of the values *now*, and write it as a form would post it."""
    said = [
        f"{WORDS[name].label}: {value_in_words(name, now.get(name))} → {value_in_words(name, new)}"
        for name, new in mend.changes
    ]
    posted = {name: as_json(new) for name, new in mend.changes}
    return Change(urlencode(posted, doseq=True), "; ".join(said))


def as_posted(accepted: Accepted) -> list[str]:
    """Write what was said of findings so that the form can carry it to the preview and back."""
    return [
        json.dumps([rule, *astuple(said)], ensure_ascii=False) for rule, said in accepted.items()
    ]


def from_posted(posted: Sequence[str]) -> Accepted:
    """Read what `as_posted` has written; anything else is passed over."""
    accepted = {}
    for text in posted:
        if len(text) > _LONGEST_POSTED:
            continue
        try:
            rule, *parts = json.loads(text)
            said = Said(*parts)
        except (TypeError, ValueError, RecursionError):
            continue
        if all(isinstance(part, str) for part in (rule, *parts)) and _could_be(rule, said):
            accepted[rule] = said
    return accepted


def _could_be(rule: str, said: Said) -> bool:
    """Tell whether this can have been said: an answer to a question, of anything else none."""
    asks = {one.id: one.is_duty for one in rulebook().rules} | dict.fromkeys(_KEYS, True)
    if rule not in asks or bool(said.answer) is not asks[rule] or said.lifted_by:
        return False
    if said.answer and said.answer not in set(Answer):
        return False
    try:
        datetime.fromisoformat(said.at)
    except ValueError:
        return not said.at
    return True
