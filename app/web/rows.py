"""The rows of the form: a question with its notes and what was typed, as markup.

A row depends on nothing else, so one that was drawn before is not drawn again: most rows
of most forms are the same as somebody's a moment ago.
"""

from collections.abc import Sequence
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from app.campaign.contract import Values
from app.forms.campaign import CampaignForm
from app.forms.question import Question
from app.web.panel import Note


def row(form: CampaignForm, values: Values, name: str, notes: Sequence[Note]) -> Markup:
    """Draw one question of the form, with what stands beside it."""
    answer = form[name]
    after = answer.line.after
    return _drawn(
        answer.question,
        answer.typed,
        used=answer.line.is_used(values),
        notes=tuple(notes),
        left=bool(answer.errors),
        earlier=form[after].typed if after else "",
    )


@lru_cache(maxsize=1024)
def _drawn(  # noqa: PLR0913  A row is all of these, and each changes it.
    question: Question,
    typed: str | tuple[str, ...],
    *,
    used: bool,
    notes: tuple[Note, ...],
    left: bool,
    earlier: str,
) -> Markup:
    macros = current_app.jinja_env.get_template("macros/fields.html").module
    return Markup(macros.ask(question, typed, used, notes, left, earlier))  # type: ignore[attr-defined]  # noqa: S704
