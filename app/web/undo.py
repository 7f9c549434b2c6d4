"""What has just changed in a draft, told in one sentence with an "Undo" beside it.

The offer is on the next page only. It puts back what stood in the fields that were changed: by
the restore of the version before, or, in a form that is open, by a script, which needs no version.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import flash, get_flashed_messages

from app.campaign.contract.reading import Answers
from app.services import store
from app.store import drafts, versions
from app.store.models import Draft
from app.web.event_words import name_field

_CATEGORY = "undo"
_NAMED = 3
"""So many fields are told by name."""


@dataclass(frozen=True)
class UndoOffer:
    """A change that made the version *made* of *before*; *posted* is what stood in the fields."""

    draft_id: str
    made: int
    before: int
    names: Sequence[str]
    posted: str
    words: str


def tell_with_undo(words: str, draft: Draft, before: int, names: Collection[str]) -> None:
    """Tell on the next page what was done to these fields, and offer to undo it."""
    fields = ",".join(names)
    flash(f"{draft.id} {draft.version} {before} {fields} {words}", _CATEGORY)


def list_undo_offers() -> list[UndoOffer]:
    """List what the page that is drawn is to tell with an "Undo"."""
    return [
        offer
        for message in get_flashed_messages(category_filter=[_CATEGORY])
        for offer in [_read_offer(str(message))]
        if offer
    ]


def name_fields(names: Collection[str]) -> str:
    """Name some fields by their labels, and count the rest."""
    labels = [name_field(name) for name in names]
    more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
    return ", ".join(labels[:_NAMED]) + more


def _read_offer(message: str) -> UndoOffer | None:
    """Read an offer; none is left of a draft or a version that is no longer on record."""
    draft_id, made, before, fields, words = message.split(" ", 4)
    names = fields.split(",")
    try:
        with store().reading() as session:
            draft = drafts.find(session, draft_id)
            old = versions.read_version(session, draft, int(before))
    except (drafts.NoSuchDraft, versions.NoSuchVersion):
        return None
    posted = _write_posted(old, names)
    return UndoOffer(draft_id, int(made), int(before), names, posted, words)


def _write_posted(answers: Answers, names: Sequence[str]) -> str:
    """Write what stood in fields as a form posts it, an empty one too."""
    return urlencode({name: answers.get(name) or "" for name in names}, doseq=True)
