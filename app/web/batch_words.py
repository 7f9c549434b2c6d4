"""What a batch is doing, in a word or two."""

from typing import Protocol

from app.store.models import Batch


class Counts(Protocol):
    """How many campaigns of a batch are still to be checked, or sent."""

    unchecked: int

    @property
    def left(self) -> int: ...


def describe_state(batch: Batch, counts: Counts) -> str:
    """Say what a batch is doing."""
    if batch.confirmed_at is None:
        return "being checked" if counts.unchecked else "to be reviewed"
    if batch.stopped_at:
        return "stopped"
    if not counts.left:
        return "ended"
    return "paused" if batch.paused_at else "being sent"
