"""Have the conversations, and say what was wrong with an answer."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from tests.fuzz.generator import conversation
from tests.fuzz.wire import Answer, Client, NoAnswer, Request
from tests.fuzz.world import World

SLOW = 5.0
CLIENTS = 4


@dataclass(frozen=True)
class Finding:
    """A request that was not answered as any should be, and its number, by which it comes again."""

    number: int
    what: str
    request: Request

    @property
    def sort(self) -> str:
        """Name what findings of one fault are likely to share."""
        what, path = self.what.partition(" (")[0], self.request.target.partition("?")[0]
        return f"{what}: {self.request.method} …/{path.rpartition('/')[2][:30]}"

    def __str__(self) -> str:
        return f"! {self.what}: {self.request}\n  again: ONLY={self.number}"


@dataclass
class Asked:
    """What has been asked until now, and what was found.

    *statuses* counts by class of status, and *reached* by the last part of a path and the status.
    """

    most: int
    statuses: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    longest: tuple[float, str] = (0.0, "")
    lock: Lock = field(default_factory=Lock)

    @property
    def total(self) -> int:
        return self.statuses.total()

    def note(self, number: int, request: Request, answer: Answer | None, why: str) -> None:
        """Count one answer, and keep what is wrong with it."""
        what = _what_is_wrong(request, answer, why)
        with self.lock:
            self.statuses[f"{answer.status // 100}xx" if answer else "none"] += 1
            if answer:
                path = request.target.partition("?")[0]
                self.reached[f"{path.rpartition('/')[2]} {answer.status}"] += 1
            if answer and answer.seconds > self.longest[0]:
                self.longest = answer.seconds, f"{request.method} {request.target[:80]}"
            if what:
                self.findings.append(Finding(number, what, request))


def ask(port: int, world: World, seed: int, most: int, first: int = 0) -> Asked:
    """Send about so many requests over some kept connections, from this number on."""
    asked, numbers = Asked(most), count(first)
    with ThreadPoolExecutor(CLIENTS) as clients:
        talks = [
            clients.submit(_ask_on_and_on, port, world, seed, numbers, asked)
            for _ in range(CLIENTS)
        ]
    for talk in talks:
        talk.result()
    return asked


def ask_one(client: Client, world: World, seed: int, number: int, asked: Asked) -> None:
    """Have the conversation of one number to its end."""
    talk = conversation(world, seed, number)
    request = next(talk, None)
    while request is not None:
        answer, why = None, ""
        try:
            answer = client.send(request)
        except NoAnswer as error:
            why = str(error)
        asked.note(number, request, answer, why)
        try:
            request = talk.send(answer)
        except StopIteration:
            request = None


def _ask_on_and_on(port: int, world: World, seed: int, numbers: "count[int]", asked: Asked) -> None:
    client = Client(port)
    while asked.total < asked.most:
        with asked.lock:
            number = next(numbers)
        ask_one(client, world, seed, number, asked)
    client.close()


def _what_is_wrong(request: Request, answer: Answer | None, why: str) -> str:
    if answer is None:
        return f"no answer ({why})" if request.whole or "timed out" in why else ""
    if answer.status >= 500:
        return f"answered {answer.status}"
    return f"took too long ({answer.seconds:.1f} s)" if answer.seconds > SLOW else ""
