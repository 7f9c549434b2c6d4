"""The rows of the form: a question with its notes and what was typed, as markup.

A row depends on nothing else, so one that was drawn before is not drawn again: most rows
of most forms are the same as somebody's a moment ago.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup

from app.forms.campaign import CampaignForm
from app.forms.question import Question
from app.web.macros import drawn
from app.web.panel import Note


def rows(
    form: CampaignForm, notes: Mapping[str, Sequence[Note]], refusal: Mapping[str, Sequence[str]]
) -> dict[str, Markup]:
    """Draw every question of the form, with what stands beside it."""
    values = form.values
    return {
        answer.short_name: _row(
            answer.question,
            answer.typed,
            used=answer.is_used(values),
            notes=tuple(notes.get(answer.short_name, ())),
            left=bool(answer.errors),
            earlier=form[answer.question.after].typed if answer.question.after else "",
            refused=tuple(refusal.get(answer.short_name, ())),
        )
        for answer in form
    }


@lru_cache(maxsize=1024)
def _row(  # noqa: PLR0913  A row is all of these, and each changes it.
    question: Question,
    typed: str | tuple[str, ...],
    *,
    used: bool,
    notes: tuple[Note, ...],
    left: bool,
    earlier: str,
    refused: tuple[str, ...],
) -> Markup:
    return drawn("fields", "ask", question, typed, used, notes, left, earlier, refused)
