"""Copies of campaigns, with their dates as they are or some weeks later."""

import re
from collections.abc import Container, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.campaign.contract.reading import read_answers
from app.campaign.contract.typed_length import LONGEST
from app.campaign.formatting import shorten
from app.store import approvals, drafts
from app.store.acceptances import Judgement

WEEK = timedelta(weeks=1)
COPY = "copy"
"""What stands in the name of every copy."""

_DATES = ("start_date", "end_date")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_MOST_SIGNS = 7
_IS_COPY = re.compile(r"(?P<name>.*?) ?\(copy(?: (?P<number>[0-9]{1,6}))?\)")
_NO_NUMBER = (
    "Enter the weeks as a whole number other than 0, such as 2, or -1 to move the dates back."
)
_NO_WHOLE_NUMBER = (
    "Enter the weeks as a whole number, such as 2; 0 keeps the dates, and -1 moves them back."
)
_OFF_THE_CALENDAR = "Enter fewer weeks: the calendar ends before where the dates would be."


def save_copy(
    session: Session, original_id: str, copy_id: str, judgement: Judgement, *, who: str
) -> None:
    """Save a copy of a draft under an id of its own; its authors are those of both."""
    drafts.save(session, copy_id, judgement, expected_version=0, who=who)
    approvals.copy_editors(session, original_id, copy_id)


class NotMovable(ValueError):
    """Weeks by which the dates cannot be moved; the message says what to change."""


def read_weeks(typed: str) -> int:
    """Read a number of weeks; raises `NotMovable` for what is none, and for 0."""
    weeks = _read_number(typed, _NO_NUMBER)
    if weeks == 0:
        raise NotMovable(_NO_NUMBER)
    return weeks


def read_weeks_or_none(typed: str) -> int:
    """Read a number of weeks, of which 0 or nothing keeps the dates; raises `NotMovable`."""
    return _read_number(typed, _NO_WHOLE_NUMBER) if typed else 0


def has_dates(answers: Mapping[str, Any]) -> bool:
    """Tell whether there is a date in a campaign that a copy moves."""
    return not read_answers(answers).values.keys().isdisjoint(_DATES)


def _read_number(typed: str, message: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(typed):
        raise NotMovable(message)
    if len(typed) > _MOST_SIGNS:
        raise NotMovable(_OFF_THE_CALENDAR)
    return int(typed)


def copy_answers(answers: Mapping[str, Any], weeks: int, taken: set[str]) -> dict[str, Any]:
    """Name the copy as one, and move its dates by whole weeks, so that weekdays stay.

    Its name is none of those that are *taken*, and is added to them. Raises `NotMovable` where the
    calendar ends before that.
    """
    values = read_answers(answers).values
    try:
        moved = {
            name: (values[name] + weeks * WEEK).isoformat() for name in _DATES if name in values
        }
    except OverflowError as error:
        raise NotMovable(_OFF_THE_CALENDAR) from error
    name = _name_copy(str(answers.get("name", "")).strip(), taken)
    taken.add(name)
    return {**answers, **moved, "name": name}


def _name_copy(name: str, taken: Container[str]) -> str:
    """Name a copy, and one beside others, or of a copy, by the next number that is free.

    What has no name gets none. Of a long one only so much is kept that the copy's is not too long.
    """
    if not name:
        return ""
    match = _IS_COPY.fullmatch(name)
    original, number = (match["name"], int(match["number"] or 1) + 1) if match else (name, 1)
    while (copy := _write_name(original, _number_copy(number))) in taken:
        number += 1
    return copy


def _write_name(original: str, ending: str) -> str:
    longest = LONGEST["name"] - len(ending) - 1
    # What is too long already is cut by a person, who knows what matters in it.
    kept = original if len(original) > LONGEST["name"] else shorten(original, longest)
    return f"{kept} {ending}".strip()


def _number_copy(number: int) -> str:
    return f"({COPY} {number})" if number > 1 else f"({COPY})"
