"""A periodic task is one machine's at a time."""

from concurrent.futures import ThreadPoolExecutor

from app.store import periodic_tasks
from app.store.database import Store
from app.store.models import PeriodicTask


def take(store: Store, name: str = "sweep") -> bool:
    with store.writing("a task") as session:
        return periodic_tasks.take(session, name, 50)


def test_of_many_at_once_one_has_it(store: Store) -> None:
    with ThreadPoolExecutor(6) as machines:
        assert sorted(machines.map(lambda _: take(store), range(6))) == [False] * 5 + [True]
    assert take(store, "seal")


def test_it_is_free_again_when_its_time_is_over(store: Store) -> None:
    assert take(store)
    with store.writing() as session:
        session.get_one(PeriodicTask, "sweep").lease_ends = 0.0
    assert take(store)
    assert not take(store)


def test_a_clock_that_was_set_back_does_not_keep_it_from_everybody(store: Store) -> None:
    assert take(store)
    with store.writing() as session:
        session.get_one(PeriodicTask, "sweep").lease_ends += 3600
    assert take(store)
