"""Run the app with places at which it can be killed, or with a classic mistake in it.

``python -m tests.faults.launch``, set up by the environment as the app itself; CONTROL is a
file: the app kills itself (SIGKILL) at the place that stands in it. KNOWN_BUG names a mistake.
Only its patience is shorter than usual, and TEMPLATES is a folder for compiled templates, so
that a thousand runs end in minutes.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from pathlib import Path
from threading import local
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import __main__, create_app
from app.sending import doorbell, sender, submission
from app.store.dialects import postgresql, sqlite
from app.web.screens import review
from tests.faults import known_bugs

GRACE = timedelta(seconds=0.4)
BEGIN_WITHIN = timedelta(seconds=1.5)  # A busy machine starts a thread late.
SWEPT_EVERY = 5.0
PATIENCE_MS = 300

PLACES = (
    "before it is queued",
    "in the queue's commit",
    "after it is queued",
    "before the claim",
    "in the claim's commit",
    "after the claim",
    "before the call",
    "after the answer",
    "before the record",
    "in the record's commit",
    "after the record",
)
"""Where the app can die between the press and the record, in the order of a submission."""


def reach(place: str) -> None:
    """Die here, once, if that is wanted."""
    control = Path(os.environ["CONTROL"])
    try:
        planned_place = control.read_text()
    except FileNotFoundError:
        return
    if planned_place and planned_place == place:
        with suppress(FileNotFoundError):  # Another process was here first, and it is dying.
            control.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


_commit = local()


def _in_commit(_session: Session) -> None:
    reach(getattr(_commit, "place", ""))


def _around(before: str, commit: str, after: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """Make a place before, in the commit of, and after what *act* does."""

    @wraps(act)
    def watched(*args: Any, **options: Any) -> Any:
        reach(before)
        _commit.place = commit
        try:
            done = act(*args, **options)
        finally:
            _commit.place = ""
        reach(after)
        return done

    return watched


def _call(act: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        reach("before the call")
        known = act(*args)
        reach("after the answer")
        return known

    return watched


HOOKS: dict[str, tuple[Any, str, Callable[[Any], Callable[..., Any]]]] = {
    "queue": (review, "enqueue", lambda act: _around(*PLACES[:3], act)),
    "claim": (sender, "claim", lambda act: _around(*PLACES[3:6], act)),
    "call": (submission, "create_campaign", _call),
    "record": (submission, "record_outcome", lambda act: _around(*PLACES[8:], act)),
}
"""Where the places are: what is wrapped, by name, so that a wrong name ends the start."""


class _SharedTemplates(FileSystemBytecodeCache):
    """Compiled templates, which are kept unless the disk is full: that is the app's trouble."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _share_templates(create: Callable[[], Flask]) -> Callable[[], Flask]:
    """Let all runs compile each template once: that takes longer than the rest of a start."""

    def made() -> Flask:
        app = create()
        app.jinja_env.bytecode_cache = _SharedTemplates(os.environ["TEMPLATES"])
        return app

    return made


def main() -> None:
    """Put everything in its place, but for the hook that WITHOUT_HOOK names, and run the app."""
    submission.GRACE, submission.BEGIN_WITHIN = GRACE, BEGIN_WITHIN
    doorbell._EVERY = SWEPT_EVERY  # noqa: SLF001  Who died may have been all that was rung for.
    postgresql._OPTIONS["lock_timeout"] = PATIENCE_MS / 1000  # noqa: SLF001
    sqlite.PRAGMAS = (*sqlite.PRAGMAS[:-1], f"busy_timeout={PATIENCE_MS}")
    event.listen(Session, "before_commit", _in_commit)
    setattr(__main__, "create_app", _share_templates(create_app))
    known_bugs.put_in(os.environ.get("KNOWN_BUG", ""))
    for hook, (module, name, watch) in HOOKS.items():
        if hook != os.environ.get("WITHOUT_HOOK"):
            setattr(module, name, watch(getattr(module, name)))
    if "worker" in sys.argv:
        __main__.work()
    else:
        __main__.serve()


if __name__ == "__main__":
    main()
