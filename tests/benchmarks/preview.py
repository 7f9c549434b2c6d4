"""The live preview of the vendor's sample, over HTTP, from the app as it is really run."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from app.campaign.contract.reading import Answers
from tests.benchmarks.figure import Figure, in_milliseconds
from tests.benchmarks.measure import p95
from tests.factories import outbound, typed
from tests.running import running

_CROWDS = (8, 32)
_letters = count()


class Typist:
    """Somebody who changes one more answer of the sample, again and again."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)

    def type(self) -> float:
        """Post the form with a name that nobody has posted before."""
        return self._post(typed(outbound(name=f"Q4 Outreach {next(_letters)}")))

    def reschedule(self) -> float:
        """Post the form with a gap and dates that nobody has posted, so that all is drawn anew."""
        number = next(_letters)
        first = date(2027, 1, 4) + timedelta(days=number % 700)
        changes = {"start_date": first, "end_date": first + timedelta(days=86)}
        return self._post(typed(outbound(min_gap_between_attempts=60 + number, **changes)))

    def leave(self) -> None:
        self._connection.close()

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
        response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"The preview answered {response.status}.")
        return taken


_ACTS = {
    "Live preview": (Typist.type, 1),
    "Live preview, all worked out anew": (Typist.reschedule, 8),  # It takes that much longer.
}


def figures(folder: Path, rounds: int = 6400) -> Iterator[Figure]:
    """Measure how long the unlucky of 8 and of 32 people wait, who ask without a pause.

    So many people are served from as many processes as there are cores.
    """
    with running(folder / "preview", PROCESSES=str(os.cpu_count())) as server:
        for words, (act, share) in _ACTS.items():
            for people in _CROWDS:
                waits = _wait_together(server.port, people, act, rounds // share // people)
                name = f"{words}, p95 of {people} people"
                middle = f"median {in_milliseconds(median(waits))}"
                yield Figure(name, p95(waits) * 1000, f"{in_milliseconds(p95(waits))}, {middle}")


def _wait_together(
    port: int, people: int, act: Callable[[Typist], float], each: int
) -> list[float]:
    """Let so many people act at once, and give the seconds of every wait but the first ones."""

    def wait(_: int) -> list[float]:
        person = Typist(port)
        waits = [act(person) for _ in range(each)]
        person.leave()
        return waits[each // 10 :]

    with ThreadPoolExecutor(people) as crowd:
        return [seconds for waits in crowd.map(wait, range(people)) for seconds in waits]
