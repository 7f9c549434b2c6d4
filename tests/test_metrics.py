"""What Prometheus reads: how requests were answered, and how the queue stands."""

import fcntl
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.metrics import LOOKED_UP, Metrics, counting_together
from app.store.base import State
from app.store.database import Store
from tests.faults.bed import wait_until
from tests.sending.presses import look_up
from tests.servers import Address
from tests.test_gunicorn_server import children
from tests.test_main import running

Sent = Callable[[State], int]
Labels = dict[str, str]


def read(written: bytes) -> dict[str, Metric]:
    """Read what was written as Prometheus does, by name."""
    families = text_string_to_metric_families(written.decode())
    return {family.name.removeprefix("campaign_builder_"): family for family in families}


def values(family: Metric, suffix: str = "") -> list[tuple[Labels, float]]:
    return [
        (sample.labels, sample.value) for sample in family.samples if sample.name.endswith(suffix)
    ]


def of_client(written: bytes, name: str) -> float:
    """Read the number of the connection that tests send to."""
    ((labels, number),) = values(read(written)[name])
    assert labels == {"connection": "client"}
    return number


def test_a_request_is_counted_with_its_seconds(store: Store) -> None:
    counts = Metrics(store)
    for seconds in (0.02, 0.3):
        counts.count_request("/drafts/<draft:draft_id>", "GET", 200, seconds)

    family = read(counts.write())["request_seconds"]
    labels = {"route": "/drafts/<draft:draft_id>", "method": "GET", "status": "200"}
    assert values(family, "_count") == [(labels, 2)]
    assert values(family, "_sum") == [(labels, 0.32)]
    buckets = {float(of["le"]): number for of, number in values(family, "_bucket")}
    assert (buckets[0.01], buckets[0.025], buckets[0.25], buckets[0.5]) == (0, 1, 1, 2)


def test_a_caller_cannot_make_labels_up(store: Store) -> None:
    counts = Metrics(store)
    for number in range(3):
        counts.count_request(None, f"ODD-{number}", 404, 0)

    assert values(read(counts.write())["request_seconds"], "_count") == [
        ({"route": "other", "method": "other", "status": "404"}, 3)
    ]


def test_two_apps_of_one_process_do_not_count_for_one_another(store: Store) -> None:
    first, second = Metrics(store), Metrics(store)
    first.count_request("/", "GET", 200, 0)

    assert values(read(first.write())["request_seconds"], "_count")
    assert not values(read(second.write())["request_seconds"], "_count")


def test_the_queue_is_told_as_it_stands_when_somebody_asks(store: Store, sent: Sent) -> None:
    counts = Metrics(store)
    for state in (State.SENDING, State.UNKNOWN, State.QUEUED, State.QUEUED):
        sent(state)

    written = counts.write()
    assert of_client(written, "submissions_queued") == 2
    assert of_client(written, "queue_age_seconds") > 0
    assert of_client(written, "submissions_sending") == 1
    assert of_client(written, "submissions_unknown") == 1
    assert of_client(written, "connection_paused") == 0
    assert of_client(written, "rate_wait_seconds") == 0
    assert values(read(written)["batches_unfinished"]) == [({}, 0)]
    assert values(read(written)["database_up"]) == [({}, 1)]


def test_what_is_over_is_counted_by_its_state_and_what_a_person_said_apart(
    store: Store, sent: Sent
) -> None:
    for state in (State.CREATED, State.REFUSED, State.REFUSED, State.UNSENT):
        sent(state)
    look_up(store, sent(State.UNKNOWN))

    outcomes = read(Metrics(store).write())["outcomes"]
    assert outcomes.type == "counter"
    assert {of["state"]: number for of, number in values(outcomes)} == {
        State.CREATED: 1,
        State.REFUSED: 2,
        State.UNSENT: 1,
        LOOKED_UP: 1,
    }


@pytest.mark.sqlite
def test_requests_are_told_though_the_database_cannot_be_read(store: Store, instance: Path) -> None:
    counts = Metrics(store)
    counts.count_request("/", "GET", 503, 0)
    (instance / "campaigns.sqlite3").unlink()

    families = read(counts.write())
    assert values(families["database_up"]) == [({}, 0)]
    assert values(families["request_seconds"], "_count")
    assert "submissions_queued" not in families


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in which the shared ones are made."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(metrics, "_MEMORY", folder)
    return folder


def test_processes_share_a_folder_that_goes_with_their_server(place: Path) -> None:
    with counting_together():
        (folder,) = place.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(folder)

    assert list(place.iterdir()) == []
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ


def test_a_server_leaves_the_folder_of_another_alone_and_removes_what_killed_ones_left(
    place: Path,
) -> None:
    left, strange = place / "campaign-builder-metrics-left", place / "of-another-program"
    for folder in (left, strange):
        folder.mkdir()
        (folder / "histogram_1.db").touch()

    with counting_together():
        assert not left.exists()
        (of_one,) = set(place.iterdir()) - {strange}
        with counting_together():
            assert of_one.exists()
            assert len(list(place.iterdir())) == 3

    assert list(place.iterdir()) == [strange]


def test_a_folder_that_another_server_took_for_a_dead_ones_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make_and_lose(prefix: str, dir: Path) -> str:  # noqa: A002  As `mkdtemp` has it.
        made.append(mkdtemp(prefix=prefix, dir=dir))
        if len(made) == 1:
            metrics._remove_left_behind(place)  # noqa: SLF001
        return made[-1]

    monkeypatch.setattr(metrics, "mkdtemp", make_and_lose)
    with counting_together():
        assert [str(folder) for folder in place.iterdir()] == [made[1]]


def test_a_folder_that_goes_just_before_it_is_locked_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, lost = fcntl.flock, list[Path]()

    def lose_and_lock(file: int, how: int) -> None:
        if not lost:
            lost.extend(place.iterdir())
            lost[0].rmdir()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lose_and_lock)
    with counting_together():
        assert set(place.iterdir()).isdisjoint(lost)
        assert len(list(place.iterdir())) == 1


def test_where_the_system_has_no_folder_in_memory_a_temporary_one_is_made(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_MEMORY", place / "none")
    monkeypatch.setattr(metrics, "gettempdir", lambda: str(place))

    with counting_together():
        assert len(list(place.iterdir())) == 1


TOKEN = "a-token-of-this-test"


def count_about(address: Address) -> float:
    """Read how often the page was asked for, of whichever process answers."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Connection": "close"}
    answer = requests.get(f"{address.url}/metrics", headers=headers, timeout=10)
    counts = values(read(answer.content)["request_seconds"], "_count")
    return sum(number for labels, number in counts if labels["route"] == "/about")


def ask(address: Address, times: int) -> None:
    for _ in range(times):  # Each over a connection of its own, and so of any process.
        assert requests.get(f"{address.url}/about", timeout=10).status_code == 200


@pytest.mark.slow
@pytest.mark.sqlite
def test_each_of_several_processes_tells_what_all_have_counted(instance: Path) -> None:
    with running(instance, PROCESSES="2", METRICS_TOKEN=TOKEN) as (_, address):
        ask(address, 20)

        wait_until(lambda: count_about(address) == 20)  # The last is counted after its answer.
        assert [count_about(address) for _ in range(10)] == [20] * 10


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_process_has_counted_that_ended_is_still_told(
    instance: Path, number: signal.Signals
) -> None:
    with running(instance, PROCESSES="2", METRICS_TOKEN=TOKEN) as (process, address):
        wait_until(lambda: len(children(process)) == 2)
        ask(address, 20)
        wait_until(lambda: count_about(address) == 20)  # Each is counted after its answer.
        gone = min(children(process))

        os.kill(gone, number)
        wait_until(lambda: len(children(process) - {gone}) == 2)
        ask(address, 10)

        wait_until(lambda: count_about(address) == 30)  # The last is counted after its answer.
        assert [count_about(address) for _ in range(10)] == [30] * 10
