"""What people say of findings: accepted with a reason, a duty answered, a rule lifted.

Each is of a finding as it was then: what has changed since is open again. What is true of
every lead can lift rules; such an answer says which, and lifts no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from app.campaign.compliance.evidence import Finding, Severity
from app.campaign.compliance.finding_words import measure
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Exemption


class DutyAnswer(StrEnum):
    """What is said of a duty: it is met, it is not, or it does not concern this campaign."""

    YES = "yes"
    NO = "no"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Statement:
    """What somebody said of one finding.

    `measure` is what was found then, `reason` why it is fine, `at` an instant in ISO 8601, and
    `answer` an `Answer` to a duty or empty. Of an exemption, `measure` is the ids of the rules
    that it lifts, with spaces between. `lifted_by` is the exemption by which a rule is lifted.
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


Accepted: TypeAlias = Mapping[str, Statement]
"""What was said of findings, by a rule's id, and of all leads, by an exemption's key."""

ACCEPTED, LIFTED, UNMET = "accepted", "lifted", "unmet"


@dataclass(frozen=True)
class Exempting:
    """An exemption in words: what is asked of all leads, and what a yes says of them."""

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
        "Is every lead a customer of this company already?",
        "Every lead is a customer already",
    ),
    Exemption.BUSINESSES: Exempting(
        "Is every number the number of a business?",
        "Every number is of a business",
    ),
}


def build_exemption_key(exemption: str) -> str:
    """Name an exemption among rules' ids, none of which begins so."""
    return f"exemption-{exemption}"


def find_exemptions(findings: Iterable[Finding]) -> dict[Exemption, list[Rule]]:
    """List the exemptions that would lift some of these findings' rules, with those rules."""
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    lifted = {
        exemption: [rule for rule in rules if exemption in rule.lifted_by]
        for exemption in Exemption
    }
    return {exemption: rules for exemption, rules in lifted.items() if rules}


def lifts(statement: Statement | None, rule: Rule) -> bool:
    """Tell whether what was said of an exemption lifts this rule."""
    return (
        statement is not None
        and statement.answer == DutyAnswer.YES
        and rule.id in statement.measure.split()
    )


def find_statement(finding: Finding, statements: Accepted) -> Statement | None:
    """Find what was said of a finding as it is now, or what lifts its rule; `None` if nothing."""
    statement = statements.get(finding.rule.id)
    if statement and statement.measure == measure(finding):
        return statement
    answer = DutyAnswer.NOT_NEEDED if finding.rule.is_duty else ""
    for exemption in finding.rule.lifted_by:
        statement = statements.get(build_exemption_key(exemption))
        if statement and lifts(statement, finding.rule):
            return replace(statement, answer=answer, lifted_by=exemption)
    return None


def tally(findings: Iterable[Finding], statements: Accepted) -> dict[str, int]:
    """Count findings: by severity those that are open, those accepted, and those lifted.

    Open duties are of low severity; `unmet` counts those to which the answer is no.
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
