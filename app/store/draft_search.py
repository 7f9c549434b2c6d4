"""Which drafts a search finds: by any part of what was typed, by its connection and by ids.

A word of one or two characters is looked for in the name alone.

What was typed is in a full-text index. A connection is looked for by its present name and a
draft or its campaign by its whole id, in the tables that have them: none of these is typed
into a draft, and all but its own id can come, or change, after its last save.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.store.dialects import Queries, queries
from app.store.models import Draft, Submission
from app.store.search_index import DRAFT_INDEX
from app.store.search_words import SHORTEST, split_search_words

FEW = 100
"""So many hits are named one by one."""


@dataclass(frozen=True)
class Hits:
    """What a search finds: conditions for the drafts, and the words to be looked up in the index.

    Where few drafts have those, their sequences are in *few*, so that the index, which takes the
    longer the more drafts are alike, is asked once for a page.
    """

    conditions: Sequence[ColumnElement[bool]] = ()
    in_index: ColumnElement[bool] | None = None
    few: Sequence[int] | None = None

    def hold(self, selection: Select[Any]) -> tuple[Select[Any], Any]:
        """Hold a selection of drafts to these; gives it, and the column of its rows' sequence."""
        selection = selection.where(*self.conditions)
        if self.few is not None:
            return selection.where(Draft.sequence.in_(self.few)), Draft.sequence
        if self.in_index is None:
            return selection, Draft.sequence
        joined = selection.join(DRAFT_INDEX, DRAFT_INDEX.c.rowid == Draft.sequence)
        return joined.where(self.in_index), DRAFT_INDEX.c.rowid


def find_hits(session: Session, typed: str, names: Mapping[str, str]) -> Hits:
    """Find what has all the words; *names* tells how each connection is called, by its key.

    Raises `NotSearchable`.
    """
    words = split_search_words(typed)
    named = _find_drafts_by_id(session, words)
    its = queries(session)
    texts, conditions = [], []
    for word in words:
        keys = [key for key, name in names.items() if word.casefold() in name.casefold()]
        if len(word) >= SHORTEST and not keys and word not in named:
            texts.append(word)
        else:
            conditions.append(_has(its, word, keys, named.get(word, [])))
    if not texts:
        return Hits(conditions)
    in_index = its.contains(DRAFT_INDEX, texts)
    few = session.scalars(select(DRAFT_INDEX.c.rowid).where(in_index).limit(FEW + 1)).all()
    return Hits(conditions, in_index, few if len(few) <= FEW else None)


def _find_drafts_by_id(session: Session, words: list[str]) -> dict[str, list[str]]:
    """Find the drafts whose own id, or whose campaign's, is among the words."""
    if not words:
        return {}
    campaign = select(Submission.campaign_id, Submission.draft_id)
    created = session.execute(campaign.where(Submission.campaign_id.in_(words))).all()
    themselves = session.scalars(select(Draft.id).where(Draft.id.in_(words)))
    by_word: dict[str, list[str]] = {}
    for word, draft_id in (*((draft_id, draft_id) for draft_id in themselves), *created):
        by_word.setdefault(str(word), []).append(draft_id)
    return by_word


def _has(its: Queries, word: str, keys: list[str], draft_ids: list[str]) -> ColumnElement[bool]:
    """Ask for what has the word typed, or goes to one of these connections, or is one of these.

    A word too short for the index is looked for in the name alone.
    """
    if len(word) < SHORTEST:
        spellings = (Draft.name.icontains(way, autoescape=True) for way in _vary_case(word))
        is_typed: ColumnElement[bool] = or_(*spellings)
    else:
        is_typed = Draft.sequence.in_(
            select(DRAFT_INDEX.c.rowid).where(its.contains(DRAFT_INDEX, [word]))
        )
    return or_(is_typed, Draft.connection_key.in_(keys), Draft.id.in_(draft_ids))


def _vary_case(word: str) -> set[str]:
    """Spell a short word in all ways: SQLite takes no other letters for the same but ASCII's."""
    if word.isascii():
        return {word}
    return {"".join(signs) for signs in product(*((sign.lower(), sign.upper()) for sign in word))}
