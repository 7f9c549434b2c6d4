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

    def run(self, name: str, work: Callable[[], object]) -> None:
        """Start *work* in a thread under a name; does nothing if that name is running already.

        An exception of *work* is logged. Raises `RuntimeError` if no thread can be started.
        """

        def act() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001  Nobody waits for it who could be told.
                _log.exception("Failed beside the request: %s", name)
            finally:
                with self._lock:
                    del self._threads[name]

        with self._lock:
            if name not in self._threads:
                thread = Thread(target=act, name=f"beside: {name}", daemon=True)
                self._threads[name] = thread
                try:
                    thread.start()
                except RuntimeError:
                    del self._threads[name]
                    raise

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
