"""What ``send`` says of a file: what would be sent, and what has become of it; its status."""

from collections import Counter
from collections.abc import Mapping

from app.campaign.compliance.evidence import Severity
from app.cli.batch_file import Line
from app.cli.output import echo_line
from app.connections import Connection
from app.services import store
from app.store import batches, drafts
from app.store.base import State
from app.store.batches import MOST_ITEMS

ALL_CREATED, NOT_ALL_CREATED, UNKNOWN = 0, 1, 3
_NAMED = 20
_KINDS = {
    Severity.HIGH: "laws broken",
    Severity.MEDIUM: "to verify",
    Severity.LOW: "to confirm",
}


def tell_review(lines: list[Line], to: Connection) -> None:
    good = [line for line in lines if not line.problem]
    days = sum(line.calling_days for line in good)
    kinds = sum((Counter(line.findings) for line in good), Counter[Severity]())
    echo_line(f"{len(good):,} of {len(lines):,} campaigns can be sent to {to.name} ({to.mode}).")
    echo_line(f"Calling days in all: {days:,}")
    if kinds:
        counts = ", ".join(
            f"{kinds[kind]:,} {words}" for kind, words in _KINDS.items() if kinds[kind]
        )
        echo_line(f"Rules of calling: {counts}")
    for line in lines:
        if line.problem:
            echo_line(f"Line {line.number} is left out: {line.problem}")


def tell_failures(batch_id: int, numbers: Mapping[str, int]) -> None:
    """Name the first campaigns of a batch that were not created, each with the reason.

    *numbers* has the line of each in the file, by the draft's id.
    """
    with store().reading() as session:
        results = batches.read_results(session, batch_id, MOST_ITEMS)
    failed = [result for result in results if result.state is not State.CREATED]
    for result in failed[:_NAMED]:
        why = result.message or result.reason
        became = result.state or "left out"
        echo_line(f"Line {numbers[result.draft_id]}, {result.name}: {became}. {why}".strip())
    if len(failed) > _NAMED:
        echo_line(f"and {len(failed) - _NAMED:,} more: the page of batch {batch_id} has them all.")


def tell_outcome(lines: list[Line], count: int) -> int:
    """Say what became of all lines, in this run and in earlier ones; gives the exit status."""
    with store().reading() as session:
        states = Counter(drafts.read_states(session, [line.name for line in lines]).values())
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
