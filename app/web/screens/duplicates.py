"""A copy of a draft, with its dates as they are or some weeks later."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.reading import read_answers
from app.rights import Right
from app.services import store
from app.store import approvals, drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.web.access import needs
from app.web.visit import find_connection, name_person

bp = Blueprint("duplicates", __name__)

_DATES = ("start_date", "end_date")
_WEEK = timedelta(weeks=1)
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")

_NO_NUMBER = (
    "Enter the weeks as a whole number other than 0, such as 2, or -1 to move the dates back."
)
_OFF_THE_CALENDAR = "Enter fewer weeks: the calendar ends before where the dates would be."


class NotMovable(ValueError):
    """Weeks by which the dates cannot be moved; the message says what to change."""


@bp.get("/drafts/<draft:draft_id>/duplicate")
@needs(Right.EDIT)
def ask(draft_id: str) -> str:
    return _draw_page(draft_id)


@bp.post("/drafts/<draft:draft_id>/duplicate")
@needs(Right.EDIT)
def make(draft_id: str) -> ResponseReturnValue:
    """Make the copy, and tell what became of its dates, if it has some."""
    weeks = request.form.get("weeks", "").strip()
    with store().reading() as session:
        answers = dict(drafts.find(session, draft_id).answers)
    has_dates = _find_first_day(answers) is not None
    moves = has_dates and request.form.get("dates") == "move"
    try:
        copied = _copy(answers, _read_weeks(weeks) if moves else 0)
    except NotMovable as error:
        return _draw_page(draft_id, weeks, str(error)), 422
    copy_id, judgement = drafts.make_id(), judge(copied)
    with store().writing(name_draft_chain(copy_id)) as session:
        drafts.save(session, copy_id, judgement, over=0, who=name_person())
        approvals.copy_editors(session, draft_id, copy_id)
    dates = "with its dates moved" if moves else "with the dates of the original"
    flash(f"This is the copy{f', {dates}' if has_dates else ''}. The original is unchanged.")
    return redirect(url_for("editing.edit", draft_id=copy_id))


def _draw_page(draft_id: str, typed: str = "", error: str = "") -> str:
    """Draw the page; *error* is about the weeks that were *typed*."""
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        first = _find_first_day(draft.answers)
        return render_template(
            "drafts/duplicate.html",
            connection=find_connection(draft),
            draft=draft,
            first=first,
            weeks=_count_weeks_until_future(first) if first else 0,
            week=_WEEK,
            typed=typed,
            error=error,
        )


def _find_first_day(answers: dict[str, Any]) -> date | None:
    return drafts.find_first_day(read_answers(answers).values)


def _read_weeks(typed: str) -> int:
    """Read a number of weeks; raises `NotMovable` for what is none, and for 0."""
    if not _WHOLE_NUMBER.fullmatch(typed) or int(typed) == 0:
        raise NotMovable(_NO_NUMBER)
    return int(typed)


def _copy(answers: dict[str, Any], weeks: int) -> dict[str, Any]:
    """Name the copy as one, and move its dates by whole weeks, so that weekdays stay.

    Raises `NotMovable` where the calendar ends before that.
    """
    values = read_answers(answers).values
    try:
        moved = {
            name: (values[name] + weeks * _WEEK).isoformat() for name in _DATES if name in values
        }
    except OverflowError as error:
        raise NotMovable(_OFF_THE_CALENDAR) from error
    return answers | moved | {"name": f"{str(answers.get('name', '')).strip()} (copy)".strip()}


def _count_weeks_until_future(first: date) -> int:
    """Count the weeks that bring a first day to today or later."""
    behind = (datetime.now(UTC).date() - first).days
    return max(0, -(-behind // 7))
