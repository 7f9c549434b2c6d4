"""Two crowds that a server must bear: everybody at once, and callers who are never done asking."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from socket import create_connection, socket
from threading import Event, Thread
from time import monotonic, perf_counter

from tests.load.browser import Browser, Wrong
from tests.load.people import Taken

_EVERY = 0.2
_LONGEST = 40
_PATIENCE = 10


def at_once(port: int, number: int, together: int) -> Taken:
    """Open the list so many times, each on a connection of its own."""
    taken = Taken()
    with ThreadPoolExecutor(together) as crowd:
        looks = [crowd.submit(_look, port, taken) for _ in range(number)]
    for look in looks:
        look.result()
    return taken


def beside_drips(port: int, drips: int, looks: int) -> Taken:
    """Open the list, again and again, while other requests come a byte at a time.

    Who waits too long gives up, and all of them after a time, so that this ends in any case.
    """
    taken, ends = Taken(), monotonic() + _LONGEST
    with _dripping(port, drips):
        for _ in range(looks):
            if monotonic() > ends:
                taken.errors.append("Not asked any more: it took too long")
            else:
                _look(port, taken, _PATIENCE)
    return taken


def _look(port: int, taken: Taken, patience: float = 30) -> None:
    browser = Browser(port, patience)
    began = perf_counter()
    try:
        browser.get("/")
        taken.seconds.append(perf_counter() - began)
    except (OSError, HTTPException, Wrong) as error:
        taken.errors.append(f"{type(error).__name__}: {error}")
    finally:
        browser.close()


@contextmanager
def _dripping(port: int, drips: int) -> Iterator[None]:
    """Keep so many connections open, each of them sending one byte of a header now and then."""
    with ExitStack() as stack:
        callers = [
            stack.enter_context(create_connection(("127.0.0.1", port), timeout=5))
            for _ in range(drips)
        ]
        for caller in callers:
            caller.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Drip: ")
        is_over = Event()
        thread = Thread(target=_drip, args=(callers, is_over.wait))
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()


def _drip(callers: list[socket], is_over: Callable[[float], bool]) -> None:
    while not is_over(_EVERY):
        for caller in callers:
            with suppress(OSError):  # A server may well hang up on somebody like this.
                caller.sendall(b"x")
