"""Let one thread do for several at once what each of them asks for.

A transaction costs hardly more for ten submissions than for one. Whoever asks while nobody is
at work leads: it takes all that has been asked for, does that together, and hands out the
answers. Whoever asks meanwhile waits, and the first of them leads the next group. Nobody waits
for a group to grow, so who asks alone is served at once, and groups are as large as the work
is behind. A leader does one group and then goes on with its own work.
"""

from collections.abc import Callable, Hashable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


class _Asked(Generic[Wish, Answer]):
    """What one thread asks for; *is_up* is set once it is done, or once the thread has to lead."""

    answer: Answer
    is_done = False

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.is_up = Event()
        self.error: Exception | None = RuntimeError("The thread that was to do it has ended.")


class Together(Generic[Key, Wish, Answer]):
    """What is asked for under the same key is done together."""

    def __init__(
        self, act: Callable[[Key, Sequence[Wish]], Sequence[Answer]], most: int = 32
    ) -> None:
        """Do it by *act*, which gives an answer for each wish, in their order; *most* at once."""
        self._act = act
        self._most = most
        self._lock = Lock()
        self._asked: dict[Key, list[_Asked[Wish, Answer]]] = {}

    def ask(self, key: Key, wish: Wish) -> Answer:
        """Wait until it is done, by this thread or another; raises whatever *act* raised."""
        asked = _Asked[Wish, Answer](wish)
        with self._lock:
            is_led = key in self._asked
            self._asked.setdefault(key, []).append(asked)
        if is_led:
            asked.is_up.wait()
        if not asked.is_done:
            self._lead(key)
        if asked.error:
            raise asked.error
        return asked.answer

    def _lead(self, key: Key) -> None:
        """Do what has been asked for under a key, and let the next one lead."""
        with self._lock:
            group = self._asked[key][: self._most]
            del self._asked[key][: self._most]
        try:
            answers = self._act(key, [asked.wish for asked in group])
            for asked, answer in zip(group, answers, strict=True):
                asked.answer, asked.error = answer, None
        except Exception as error:  # noqa: BLE001  Each that asked has to know.
            for asked in group:
                asked.error = error
        finally:
            self._hand_over(key, group)

    def _hand_over(self, key: Key, group: Sequence[_Asked[Wish, Answer]]) -> None:
        with self._lock:
            following = self._asked[key][:1]
            if not following:
                del self._asked[key]
        for asked in group:
            asked.is_done = True
            asked.is_up.set()
        for asked in following:
            asked.is_up.set()
