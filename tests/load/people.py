"""What people do, one class for each activity, back to back for some seconds.

All people of one activity are threads of one process, which is not the server's, so that
they take no time from it but the machine's.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from threading import Barrier
from time import monotonic, perf_counter, sleep
from typing import Any

from app.campaign.contract.payload import write_answers
from app.sandbox.sample import SAMPLE_REQUEST
from app.store.base import PENDING, State
from app.store.drafts import make_id
from tests.factories import outbound, typed
from tests.hidden_fields import read_hidden
from tests.load.browser import TIMEOUT, Browser, Wrong

_LOOK_AGAIN = 0.02


class Person:
    """Somebody at a browser; `act` does the activity once and gives the seconds that it took."""

    def __init__(self, port: int, draft_id: str) -> None:
        self.browser = Browser(port)
        self.draft_id = draft_id
        self.name = make_id()
        self._numbers = count()

    def prepare(self) -> None:
        """Make ready what is not measured."""
        self.browser.enter()

    def act(self) -> float:
        raise NotImplementedError

    def new_name(self) -> str:
        """Give a name that no campaign has had."""
        return f"Load {self.name} {next(self._numbers)}"


class Lister(Person):
    """Looks at the list."""

    def act(self) -> float:
        return _timed(lambda: self.browser.get("/"))


class Reader(Person):
    """Opens the form of a draft."""

    def act(self) -> float:
        return _timed(lambda: self.browser.get(f"/drafts/{self.draft_id}"))


class Typist(Person):
    """Types one more letter of the vendor's sample, and sees what it means."""

    def act(self) -> float:
        fields = write_answers(SAMPLE_REQUEST) | {"name": self.new_name()}
        return _timed(lambda: self.browser.post("/preview", fields))


class Saver(Person):
    """Has a draft saved by itself, again and again."""

    def prepare(self) -> None:
        super().prepare()
        self.version = 0
        self.act()

    def act(self) -> float:
        fields = typed(outbound(name=self.new_name())) | {"version": str(self.version)}
        began = perf_counter()
        answer = self.browser.post(f"/drafts/{self.name}/autosave", fields)
        taken = perf_counter() - began
        self.version = json.loads(answer.text)["version"]
        return taken


class Sender(Person):
    """Sends one draft after the other; what counts is from the press until the outcome is known."""

    def act(self) -> float:
        draft_id = make_id()
        fields = typed(outbound(name=self.new_name())) | {"version": "0"}
        self.browser.post(f"/drafts/{draft_id}/autosave", fields)
        seen = read_hidden(self.browser.get(f"/drafts/{draft_id}/review").text)
        began = perf_counter()
        address = self.browser.post(f"/drafts/{draft_id}/send", seen, 302).location
        if not address.startswith("/submissions/"):
            raise Wrong(f"Not sent: led to {address}")
        if (state := self._outcome(address)) is not State.CREATED:
            raise Wrong(f"Sent, and {state}")
        return perf_counter() - began

    def _outcome(self, address: str) -> State:
        ends, state = monotonic() + TIMEOUT, State.QUEUED
        while state in PENDING and monotonic() < ends:
            state = State(json.loads(self.browser.get(f"{address}/state").text)["state"])
            if state in PENDING:
                sleep(_LOOK_AGAIN)
        return state


ACTIVITIES: dict[str, type[Person]] = {
    "list": Lister,
    "form": Reader,
    "preview": Typist,
    "save": Saver,
    "send": Sender,
}


@dataclass
class Taken:
    """How long each act took, in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def act_together(activity: str, port: int, people: int, seconds: float, drafts: list[str]) -> Taken:
    """Let so many people do one thing for so long."""
    taken = Taken()
    all_ready = Barrier(people)
    kind = ACTIVITIES[activity]
    persons = [kind(port, drafts[number % len(drafts)]) for number in range(people)]
    with ThreadPoolExecutor(people) as crowd:
        acting = [
            crowd.submit(_act_on_and_on, person, all_ready, seconds, taken) for person in persons
        ]
    for acts in acting:
        acts.result()
    return taken


def fill(port: int, number: int) -> list[str]:
    """Save so many drafts, and give their ids."""
    browser = Browser(port)
    browser.enter()
    made = [make_id() for _ in range(number)]
    for place, draft_id in enumerate(made):
        fields = typed(outbound(name=f"Draft {place}")) | {"version": "0"}
        browser.post(f"/drafts/{draft_id}/autosave", fields)
    browser.close()
    return made


def _act_on_and_on(person: Person, all_ready: Barrier, seconds: float, taken: Taken) -> None:
    _attempt(person.prepare, taken)
    all_ready.wait(TIMEOUT * 2)
    ends = monotonic() + seconds
    while monotonic() < ends:
        _attempt(lambda: taken.seconds.append(person.act()), taken)
    person.browser.close()


def _attempt(act: Callable[[], Any], taken: Taken) -> None:
    try:
        act()
    except (OSError, HTTPException, Wrong) as error:
        taken.errors.append(f"{type(error).__name__}: {error}"[:200])
        sleep(_LOOK_AGAIN)  # What is refused at once must not be asked for a million times.


def _timed(act: Callable[[], Any]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began
