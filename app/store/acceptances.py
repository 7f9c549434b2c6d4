"""What people say of a draft's findings: accepted with a reason, or a duty answered.

Findings that break a rule can be accepted, and that can be taken back; duties are confirmed
one by one, and may stay open; what is true of all leads can lift rules. All of it is kept with
the draft by rule, with who, when and what was found then: what has changed since is open again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import (
    EXEMPTIONS,
    NOT_KNOWN,
    DutyAnswer,
    Statement,
    build_exemption_key,
    find_exemptions,
    find_statement,
    measure_exemption,
    tally,
)
from app.campaign.compliance.audience import Audience, read_audience
from app.campaign.compliance.evidence import Finding
from app.campaign.compliance.finding_words import describe_evidence
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import Values
from app.campaign.contract.reading import Answers, Reading, read_answers
from app.campaign.explanation import count_gaps, find_all_problems, find_findings, read_plan
from app.campaign.timezones.zones import ZONE_DATA_VERSION
from app.store import audit_trail
from app.store.audit_trail import SAID, EventKind, name_draft_chain
from app.store.chains import hash_document
from app.store.models import Draft
from app.store.readiness import count_problems, find_readiness
from app.version import VERSION


def read_accepted(draft: Draft) -> dict[str, Statement]:
    """Read the statements about a draft's findings, by a rule's id or an exemption's key."""
    return {key: _read_statement(document) for key, document in draft.accepted.items()}


def write_statement(statement: Statement) -> dict[str, str]:
    """Write a statement out as a draft keeps it, and its evidence."""
    return {
        "measure": statement.measure,
        "reason": statement.reason,
        "who": statement.who,
        "at": statement.at,
        "answer": statement.answer,
        "lifted_by": statement.lifted_by,
    }


def _read_statement(document: Mapping[str, str]) -> Statement:
    """Read a kept statement; those of earlier versions have fewer parts."""
    return Statement(
        measure=document["measure"],
        reason=document["reason"],
        who=document.get("who", ""),
        at=document.get("at", ""),
        answer=document.get("answer", ""),
        lifted_by=document.get("lifted_by", ""),
    )


@dataclass(frozen=True)
class Judgement:
    """What was typed, and what rules say of it: worked out before the database is locked.

    `rules` is the version of the rules that said so; `problems` counts the answers that keep it
    from being sent, and `gaps` what is not known about the rules where the leads are.
    """

    answers: Answers
    values: Values
    problems: Mapping[str, int]
    findings: tuple[Finding, ...]
    gaps: int
    rules: str


def judge(answers: Answers) -> Judgement:
    """Read typed answers and check them against the rules, in milliseconds, at worst 0.7 s."""
    reading, audience = _read(answers)
    problems = count_problems(find_all_problems(reading, audience))
    plan = read_plan(reading.values)
    findings, gaps = find_findings(plan, audience), count_gaps(plan, audience)
    return Judgement(answers, reading.values, problems, findings, gaps, load_rulebook().version)


def _read(answers: Answers) -> tuple[Reading, Audience]:
    reading = read_answers(answers)
    return reading, read_audience(answers, reading.values.get("timezone"))


@dataclass(frozen=True)
class Reason:
    """Why the findings of some rules, by their ids, are fine or open again, and who says so."""

    rules: Collection[str]
    text: str
    who: str


def accept(session: Session, draft: Draft, judgement: Judgement, reason: Reason) -> bool:
    """Keep a reason for the findings of these rules, in place of any earlier one.

    *judgement* is of the draft as it is. Tells whether there is such a finding.
    """
    findings = [
        finding
        for finding in judgement.findings
        if finding.rule.id in reason.rules and not finding.rule.is_duty
    ]
    if not findings:
        return False
    statements = {
        finding.rule.id: Statement(describe_evidence(finding), reason.text, reason.who, _now())
        for finding in findings
    }
    _keep(draft, judgement, statements)
    details = {
        finding.rule.id: [finding.rule.title, describe_evidence(finding)] for finding in findings
    }
    _record(session, draft, EventKind.ACCEPTED, reason.who, reason=reason.text, findings=details)
    return True


def take_back(session: Session, draft: Draft, judgement: Judgement, reason: Reason) -> bool:
    """Open findings again that are accepted. Tells whether there are some."""
    titles = {
        finding.rule.id: finding.rule.title
        for finding in judgement.findings
        if finding.rule.id in reason.rules
        and finding.rule.id in draft.accepted
        and not finding.rule.is_duty
    }
    if not titles:
        return False
    draft.accepted = {
        rule: finding for rule, finding in draft.accepted.items() if rule not in titles
    }
    count_findings(draft, judgement)
    _record(session, draft, EventKind.TAKEN_BACK, reason.who, reason=reason.text, findings=titles)
    return True


def confirm(
    session: Session,
    draft: Draft,
    judgement: Judgement,
    answers: Mapping[str, tuple[DutyAnswer, str]],
    *,
    who: str,
) -> bool:
    """Keep answers, each with its reason: to duties by rule, to exemptions by their keys.

    Those that are kept already stay. Tells whether all of this is asked of the draft.
    """
    asked = _list_questions(judgement.findings)
    if not answers or answers.keys() - asked.keys():
        return False
    statements = read_accepted(draft) | {
        finding.rule.id: statement
        for finding in judgement.findings
        if finding.rule.is_duty and (statement := find_statement(finding, read_accepted(draft)))
    }
    changed = {
        key: Statement(asked[key].measure, reason, who, _now(), answer)
        for key, (answer, reason) in answers.items()
        if not _is_same(statements.get(key), asked[key].measure, answer, reason)
    }
    if not changed:
        return True
    _keep(draft, judgement, changed)
    details = {
        key: [asked[key].title, statement.answer, statement.reason, *asked[key].lifts]
        for key, statement in changed.items()
    }
    _record(session, draft, EventKind.CONFIRMED, who, duties=details)
    return True


@dataclass(frozen=True)
class _Question:
    """What is asked: its words, what it is about, and the titles of the rules that a yes lifts."""

    title: str
    measure: str
    lifts: tuple[str, ...] = ()


def _list_questions(findings: Iterable[Finding]) -> dict[str, _Question]:
    duties = {
        finding.rule.id: _Question(finding.rule.title, describe_evidence(finding))
        for finding in findings
        if finding.rule.is_duty
    }
    exemptions = {
        build_exemption_key(exemption): _Question(
            EXEMPTIONS[exemption].question,
            measure_exemption(exemption, lifted),
            tuple(finding.rule.title for finding in lifted),
        )
        for exemption, lifted in find_exemptions(findings).items()
    }
    return duties | exemptions


def _record(session: Session, draft: Draft, kind: EventKind, who: str, **details: object) -> None:
    """Write down what was said, and bind all that is kept of it now to the trail."""
    bound = {SAID: hash_document(draft.accepted)}
    audit_trail.record(session, kind, name_draft_chain(draft.id), who=who, **details, **bound)


def stamp_statements(draft: Draft) -> str:
    """Name the statements of a draft by 12 hexadecimal digits, which change with any of them."""
    return hash_document(draft.accepted)[:12]


def _is_same(statement: Statement | None, measured: str, answer: DutyAnswer, reason: str) -> bool:
    """Tell whether this was said already; a duty that an exemption lifts is not needed by it."""
    if statement is None or (statement.answer, statement.reason) != (answer, reason):
        return False
    return bool(statement.lifted_by) or statement.measure == measured


def _keep(draft: Draft, judgement: Judgement, statements: Mapping[str, Statement]) -> None:
    draft.accepted = draft.accepted | {
        key: write_statement(statement) for key, statement in statements.items()
    }
    count_findings(draft, judgement)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_judgement(draft: Draft, findings: Iterable[Finding]) -> dict[str, object]:
    """Write findings, statements, and the versions of rules, zones and app as JSON has them."""
    statements = read_accepted(draft)
    return {
        "findings": [
            {
                "rule": finding.rule.id,
                "severity": finding.severity.value,
                "measure": describe_evidence(finding),
                "checked_on": finding.rule.checked_on.isoformat(),
                **_write_judged(find_statement(finding, statements)),
            }
            for finding in findings
        ],
        "rules": load_rulebook().version,
        "zone_data": ZONE_DATA_VERSION,
        "app": VERSION,
    }


def _write_judged(statement: Statement | None) -> dict[str, object]:
    """Write out what was said: `accepted` is the reason, as it was before there were answers."""
    if statement is None:
        return {"accepted": None}
    lifted: dict[str, object] = {"lifted_by": statement.lifted_by} if statement.lifted_by else {}
    return {
        "accepted": statement.reason,
        "answer": statement.answer,
        "by": statement.who,
        "at": statement.at,
    } | lifted


def count_findings(draft: Draft, judgement: Judgement) -> None:
    """Store, for the list, a draft's open findings by severity, its gaps, and how far it is."""
    draft.findings = _count(judgement.findings, judgement.gaps, draft)
    draft.rules = judgement.rules
    draft.problems = dict(judgement.problems)
    draft.readiness = find_readiness(draft.problems, draft.findings)


def count_anew(draft: Draft) -> Mapping[str, int]:
    """Count the findings of a draft by severity, and its gaps, by the present rules."""
    reading, audience = _read(draft.answers)
    plan = read_plan(reading.values)
    return _count(find_findings(plan, audience), count_gaps(plan, audience), draft)


def _count(findings: Iterable[Finding], gaps: int, draft: Draft) -> dict[str, int]:
    return tally(findings, read_accepted(draft)) | {NOT_KNOWN: gaps}
