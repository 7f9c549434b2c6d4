"""Whatever goes wrong while somebody presses, nothing is lost, double or silent.

One run of each condition; ``make faults`` makes a thousand.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from tests.faults.bed import TestBed, open_test_bed
from tests.faults.conditions import CONDITIONS, ON_POSTGRESQL, Condition
from tests.faults.fleet import send_and_kill, send_at_a_pace
from tests.faults.judge import run
from tests.faults.known_bugs import KNOWN_BUGS
from tests.faults.launch import HOOKS, PLACES
from tests.faults.restarts import unknown_after_restarts
from tests.faults.submit_patterns import SUBMIT_PATTERNS
from tests.postgresql import NotInstalled, Server, find_programs, running

CASES = list(zip(CONDITIONS, cycle(SUBMIT_PATTERNS), strict=False))
CASES_ON_POSTGRESQL = list(zip(ON_POSTGRESQL, cycle(SUBMIT_PATTERNS), strict=False))
KNOWN = {condition.name: condition for condition in CONDITIONS}


def check_run(bed: TestBed, condition: Condition, pattern: str) -> None:
    outcome = run(bed, condition, pattern, f"{condition.name}, {pattern}")

    assert (outcome.lost, outcome.double, outcome.silent) == ([], [], [])
    assert not bed.leaks()
    assert bed.fault_in_records() == ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    with open_test_bed(tmp_path_factory.mktemp("bed")) as bed:
        yield bed


@pytest.mark.parametrize(
    ("condition", "pattern"),
    CASES,
    ids=[f"{condition.name}, {pattern}" for condition, pattern in CASES],
)
def test_one_press_makes_one_campaign_at_most_and_the_page_is_true(
    place: TestBed, condition: Condition, pattern: str
) -> None:
    check_run(place, condition, pattern)


@contextmanager
def fleet_server() -> Iterator[Server]:
    """Start a PostgreSQL; where none is installed, the test is skipped."""
    try:
        find_programs()
    except NotInstalled as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with running(durable=True) as server:
        yield server


@pytest.fixture(scope="module")
def postgresql_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    with (
        fleet_server() as server,
        open_test_bed(tmp_path_factory.mktemp("bed"), server=server) as bed,
    ):
        yield bed


@pytest.mark.parametrize(
    ("condition", "pattern"),
    CASES_ON_POSTGRESQL,
    ids=[f"{condition.name}, {pattern}" for condition, pattern in CASES_ON_POSTGRESQL],
)
def test_it_is_the_same_on_postgresql_whatever_its_server_does(
    postgresql_place: TestBed, condition: Condition, pattern: str
) -> None:
    check_run(postgresql_place, condition, pattern)


def test_workers_that_are_killed_lose_and_double_nothing(tmp_path: Path) -> None:
    with fleet_server() as server:
        sent = send_and_kill(tmp_path / "fleet", server, count=60, seed=1)

    assert (sent.lost, sent.double, sent.silent) == ([], [], [])
    assert sent.kills


def test_workers_share_the_rate_of_a_connection(tmp_path: Path) -> None:
    with fleet_server() as server:
        assert 10 <= send_at_a_pace(tmp_path / "fleet", server, count=70, rate=20) <= 22


CAUGHT_BY = {
    "repeats what is unknown": ["API: stored-then-dropped"],
    "lets urllib3 retry a POST": ["API: stored-then-dropped"],
    "sends again what a dead process was sending": ["killed after the answer"],
    "takes every error for a failure": ["API: stored-then-dropped"],
    "takes every 2xx for a campaign": ["API: not-json"],
    "throws an answer away that cannot be written": ["database locked until it is killed"],
}


@pytest.mark.parametrize("known_bug", KNOWN_BUGS)
def test_a_classic_mistake_is_caught(tmp_path: Path, known_bug: str) -> None:
    with open_test_bed(tmp_path / "bed", known_bug=known_bug) as place:
        outcomes = [run(place, KNOWN[name], "once", name) for name in CAUGHT_BY[known_bug]]

    assert any(outcome.double or outcome.silent for outcome in outcomes)


BITES_AT = {"queue": PLACES[0], "claim": PLACES[3], "call": PLACES[6], "record": PLACES[8]}


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_that_is_not_in_its_place_is_noticed(tmp_path: Path, hook: str) -> None:
    condition = KNOWN[f"killed {BITES_AT[hook]}"]
    with open_test_bed(tmp_path / "bed", without_hook=hook) as place:
        outcome = run(place, condition, "once", condition.name)

    assert outcome.silent == [f"The planned death {BITES_AT[hook]} did not happen."]


def test_a_clean_restart_leaves_nothing_unknown(tmp_path: Path) -> None:
    assert unknown_after_restarts(tmp_path / "bed", creates=30, restarts=1) == 0
