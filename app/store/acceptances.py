"""Findings that were accepted with a reason, and how many of a draft's are left."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from app.campaign.attempts import limits
from app.campaign.audience import read_audience
from app.campaign.calendar import schedule
from app.campaign.contract import Values
from app.campaign.evidence import Finding, Severity
from app.campaign.finding_words import measure
from app.campaign.findings import findings
from app.campaign.reading import Answers, read_answers
from app.campaign.rulebook import rulebook
from app.campaign.zones import ZONE_DATA_VERSION
from app.store import trail
from app.store.models import Draft
from app.store.trail import Kind, draft_chain
from app.version import VERSION

Accepted: TypeAlias = Mapping[str, tuple[str, str]]
"""By a rule's id: the measure of what was accepted, and the reason that was given."""


def accepted(draft: Draft) -> Accepted:
    """Read what was accepted of a draft."""
    return {rule: (one["measure"], one["reason"]) for rule, one in draft.accepted.items()}


@dataclass(frozen=True)
class Judgement:
    """What was typed, and what rules say of it: worked out before the database is locked.

    `rules` is the version of the rules that said so.
    """

    answers: Answers
    values: Values
    findings: tuple[Finding, ...]
    rules: str


def judge(answers: Answers) -> Judgement:
    """Read what was typed and hold it to the rules; takes milliseconds, at worst 0.3 seconds."""
    values = read_answers(answers).values
    return Judgement(answers, values, findings_of(answers), rulebook().version)


def accept(  # noqa: PLR0913  What, of what, by whom and why.
    session: Session,
    draft: Draft,
    judgement: Judgement,
    rules: Collection[str],
    reason: str,
    *,
    who: str = "",
) -> None:
    """Keep a reason for the findings of these rules, in place of any earlier one.

    *judgement* is of the draft as it is.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    measures = {one.rule.id: measure(one) for one in judgement.findings if one.rule.id in rules}
    draft.accepted = draft.accepted | {
        rule: {"measure": measured, "reason": reason, "at": at}
        for rule, measured in measures.items()
    }
    count_findings(draft, judgement)
    trail.record(
        session, Kind.ACCEPTED, draft_chain(draft.id), who=who, reason=reason, findings=measures
    )


def reason_for(finding: Finding, given: Accepted) -> str | None:
    """Find the reason with which a finding was accepted; `None` if it was not, as it is now."""
    if finding.rule.id not in given:
        return None
    was, reason = given[finding.rule.id]
    return reason if was == measure(finding) else None


def left(found: Iterable[Finding], given: Accepted) -> dict[str, int]:
    """Count the findings of each severity that nobody has accepted."""
    open_ones = [one.severity for one in found if reason_for(one, given) is None]
    return {severity.value: open_ones.count(severity) for severity in Severity}


def findings_of(answers: Answers) -> tuple[Finding, ...]:
    """Hold what was typed to the rules."""
    values = read_answers(answers).values
    wanted = schedule(values)
    if wanted is None:
        return ()
    return findings(wanted, limits(values), read_audience(answers, wanted.zone))


def judged(draft: Draft, found: Iterable[Finding]) -> dict[str, object]:
    """Write out what was found of a draft, what was accepted of it, and by which rules and data."""
    given = accepted(draft)
    return {
        "findings": [
            {
                "rule": one.rule.id,
                "severity": one.severity.value,
                "measure": measure(one),
                "checked_on": one.rule.checked_on.isoformat(),
                "accepted": reason_for(one, given),
            }
            for one in found
        ],
        "rules": rulebook().version,
        "zone_data": ZONE_DATA_VERSION,
        "app": VERSION,
    }


def count_findings(draft: Draft, judgement: Judgement) -> None:
    """Write down, for the list, how many findings a draft has that nobody has accepted."""
    draft.findings = left(judgement.findings, accepted(draft))
    draft.rules = judgement.rules


def findings_left(draft: Draft) -> Mapping[str, int]:
    """Count anew how many findings are left by severity, by the rules as they are now."""
    return left(findings_of(draft.answers), accepted(draft))
