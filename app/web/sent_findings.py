"""What the rules of calling said of a campaign when it was sent, as the trail has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import Statement
from app.campaign.compliance.evidence import Severity
from app.campaign.compliance.rulebook import load_rulebook
from app.store.audit_trail import EventKind, read_details, read_draft_events
from app.store.models import Submission


@dataclass(frozen=True)
class SentFinding:
    """One finding: the rule's title and source as they are now, and what was found and stated then.

    A rule that is gone since has its id for a title, and no source. `statement` is `None` for what
    was open.
    """

    title: str
    source: str
    measure: str
    is_duty: bool
    statement: Statement | None


@dataclass(frozen=True)
class SentJudgement:
    """All findings, the weightiest first, and the versions of the rules and of the zone data."""

    findings: Sequence[SentFinding]
    rules: str
    zone_data: str


def read_sent_judgement(session: Session, submission: Submission) -> SentJudgement | None:
    """Read what was on record at the press; `None` if that is in an archive, or nothing was."""
    for event in reversed(read_draft_events(session, submission.draft_id)):
        known = read_details(event) if event.kind == EventKind.SENT else {}
        if known.get("submission") == submission.id and "findings" in known:
            weights = [severity.value for severity in Severity]
            findings = sorted(known["findings"], key=lambda row: weights.index(row["severity"]))
            return SentJudgement(
                [_describe(row) for row in findings],
                known.get("rules", ""),
                known.get("zone_data", ""),
            )
    return None


def _describe(row: Mapping[str, Any]) -> SentFinding:
    rule = next((rule for rule in load_rulebook().rules if rule.id == row["rule"]), None)
    measure, _, _ = row["measure"].partition(" Leads: ")  # A digest, which tells a person nothing.
    return SentFinding(
        title=rule.title if rule else row["rule"],
        source=rule.source if rule else "",
        measure=measure,
        is_duty=row["severity"] == Severity.LOW,
        statement=None if row["accepted"] is None else _read_statement(row),
    )


def _read_statement(row: Mapping[str, Any]) -> Statement:
    names = {"who": "by", "at": "at", "answer": "answer", "lifted_by": "lifted_by"}
    statement = {name: row.get(old, "") for name, old in names.items()}
    return Statement(row["measure"], row["accepted"], **statement)
