"""What people say of a draft's findings: accepted with a reason, or a duty answered.

Findings that break a rule can be accepted, and that can be taken back; duties are confirmed
one by one, and may stay open. Both are kept with the draft by rule, with who, when and what
was found then: what has changed since is open again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
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
from app.store.chains import digest
from app.store.models import Draft
from app.store.trail import Kind, draft_chain
from app.version import VERSION


class Answer(StrEnum):
    """What is said of a duty: it is met, it is not, or it does not concern this campaign."""

    YES = "yes"
    NO = "no"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Said:
    """What somebody said of one finding.

    `measure` is what was found then, `reason` why it is fine, `at` an instant in ISO 8601, and
    `answer` an `Answer` to a duty or empty.
    """

    measure: str
    reason: str
    who: str = ""
    at: str = ""
    answer: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do; a duty that is not met stays open."""
        return self.answer != Answer.NO


Accepted: TypeAlias = Mapping[str, Said]
"""What was said of findings, by a rule's id."""


def accepted(draft: Draft) -> Accepted:
    """Read what was said of a draft's findings."""
    return {rule: Said(**one) for rule, one in draft.accepted.items()}


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
    """Read what was typed and hold it to the rules; takes milliseconds, at worst 0.7 seconds."""
    values = read_answers(answers).values
    return Judgement(answers, values, findings_of(answers), rulebook().version)


def accept(  # noqa: PLR0913  What, of what, by whom and why.
    session: Session,
    draft: Draft,
    judgement: Judgement,
    rules: Collection[str],
    reason: str,
    *,
    who: str,
) -> bool:
    """Keep a reason for the findings of these rules, in place of any earlier one.

    *judgement* is of the draft as it is. Tells whether there is such a finding.
    """
    found = [one for one in judgement.findings if one.rule.id in rules and not one.rule.is_duty]
    if not found:
        return False
    _keep(draft, judgement, {one: Said(measure(one), reason, who, _now()) for one in found})
    told = {one.rule.id: [one.rule.title, measure(one)] for one in found}
    trail.record(
        session, Kind.ACCEPTED, draft_chain(draft.id), who=who, reason=reason, findings=told
    )
    return True


def take_back(  # noqa: PLR0913  What, of what, by whom and why.
    session: Session,
    draft: Draft,
    judgement: Judgement,
    rules: Collection[str],
    reason: str,
    *,
    who: str,
) -> bool:
    """Open findings again that are accepted; *reason* is why. Tells whether there are some."""
    titles = {
        one.rule.id: one.rule.title
        for one in judgement.findings
        if one.rule.id in rules and one.rule.id in draft.accepted and not one.rule.is_duty
    }
    if not titles:
        return False
    draft.accepted = {rule: one for rule, one in draft.accepted.items() if rule not in titles}
    count_findings(draft, judgement)
    trail.record(
        session, Kind.TAKEN_BACK, draft_chain(draft.id), who=who, reason=reason, findings=titles
    )
    return True


def confirm(
    session: Session,
    draft: Draft,
    judgement: Judgement,
    answers: Mapping[str, tuple[Answer, str]],
    *,
    who: str,
) -> bool:
    """Keep answers to duties by rule, each with its reason; those that are kept already stay.

    Tells whether the draft has these duties.
    """
    asked = {one.rule.id for one in judgement.findings if one.rule.is_duty}
    if not answers or answers.keys() - asked:
        return False
    given = accepted(draft)
    changed = {
        one: Said(measure(one), answers[one.rule.id][1], who, _now(), answers[one.rule.id][0])
        for one in judgement.findings
        if one.rule.is_duty and one.rule.id in answers
        if not _is_same(said_of(one, given), answers[one.rule.id])
    }
    if not changed:
        return True
    _keep(draft, judgement, changed)
    told = {
        one.rule.id: [one.rule.title, said.answer, said.reason] for one, said in changed.items()
    }
    trail.record(session, Kind.CONFIRMED, draft_chain(draft.id), who=who, duties=told)
    return True


def stamp(draft: Draft) -> str:
    """Name what has been said of a draft's findings: another stamp, and somebody said more."""
    return digest(draft.accepted)[:12]


def _is_same(said: Said | None, answer: tuple[Answer, str]) -> bool:
    return said is not None and (said.answer, said.reason) == answer


def _keep(draft: Draft, judgement: Judgement, said: Mapping[Finding, Said]) -> None:
    draft.accepted = draft.accepted | {one.rule.id: asdict(what) for one, what in said.items()}
    count_findings(draft, judgement)


def said_of(finding: Finding, given: Accepted) -> Said | None:
    """Find what was said of a finding as it is now; `None` if nothing was."""
    said = given.get(finding.rule.id)
    return said if said and said.measure == measure(finding) else None


def tally(found: Iterable[Finding], given: Accepted) -> dict[str, int]:
    """Count findings: by severity those that are open, and those that are accepted.

    Open duties are of low severity; `unmet` counts those to which the answer is no.
    """
    counts = dict.fromkeys((*Severity, ACCEPTED, UNMET), 0)
    for one in found:
        said = said_of(one, given)
        if said is None:
            counts[one.severity] += 1
        elif not said.is_settled:
            counts[UNMET] += 1
        elif not one.rule.is_duty:
            counts[ACCEPTED] += 1
    return {str(name): count for name, count in counts.items()}


ACCEPTED, UNMET = "accepted", "unmet"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


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
                **_as_judged(said_of(one, given)),
            }
            for one in found
        ],
        "rules": rulebook().version,
        "zone_data": ZONE_DATA_VERSION,
        "app": VERSION,
    }


def _as_judged(said: Said | None) -> dict[str, object]:
    """Write out what was said: `accepted` is the reason, as it was before there were answers."""
    if said is None:
        return {"accepted": None}
    return {"accepted": said.reason, "answer": said.answer, "by": said.who, "at": said.at}


def count_findings(draft: Draft, judgement: Judgement) -> None:
    """Write down, for the list, how many findings a draft has."""
    draft.findings = tally(judgement.findings, accepted(draft))
    draft.rules = judgement.rules


def counted_anew(draft: Draft) -> Mapping[str, int]:
    """Count the findings of a draft, by the rules as they are now."""
    return tally(findings_of(draft.answers), accepted(draft))
