"""One run: something goes wrong while somebody presses, and what is left is judged.

lost     the draft is not as it was typed
double   the API holds more campaigns than people wanted: one
silent   a page that is not true, leads nowhere, tells a secret, or never comes
"""

from contextlib import suppress
from dataclasses import dataclass, field

from tests.factories import outbound, typed
from tests.faults.bed import Lost, TestBed, wait_until
from tests.faults.conditions import Condition
from tests.faults.person import Person, Seen
from tests.faults.submit_patterns import SUBMIT_PATTERNS

CREATED, UNKNOWN = "Created", "Unknown"
_HONEST = (200, 422, 503)  # With 422 it asks for something, with 503 it could not write.
NOT_THERE = ("Refused", "Not sent")
_WRITTEN_WITHIN = 12.0
"""Seconds in which a process that holds an answer tries again to write it down."""


@dataclass
class Run:
    """What one run showed: the state that the page named first, and what was wrong."""

    condition: str
    pattern: str
    state: str = ""
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.double or self.silent)


def run(bed: TestBed, condition: Condition, pattern: str, name: str) -> Run:
    """Do it once, with a draft of this name that no other has."""
    outcome = Run(condition.name, pattern)
    draft_id = bed.new_draft(name)
    try:
        answers = SUBMIT_PATTERNS[pattern](bed, draft_id, condition.met(bed, name))
        _judge_answers(outcome, condition, answers)
        bed.restart_if_dead()
        person = Person(bed.url, draft_id, bed.restart_if_dead)
        page = _look_until(person, condition.expects) if condition.expects else person.look()
        _judge_page(outcome, bed, name, page)
        if condition.expects and page.state != condition.expects:
            outcome.silent.append(f"it says {page.heading}, and the answer had come")
        outcome.state = page.state if page.state in {CREATED, UNKNOWN, *NOT_THERE} else "Never sent"
        _judge_next_step(outcome, bed, name, person, page)
    except TimeoutError as error:
        outcome.silent.append(f"no end: {error}")
        bed.restart_if_dead()
    except Lost as error:
        outcome.silent.append(str(error))
        bed.restart_if_dead()
    _judge_draft(outcome, bed, draft_id, name)
    return outcome


def _look_until(person: Person, expects: str) -> Seen:
    """Look until it is as expected, or has had its time.

    What one process cannot write yet, another may have called UNKNOWN meanwhile.
    """
    pages = [person.look()]

    def is_there() -> bool:
        if pages[-1].state != expects:
            pages.append(person.look())
        return pages[-1].state == expects

    with suppress(TimeoutError):
        wait_until(is_there, _WRITTEN_WITHIN, every=0.2)
    return pages[-1]


def _judge_answers(outcome: Run, condition: Condition, answers: list[Seen | None]) -> None:
    """Hold what was answered to each press to what any page promises."""
    for answer in answers:
        if answer is None:
            if not condition.kills:
                outcome.silent.append("a press was not answered")
        elif answer.leaks or not answer.has_next_step or answer.status not in _HONEST:
            outcome.silent.append(f"a press led to {answer.status} {answer.heading}")


def _judge_page(outcome: Run, bed: TestBed, name: str, page: Seen) -> None:
    """Hold the page to what the API holds."""
    made = bed.made(name)
    if len(made) > 1:
        outcome.double.append(f"{len(made)} campaigns")
    if page.state == CREATED and (not made or made[0] not in page.words):
        outcome.silent.append("it says created, and the API has no such campaign")
    if page.state not in {CREATED, UNKNOWN} and made:
        outcome.silent.append(f"it says “{page.heading}”, and the API has the campaign")
    if page.status != 200 or page.leaks or not page.has_next_step:
        outcome.silent.append(f"{page.status} {page.heading}")


def _judge_next_step(outcome: Run, bed: TestBed, name: str, person: Person, page: Seen) -> None:
    """Take the page's next step until there is one campaign, and never more."""
    if page.state == UNKNOWN:
        made = bed.made(name)
        page = person.say(page, made[0] if made else None)
        _judge_page(outcome, bed, name, page)
    if page.state == UNKNOWN:
        outcome.silent.append("what was looked up is not taken")
    elif page.state != CREATED:
        bed.forget_waiting()
        person.review()
        person.press()
        page = person.look()
        _judge_page(outcome, bed, name, page)
        if page.state != CREATED:
            outcome.silent.append(f"it cannot be sent after all: {page.heading}")


def _judge_draft(outcome: Run, bed: TestBed, draft_id: str, name: str) -> None:
    answers = bed.answers(draft_id)
    if answers != typed(outbound(name=name)):
        outcome.lost.append(f"{answers}")
