"""Findings that were accepted with a reason, and how many of a draft's are left."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from app.campaign.attempts import limits
from app.campaign.audience import read_audience
from app.campaign.calendar import schedule
from app.campaign.evidence import Finding, Severity
from app.campaign.finding_words import measure
from app.campaign.findings import findings
from app.campaign.reading import Answers, read_answers
from app.campaign.rulebook import rulebook
from app.campaign.zones import ZONE_DATA_VERSION
from app.store import trail
from app.store.models import Draft
from app.store.trail import Kind
from app.version import VERSION

Accepted: TypeAlias = Mapping[str, tuple[str, str]]
"""By a rule's id: the measure of what was accepted, and the reason that was given."""


def accepted(draft: Draft) -> Accepted:
    """Read what was accepted of a draft."""
    return {rule: (one["measure"], one["reason"]) for rule, one in draft.accepted.items()}


def accept(
    session: Session, draft: Draft, found: Iterable[Finding], reason: str, *, who: str = ""
) -> None:
    """Keep a reason for these findings of a draft, in place of any earlier one."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    measures = {one.rule.id: measure(one) for one in found}
    draft.accepted = draft.accepted | {
        rule: {"measure": measured, "reason": reason, "at": at}
        for rule, measured in measures.items()
    }
    count_findings(draft)
    trail.record(
        session, Kind.ACCEPTED, draft_id=draft.id, who=who, reason=reason, findings=measures
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


def count_findings(draft: Draft) -> None:
    """Write down, for the list, how many findings a draft has that nobody has accepted."""
    draft.findings = left(findings_of(draft.answers), accepted(draft))
    draft.rules = rulebook().version


def findings_left(draft: Draft) -> Mapping[str, int]:
    """Tell how many findings are left by severity, by the rules as they are now."""
    if draft.rules == rulebook().version:
        return draft.findings
    return left(findings_of(draft.answers), accepted(draft))
