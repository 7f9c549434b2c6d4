"""The ways in which people press the button that sends."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from tests.faults.bed import TestBed
from tests.faults.person import Person, Seen

Trouble = AbstractContextManager[None]
SubmitPattern = Callable[[TestBed, str, Trouble], list[Seen | None]]
"""Reviews a draft and presses amid the trouble.

Gives what was answered to each press, `None` where nothing was.
"""


def _at_once(people: Sequence[Person]) -> list[Seen | None]:
    """Let these press all at the same moment, and one of them wait for the outcome."""
    with ThreadPoolExecutor(len(people)) as hands:
        answers = list(hands.map(lambda person: person.press(), people))
    people[0].look()
    return answers


def once(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    person = _reviewing(bed, draft_id)
    with trouble:
        return _at_once([person])


def double_click(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    person = _reviewing(bed, draft_id)
    with trouble:
        return _at_once([person, person])


def two_people(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    people = [_reviewing(bed, draft_id), _reviewing(bed, draft_id)]
    with trouble:
        return _at_once(people)


def two_processes(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    other = Person(bed.second_url, draft_id)
    other.review()
    people = [_reviewing(bed, draft_id), other]
    with trouble:
        return _at_once(people)


def reload(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    """Press, and let the browser post the same form again."""
    person = _reviewing(bed, draft_id)
    with trouble:
        return [person.press(), *_at_once([person])]


def back(bed: TestBed, draft_id: str, trouble: Trouble) -> list[Seen | None]:
    """Press, see the outcome, go back to the form as it was, and press again."""
    person = _reviewing(bed, draft_id)
    with trouble:
        return [*_at_once([person]), *_at_once([person])]


def _reviewing(bed: TestBed, draft_id: str) -> Person:
    person = Person(bed.url, draft_id, bed.restart_if_dead)
    person.review()
    return person


SUBMIT_PATTERNS: dict[str, SubmitPattern] = {
    "once": once,
    "double click": double_click,
    "two people": two_people,
    "two processes": two_processes,
    "reload": reload,
    "back": back,
}
