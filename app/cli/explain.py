"""``flask explain``: what a payload will do, without a browser, for scripts and reviews."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from typing import Any

import click

from app.campaign.compliance.audience import read_audience
from app.campaign.compliance.audience_words import (
    describe_audience,
    describe_gaps,
    describe_none_found,
)
from app.campaign.compliance.evidence import Finding
from app.campaign.compliance.finding_words import describe_finding
from app.campaign.compliance.fix_words import describe_fixes
from app.campaign.compliance.fixes import find_fixes
from app.campaign.compliance.places import find_places
from app.campaign.compliance.rule_list import list_jurisdictions
from app.campaign.compliance.rule_words import NO_ADVICE, find_caution
from app.campaign.contract.fields import Purpose
from app.campaign.contract.reading import read_json
from app.campaign.contract.strict_json import Malformed, parse_object
from app.campaign.contract.validation import find_problems_of_document
from app.campaign.contract.wording import WORDS, describe_advice, describe_problem
from app.campaign.explanation import Explanation, Lead, explain_reading
from app.campaign.formatting import format_clock
from app.campaign.schedule.windows import Overview, Window, is_on_a_calling_day, iterate_windows
from app.campaign.timezones.zones import ClockChange, format_offset, load_zone


class Unusable(click.ClickException):
    """There is no campaign to explain, or no audience to explain it for."""

    exit_code = 2


@click.command("explain")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--audience", default="", help="Where the leads are: 48 states, France, US-FL …")
@click.option("--purpose", default="", help=f"What the calls are for: {', '.join(Purpose)}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_command(file: str, audience: str, purpose: str, *, as_json: bool) -> None:
    """Tell what the campaign in FILE (- is standard input) will do.

    Ends with 0, with 1 if the API would refuse the campaign, with 2 if FILE can't be read.
    """
    reading = read_json(_read_document(file))
    answers = {"audience": audience, "purpose": purpose}
    _check_audience(audience)
    _check_purpose(purpose)
    told_to = read_audience(answers, reading.values.get("timezone"))
    explanation = explain_reading(reading, told_to, datetime.now(UTC))
    explanation = replace(explanation, problems=find_problems_of_document(reading))
    text = (
        json.dumps(write_document(explanation), indent=2)
        if as_json
        else "\n".join(_describe(explanation))
    )
    if isinstance(sys.stdout, TextIOWrapper):  # What a terminal cannot show must not end it.
        sys.stdout.reconfigure(errors="replace")
    click.echo(text)
    sys.exit(1 if explanation.problems else 0)


@click.command("rules")
def list_rules() -> None:
    """List for which places and kinds of rule the law has been read, and the rules found."""
    for jurisdiction in list_jurisdictions():
        read = ", ".join(f"{topic}: {state}" for topic, state in jurisdiction.read.items())
        click.echo(f"{jurisdiction.name} ({jurisdiction.code}): {read}")
        for rule in jurisdiction.rules:
            click.echo(f"  {rule.id}: {rule.title} ({rule.citation}) {rule.source}")


def write_document(explanation: Explanation) -> dict[str, Any]:
    """Write a campaign's meaning as JSON; `calendar` and `attempts` are `None` if it has none."""
    return {
        "problems": _write_notes(explanation.problems, describe_problem),
        "advice": _write_notes(explanation.advice, describe_advice),
        "calendar": _write_calendar(explanation.overview) if explanation.overview else None,
        "attempts": _write_attempts(explanation.lead) if explanation.lead else None,
        "findings": [_write_finding(finding, explanation) for finding in explanation.findings],
        "not_known": describe_gaps(explanation.audience) if explanation.overview else [],
        "plain": list(explanation.plain),
    }


def _read_document(file: str) -> dict[str, Any]:
    name = "Standard input" if file == "-" else file
    try:
        with click.open_file(file, "rb") as opened:
            return parse_object(opened.read())
    except OSError as error:
        raise Unusable(f"{name} cannot be read: {error.strerror}.") from error
    except RuntimeError as error:  # There is no standard input at all.
        raise Unusable(f"{name} cannot be read: it is closed.") from error
    except Malformed as error:
        raise Unusable(f"{name} is no campaign: {_uncapitalise(error)}") from error


def _uncapitalise(error: Malformed) -> str:
    """Write a sentence so that it can follow a colon."""
    return f"{str(error)[0].lower()}{str(error)[1:]}"


def _check_purpose(purpose: str) -> None:
    if purpose and purpose not in set(Purpose):
        raise Unusable(f"The purpose “{purpose}” is none of {', '.join(Purpose)}.")


def _check_audience(audience: str) -> None:
    for word, candidates in find_places(audience).unread:
        known = f"it can be {' or '.join(candidates)}" if candidates else "no such place is known"
        raise Unusable(f"The audience “{word}” is not clear: {known}.")


def _write_notes(notes: Sequence[Any], words: Any) -> list[dict[str, str]]:
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


def _write_attempts(lead: Lead) -> dict[str, Any]:
    zone = load_zone(lead.overview.schedule.zone)
    return {
        "per_day": lead.attempts.per_day,
        "timeline": [at.astimezone(zone).isoformat() for at in lead.attempts.timeline],
        "never": lead.attempts.never,
        "worst": {period: len(times) for period, times in lead.worst.items()},
    }


def _write_finding(finding: Finding, explanation: Explanation) -> dict[str, str]:
    return {
        "rule": finding.rule.id,
        "jurisdiction": finding.rule.jurisdiction,
        "severity": finding.severity,
        "message": _describe_finding(finding, explanation),
        "source": finding.rule.source,
        "checked_on": finding.rule.checked_on.isoformat(),
    }


def _describe_finding(finding: Finding, explanation: Explanation) -> str:
    if explanation.overview is None:
        return finding.rule.limit
    schedule = explanation.overview.schedule
    fixes = find_fixes(finding, schedule, explanation.limits, explanation.audience)
    words = (
        f"{finding.rule.title} ({finding.rule.citation}): {finding.rule.limit}",
        describe_finding(finding, schedule) if not finding.rule.is_duty else "",
        describe_fixes(finding, fixes),
        find_caution(finding.rule, datetime.now(UTC).date()),
    )
    return " ".join(filter(None, words))


def _describe(explanation: Explanation) -> Iterator[str]:
    yield from _list_lines(
        "To be changed",
        [_label(note.field, describe_problem(note)) for note in explanation.problems],
    )
    yield from _list_lines("What it will do", explanation.plain)
    yield from _list_lines(
        "Worth a second look",
        [_label(note.field, describe_advice(note)) for note in explanation.advice],
    )
    if explanation.lead:
        yield from _list_lines("A lead who never answers", _describe_lead(explanation.lead))
    if explanation.overview:
        yield from _list_lines(
            "Rules of calling",
            [
                describe_audience(explanation.audience),
                *describe_gaps(explanation.audience),
                *describe_none_found(explanation.audience),
                *_list_findings(explanation),
                NO_ADVICE,
            ],
        )


def _list_findings(explanation: Explanation) -> Iterator[str]:
    for finding in explanation.findings:
        words = _describe_finding(finding, explanation)
        source = f"{finding.rule.source} ({finding.rule.checked_on})"
        yield f"[{finding.severity}] {words} Source: {source}"


def _describe_lead(lead: Lead) -> Iterator[str]:
    attempts = _write_attempts(lead)
    yield f"In one day at most {attempts['per_day']}."
    worst = ", ".join(f"{count} in {period}" for period, count in attempts["worst"].items())
    yield f"At worst {worst}."
    yield f"At the earliest: {', '.join(attempts['timeline'])}."
    if attempts["never"]:
        yield f"{attempts['never']:,} attempts can never happen."


def _label(name: str, message: str) -> str:
    return f"{WORDS[name].label if name in WORDS else name}: {message}"


def _list_lines(title: str, lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    bullets = [f"  - {line}" for line in lines]
    if bullets:
        yield from (title, *bullets, "")


def _write_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
