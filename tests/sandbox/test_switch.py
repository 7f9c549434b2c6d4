"""One fault at most is switched on, and every process sees the same, on either database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from app.sandbox.switch import Faults, Switch


@pytest.fixture
def faults(engine: Engine) -> Faults:
    return Faults(engine)


@pytest.mark.parametrize("every", [False, True])
def test_what_is_switched_on_is_read_as_it_was_meant(engine: Engine, every: bool) -> None:
    Faults(engine).switch_on(Switch("slow-drip", every=every, seconds=0.3))

    assert Faults(engine).read_current() == Switch("slow-drip", every=every, seconds=0.3)


def test_another_fault_takes_the_place_of_the_first(faults: Faults) -> None:
    faults.switch_on(Switch("409", every=True))
    faults.switch_on(Switch("500", every=False, seconds=2))

    assert faults.take() == Switch("500", every=False, seconds=2)
    assert faults.read_current() is None


def test_what_is_switched_off_meets_nobody(faults: Faults) -> None:
    faults.switch_on(Switch("409", every=True))
    faults.switch_off()

    assert (faults.read_current(), faults.take()) == (None, None)


def test_a_fault_for_all_requests_meets_all_of_them(faults: Faults) -> None:
    faults.switch_on(on := Switch("409", every=True))
    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(lambda _: faults.take(), range(16))) == [on] * 16


def test_a_fault_for_the_next_request_meets_just_one_of_those_who_ask_at_once(
    faults: Faults,
) -> None:
    begin = Barrier(8)

    def ask(_number: int) -> Switch | None:
        begin.wait(10)
        return faults.take()

    with ThreadPoolExecutor(8) as callers:
        for name in ("409", "500", "401", "empty", "cut"):
            faults.switch_on(Switch(name, every=False))
            taken = list(callers.map(ask, range(8)))
            assert [switch.name for switch in taken if switch] == [name]


def test_of_many_who_switch_on_at_once_one_is_the_last(faults: Faults) -> None:
    begin = Barrier(8)
    switches = [Switch("409", every=True, seconds=number) for number in range(1, 9)]

    def switch_on(switch: Switch) -> None:
        begin.wait(10)
        faults.switch_on(switch)

    with ThreadPoolExecutor(8) as people:
        list(people.map(switch_on, switches))
    assert faults.read_current() in switches
