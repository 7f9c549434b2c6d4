"""Where a page of a list begins, as it stands in an address."""

_PLACES = range(2**63)  # What a database counts to.


def place(text: str) -> int:
    """Read a place in a list; raises `ValueError` for what can be none."""
    number = int(text)
    if number not in _PLACES:
        raise ValueError(text)
    return number
