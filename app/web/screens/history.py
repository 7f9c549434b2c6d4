"""What happened to a draft, as a page to read and as one file of evidence to keep."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import find_statement
from app.campaign.compliance.finding_words import describe_evidence, describe_finding
from app.campaign.contract.reading import read_answers
from app.campaign.explanation import explain
from app.campaign.schedule.windows import read_schedule
from app.rights import Right
from app.services import store
from app.store import approvals, audit_trail, drafts
from app.store.acceptances import read_accepted, write_judgement, write_statement
from app.store.audit_trail import EventKind
from app.store.evidence_file import write_batches, write_submissions, write_trail
from app.store.models import Draft
from app.web.access import may, needs
from app.web.connection_names import make_naming
from app.web.downloads import JSON, name_file, send_download
from app.web.event_words import HistoryEntry, describe_events
from app.web.refusals import NotAllowed
from app.web.visit import find_connection

bp = Blueprint("history", __name__)


@bp.get("/drafts/<draft:draft_id>/history")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        return render_template(
            "drafts/history.html",
            connection=find_connection(draft),
            draft=draft,
            events=_describe_history(session, draft_id),
            batches=approvals.list_batches_of(session, draft_id),
        )


@bp.get("/drafts/<draft:draft_id>/evidence.json")
@needs(Right.VIEW)
def evidence(draft_id: str) -> Response:
    """Give one file with all that is known of a campaign, each thing with its version."""
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        _check_all_visible(session, draft)
        document, file = _write_evidence(session, draft), name_file(draft.name, "-evidence.json")
    written = json.dumps(document, ensure_ascii=False, indent=2)
    return send_download(written, file, JSON)


def _check_all_visible(session: Session, draft: Draft) -> None:
    """Raise `NotAllowed` where the evidence tells of a connection that who asks may not look at.

    Nothing can be left out of it: it proves itself as a whole.
    """
    keys = {submission.connection_key for submission in draft.submissions}
    for event in audit_trail.read_draft_events(session, draft.id):
        fields = audit_trail.read_details(event).get("fields", {})
        if "connection" in fields:
            before, after = map(str, fields["connection"])
            # Before a draft was made there was no answer; later, none is the default connection.
            keys |= {after} if event.kind == EventKind.CREATED else {before, after}
    if not all(may(Right.VIEW, key) for key in keys):
        raise NotAllowed(
            "This campaign went elsewhere before, and the evidence tells of that, too. Ask "
            "somebody who may look at all of it, such as an administrator."
        )


def _describe_history(session: Session, draft_id: str) -> list[HistoryEntry]:
    """Put the events into words, and what one person typed in one go into one of them."""
    return describe_events(audit_trail.read_draft_events(session, draft_id), make_naming(session))


def _write_evidence(session: Session, draft: Draft) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "draft": {
            "id": draft.id,
            "version": draft.version,
            "answers": draft.answers,
            "accepted": draft.accepted,
        },
        "judged_now": _write_judgement(draft),
        "submissions": write_submissions(session, draft),
        "trail": write_trail(session, draft.id),
        "batches": write_batches(session, draft.id),
    }


def _write_judgement(draft: Draft) -> dict[str, Any]:
    """Write out what the rules say of a draft now; what they said then is in the trail."""
    findings = explain(draft.answers, datetime.now(UTC)).findings
    schedule, statements = read_schedule(read_answers(draft.answers).values), read_accepted(draft)
    return write_judgement(draft, findings) | {
        "findings": [
            {
                "rule": finding.rule.id,
                "title": finding.rule.title,
                "severity": finding.severity,
                "measure": describe_evidence(finding),
                "leads": finding.leads,
                "times": finding.times,
                "found": describe_finding(finding, schedule) if schedule else "",
                "source": finding.rule.source,
                "source_kind": finding.rule.source_kind,
                "law_as_of": finding.rule.law_as_of and finding.rule.law_as_of.isoformat(),
                "checked_on": finding.rule.checked_on.isoformat(),
                "said": write_statement(statement) if statement else None,
            }
            for finding in findings
            for statement in [find_statement(finding, statements)]
        ]
    }
