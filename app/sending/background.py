"""Threads beside the requests, so that no page waits for an API that hangs."""

import logging
from collections.abc import Callable
from threading import TIMEOUT_MAX, Lock, Thread
from time import monotonic

_log = logging.getLogger(__name__)


class Background:
    """Work beside the requests, each piece under a name in a thread of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads: dict[str, Thread] = {}
        self._next: dict[str, Callable[[], object]] = {}

    def run(self, name: str, work: Callable[[], object]) -> None:
        """Run *work* in a thread; if one of that name is running, once more after that.

        So whatever changed before the call is seen by work that begins after it. Of several calls
        while one is running, only the last counts. An exception of *work* is logged. Raises
        `RuntimeError` if no thread can be started.
        """
        with self._lock:
            if name in self._threads:
                self._next[name] = work
                return
            thread = Thread(
                target=self._act, args=(name, work), name=f"beside: {name}", daemon=True
            )
            self._threads[name] = thread
            try:
                thread.start()
            except RuntimeError:
                del self._threads[name]
                raise

    def _act(self, name: str, work: Callable[[], object] | None) -> None:
        while work:
            try:
                work()
            except BaseException:  # noqa: BLE001  Nobody waits for it who could be told.
                _log.exception("Failed beside the request: %s", name)
            with self._lock:
                work = self._next.pop(name, None)
                if work is None:
                    del self._threads[name]

    def drain(self, seconds: float) -> bool:
        """Wait for all threads, *seconds* at most; tell whether all ended in time."""
        ends = monotonic() + seconds
        while threads := self._list_live():
            threads[0].join(min(max(0.0, ends - monotonic()), TIMEOUT_MAX))
            if monotonic() > ends:
                return False
        return True

    def _list_live(self) -> list[Thread]:
        with self._lock:
            return list(self._threads.values())
