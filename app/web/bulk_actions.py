"""What was just done to several campaigns: one sentence on the next page, with an "Undo".

What cannot be done as it was asked for is told there, too, and what was ticked stays so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import flash, get_flashed_messages, request

MOST = 100
"""So many at once: what is undone has to fit into the cookie that carries it to the next page."""

TWO = 2
"""So many are compared."""

TICK_TWO = "Tick two campaigns to compare them."

_STILL_TICKED = "ticked"
_LONGEST_NUMBER = 20


class BulkAction(StrEnum):
    """What can be done to several, and undone."""

    DELETED = "deleted together"
    COPIED = "copied together"
    MOVED = "moved together"
    IMPORTED = "imported together"


_UNDO = {
    BulkAction.DELETED: "selection.restore",
    BulkAction.COPIED: "selection.delete_new",
    BulkAction.MOVED: "selection.move_back",
    BulkAction.IMPORTED: "selection.delete_new",
}
"""The view that undoes each."""


@dataclass(frozen=True)
class DoneTogether:
    """What was done to the drafts of these *ids*, in *words*, and the endpoint that undoes it."""

    words: str
    undo: str
    ids: list[str]


@dataclass(frozen=True)
class Ticked:
    """What is ticked in a list from the start, and the *weeks* in its field."""

    ids: Sequence[str] = ()
    weeks: str = "1"


def tell_together(what: BulkAction, words: str, ids: Sequence[str]) -> None:
    """Tell on the next page, in *words*, what was done to the drafts of these *ids*."""
    flash((words, *ids), what)  # type: ignore[arg-type]  # JSON carries it.


def list_done_together() -> list[DoneTogether]:
    """List what the page that is drawn is to tell."""
    flashed: Any = get_flashed_messages(with_categories=True, category_filter=list(BulkAction))
    return [DoneTogether(words, _UNDO[BulkAction(what)], ids) for what, (words, *ids) in flashed]


def tell_what_to_change(words: str) -> None:
    """Tell why nothing was done to what is ticked, which stays so for another press."""
    flash(words)
    ids = request.form.getlist("draft")[:MOST]
    flash((request.form.get("weeks", "")[:_LONGEST_NUMBER], *ids), _STILL_TICKED)  # type: ignore[arg-type]


def find_ticked() -> Ticked:
    """Find what is still ticked on the page that is drawn."""
    flashed: Any = get_flashed_messages(category_filter=[_STILL_TICKED])
    return next((Ticked(ids, weeks) for weeks, *ids in flashed), Ticked())
