"""Numbers of rows, as they stand in an address or a form."""

_NUMBERS = range(2**31)  # What a database counts to: PostgreSQL's INTEGER.


def read_number(text: str) -> int:
    """Read a row's number; raises `ValueError` for any other text."""
    read = int(text) if text.isascii() and len(text) < 20 else -1
    if read not in _NUMBERS:
        raise ValueError(text)
    return read
