"""A copy of a draft, with its dates as they are or some weeks later."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.reading import read_answers
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.store.base import State
from app.web.access import find_keys, needs
from app.web.copies import COPY, WEEK, NotMovable, copy_answers, read_weeks, save_copy
from app.web.visit import find_connection, name_person

bp = Blueprint("duplicates", __name__)


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
        taken = drafts.read_names_with(session, f"({COPY}", find_keys())
    has_dates = _find_first_day(answers) is not None
    moves = has_dates and request.form.get("dates") == "move"
    try:
        copied = copy_answers(answers, read_weeks(weeks) if moves else 0, taken)
    except NotMovable as error:
        return _draw_page(draft_id, weeks, str(error)), 422
    copy_id, judgement = drafts.make_id(), judge(copied)
    with store().writing(name_draft_chain(copy_id)) as session:
        save_copy(session, draft_id, copy_id, judgement, who=name_person())
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
            is_unknown=draft.state is State.UNKNOWN,
            first=first,
            weeks=_count_weeks_until_future(first) if first else 0,
            week=WEEK,
            typed=typed,
            error=error,
        )


def _find_first_day(answers: dict[str, Any]) -> date | None:
    return drafts.find_first_day(read_answers(answers).values)


def _count_weeks_until_future(first: date) -> int:
    """Count the weeks that bring a first day to today or later."""
    behind = (datetime.now(UTC).date() - first).days
    return max(0, -(-behind // 7))
