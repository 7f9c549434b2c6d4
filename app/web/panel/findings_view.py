"""What rules say about a campaign, made ready for the screen: grouped, in words, with fixes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from app.campaign.compliance.acceptance import (
    EXEMPTIONS,
    Accepted,
    DutyAnswer,
    Exempting,
    Statement,
    build_exemption_key,
    find_exemptions,
    find_statement,
    is_about,
    lifts,
)
from app.campaign.compliance.evidence import Finding, OutsideHours, Severity
from app.campaign.compliance.finding_words import describe_finding
from app.campaign.compliance.fix_words import describe_fixes, format_value
from app.campaign.compliance.fixes import Fix, find_fixes, fix_all_hours, read_settings
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_words import find_caution
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.payload import encode_value
from app.campaign.contract.typed_length import LONGEST_TEXT
from app.campaign.contract.visible import can_be_encoded
from app.campaign.contract.wording import WORDS
from app.campaign.explanation import Explanation

_KEYS = tuple(map(build_exemption_key, EXEMPTIONS))
_LONGEST_POSTED = 10 * LONGEST_TEXT
"""Characters of one accepted finding: its reason, as JSON has it, and what was measured."""


@dataclass(frozen=True)
class FixButton:
    """A fix as a button: what it posts, and what it changes, from what to what."""

    posted: str
    description: str


@dataclass(frozen=True)
class FindingGroup:
    """Rules that are broken in the same way, as one thing to look at.

    `accepted` is what somebody said who accepted all of them, or by what they are lifted, or
    `None`; `conditions` is, by the titles of those that can be lifted, what would
    lift them if it were true.
    """

    severity: Severity
    rules: tuple[tuple[Rule, str], ...]
    description: str
    fixes_in_words: str
    changes: tuple[FixButton, ...]
    accepted: Statement | None
    conditions: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def titles(self) -> str:
        return "; ".join(rule.title for rule, _ in self.rules)

    @property
    def places(self) -> str:
        return ", ".join(
            dict.fromkeys(find_place(rule.jurisdiction).name for rule, _ in self.rules)
        )

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
    statement: Statement | None


def list_duties(explanation: Explanation, accepted: Accepted, today: date) -> list[Asked]:
    """List the duties, those first that nobody has answered or that are not met."""
    duties = [
        Asked(
            finding.rule,
            find_place(finding.rule.jurisdiction).name,
            find_caution(finding.rule, today),
            statement,
        )
        for finding in explanation.findings
        if finding.rule.is_duty
        for statement in [find_statement(finding, accepted)]
    ]
    return sorted(duties, key=lambda duty: duty.statement is not None and duty.statement.is_settled)


@dataclass(frozen=True)
class AskedOfAll:
    """What is asked of all leads, the rules that a yes lifts, and what was said of it.

    Each rule is there with whether it is lifted: those that came since somebody answered are not.
    `statement` is `None` also if it was made of other leads or times, and `is_answered` tells
    whether it is of all these rules.
    """

    key: str
    words: Exempting
    rules: tuple[tuple[Rule, bool], ...]
    statement: Statement | None
    is_answered: bool


def list_exemptions(explanation: Explanation, accepted: Accepted) -> list[AskedOfAll]:
    """List the exemptions that can lift rules which this campaign breaks or has to heed."""
    questions = []
    for exemption, findings in find_exemptions(explanation.findings).items():
        statement = accepted.get(build_exemption_key(exemption))
        answered = [
            finding for finding in findings if statement and is_about(statement, exemption, finding)
        ]
        questions.append(
            AskedOfAll(
                key=build_exemption_key(exemption),
                words=EXEMPTIONS[exemption],
                rules=tuple(
                    (finding.rule, lifts(statement, exemption, finding)) for finding in findings
                ),
                statement=statement if answered else None,
                is_answered=answered == findings,
            )
        )
    return questions


def group_findings(explanation: Explanation, accepted: Accepted, today: date) -> list[FindingGroup]:
    """Put findings together that say the same of different rules; duties are apart."""
    if explanation.overview is None:
        return []
    schedule = explanation.overview.schedule
    grouped: dict[Any, list[Finding]] = {}
    for finding in explanation.findings:
        if not finding.rule.is_duty:
            group = (
                finding.severity,
                find_statement(finding, accepted),
                describe_finding(finding, schedule),
            )
            grouped.setdefault(_drop_measure(*group), []).append(finding)
    return [
        _make_group(finding, key[-1], accepted, explanation, today)
        for key, finding in grouped.items()
    ]


def _drop_measure(severity: Severity, statement: Statement | None, what: str) -> tuple[Any, ...]:
    return (
        severity,
        statement and (statement.reason, statement.who, statement.at, statement.lifted_by),
        what,
    )


def find_allowed_change(explanation: Explanation) -> FixButton | None:
    """Find the change by which no rule of hours is broken, where several are."""
    broken = {
        finding.evidence
        for finding in explanation.findings
        if isinstance(finding.evidence, OutsideHours)
    }
    if explanation.overview is None or len(broken) < 2:
        return None
    fix = fix_all_hours(explanation.overview.schedule, explanation.limits, explanation.audience)
    now = read_settings(explanation.overview.schedule, explanation.limits)
    return describe_change(fix, now) if fix and fix.changes else None


def _make_group(
    findings: list[Finding], words: str, accepted: Accepted, explanation: Explanation, today: date
) -> FindingGroup:
    first, overview = findings[0], explanation.overview
    fixes = (
        find_fixes(first, overview.schedule, explanation.limits, explanation.audience)
        if overview
        else ()
    )
    now = read_settings(overview.schedule, explanation.limits) if overview else {}
    return FindingGroup(
        severity=first.severity,
        rules=tuple((finding.rule, find_caution(finding.rule, today)) for finding in findings),
        description=words,
        fixes_in_words=describe_fixes(first, fixes),
        changes=tuple(describe_change(fix, now) for fix in fixes),
        accepted=find_statement(first, accepted),
        conditions=tuple(
            (
                finding.rule.title,
                tuple(EXEMPTIONS[exemption].statement for exemption in finding.rule.lifted_by),
            )
            for finding in findings
            if finding.rule.lifted_by
        ),
    )


def describe_change(fix: Fix, now: Mapping[str, Any]) -> FixButton:
    """Say what a fix changes of the values *now*, and write it as a form would post it."""
    changes = [
        f"{WORDS[name].label}: {format_value(name, now.get(name))} → {format_value(name, new)}"
        for name, new in fix.changes
    ]
    posted = {name: encode_value(new) for name, new in fix.changes}
    return FixButton(urlencode(posted, doseq=True), "; ".join(changes))


def write_posted(accepted: Accepted) -> list[str]:
    """Write what was said of findings so that the form can carry it to the preview and back."""
    return [
        json.dumps([rule, *astuple(statement)], ensure_ascii=False)
        for rule, statement in accepted.items()
    ]


def read_posted(posted: Sequence[str]) -> Accepted:
    """Read what `write_posted` has written; anything else is passed over."""
    accepted = {}
    for text in posted:
        if len(text) > _LONGEST_POSTED:
            continue
        try:
            rule, *parts = json.loads(text)
            statement = Statement(*parts)
        except (TypeError, ValueError, RecursionError):
            continue
        if all(isinstance(part, str) for part in (rule, *parts)) and _is_valid_statement(
            rule, statement
        ):
            accepted[rule] = statement
    return accepted


def _is_valid_statement(key: str, statement: Statement) -> bool:
    """Tell whether it answers just if it is about a question: a duty, or what lifts rules."""
    asks = {rule.id: rule.is_duty for rule in load_rulebook().rules} | dict.fromkeys(_KEYS, True)
    if key not in asks or bool(statement.answer) is not asks[key] or statement.lifted_by:
        return False
    if statement.answer and statement.answer not in set(DutyAnswer):
        return False
    return (not statement.at or _is_instant(statement.at)) and all(
        map(can_be_encoded, (statement.measure, statement.reason, statement.who))
    )


def _is_instant(text: str) -> bool:
    """Tell whether a text is an instant that every clock can show."""
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True
