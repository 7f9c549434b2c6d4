"""The live preview of the vendor's sample, over HTTP, against the least that Flask can do."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

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
        """Post the form with a name that nobody has posted before, and time the server.

        Gives the seconds from the moment the request goes out to the answer's first bytes.
        """
        answers = typed(outbound(name=f"Q4 Outreach {next(_letters)}"))
        body = urlencode(answers, doseq=True).encode()
        self._connection.putrequest("POST", "/preview")
        self._connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        self._connection.putheader("Content-Length", str(len(body)))
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
        with ThreadPoolExecutor(_USERS) as users:
            waits = [wait for one in users.map(_waits, [port] * _USERS) for wait in one]
    middle = f"median {median(waits) * 1000:.3g} ms"
    yield Figure(
        f"Live preview, p95 of {_USERS} at once", p95(waits) * 1000, "ms", 15, True, middle
    )


@contextmanager
def _serving(*what: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.server", *what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _waits(port: int) -> list[float]:
    person = Typist(port)
    return [person.type() for _ in range(_EACH)]
