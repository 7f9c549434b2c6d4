"""The order of names: as a reader looks for them, whatever their case and their accents."""

import unicodedata


def make_sort_key(name: str) -> str:
    """Make what a name is sorted by: Élan stands with elan, and Über with uber."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
