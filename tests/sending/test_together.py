"""What several threads ask for at once is done at once, and each of them gets its own answer."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from app.sending.together import Together


class Slow:
    """Doubles numbers, once it may; notes which ones it was given together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.has_begun, self.may_end = Event(), Event()
        self.together = Together[str, int, int](self.double, most=3)

    def double(self, _key: str, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.has_begun.set()
        assert self.may_end.wait(10)
        if 13 in numbers:
            raise ValueError(numbers)
        if 99 in numbers:
            raise SystemExit
        return [2 * number for number in numbers]


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.may_end.set()


def ask_behind(slow: Slow, pool: ThreadPoolExecutor, numbers: Sequence[int]) -> list[Future[int]]:
    """Ask for the first number, and for all others while that is being done."""
    asked = [pool.submit(slow.together.ask, "key", numbers[0])]
    assert slow.has_begun.wait(10)
    for number in numbers[1:]:
        asked.append(pool.submit(slow.together.ask, "key", number))
        sleep(0.05)  # So that they come in this order.
    slow.may_end.set()
    return asked


def test_who_asks_alone_is_served_at_once(slow: Slow) -> None:
    slow.may_end.set()
    assert [slow.together.ask("key", number) for number in (1, 2)] == [2, 4]
    assert slow.groups == [[1], [2]]


def test_what_is_asked_meanwhile_is_done_together_as_much_as_may_be(slow: Slow) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = ask_behind(slow, pool, [1, 2, 3, 4, 5])

    assert [answer.result() for answer in answers] == [2, 4, 6, 8, 10]
    assert slow.groups == [[1], [2, 3, 4], [5]]


def test_nobody_waits_for_another_key(slow: Slow) -> None:
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow.together.ask, "key", 1)
        assert slow.has_begun.wait(10)
        slow.has_begun.clear()
        other = pool.submit(slow.together.ask, "another", 2)
        assert slow.has_begun.wait(10)
        slow.may_end.set()
    assert (first.result(), other.result()) == (2, 4)


def test_all_of_a_group_that_fails_know_it_and_the_next_group_goes_on(slow: Slow) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = ask_behind(slow, pool, [1, 2, 13, 4, 5])

    assert [type(answer.exception()) for answer in answers[1:4]] == [ValueError] * 3
    assert (answers[0].result(), answers[4].result()) == (2, 10)


def test_nobody_waits_for_a_leader_that_has_ended(slow: Slow) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = ask_behind(slow, pool, [1, 99, 3])

    assert isinstance(answers[1].exception(), SystemExit)
    assert isinstance(answers[2].exception(), RuntimeError)
    slow.may_end.set()
    assert slow.together.ask("key", 4) == 8
