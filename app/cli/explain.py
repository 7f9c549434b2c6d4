"""``flask explain``: what a payload will do, without a browser, for scripts and reviews."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from app.campaign.compliance.audience import read_audience
from app.campaign.compliance.audience_words import (
    describe_audience,
    describe_gaps,
    describe_none_found,
)
from app.campaign.compliance.places import find_places
from app.campaign.compliance.rule_list import list_jurisdictions
from app.campaign.compliance.rule_words import NO_ADVICE
from app.campaign.contract.fields import Purpose
from app.campaign.contract.reading import read_json
from app.campaign.contract.strict_json import Malformed, parse_object
from app.campaign.contract.validation import find_problems_of_document
from app.campaign.contract.wording import WORDS, describe_advice, describe_problem
from app.campaign.explanation import Explanation, Lead, explain_reading
from app.campaign.explanation_document import (
    describe_with_fixes,
    write_attempts,
    write_document,
)
from app.cli.output import echo_line
from app.cli.refusals import Unusable


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
    if as_json:
        click.echo(json.dumps(write_document(explanation), indent=2))
    else:
        for line in _describe(explanation):
            echo_line(line)
    sys.exit(1 if explanation.problems else 0)


@click.command("rules")
def list_rules() -> None:
    """List for which places and kinds of rule the law has been read, and the rules found."""
    for jurisdiction in list_jurisdictions():
        read = ", ".join(f"{topic}: {state}" for topic, state in jurisdiction.read.items())
        click.echo(f"{jurisdiction.name} ({jurisdiction.code}): {read}")
        for rule in jurisdiction.rules:
            click.echo(f"  {rule.id}: {rule.title} ({rule.citation}) {rule.source}")


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
        words = describe_with_fixes(finding, explanation)
        source = f"{finding.rule.source} ({finding.rule.checked_on})"
        yield f"[{finding.severity}] {words} Source: {source}"


def _describe_lead(lead: Lead) -> Iterator[str]:
    attempts = write_attempts(lead)
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
