"""A batch, from the first claim to the last outcome, beside what the API alone would take."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from time import perf_counter

from app import create_app
from app.connections import ENVIRONMENT
from app.sending.batch_confirmation import confirm_batch
from app.services import Services, find_services
from app.settings import Settings
from app.store import batches, drafts, throttles
from app.store.acceptances import judge
from app.store.base import State
from app.store.throttles import Pace
from tests.benchmarks.figure import Figure
from tests.benchmarks.slow_api import SECONDS
from tests.factories import outbound, typed
from tests.sending import batch_of
from tests.servers import free_port

AT_ONCE = 16


def figures(folder: Path, count: int = 1000) -> Iterator[Figure]:
    """Measure sending so many campaigns to an API that takes 50 ms for each, 16 at once."""
    with _slow_api() as url:
        settings = Settings(
            instance=folder / "batch",
            base_url=url,
            token="of-the-benchmark",
            allow_private_hosts=("127.0.0.1",),
        )
        services = find_services(create_app(settings))
        batch_id = _queue(services, count)
        start = perf_counter()
        services.sender.wake(ENVIRONMENT)
        services.sender.drain(600)
        taken = perf_counter() - start
        with services.store.reading() as session:
            created = batches.count_submissions(session, batch_id)[State.CREATED]
        services.store.engine.dispose()
    if created != count:
        raise RuntimeError(f"{created} of {count} campaigns are created.")
    least = count * SECONDS / AT_ONCE
    yield Figure(
        "A batch of 1,000, 16 at once",
        taken / least,
        f"{taken:.2f} s",
        f"{least:.2f} s for the API",
    )


def _queue(services: Services, count: int) -> int:
    """Put so many campaigns into the queue, and give the number of their batch."""
    ids = []
    for number in range(count):
        ids.append(draft_id := drafts.make_id())
        judgement = judge(typed(outbound(name=f"Campaign {number}")))
        with services.store.writing() as session:
            drafts.save(session, draft_id, judgement, expected_version=0)
    store, connections = services.store, services.connections
    with store.writing() as session:
        throttles.find(session, ENVIRONMENT, Pace(rate=0, burst=1, concurrency=AT_ONCE))
    batch_id = batch_of.make(store, connections, ids)
    batch_of.check_all(store, connections, batch_id)
    confirm_batch(batch_of.request(store, batch_id, connections.default), store)
    batch_of.queue_all(store, connections, batch_id)
    return batch_id


@contextmanager
def _slow_api() -> Iterator[str]:
    port = free_port()
    command = (sys.executable, "-m", "tests.benchmarks.slow_api", port)
    with Popen(command, stdout=PIPE, text=True) as api:  # noqa: S603  It is our own program.
        assert api.stdout
        api.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            api.kill()
