"""What Prometheus reads: how requests were answered, and how the queue stands.

A process counts the requests that it answers. Where several serve, each counts in a file of its
own, in a folder that their parent makes, and whichever is asked adds all files up: that is the
multiprocess mode of prometheus_client. The library takes it on when it is imported, and so is
imported late. Its files are mapped into memory, where a full disk would end the process: so they
are in memory altogether, if the system has a folder there.

How the queue stands is read from the database when somebody asks. So it is true however many
processes and machines there are, and each of them says the same.

A label holds the rule of a route, a method, a status, a state or the key of a connection: nothing
that was typed, and nothing that a caller can make up.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from app.store.base import SETTLED, State
from app.store.database import Store
from app.store.figures import ConnectionFigures, Figures, read_figures

if TYPE_CHECKING:
    from prometheus_client import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What `Metrics.write` writes."""

LOOKED_UP = "LOOKED_UP"
"""The state, in the counter of outcomes, of what a person has said the outcome of."""

_NAME = "campaign_builder"
_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's name for it.
_MEMORY = Path("/dev/shm")  # noqa: S108  What is made in it has a name that nobody can guess.
_FOLDER = "campaign-builder-metrics-"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OTHER = "other"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; those above 2.5 are for what waits for an API."""


class Metrics:
    """Counts the requests of one app, and writes down all that Prometheus reads of it."""

    def __init__(self, store: Store) -> None:
        """Count from nothing, inside `counting_together` for other processes as well."""
        from prometheus_client import CollectorRegistry, Histogram
        from prometheus_client.multiprocess import MultiProcessCollector

        self._registry = CollectorRegistry()
        is_shared = _SHARED in os.environ
        self._seconds = Histogram(
            f"{_NAME}_request_seconds",
            "Seconds until the last of an answer was taken.",
            ["route", "method", "status"],
            registry=None if is_shared else self._registry,
            buckets=_BUCKETS,
        )
        if is_shared:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._registry.register(_Queue(store))

    def count_request(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count a request that has ended; *route* is the rule that led to its answer."""
        known_method = method if method in _METHODS else _OTHER
        self._seconds.labels(route or _OTHER, known_method, str(status)).observe(seconds)

    def write(self) -> bytes:
        """Write everything down in Prometheus's text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)


@contextmanager
def counting_together() -> Iterator[None]:
    """Let the processes that are forked inside the block add up what they count.

    Their folder is theirs alone, as another server may take over while they still answer. Who
    holds the lock on one is alive; what killed servers have left is removed.
    """
    place, parent = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(gettempdir()), os.getpid()
    _remove_left_behind(place)
    folder, lock = _make_folder(place)
    os.environ[_SHARED] = folder
    try:
        yield
    finally:
        if os.getpid() == parent:  # A forked process that ends comes by here, too.
            os.environ.pop(_SHARED, None)
            rmtree(folder, ignore_errors=True)
            os.close(lock)


def _make_folder(place: Path) -> tuple[str, int]:
    """Make a folder, and hold the lock on it; gives both.

    A server that starts beside this one may find it before it is locked, and remove it.
    """
    while True:
        folder = mkdtemp(prefix=_FOLDER, dir=place)
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_SH)
            if os.fstat(lock).st_nlink:
                return folder, lock
            os.close(lock)


def _remove_left_behind(place: Path) -> None:
    for folder in place.glob(f"{_FOLDER}*"):
        with suppress(OSError):  # Of another user, or of a server that is alive.
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                rmtree(folder)
            finally:
                os.close(lock)


class _Queue:
    """Reads how the queue stands when it is asked; implements prometheus_client's `Collector`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator["Metric"]:
        figures = self._read()
        yield _make_gauge("database_up", "1 if the database could be read.", figures is not None)
        if figures is None:
            return
        yield _make_gauge(
            "batches_unfinished",
            "Batches of which something is left to check, to queue, to send or to take back.",
            figures.unfinished_batches,
        )
        for name, (words, measure) in _GAUGES.items():
            by_key = {key: measure(of) for key, of in figures.connections.items()}
            yield _make_gauge(name, words, by_key)
        yield _count_outcomes(figures)

    def _read(self) -> Figures | None:
        with suppress(SQLAlchemyError), self._store.reading() as session:
            return read_figures(session, datetime.now(UTC))
        return None


_GAUGES: dict[str, tuple[str, Callable[[ConnectionFigures], float]]] = {
    "submissions_queued": (
        "Submissions that wait for their turn.",
        lambda connection: connection.counts[State.QUEUED],
    ),
    "queue_age_seconds": (
        "Seconds for which the first in the queue has waited; 0 if none waits.",
        lambda connection: connection.oldest_age,
    ),
    "submissions_sending": (
        "Submissions that are under way.",
        lambda connection: connection.counts[State.SENDING],
    ),
    "submissions_unknown": (
        "Submissions of which a person has to look what became of them.",
        lambda connection: connection.counts[State.UNKNOWN],
    ),
    "connection_paused": (
        "1 if a run of failures has stopped what goes to the connection.",
        lambda connection: connection.is_paused,
    ),
    "rate_wait_seconds": (
        "Seconds for which the rate of the connection makes the next submission wait.",
        lambda connection: connection.wait,
    ),
}


def _make_gauge(name: str, words: str, measured: float | dict[str, float]) -> "Metric":
    """Make a gauge of one number, or of one for each connection."""
    from prometheus_client.core import GaugeMetricFamily

    if not isinstance(measured, dict):
        return GaugeMetricFamily(f"{_NAME}_{name}", words, value=measured)
    gauge = GaugeMetricFamily(f"{_NAME}_{name}", words, labels=["connection"])
    for key, number in measured.items():
        gauge.add_metric([key], number)
    return gauge


def _count_outcomes(figures: Figures) -> "Metric":
    """Count what is over; what a person may yet correct is counted as such: no count may fall."""
    from prometheus_client.core import CounterMetricFamily

    counter = CounterMetricFamily(
        f"{_NAME}_outcomes",
        "Submissions by what became of them; LOOKED_UP if a person has said it.",
        labels=["connection", "state"],
    )
    for key, connection in figures.connections.items():
        for state in SETTLED:
            counter.add_metric([key, state], connection.counts[state])
        counter.add_metric([key, LOOKED_UP], connection.looked_up)
    return counter
