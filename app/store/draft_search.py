"""Which drafts a search finds: by any part of what was typed, by its connection and its campaign.

What was typed is in a full-text index. A connection is looked for by its present name and a
campaign by its whole id, in the tables that have them: neither is typed into a draft, and
both can come, or change, after its last save.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, literal_column, or_, select, table
from sqlalchemy.orm import Session

from app.store.models import Draft, Submission
from app.store.search_words import SHORTEST, quoted, search_words

_index = table("draft_search", column("rowid"), column("text"))
_hits = literal_column("draft_search").op("MATCH")
_connection = func.coalesce(Draft.answers["connection"].as_string(), "")


def search(
    session: Session, wanted: Select[Draft], typed: str, names: Mapping[str, str]
) -> tuple[Select[Draft], Any]:
    """Hold a selection to what has all the words, and give the column of its rows' places.

    *names* tells how each connection is called, by its key. Raises `NotSearchable`.
    """
    words = search_words(typed)
    campaigns = _drafts_of_campaigns(session, words)
    phrases = []
    for word in words:
        keys = [key for key, name in names.items() if word.casefold() in name.casefold()]
        if len(word) >= SHORTEST and not keys and word not in campaigns:
            phrases.append(quoted(word))
        else:
            wanted = wanted.where(_has(word, keys, campaigns.get(word, [])))
    if not phrases:
        return wanted, Draft.place
    joined = wanted.join(_index, _index.c.rowid == Draft.place)
    return joined.where(_hits(" ".join(phrases))), _index.c.rowid


def _drafts_of_campaigns(session: Session, words: list[str]) -> dict[str, list[str]]:
    """Find the drafts of the campaigns whose ids are among the words."""
    if not words:
        return {}
    created = session.scalars(select(Submission).where(Submission.campaign_id.in_(words))).all()
    return {
        word: [one.draft_id for one in created if one.campaign_id == word]
        for word in {one.campaign_id for one in created if one.campaign_id}
    }


def _has(word: str, keys: list[str], draft_ids: list[str]) -> ColumnElement[bool]:
    """Ask for what has the word typed, or goes to one of these connections, or is one of these."""
    if len(word) < SHORTEST:
        is_typed: ColumnElement[bool] = Draft.name.icontains(word, autoescape=True)
    else:
        is_typed = Draft.place.in_(select(_index.c.rowid).where(_hits(quoted(word))))
    return or_(is_typed, _connection.in_(keys), Draft.id.in_(draft_ids))
