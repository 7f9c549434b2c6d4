"""What was just done to several campaigns: one sentence on the next page, with an "Undo"."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import flash, get_flashed_messages

from app.services import connections

MOST = 100
"""So many at once: what is undone has to fit into the cookie that carries it to the next page."""


class Together(StrEnum):
    """What can be done to several, and undone."""

    DELETED = "deleted together"
    COPIED = "copied together"
    MOVED = "moved together"


_WORDS = {
    Together.DELETED: (
        "{} campaign was deleted.",
        "{} campaigns were deleted.",
        "selection.restore",
    ),
    Together.COPIED: ("{} copy was made{to}.", "{} copies were made{to}.", "selection.delete"),
    Together.MOVED: (
        "{} campaign goes to {to} now. Its ids stay as they were: check them.",
        "{} campaigns go to {to} now. Their ids stay as they were: check them.",
        "selection.move_back",
    ),
}
"""For each, the words for one and for several, and the view that undoes it."""


@dataclass(frozen=True)
class DoneTogether:
    """What was done to the drafts of these *ids*, in *words*, and the endpoint that undoes it."""

    words: str
    undo: str
    ids: list[str]


def tell_together(what: Together, ids: Collection[str], to: str = "") -> None:
    """Tell on the next page what was done to drafts.

    *to* is the key of where they were moved, or by how many weeks copies were.
    """
    if ids:
        flash(" ".join([to or "-", *ids]), what)


def list_done_together() -> list[DoneTogether]:
    """List what the page that is drawn is to tell."""
    flashed: Any = get_flashed_messages(with_categories=True, category_filter=list(Together))
    return [_read(Together(what), *str(message).split()) for what, message in flashed]


def _read(what: Together, to: str, *ids: str) -> DoneTogether:
    one, several, undo = _WORDS[what]
    words = one if len(ids) == 1 else several
    return DoneTogether(words.format(len(ids), to=_describe(what, to)), undo, list(ids))


def _describe(what: Together, to: str) -> str:
    """Say where drafts were moved, or how far the dates of copies."""
    if what is Together.MOVED:
        return connections().find(to).name
    if what is not Together.COPIED or to in {"0", "-"}:
        return ""
    weeks = int(to)
    count = f"{abs(weeks)} week{'' if abs(weeks) == 1 else 's'}"
    return f", {count} {'later' if weeks > 0 else 'earlier'}"
