"""An explanation as one JSON document: what `flask explain --json` prints, and the API answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.campaign.compliance.audience_words import describe_gaps
from app.campaign.compliance.evidence import Finding
from app.campaign.compliance.finding_words import describe_finding
from app.campaign.compliance.fix_words import describe_fixes
from app.campaign.compliance.fixes import find_fixes
from app.campaign.compliance.rule_words import find_caution
from app.campaign.contract.wording import describe_advice, describe_kept, describe_problem
from app.campaign.explanation import Explanation, Lead
from app.campaign.formatting import format_clock
from app.campaign.schedule.windows import Overview, Window, is_on_a_calling_day, iterate_windows
from app.campaign.timezones.zones import ClockChange, format_offset, load_zone


def write_document(explanation: Explanation) -> dict[str, Any]:
    """Write a campaign's meaning as JSON; `calendar` and `attempts` are `None` if it has none."""
    return {
        "problems": write_notes(explanation.problems, describe_problem),
        "advice": write_notes(explanation.advice, describe_advice)
        + [
            {"field": name, "code": "not_sent", "message": describe_kept([name])}
            for name in explanation.left_out
        ],
        "calendar": _write_calendar(explanation.overview) if explanation.overview else None,
        "attempts": write_attempts(explanation.lead) if explanation.lead else None,
        "findings": [_write_finding(finding, explanation) for finding in explanation.findings],
        "not_known": describe_gaps(explanation.audience) if explanation.overview else [],
        "plain": list(explanation.plain),
    }


def write_attempts(lead: Lead) -> dict[str, Any]:
    """Write the attempts to one lead who never answers, by the campaign's clock."""
    zone = load_zone(lead.overview.schedule.zone)
    return {
        "per_day": lead.attempts.per_day,
        "timeline": [at.astimezone(zone).isoformat() for at in lead.attempts.timeline],
        "never": lead.attempts.never,
        "worst": {period: len(times) for period, times in lead.worst.items()},
    }


def describe_with_fixes(finding: Finding, explanation: Explanation) -> str:
    """Say what a finding is, and what would keep its rule."""
    if explanation.overview is None:
        return finding.rule.limit
    schedule = explanation.overview.schedule
    fixes = find_fixes(finding, schedule, explanation.limits, explanation.audience)
    words = (
        f"{finding.rule.title} ({finding.rule.citation}): {finding.rule.limit}",
        describe_finding(finding, schedule) if not finding.rule.is_duty else "",
        describe_fixes(finding, fixes),
        find_caution(finding.rule, explanation.today),
    )
    return " ".join(filter(None, words))


def write_notes(notes: Sequence[Any], words: Any) -> list[dict[str, str]]:
    """Write problems or advice, each with its sentence in these *words*."""
    return [{"field": note.field, "code": note.code, "message": words(note)} for note in notes]


def _write_calendar(overview: Overview) -> dict[str, Any]:
    return {
        "calling_days": overview.calling_days,
        "hours": _round_hours(overview.length / timedelta(hours=1)),
        "windows": [_write_window(window) for window in iterate_windows(overview.schedule)],
        "clock_changes": [_write_change(change, overview) for change in overview.changes],
    }


def _round_hours(hours: float) -> float:
    return int(hours) if hours.is_integer() else round(hours, 2)


def _write_window(window: Window) -> dict[str, Any]:
    return {
        "date": window.date.isoformat(),
        "start": format_clock(window.start.time()),
        "end": format_clock(window.end.time()),
        "start_utc": _write_utc(window.start),
        "end_utc": _write_utc(window.end),
        "minutes": window.minutes,
    }


def _write_change(change: ClockChange, overview: Overview) -> dict[str, Any]:
    return {
        "at_utc": _write_utc(change.at),
        "before": format_offset(change.before),
        "after": format_offset(change.after),
        "calling_day": is_on_a_calling_day(overview.schedule, change),
    }


def _write_finding(finding: Finding, explanation: Explanation) -> dict[str, str]:
    return {
        "rule": finding.rule.id,
        "jurisdiction": finding.rule.jurisdiction,
        "severity": finding.severity,
        "message": describe_with_fixes(finding, explanation),
        "source": finding.rule.source,
        "checked_on": finding.rule.checked_on.isoformat(),
    }


def _write_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
