"""How a command is stopped: it cleans up, and says what it has done and what it has not."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


class CutOff(KeyboardInterrupt):
    """A second signal came while what the first had stopped was being cleared up."""


@contextmanager
def ends_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise `KeyboardInterrupt`, too, unless they are ignored."""
    if current_thread() is not main_thread():  # No other may say what signals do.
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let what is done now be ended by no signal but SIGKILL: it is nearly done."""
    if current_thread() is not main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])


def describe_cut_off(submissions: list[int]) -> str:
    """Say which submissions have no outcome, as the program ends before there is one."""
    if not submissions:
        return "Stopped. No campaign was being sent."
    numbers = ", ".join(map(str, submissions))
    if len(submissions) == 1:
        return (
            "Stopped. 1 campaign was not answered yet: it is UNKNOWN after the next start "
            f"(submission {numbers})."
        )
    return (
        f"Stopped. {len(submissions)} campaigns were not answered yet: they are UNKNOWN after "
        f"the next start (submissions {numbers})."
    )
