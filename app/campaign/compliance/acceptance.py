"""Statements about findings: accepted with a reason, a duty answered, a rule lifted.

Each is about a finding as it was then: one that has changed since is open again. A fact about
every lead can lift rules; such a statement lists which ones, and lifts no others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from app.campaign.compliance.evidence import Finding, Severity
from app.campaign.compliance.finding_words import describe_evidence
from app.campaign.compliance.rule_file import Exemption


class DutyAnswer(StrEnum):
    """The answer to a duty: it is met, it is not, or it does not concern this campaign."""

    YES = "yes"
    NO = "no"
    NOT_NEEDED = "not needed"


DUTY_ANSWER_WORDS = {
    DutyAnswer.YES: "Yes",
    DutyAnswer.NO: "No",
    DutyAnswer.NOT_NEEDED: "Not needed",
}


@dataclass(frozen=True)
class Statement:
    """What somebody stated about one finding, or about one exemption.

    `measure` is what `describe_evidence` said of the finding then, or `measure_exemption`.
    `reason` is why the finding is acceptable, `at` an instant in ISO 8601, `answer` a `DutyAnswer`
    or empty, and `lifted_by` the exemption that lifts the rule.
    """

    measure: str
    reason: str
    who: str = ""
    at: str = ""
    answer: str = ""
    lifted_by: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do; a duty that is not met stays open."""
        return self.answer != DutyAnswer.NO

    @property
    def is_answered_by_yes(self) -> bool:
        return self.answer == DutyAnswer.YES


Accepted: TypeAlias = Mapping[str, Statement]
"""Statements about findings, by rule id, and about all leads, by `build_exemption_key`."""

ACCEPTED, LIFTED, UNMET, NOT_KNOWN = "accepted", "lifted", "unmet", "not known"


@dataclass(frozen=True)
class Exempting:
    """An exemption in words: the question about all leads, and the statement that a yes makes."""

    question: str
    statement: str


EXEMPTIONS: Mapping[Exemption, Exempting] = {
    Exemption.TIMES: Exempting(
        "Has every lead agreed beforehand to be called on these days and at these hours?",
        "Every lead has agreed to these days and hours",
    ),
    Exemption.AUTOMATED: Exempting(
        "Has every lead agreed beforehand to automated calls from this company?",
        "Every lead has agreed to automated calls",
    ),
    Exemption.CUSTOMERS: Exempting(
        "Has every lead bought from this company in the last 12 months, and has none of them asked "
        "not to be called?",
        "Every lead is a customer of the last 12 months, and none has asked not to be called",
    ),
    Exemption.BUSINESSES: Exempting(
        "Is every number the number of a business?",
        "Every number is of a business",
    ),
}


def build_exemption_key(exemption: str) -> str:
    """Build the key of an exemption among rule ids, none of which has this prefix."""
    return f"exemption-{exemption}"


def find_exemptions(findings: Iterable[Finding]) -> dict[Exemption, list[Finding]]:
    """Find the exemptions that lift some of these findings' rules: ``{exemption: findings}``.

    Each rule is in a list once.
    """
    by_rule = {finding.rule: finding for finding in findings}
    lifted = {
        exemption: [finding for rule, finding in by_rule.items() if exemption in rule.lifted_by]
        for exemption in Exemption
    }
    return {exemption: findings for exemption, findings in lifted.items() if findings}


def measure_exemption(exemption: Exemption, findings: Iterable[Finding]) -> str:
    """Write what an answer to an exemption is about, as words without an order.

    They are the ids of the rules that it lifts, the leads and, where it is about them, the times.
    """
    words = [word for finding in findings for word in _list_words(exemption, finding)]
    return " ".join(dict.fromkeys(words))


def is_about(statement: Statement, exemption: Exemption, finding: Finding) -> bool:
    """Tell whether a statement about an exemption was made of this finding as it is now."""
    return set(statement.measure.split()) >= set(_list_words(exemption, finding))


def lifts(statement: Statement | None, exemption: Exemption, finding: Finding) -> bool:
    """Tell whether a statement about an exemption lifts a finding's rule."""
    return (
        statement is not None
        and statement.answer == DutyAnswer.YES
        and is_about(statement, exemption, finding)
    )


def _list_words(exemption: Exemption, finding: Finding) -> list[str]:
    words = [finding.rule.id, f"leads:{finding.leads}"]
    return [*words, f"times:{finding.times}"] if exemption is Exemption.TIMES else words


def find_statement(finding: Finding, statements: Accepted) -> Statement | None:
    """Find the statement about a finding as it is now, or one that lifts its rule; else `None`."""
    statement = statements.get(finding.rule.id)
    if statement and statement.measure == describe_evidence(finding):
        return statement
    answer = DutyAnswer.NOT_NEEDED if finding.rule.is_duty else ""
    for exemption in finding.rule.lifted_by:
        statement = statements.get(build_exemption_key(exemption))
        if statement and lifts(statement, exemption, finding):
            return replace(statement, answer=answer, lifted_by=exemption)
    return None


def breaks_a_rule(counts: Mapping[str, int]) -> bool:
    """Tell, by what `tally` counted, whether a law is broken, or a duty is not met."""
    return bool(counts.get(Severity.HIGH) or counts.get(UNMET))


def tally(findings: Iterable[Finding], statements: Accepted) -> dict[str, int]:
    """Count findings: ``{severity: open ones}`` and those `accepted`, `lifted` and `unmet`.

    Open duties are of low severity; `unmet` counts duties with the answer no. Duties with any
    other answer are not counted.
    """
    counts = dict.fromkeys((*Severity, ACCEPTED, LIFTED, UNMET), 0)
    for finding in findings:
        statement = find_statement(finding, statements)
        if statement is None:
            counts[finding.severity] += 1
        elif not statement.is_settled:
            counts[UNMET] += 1
        elif statement.lifted_by:
            counts[LIFTED] += 1
        elif not finding.rule.is_duty:
            counts[ACCEPTED] += 1
    return {str(name): count for name, count in counts.items()}
