"""A command that sends is stopped or killed, or nobody hears it: nothing is sent twice or lost."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import create_app
from app.campaign.contract.payload import build_payload
from app.sandbox.switch import Switch
from app.services import find_services
from app.settings import Settings
from app.store import batches, throttles
from app.store.base import State
from app.store.models import Submission
from app.store.throttles import Pace
from tests.factories import outbound
from tests.faults.bed import wait_until
from tests.forks import Fork, PipedFork
from tests.sending.presses import expire
from tests.servers import environment

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

PATIENCE = 60
AT_ONCE = 2


class Bench:
    """A file of campaigns, and an instance whose sandbox is slow, to which they are sent."""

    def __init__(self, folder: Path, count: int) -> None:
        self.instance, self.output = folder / "instance", folder / "output.txt"
        self.file = folder / "campaigns.jsonl"
        documents = [build_payload(outbound(name=f"Number {number}")) for number in range(count)]
        self.file.write_text("".join(f"{json.dumps(document)}\n" for document in documents))
        services = find_services(create_app(Settings(instance=self.instance)))
        self.store, self.ledger, self.faults = services.store, services.ledger, services.faults
        with self.store.writing() as session:
            throttles.find(session, "sandbox", Pace(0, 1, AT_ONCE))

    @property
    def command(self) -> tuple[str, ...]:
        return ("app", "send", "--batch", str(self.file), "--connection", "Sandbox", "--yes")

    @property
    def environ(self) -> dict[str, str]:
        return environment(self.instance)

    def start(self) -> Fork:
        return Fork(self.command, self.environ, self.output)

    def run(self) -> int:
        return self.start().wait(PATIENCE)

    def slow_down(self, seconds: float) -> None:
        self.faults.switch_on(Switch("slow-headers", every=True, seconds=seconds))

    def count_names(self) -> Counter[str]:
        """Count how often the API has each campaign."""
        return Counter(campaign.name for campaign in self.ledger.read_page(200))

    def list_in(self, state: State) -> list[int]:
        with self.store.reading() as session:
            return list(session.scalars(select(Submission.id).where(Submission.state == state)))


@contextmanager
def open_bench(folder: Path, count: int) -> Iterator[Bench]:
    bench = Bench(folder, count)
    yield bench
    bench.store.engine.dispose()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path, 30) as bench:
        yield bench


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_stop_waits_for_what_is_under_way_and_the_same_command_sends_the_rest(
    bench: Bench, number: signal.Signals
) -> None:
    bench.slow_down(0.5)
    sending = bench.start()
    wait_until(lambda: len(bench.count_names()) > 1)
    sending.send_signal(number)

    assert sending.wait(PATIENCE) == 1
    assert "Stopped. The same command sends the rest." in bench.output.read_text()
    assert (bench.list_in(State.SENDING), bench.list_in(State.QUEUED)) == ([], [])
    bench.faults.switch_off()
    assert bench.run() == 0
    assert set(bench.count_names().values()) == {1}
    assert len(bench.count_names()) == 30


def test_after_it_was_killed_the_same_command_goes_on_and_names_what_may_exist(
    bench: Bench,
) -> None:
    bench.slow_down(0.5)
    sending = bench.start()
    wait_until(lambda: len(bench.count_names()) > 1)
    sending.kill()
    sending.wait(PATIENCE)
    open_ones = bench.list_in(State.SENDING)
    assert open_ones
    assert bench.list_in(State.QUEUED)
    for submission_id in open_ones:
        expire(bench.store, submission_id)
    bench.faults.switch_off()

    assert bench.run() == 3
    assert f"{len(open_ones)} may have been created, or not" in bench.output.read_text()
    assert f"{30 - len(open_ones)} of 30 campaigns are created." in bench.output.read_text()
    assert bench.list_in(State.UNKNOWN) == open_ones
    assert bench.list_in(State.QUEUED) == []
    assert set(bench.count_names().values()) == {1}


def test_a_batch_that_somebody_pauses_in_the_app_is_not_waited_for(bench: Bench) -> None:
    bench.slow_down(0.5)
    sending = bench.start()
    wait_until(lambda: len(bench.count_names()) > 1)
    with bench.store.writing() as session:
        batches.find(session, 1).paused_at = datetime.now(UTC)

    assert sending.wait(PATIENCE) == 1
    assert "Batch 1 was paused in the app." in bench.output.read_text()
    assert bench.run() == 1
    assert "still wait" in bench.output.read_text()
    assert bench.list_in(State.QUEUED)


def test_a_paused_connection_hides_nothing_that_may_exist(bench: Bench) -> None:
    assert bench.run() == 0
    with bench.store.writing() as session:
        throttles.pause(session, "sandbox", Pace(0, 1, AT_ONCE), "Five in a row failed.")
    assert bench.run() == 2
    with bench.store.writing() as session:
        session.execute(update(Submission).values(state=State.UNKNOWN))
        (first,) = session.scalars(select(Submission).where(Submission.id == 1))
        first.draft.state = State.UNKNOWN
    assert bench.run() == 3
    assert "Five in a row failed. Let campaigns go there again" in bench.output.read_text()


@pytest.mark.parametrize("output", ["", "Stopped.", "more: the page of batch"])
def test_a_second_signal_names_what_it_cuts_off_however_soon_it_comes(
    bench: Bench, output: str
) -> None:
    bench.slow_down(20)
    sending = bench.start()
    wait_until(lambda: len(bench.list_in(State.SENDING)) == AT_ONCE)
    sending.send_signal(signal.SIGINT)
    wait_until(lambda: bench.list_in(State.QUEUED) == [])
    wait_until(lambda: output in bench.output.read_text())
    sending.send_signal(signal.SIGTERM)

    assert sending.wait(PATIENCE) == 3
    assert "2 campaigns were not answered yet" in bench.output.read_text()


def test_a_pipe_that_nobody_reads_changes_neither_what_is_sent_nor_the_status(
    bench: Bench,
) -> None:
    bench.faults.switch_on(Switch("stored-then-dropped", every=False))
    with PipedFork(bench.command, bench.environ) as sending:
        sending.stdout.close()
        sending.stderr.close()
        assert sending.wait(PATIENCE) == 3
    assert len(bench.count_names()) == 30
    assert len(bench.list_in(State.CREATED)) == 29


def test_a_full_disk_of_its_log_changes_neither_what_is_sent_nor_the_status(bench: Bench) -> None:
    sending = Fork(bench.command, bench.environ, Path("/dev/full"))
    assert sending.wait(PATIENCE) == 0
    assert len(bench.count_names()) == 30


def test_where_nothing_can_be_kept_nothing_is_sent_and_that_is_said(bench: Bench) -> None:
    blocked = bench.instance.parent / "a file"
    blocked.touch()
    sending = Fork(bench.command, environment(blocked), bench.output)
    assert sending.wait(PATIENCE) == 2
    assert "Campaign Builder did not start:" in bench.output.read_text()
