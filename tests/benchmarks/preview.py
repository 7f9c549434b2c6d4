"""The live preview of the vendor's sample, over HTTP, against the least that Flask can do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from urllib.parse import urlencode

from app.campaign.contract.reading import Answers
from tests.benchmarks.measure import Figure, p95, ratio
from tests.factories import outbound, typed

_USERS = 8
_TIMES = 1500
_EACH = 400
_letters = count()


class Typist:
    """Somebody who types one more letter of the sample's name, again and again."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self.length = 0

    def type(self) -> float:
        """Post the form with a name that nobody has posted before, and time the server."""
        return self._post(typed(outbound(name=f"Q4 Outreach {next(_letters)}")))

    def reschedule(self) -> float:
        """Post the form with a gap and dates that nobody has posted, so that all is drawn anew."""
        number = next(_letters)
        first = date(2027, 1, 4) + timedelta(days=number % 700)
        changes = {"start_date": first, "end_date": first + timedelta(days=86)}
        return self._post(typed(outbound(min_gap_between_attempts=60 + number, **changes)))

    def _post(self, answers: Answers) -> float:
        """Give the seconds from the moment the request goes out to the answer's first bytes."""
        body = urlencode(answers, doseq=True).encode()
        self._connection.putrequest("POST", "/preview")
        self._connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        self._connection.putheader("Content-Length", str(len(body)))
        self._connection.putheader("Sec-Fetch-Site", "same-origin")
        start = perf_counter()  # Not after: by then, on a busy core, the answer may be there.
        self._connection.endheaders(body)
        response = self._connection.getresponse()
        taken = perf_counter() - start
        self.length = len(response.read())
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"The preview answered {response.status}.")
        return taken


def figures(folder: Path) -> Iterator[Figure]:
    """Measure how long the server takes for one preview, and what eight people at once wait."""
    with _serving("app", str(folder / "preview")) as port:
        person = Typist(port)
        person.type()
        with _serving("bare", str(person.length)) as bare:
            other = Typist(bare)
            pairs = [(person.type(), other.type()) for _ in range(_TIMES)][_TIMES // 10 :]
        ours, floor = (median(taken) for taken in zip(*pairs, strict=True))
        against = f"bare Flask, {person.length:,} bytes too"
        yield ratio("Live preview, server time", ours, floor, against, 2)
        yield _together(port, Typist.type, f"Live preview, p95 of {_USERS} at once", 15)
        name = "… every panel anew, 10 times a second"
        yield _together(port, Typist.reschedule, name, 40, pause=0.1)
        yield _together(port, Typist.reschedule, "… every panel anew, without a pause", None)


def _together(
    port: int, act: Callable[[Typist], float], name: str, goal: float | None, pause: float = 0
) -> Figure:
    """Let several people act at once, and see how long the unlucky ones of them wait.

    *pause* is the seconds from one act of a person to the next; the form itself waits 0.15.
    """

    def one(_: int) -> list[float]:
        person, waits = Typist(port), []
        for _ in range(_EACH):
            waits.append(act(person))
            sleep(max(0, pause - waits[-1]))
        return waits

    with ThreadPoolExecutor(_USERS) as users:
        waits = [wait for some in users.map(one, range(_USERS)) for wait in some]
    middle = f"median {median(waits) * 1000:.3g} ms"
    return Figure(name, p95(waits) * 1000, "ms", goal, True, middle)


@contextmanager
def _serving(*what: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.server", *what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
