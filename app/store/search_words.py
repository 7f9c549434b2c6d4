"""What a person looks for, as words for a full-text index."""

MOST_WORDS = 20
"""More words than a person types; each costs a look into the index."""


SHORTEST = 3
"""Characters: a trigram index finds nothing shorter."""


class NotSearchable(ValueError):
    """What cannot be looked for; the message says what to change."""


def split_search_words(typed: str) -> list[str]:
    """Cut what was typed into words; raises `NotSearchable` for too many."""
    words = typed.replace("\0", " ").split()
    if len(words) > MOST_WORDS:
        raise NotSearchable(f"Search for {MOST_WORDS} words or fewer.")
    return words
