"""What a batch comes to: what is sent, by a digest, and what was found and said of it.

All of it is about the items that are ready; it is kept once all are checked, since to add up very
many takes seconds.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Text, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import DutyAnswer
from app.campaign.compliance.evidence import Severity
from app.store.base import ItemState
from app.store.batch_models import Batch, BatchItem

BREAKING, BREAKS, OVERLAPPING, ADVISED = "breaking", "breaks ", "overlapping", "advised"
"""Keys of an item's findings, each 1, so that those of a batch count its campaigns.

One breaks a law, or a rule whose id follows; can call the same people as another; or has something
that is worth a second look.
"""

_NAMED = 3


class Summary(NamedTuple):
    """What all items of a batch that are ready come to: SHA-256, days, and findings by kind.

    *judged* is the SHA-256 over what was found and said of each.
    """

    digest: str
    calling_days: int
    findings: Counter[str]
    judged: str


def summarise(session: Session, batch: Batch) -> Summary:
    """Give what a batch comes to: as it is kept, or added up, which takes seconds for very many."""
    if batch.digest:
        findings = Counter(batch.findings)
        return Summary(batch.digest, batch.calling_days, findings, batch.judged)
    judged = _compute_digest_of_findings(session, batch.id)
    return Summary(compute_digest(session, batch.id), *_sum_up(session, batch.id), judged)


def keep_summary(batch: Batch, summary: Summary | None) -> None:
    """Keep with a batch what it comes to; `None` for what is not known any more."""
    kept = summary or Summary("", 0, Counter(), "")
    batch.judged = kept.judged
    batch.digest, batch.calling_days = kept.digest, kept.calling_days
    batch.findings = dict(kept.findings)


def _sum_up(session: Session, batch_id: int) -> tuple[int, Counter[str]]:
    """Add up the calling days and the findings by kind of all items that are ready."""
    query = select(BatchItem.calling_days, BatchItem.findings).where(
        BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY
    )
    days, kinds = 0, Counter[str]()
    for calling_days, findings in session.execute(query):
        days += calling_days
        kinds.update(findings)
    return days, kinds


def compute_digest(session: Session, batch_id: int) -> str:
    """Compute the SHA-256, in hexadecimal digits, over the items that are ready.

    Each is a line of its position, its draft's id and the SHA-256 of its bytes.
    """
    query = select(BatchItem.position, BatchItem.draft_id, BatchItem.digest).where(
        BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY
    )
    whole = hashlib.sha256()
    for row in session.execute(query.order_by(BatchItem.position)):
        whole.update(f"{row.position} {row.draft_id} {row.digest}\n".encode())
    return whole.hexdigest()


def _compute_digest_of_findings(session: Session, batch_id: int) -> str:
    """Compute the SHA-256 over what was found and said of the items that are ready.

    Each is a line of its position, its draft's version with what was said, and the findings.
    """
    judged = cast_to(BatchItem.judged, Text)  # As it is kept: nobody needs to read it.
    query = select(BatchItem.position, BatchItem.seen, judged.label("judged")).where(
        BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY
    )
    whole = hashlib.sha256()
    for row in session.execute(query.order_by(BatchItem.position)):
        whole.update(f"{row.position} {row.seen} {row.judged}\n".encode())
    return whole.hexdigest()


class BrokenRule(NamedTuple):
    """A rule, by its id, that so many *campaigns* break, with the names of the first."""

    rule: str
    campaigns: int
    names: list[str]


def find_broken(judged: Mapping[str, Any]) -> set[str]:
    """Find the ids of the rules that are broken, or duties not met, in what was written of one.

    What somebody has accepted is not among them.
    """
    return {
        finding["rule"]
        for finding in judged["findings"]
        if finding.get("answer") == DutyAnswer.NO
        or (finding["severity"] == Severity.HIGH and not finding.get("by"))
    }


def list_broken(findings: Mapping[str, int], items: Iterable[BatchItem]) -> list[BrokenRule]:
    """List the rules that are broken by what was counted of a batch, the most frequent first.

    *items* are the first ones, to be named.
    """
    names: dict[str, list[str]] = {}
    for item in items:
        for kind in item.findings:
            names.setdefault(kind, []).append(item.name)
    broken = [
        BrokenRule(kind.removeprefix(BREAKS), count, names.get(kind, [])[:_NAMED])
        for kind, count in findings.items()
        if kind.startswith(BREAKS)
    ]
    return sorted(broken, key=lambda rule: (-rule.campaigns, rule.rule))


class AcceptedFinding(NamedTuple):
    """That somebody accepted a rule's findings, by its id, for a reason, in so many *campaigns*."""

    rule: str
    reason: str
    who: str
    campaigns: int


def list_accepted(session: Session, batch_id: int, most: int) -> list[AcceptedFinding]:
    """List what was accepted or answered in the items that are ready, the most frequent first."""
    query = select(BatchItem.judged).where(
        BatchItem.batch_id == batch_id, BatchItem.state == ItemState.READY
    )
    counts = Counter(
        (finding["rule"], finding["accepted"] or finding.get("answer", ""), finding["by"])
        for judged in session.scalars(query)
        for finding in judged.get("findings", ())
        if finding.get("by")
    )
    return [AcceptedFinding(*acceptance, count) for acceptance, count in counts.most_common(most)]
