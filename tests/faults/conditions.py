"""What goes wrong while somebody presses."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import sleep

from app.sandbox.faults import FAULTS
from app.sandbox.switch import Switch
from tests.faults.bed import DEADLINE, Lost, TestBed, wait_until
from tests.faults.launch import BEGIN_WITHIN, GRACE, PATIENCE_MS, PLACES

_DIES_WITHIN = 3.0
"""Seconds that an app is given to come to the place at which it is to die."""

Met = Callable[[TestBed, str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Condition:
    """Something that goes wrong for as long as *met* lasts, with a draft of some name.

    It may kill the app; whatever else happens, the page must end in the state that it *expects*,
    unless that is left open.
    """

    name: str
    met: Met
    kills: bool = False
    expects: str = ""


@contextmanager
def _nothing(_bed: TestBed, _name: str) -> Iterator[None]:
    yield


def _fault(fault: str, seconds: float) -> Met:
    @contextmanager
    def met(bed: TestBed, _name: str) -> Iterator[None]:
        bed.faults.switch_on(Switch(fault, every=False, seconds=seconds))
        yield
        bed.faults.switch_off()

    return met


def _death(place: str) -> Met:
    @contextmanager
    def met(bed: TestBed, _name: str) -> Iterator[None]:
        bed.die_at(place)
        yield
        try:  # What is recorded is seen before the app comes to what follows.
            wait_until(lambda: not bed.is_to_die, _DIES_WITHIN)
        except TimeoutError:
            bed.die_at("")
            raise Lost(f"The planned death {place} did not happen.") from None

    return met


@contextmanager
def _death_while_it_waits(bed: TestBed, name: str) -> Iterator[None]:
    """Kill the app once the API has the campaign and before it answers."""
    with _fault("slow-headers", DEADLINE * 0.8)(bed, name), _once_stored(bed, name, bed.kill):
        yield


@contextmanager
def _api_down(bed: TestBed, _name: str) -> Iterator[None]:
    with bed.without_api():
        yield


def _trouble(trouble: Callable[[TestBed], AbstractContextManager[None]]) -> Met:
    """Let a trouble last while the button is pressed."""

    @contextmanager
    def met(bed: TestBed, _name: str) -> Iterator[None]:
        with trouble(bed):
            yield

    return met


def _trouble_at_the_record(
    trouble: Callable[[TestBed], AbstractContextManager[None]], seconds: float
) -> Met:
    """Let a trouble begin when the API has the campaign, and last some seconds."""

    @contextmanager
    def met(bed: TestBed, name: str) -> Iterator[None]:
        def hold() -> None:
            with trouble(bed):
                sleep(seconds)

        with _fault("slow-headers", DEADLINE * 0.3)(bed, name), _once_stored(bed, name, hold):
            yield

    return met


@contextmanager
def _once_stored(bed: TestBed, name: str, act: Callable[[], None]) -> Iterator[None]:
    def wait() -> None:
        wait_until(lambda: bed.made(name))
        act()

    with ThreadPoolExecutor(1) as hand:
        waiting = hand.submit(wait)
        yield
        waiting.result()


@contextmanager
def _locked_until_killed(bed: TestBed) -> Iterator[None]:
    """Let the answer come to a database that takes nothing, and to an app that then dies."""
    with bed.locked_database():
        yield
        bed.kill()


_AT_ONCE = PATIENCE_MS / 1000
_TOO_LONG = BEGIN_WITHIN.total_seconds() + DEADLINE + GRACE.total_seconds() + _AT_ONCE

CONDITIONS = (
    Condition("healthy", _nothing),
    *(Condition(f"API: {fault.name}", _fault(fault.name, DEADLINE * 3)) for fault in FAULTS),
    Condition("API: slow, but in time", _fault("slow-headers", DEADLINE * 0.2)),
    Condition("API: not reached", _api_down),
    *(Condition(f"killed {place}", _death(place), kills=True) for place in PLACES),
    Condition("killed while it waits", _death_while_it_waits, kills=True),
    Condition("database locked at the press", _trouble(TestBed.locked_database)),
    Condition(
        "database locked at the record",
        _trouble_at_the_record(TestBed.locked_database, _AT_ONCE),
        expects="Created",
    ),
    Condition(
        "database locked for long",
        _trouble_at_the_record(TestBed.locked_database, _TOO_LONG),
        expects="Created",
    ),
    Condition(
        "database locked until it is killed",
        _trouble_at_the_record(_locked_until_killed, _TOO_LONG),
        kills=True,
        expects="Created",
    ),
    Condition("disk full at the press", _trouble(TestBed.full_disk)),
    Condition("disk full at the record", _trouble_at_the_record(TestBed.full_disk, _AT_ONCE)),
    Condition(
        "disk full for long",
        _trouble_at_the_record(TestBed.full_disk, _TOO_LONG),
        expects="Created",
    ),
    Condition("many more people than threads", _trouble(TestBed.crowd)),
    Condition("tokens rotated twice at once", _trouble(TestBed.two_rotations)),
    Condition("a backup is brought back", _trouble(TestBed.restore)),
)

ON_POSTGRESQL = (
    *(condition for condition in CONDITIONS if condition.name != "a backup is brought back"),
    Condition("server down at the press", _trouble(TestBed.server_down)),
    Condition(
        "server down at the record",
        _trouble_at_the_record(TestBed.server_down, _AT_ONCE),
        expects="Created",
    ),
    Condition(
        "server down for long",
        _trouble_at_the_record(TestBed.server_down, _TOO_LONG),
        expects="Created",
    ),
    Condition("connections cut at the press", _trouble(TestBed.connections_cut)),
    Condition(
        "connections cut at the record",
        _trouble_at_the_record(TestBed.connections_cut, _AT_ONCE),
        expects="Created",
    ),
    Condition("serialization failures at the press", _trouble(TestBed.serialization_failures)),
    Condition(
        "serialization failures at the record",
        _trouble_at_the_record(TestBed.serialization_failures, _AT_ONCE),
        expects="Created",
    ),
    Condition(
        "serialization failures for long",
        _trouble_at_the_record(TestBed.serialization_failures, _TOO_LONG),
        expects="Created",
    ),
)
"""What goes wrong on PostgreSQL, which is backed up by its own tools."""
