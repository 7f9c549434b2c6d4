"""The order of names: as a reader looks for them, whatever their case and their accents."""

import unicodedata


def make_sort_key(name: str) -> str:
    """Make what a name is sorted by: Élan stands with elan, and Über with uber."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def has_words(text: str, search: str) -> bool:
    """Tell whether a text has all words of a search, whatever their case and their accents."""
    key = make_sort_key(text)
    return all(word in key for word in make_sort_key(search).split())
