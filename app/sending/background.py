"""Send in the background, so that no page waits for an API that hangs.

Each submission has a thread of its own for as long as its call may take. A clean stop
waits for all of them, so that none is cut off before its outcome is written down.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock, Thread
from time import monotonic

from app.sending.confirmation import SendRequest
from app.sending.journal import Journal
from app.sending.outcome import Api
from app.sending.submission import claim, deliver
from app.store.database import Store

_log = logging.getLogger(__name__)


class Sender:
    """Sends what people confirm, and calls APIs for them otherwise, each in a thread."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._lock = Lock()
        self._threads: dict[int | str, Thread] = {}

    def send(self, send_request: SendRequest, api: Api) -> int:
        """Claim the draft, begin to send it, and give the id of the submission.

        Raises what `app.sending.submission.claim` raises, and then nothing is sent. No backup is
        brought back meanwhile: it would not know of the campaign.
        """
        with ExitStack() as stack:
            stack.enter_context(self._store.kept_in_place())
            claimed = claim(send_request, store=self._store, deadline=api.deadline)
            held = stack.pop_all()

        def work() -> None:
            with held:
                deliver(claimed, store=self._store, api=api, journal=self._journal)

        self.run(claimed.submission_id, work)
        return claimed.submission_id

    def run(self, name: int | str, work: Callable[[], None]) -> None:
        """Start *work* in a thread under a name; does nothing if that name is running already.

        An exception of *work* is logged. Raises `RuntimeError` if no thread can be started.
        """

        def act() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001  Nobody waits for it who could be told.
                about = {"submission": name} if isinstance(name, int) else {}
                _log.exception("Failed beside the request: %s", name, extra=about)
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

    def is_running(self, name: int | str) -> bool:
        """Tell whether the work of this name is still running."""
        with self._lock:
            return name in self._threads

    def drain(self, seconds: float) -> bool:
        """Wait for all threads, *seconds* at most; tell whether all ended in time."""
        ends = monotonic() + seconds
        while threads := self._list_live():
            threads[0].join(max(0.0, ends - monotonic()))
            if monotonic() > ends:
                return False
        return True

    def list_under_way(self) -> list[int]:
        """List the ids of the submissions that are being sent, in ascending order."""
        with self._lock:
            return sorted(name for name in self._threads if isinstance(name, int))

    def _list_live(self) -> list[Thread]:
        with self._lock:
            return list(self._threads.values())
