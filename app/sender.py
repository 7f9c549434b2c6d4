"""Send beside the requests: whoever pressed need not wait, and an API that hangs holds no page up.

Each submission has a thread of its own for as long as its call may take. A clean stop
waits for all of them, so that none is cut off before its outcome is written down.
"""

from threading import Lock, Thread
from time import monotonic

from app.confirmation import Press
from app.outcome import Api
from app.store.database import Store
from app.submission import claim, deliver


class Sender:
    """Sends what people confirm."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._threads: dict[int, Thread] = {}

    def send(self, press: Press, api: Api) -> int:
        """Claim the draft, begin to send it, and give the id of the submission.

        Raises what `app.submission.claim` raises, and then nothing is sent.
        """
        claimed = claim(press, store=self._store, deadline=api.deadline)

        def work() -> None:
            try:
                deliver(claimed, store=self._store, api=api)
            finally:
                with self._lock:
                    del self._threads[claimed.submission_id]

        thread = Thread(target=work, name=f"submission {claimed.submission_id}", daemon=True)
        with self._lock:
            self._threads[claimed.submission_id] = thread
            thread.start()
        return claimed.submission_id

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is being sent any more; tell whether that was in time."""
        ends = monotonic() + seconds
        while threads := self._live():
            threads[0].join(max(0.0, ends - monotonic()))
            if monotonic() > ends:
                return False
        return True

    def under_way(self) -> list[int]:
        """Give the ids of the submissions that are being sent."""
        with self._lock:
            return sorted(self._threads)

    def _live(self) -> list[Thread]:
        with self._lock:
            return list(self._threads.values())
