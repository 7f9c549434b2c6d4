"""The rows of the form: a question with its notes and what was typed, as markup."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app.forms.campaign import CampaignForm
from app.web.panel.macros import draw_macro
from app.web.panel.panel import ERROR, Note


def build_rows(
    form: CampaignForm, notes: Mapping[str, Sequence[Note]], refusal: Mapping[str, Sequence[str]]
) -> dict[str, Markup]:
    """Draw every question of the form, with what stands beside it.

    What was typed wrong is told at once, and what is missing only when all is judged.
    """
    values = form.values
    wrong = {
        name
        for name, field_notes in notes.items()
        if any(note.kind == ERROR for note in field_notes)
    }
    return {
        answer.short_name: draw_macro(
            "fields",
            "ask",
            answer.question,
            answer.typed,
            answer.is_used(values),
            notes.get(answer.short_name, ()),
            bool(answer.errors) or (answer.short_name in wrong and bool(answer.typed)),
            form[answer.question.after].typed if answer.question.after else "",
            refusal.get(answer.short_name, ()),
        )
        for answer in form
    }
