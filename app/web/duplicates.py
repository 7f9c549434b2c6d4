"""A copy of a draft, with its dates as they are or some weeks later."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.reading import read_answers
from app.store import drafts
from app.store.acceptances import judge
from app.web.current import connection_of, store, who

bp = Blueprint("duplicates", __name__)

_DATES = ("start_date", "end_date")
_WEEK = timedelta(weeks=1)
_MOST_WEEKS = 1040


@bp.get("/drafts/<draft:draft_id>/duplicate")
def ask(draft_id: str) -> str:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        first = read_answers(draft.answers).values.get("start_date")
        weeks = _weeks_until_future(first) if first else 0
        return render_template(
            "drafts/duplicate.html",
            connection=connection_of(draft),
            draft=draft,
            first=first,
            weeks=weeks,
            week=_WEEK,
        )


@bp.post("/drafts/<draft:draft_id>/duplicate")
def make(draft_id: str) -> ResponseReturnValue:
    weeks = request.form.get("weeks", 0, type=int) if request.form.get("dates") == "move" else 0
    weeks = max(-_MOST_WEEKS, min(weeks, _MOST_WEEKS))
    copy_id = drafts.new_id()
    with store().reading() as session:
        answers = dict(drafts.find(session, draft_id).answers)
    try:
        copied = _copied(answers, weeks)
    except OverflowError:
        flash("The dates are as they were: the calendar ends before where they would be.")
        copied = _copied(answers, 0)
    judgement = judge(copied)
    with store().writing() as session:
        drafts.save(session, copy_id, judgement, over=0, who=who())
    flash("This is the copy. The original is unchanged.")
    return redirect(url_for("editing.edit", draft_id=copy_id))


def _copied(answers: dict[str, Any], weeks: int) -> dict[str, Any]:
    """Name the copy as one, and move its dates by whole weeks, so that weekdays stay."""
    values = read_answers(answers).values
    moved = {name: (values[name] + weeks * _WEEK).isoformat() for name in _DATES if name in values}
    return answers | moved | {"name": f"{str(answers.get('name', '')).strip()} (copy)".strip()}


def _weeks_until_future(first: date) -> int:
    """Count the weeks that bring a first day to today or later."""
    behind = (datetime.now(UTC).date() - first).days
    return max(0, -(-behind // 7))
