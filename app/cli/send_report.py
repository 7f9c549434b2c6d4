"""What ``send`` says of a file: what would be sent, and what has become of it; its status."""

from collections import Counter
from collections.abc import Iterator, Mapping

from app.campaign.compliance.evidence import Severity
from app.campaign.contract.fields import CampaignType
from app.campaign.formatting import write_plural
from app.cli.batch_file import Line
from app.cli.output import echo_line
from app.connections import Connection
from app.services import store
from app.store import batch_results, drafts
from app.store.base import State
from app.store.batches import MOST_ITEMS

ALL_CREATED, NOT_ALL_CREATED, UNKNOWN = 0, 1, 3
_NAMED = 20
_KINDS = {
    Severity.HIGH: ("{:,} law broken", "{:,} laws broken"),
    Severity.MEDIUM: ("{:,} to verify",) * 2,
    Severity.LOW: ("{:,} to confirm",) * 2,
}


def tell_review(lines: list[Line], to: Connection) -> None:
    """Say what would be sent, what was sent before, and what the rules of calling say of it."""
    good = [line for line in lines if not line.problem]
    days = sum(line.calling_days for line in good)
    kinds = sum((Counter(line.findings) for line in good), Counter[Severity]())
    echo_line(f"{len(good):,} of {len(lines):,} campaigns can be sent to {to.name} ({to.mode}).")
    if before := _read_states(good)[State.CREATED]:
        echo_line(f"{before:,} of them were created by an earlier run, and are not sent again.")
    echo_line(f"Calling days in all: {days:,}")
    if kinds:
        echo_line(f"Rules of calling: {_count_findings(kinds)}")
    _tell_some(
        [f"Line {line.number} is left out: {line.problem}" for line in lines if line.problem],
        "{:,} more are left out.",
    )
    _tell_some([_describe_line(line) for line in good], "{:,} more can be sent.")
    _tell_some(list(_describe_broken(good)), "{:,} more laws are broken.")


def _tell_some(sentences: list[str], rest: str) -> None:
    """Say the first of many sentences, and how many more there are."""
    for sentence in sentences[:_NAMED]:
        echo_line(sentence)
    if len(sentences) > _NAMED:
        echo_line(f"and {rest.format(len(sentences) - _NAMED)}")


def _describe_line(line: Line) -> str:
    """Say when a campaign calls, and what rules of calling say of it."""
    answers = line.answers
    when = "answers whenever somebody rings"
    if answers["type"] == CampaignType.OUTBOUND:
        hours = f"{answers['daily_start_time']} to {answers['daily_end_time']}"
        when = f"from {answers['start_date']}, {hours} in {answers['timezone']}"
    findings = _count_findings(line.findings)
    return f"Line {line.number}, {answers['name']}: {when}{'; ' if findings else ''}{findings}"


def _describe_broken(lines: list[Line]) -> Iterator[str]:
    """Name each law that is broken, with the lines that break it."""
    numbers: dict[str, list[str]] = {}
    for line in lines:
        for title in line.broken:
            numbers.setdefault(title, []).append(str(line.number))
    for title, at in sorted(numbers.items(), key=lambda pair: -len(pair[1])):
        more = f" and {len(at) - _NAMED:,} more" if len(at) > _NAMED else ""
        places = ", ".join(at[:_NAMED])
        yield f"Breaks “{title}”: {'line' if len(at) == 1 else 'lines'} {places}{more}"


def _count_findings(findings: Mapping[Severity, int]) -> str:
    return ", ".join(
        write_plural(findings[kind], *words) for kind, words in _KINDS.items() if findings.get(kind)
    )


def _read_states(lines: list[Line]) -> Counter[State | None]:
    with store().reading() as session:
        return Counter(drafts.read_states(session, [line.name for line in lines]).values())


def tell_failures(batch_id: int, numbers: Mapping[str, int]) -> None:
    """Name the first campaigns of a batch that were not created, each with the reason.

    *numbers* has the line of each in the file, by the draft's id.
    """
    with store().reading() as session:
        results = batch_results.read_results(session, batch_id, MOST_ITEMS)
    failed = [result for result in results if result.state is not State.CREATED]
    for result in failed[:_NAMED]:
        why = result.message or result.reason
        became = result.state or "left out"
        echo_line(f"Line {numbers[result.draft_id]}, {result.name}: {became}. {why}".strip())
    if len(failed) > _NAMED:
        echo_line(f"and {len(failed) - _NAMED:,} more: the page of batch {batch_id} has them all.")


def tell_outcome(lines: list[Line], count: int) -> int:
    """Say what became of all lines, in this run and in earlier ones; gives the exit status."""
    states = _read_states(lines)
    created, waiting = states[State.CREATED], states[State.QUEUED]
    echo_line(f"{created:,} of {count:,} campaigns are created.")
    if waiting:
        echo_line(f"{waiting:,} still wait: the app, a worker or the same command sends them.")
    if unknown := states[State.UNKNOWN]:
        echo_line(f"{unknown:,} may have been created, or not: look there, and say so in the app.")
    if under_way := states[State.SENDING]:
        echo_line(f"{under_way:,} were not answered yet: run the same again in a minute.")
    if unknown or under_way:
        return UNKNOWN
    return ALL_CREATED if created == count else NOT_ALL_CREATED
